"""What a raised piece of text is: an exponent, part of a unit or word, or a note's mark."""

from __future__ import annotations

import re

# 10 itself, not the end of another figure.
_TEN = re.compile(r"(?<![\d.,])10$")
_EXPONENT = re.compile(r"[-−–+]?\d{1,3}")
_LENGTH = re.compile(r"(?:(?<![A-Za-z])[cdhkmnμµ]?m|(?<![方尺])(?:[毫厘分千]?米|公里))$")
_POWERS = {"2": "²", "3": "³"}
_NUMBER = r"(?:注?\s?\d{1,3}|[①-⑳㉑-㊿])"
_MARK = re.compile(
    rf"[\[〔【(（﹝]?(?:{_NUMBER}(?:\s?[-–~,，、]?\s?{_NUMBER})*|注|[*＊※†‡§#★☆]+|[a-np-zA-NP-Z])"
    r"[)）\]〕】﹞]?"
)
_ORDINAL = re.compile("st|nd|rd|th", re.IGNORECASE)


def read_raised(before: str, raised: str) -> tuple[str, str]:
    """What `raised`, printed above the line behind `before`, adds to the text, and what is cut.

    >>> read_raised("1.2×10", "5"), read_raised("占地3000m", "2")
    (('^5', ''), ('²', ''))
    >>> read_raised("常住人口", "1"), read_raised("达到99.8%", "[1]"), read_raised("the 5", "th")
    (('', '1'), ('', '[1]'), ('th', ''))
    """
    bare = raised.strip()
    if _TEN.search(before) and _EXPONENT.fullmatch(bare):
        return "^" + re.sub("[−–]", "-", bare), ""
    if bare in _POWERS and _LENGTH.search(before):
        return _POWERS[bare], ""
    if _MARK.fullmatch(bare) and not (_ORDINAL.fullmatch(bare) and before[-1:].isdigit()):
        return "", bare
    return raised, ""

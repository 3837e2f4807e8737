"""Raised characters written in a line of plain text: exponents, squares, note marks.

Set on the line as it is, a note mark behind a figure makes another figure.
"""

from __future__ import annotations

import re

# 10 itself, not the end of another figure.
_POWER = re.compile(r"(?<![\d.,])10$")
_EXPONENT = re.compile(r"[-+−–]?\d{1,3}")
_LENGTH = re.compile(
    r"(?:(?<![A-Za-z])(?:[kKdDcCmMhHnμµ]?[mM]|[A-Za-z])|(?<![方尺])米|公里|英里|[㎜-㎞])$"
)
_SQUARES = {"2": "²", "3": "³"}
_ITEM = r"(?:注?\d{1,3}|[a-h]|[①-⑳㉑-㊿]|[*＊†‡§※#★☆]{1,4}|注|[ⅰ-ⅻ])"
_NOTE_MARK = re.compile(
    rf"[\[［【〔(（﹝]?{_ITEM}(?:[,，、;；~～–-]?{_ITEM})*[\]］】〕)）﹞]?", re.IGNORECASE
)


def write_raised(before: str, raised: str) -> str | None:
    """How `raised`, set above the line behind the text `before`, is written; None: a note mark.

    A note mark is no part of the text. What is neither exponent nor mark stays as it is.

    >>> write_raised("1.2×10", "5"), write_raised("建筑面积900m", "2"), write_raised("June 1", "st")
    ('^5', '²', 'st')
    >>> write_raised("巩固率达到99.8", "1") or write_raised("学前教育", "[2]")
    """
    mark = "".join(raised.split())
    line = before.rstrip()
    if _EXPONENT.fullmatch(mark) and _POWER.search(line):
        return "^" + re.sub("[−–]", "-", mark)
    if mark in _SQUARES and _LENGTH.search(line):
        return _SQUARES[mark]
    return None if _NOTE_MARK.fullmatch(mark) else raised

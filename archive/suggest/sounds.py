"""Characters that sound alike: most typing errors, for Chinese is typed by sound.

`syllables.toml` beside this file lists the characters of GB 2312 under each of their
readings, without tone; `python -m tests.measure.make_syllables` makes it from pypinyin's table.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

# Readings that many speakers, and the fuzzy setting of every input method, take for one:
# retroflex and dental initials, front and back nasal finals, n and l, f and h.
_ALIKE = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=[aeiouv])"), "l"),
    (re.compile("(?<=[aei])ng$"), "n"),
)


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, set[str]]:
    """Character → its readings, as `loose` gives them."""
    listed = tomllib.loads(files("archive.suggest").joinpath("syllables.toml").read_text("utf-8"))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for syllable, characters in listed.items():
        plain = loose(syllable)
        for character in characters:
            found[character].add(plain)
    return found


def loose(syllable: str) -> str:
    """Return the syllable with what is commonly confused made equal.

    >>> loose("zhang"), loose("nan"), loose("lan")
    ('zan', 'lan', 'lan')
    """
    for pattern, plain in _ALIKE:
        syllable = pattern.sub(plain, syllable)
    return syllable


def alike(one: str, other: str) -> bool:
    """Whether two strings of equal length sound alike, character by character.

    >>> alike("控绰保学", "控辍保学"), alike("控辍", "控制")
    (True, False)
    """
    known = _readings()
    return len(one) == len(other) and all(
        a == b or not known.get(a, set()).isdisjoint(known.get(b, ()))
        for a, b in zip(one, other, strict=True)
    )


def sounding_like(character: str) -> str:
    """Return the other characters that sound like this one; none for what has no reading."""
    own = _readings().get(character, set())
    alike = (other for other, its in _readings().items() if not own.isdisjoint(its))
    return "".join(alike).replace(character, "")

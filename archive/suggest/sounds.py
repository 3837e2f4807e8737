"""Which characters sound alike: the slips of those who type by sound, as nearly all do.

`syllables.toml` beside this file lists the characters of GB 2312 under each of their
readings, without tone; `python -m tests.measure.make_syllables` makes it from pypinyin's table.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
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
def _readings() -> dict[str, tuple[str, ...]]:
    """Character → its readings, as `loose` gives them."""
    listed = tomllib.loads(files("archive.suggest").joinpath("syllables.toml").read_text("utf-8"))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for syllable, characters in listed.items():
        for character in characters:
            found[character].append(loose(syllable))
    return {character: tuple(dict.fromkeys(readings)) for character, readings in found.items()}


@lru_cache(maxsize=1)
def _characters() -> dict[str, str]:
    """Loose reading → the characters that have it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character, readings in _readings().items():
        for reading in readings:
            found[reading].append(character)
    return {reading: "".join(characters) for reading, characters in found.items()}


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
        a == b or not set(known.get(a, ())).isdisjoint(known.get(b, ()))
        for a, b in zip(one, other, strict=True)
    )


def sounding_like(character: str) -> str:
    """Return the other characters that sound like this one; none for what has no reading."""
    found = dict.fromkeys(
        other for reading in _readings().get(character, ()) for other in _characters()[reading]
    )
    found.pop(character, None)
    return "".join(found)

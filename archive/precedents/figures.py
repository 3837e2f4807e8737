"""Figures that a draft and a passage both have, however they are written: 一千二百万, 1200万."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.text.fold import fold

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_FIGURE = re.compile(r"([0-9]+(?:\.[0-9]+)?|[零〇一二三四五六七八九十百千两]+)([万亿]*)")
# Smaller figures number the points of a text, and stand in most passages.
LEAST = 11


def figures(text: str) -> frozenset[float]:
    """Return the figures in folded text from LEAST on, as numbers.

    >>> sorted(figures("第一,投入一千二百万元,培训73人、二十三场,增长2.68%;一九九八年"))
    [23, 73, 1998, 12000000]
    """
    found = set()
    for match in _FIGURE.finditer(text):
        number = float(match[1]) if match[1][0].isascii() else float(_chinese(match[1]))
        for unit in match[2]:
            number *= _LARGE[unit]
        if number >= LEAST:
            found.add(round(number, 3))
    return frozenset(int(n) if n.is_integer() else n for n in found)


def same_figures(draft: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Of each folded text, the share of the draft's figures that it has."""
    wanted = figures(fold(draft))
    if not wanted:
        return np.zeros(len(texts))
    return np.array([len(wanted & figures(text)) / len(wanted) for text in texts])


def _chinese(numeral: str) -> int:
    if _UNITS.keys().isdisjoint(numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = digit = 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit

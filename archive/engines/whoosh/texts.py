"""A segment's texts: kept folded, as they are searched, with what it takes to undo that.

What folding does to Chinese print is nearly always the same few things: the full-width
comma becomes the narrow one. So a folded text is read back by taking its signs for the
full-width ones; a character for which that is wrong is kept with its place.
Text and folded text together take little more room than either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, pack
from archive.engines.whoosh.strings import Strings, decode, encode, string_arrays
from archive.text.fold import empty_cells, fold

# What these signs nearly always were in the print of official documents. Every other
# character of a folded text is taken for itself. Part of the format of the files.
_USUAL = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}

_CODE_POINTS = 0x110000
# Stands for a TAB that folds to nothing.
_EMPTY_CELL = _CODE_POINTS


class Texts:
    """The texts of a segment, by the ordinal of their paragraph."""

    def __init__(self, file: ArrayFile) -> None:
        self._file = file
        self.folded = Strings(file, "folded")

    def __getitem__(self, ordinal: int) -> tuple[str, str]:
        """The text at `ordinal`, as it was written and folded."""
        first, folded = self._file["odd.first"], decode(self.folded.raw(ordinal))
        return self.written(folded, first.item(ordinal), first.item(ordinal + 1)), folded

    def written(self, folded: str, start: int, end: int) -> str:
        """The text that folded to `folded`, its odd characters those from `start` to `end`."""
        text = folded
        for narrow, wide in _USUAL.items():
            text = text.replace(narrow, wide)
        if start == end:
            return text
        pieces: list[str] = []
        done = 0
        places = self._file.part("odd.at", start, end).tolist()
        codes = self._file.part("odd.code", start, end).tolist()
        for at, code in zip(places, codes, strict=True):
            character = "\t" if code == _EMPTY_CELL else chr(code)
            pieces += (text[done:at], character)
            done = at + (0 if code == _EMPTY_CELL else _width(character))
        return "".join((*pieces, text[done:]))


def text_arrays(texts: Sequence[str], folded: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays of `texts`, whose folded forms are `folded`."""
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32).copy()
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    empty = [
        start + at
        for start, text in zip(ends.tolist(), texts, strict=False)
        if "\t" in text
        for at in empty_cells(text)
    ]
    codes[np.array(empty, np.intp)] = _EMPTY_CELL
    width, odd = _behaviour(codes)
    places = np.flatnonzero(odd[codes])
    # Few characters fold to several or to none; each moves all that follow it.
    uneven = np.flatnonzero(width[codes] != 1)
    pushed = np.cumsum([0, *(width[codes[uneven]].astype(np.int64) - 1)])
    folded_ends = np.cumsum([0, *map(len, folded)], dtype=np.int64)
    first = np.searchsorted(places, ends)
    at = places + pushed[np.searchsorted(uneven, places)]
    at -= np.repeat(folded_ends[:-1], np.diff(first))
    return {
        **string_arrays("folded", map(encode, folded)),
        **odd_arrays(first, at, codes[places]),
    }


def odd_arrays(
    first: NDArray[Any], at: NDArray[Any], codes: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """The arrays of the odd characters: where each text's begin, their places, themselves."""
    return {"odd.first": pack(first), "odd.at": pack(at), "odd.code": pack(codes)}


def _behaviour(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """By code point, for those that occur: into how many it folds, whether that misleads."""
    occurring = np.zeros(_CODE_POINTS + 1, np.bool_)
    occurring[codes] = True
    occurring[_EMPTY_CELL] = False
    width = np.ones(_CODE_POINTS + 1, np.uint8)
    odd = np.zeros(_CODE_POINTS + 1, np.bool_)
    width[_EMPTY_CELL], odd[_EMPTY_CELL] = 0, True
    for code in np.flatnonzero(occurring).tolist():
        character = chr(code)
        folded = fold(character)
        width[code] = _width(character)
        odd[code] = _USUAL.get(folded, folded) != character
    return width, odd


def _width(character: str) -> int:
    """Into how many a character folds, a TAB where no empty cell stands beside it."""
    return 1 if character == "\t" else len(fold(character))

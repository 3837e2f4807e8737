"""Strings in arrays: tables of them, where keys stand in sorted tables, and texts.

A table is two arrays: the UTF-8 of its strings one after another, and where each begins.
Each string ends with the byte FF, which no UTF-8 holds: a search over the whole table can
never match across two strings.

Texts are kept folded, as they are searched, with what it takes to undo that. What folding
does to Chinese print is nearly always the same few things: the full-width comma becomes the
narrow one. So a folded text is read back by taking its signs for the full-width ones; a
character for which that is wrong is kept with its place. Text and folded text together take
little more room than either.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Ordinals, Packed, joined, pack
from archive.text.fold import empty_cells, fold

_END = b"\xff"

# A sorted table keeps the first bytes of each string as a number, which sorts likewise.
KEY_BYTES = 8

# So few strings are read one by one in less time than their places are worked out together.
_FEW = 24

# One query asks for the same few tokens from several places.
_MAX_KNOWN = 256

# Where in each table's postings those of a key begin and end, which is the same place in a
# table that does not have the key.
Extents = Sequence[tuple[int, int]]

# What these signs nearly always were in the print of official documents. Every other
# character of a folded text is taken for itself. Part of the format of the files.
_USUAL = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}

_CODE_POINTS = 0x110000
# Stands for a TAB that folds to nothing.
_EMPTY_CELL = _CODE_POINTS


def encode(text: str) -> bytes:
    """UTF-8, lone surrogates included: a damaged source must not stop the index."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """The way back from `encode`."""
    return data.decode("utf-8", "surrogatepass")


def string_arrays(name: str, strings: Iterable[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of a table called `name`, for `write_arrays`."""
    listed = list(strings)
    blob = _END.join([*listed, b""])
    ends = np.zeros(len(listed) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in listed], out=ends[1:])
    return {f"{name}.utf8": np.frombuffer(blob, np.uint8), f"{name}.at": pack(ends)}


def key_of(text: bytes) -> np.uint64:
    """The first bytes of a string as a number, which sorts as they do."""
    return np.uint64(int.from_bytes(text[:KEY_BYTES].ljust(KEY_BYTES, b"\0"), "big"))


def sorted_arrays(name: str, strings: Sequence[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of a sorted table called `name`, in which strings are looked up."""
    first = b"".join([text[:KEY_BYTES].ljust(KEY_BYTES, b"\0") for text in strings])
    keys = np.frombuffer(first, ">u8").astype(np.uint64)
    return {f"{name}.key": keys, **string_arrays(name, strings)}


class Strings:
    """A table of strings in a file of arrays, by ordinal."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self._name = name

    @cached_property
    def at(self) -> NDArray[Any]:
        """Where each string begins in the blob, in bytes, and where the last one ends."""
        return self._file[f"{self._name}.at"]

    @cached_property
    def _base(self) -> int:
        return self._file.place(f"{self._name}.utf8")

    def __len__(self) -> int:
        return len(self.at) - 1

    def raw(self, ordinal: int) -> bytes:
        """The UTF-8 of the string at `ordinal`."""
        return self.between(self.at.item(ordinal), self.at.item(ordinal + 1) - 1)

    def between(self, start: int, end: int) -> bytes:
        """The UTF-8 of the string that lies in the blob from `start` to before `end`."""
        return self._file.read(self._base + start, self._base + end)

    def __getitem__(self, ordinal: int) -> str:
        return decode(self.raw(ordinal))

    def stretch(self, start: int, end: int) -> bytes:
        """The UTF-8 of the strings from `start` to before `end`, each with its end mark."""
        first, last = int(self.at[start]), int(self.at[end])
        return self._file.read(self._base + first, self._base + last)

    def all_raw(self) -> list[bytes]:
        """The UTF-8 of every string."""
        return self._blob.split(_END)[:-1]

    def all(self) -> list[str]:
        """Every string."""
        return [decode(text) for text in self.all_raw()]

    def containing(self, needle: bytes) -> Ordinals:
        """The ordinals of the strings that contain the non-empty `needle`, ascending."""
        blob, found = self._blob, []
        at = blob.find(needle)
        while at >= 0:
            found.append(at)
            # On to the next string: one occurrence says enough of this one.
            at = blob.find(needle, blob.find(_END, at))
        ordinals: Ordinals = np.searchsorted(self.at, np.array(found, np.int64), side="right") - 1
        return ordinals

    def holding(self, ordinals: NDArray[Any], needle: bytes) -> NDArray[Any]:
        """Those of `ordinals` whose string contains `needle`, in their order."""
        if len(ordinals) <= _FEW:
            holds = [needle in self.raw(ordinal) for ordinal in ordinals.tolist()]
            return ordinals[np.array(holds, np.bool_)]
        wide = ordinals.astype(np.intp)
        starts = self.at[wide].astype(np.int64) + self._base
        ends = self.at[wide + 1].astype(np.int64) + self._base
        # UTF-8 is self-synchronizing, so bytes are found exactly where characters are.
        return ordinals[self._file.find(needle, starts, ends) >= 0]

    @cached_property
    def _blob(self) -> bytes:
        return self._file[f"{self._name}.utf8"].tobytes()


class SortedStrings(Strings):
    """A sorted table of different strings in a file of arrays."""

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The key of each string, ascending; equal only where the first bytes are."""
        return self._file[f"{self._name}.key"]

    def first_from(self, text: bytes) -> int:
        """The ordinal of the first string not before `text`."""
        keys, key = self.keys, key_of(text)
        start = int(keys.searchsorted(key))
        if start == len(keys) or keys[start] != key:
            return start
        end = int(keys.searchsorted(key, "right"))
        return start + bisect_left(range(start, end), text, key=self.raw)

    def find(self, text: bytes) -> int | None:
        """The ordinal of `text`; None where it is not in the table."""
        ordinal = self.first_from(text)
        return ordinal if ordinal < len(self) and self.raw(ordinal) == text else None


class Directory:
    """The keys of several sorted tables together, and where the postings of each lie."""

    def __init__(self, tables: Sequence[tuple[NDArray[np.uint64], Packed]]) -> None:
        """Of each table its keys, ascending, and where the postings of each begin.

        These places are one more than the keys: the last one is where all postings end.
        """
        bases = list(accumulate((len(places) for _, places in tables), initial=0))
        self._bases = np.array(bases, np.intp)
        self._places = joined([places for _, places in tables], np.uint32)
        keys = joined([keys for keys, _ in tables], np.uint64)
        rows = joined(
            [np.arange(at, at + len(own)) for at, (own, _) in zip(bases, tables, strict=False)],
            np.uint32,
        )
        # Sorted runs one after another: to merge them costs far less than to sort again.
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        self._rows = rows[order]
        # Most keys are in most tables: each is kept once, with the rows that have it.
        first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
        # No key is as large as the one at the end, so every search stops before the end.
        self._keys = np.append(keys[first], ~np.uint64(0))
        self._first = np.append(first, [len(keys), len(keys)]).astype(np.uint32)

    def extents(self, keys: NDArray[np.uint64]) -> Sequence[Extents]:
        """Where the postings of each of `keys` lie in every table."""
        at = self._keys.searchsorted(keys)
        first, end = self._first[at].astype(np.intp), self._first[at + 1]
        having = np.where(self._keys[at] == keys, end - first, 0)
        number = np.repeat(np.arange(len(keys)), having)
        before = np.cumsum(having) - having
        rows = self._rows[np.arange(len(number)) + (first - before)[number]]
        return self._spread(rows.astype(np.intp), number.tolist(), len(keys))

    def _tables(self, rows: Ordinals) -> Ordinals:
        """The table of each row."""
        return self._bases.searchsorted(rows, "right") - 1

    def _spread(self, rows: Ordinals, number: Sequence[int], keys: int) -> Sequence[Extents]:
        """Where the postings of these rows lie in every table, for each of so many keys.

        `number` gives the key of each row.
        """
        extents = [[(0, 0)] * (len(self._bases) - 1) for _ in range(keys)]
        ends = self._places.take(rows).tolist(), self._places.take(rows + 1).tolist()
        for key, table, start, end in zip(number, self._tables(rows).tolist(), *ends, strict=True):
            extents[key][table] = start, end
        return extents


class TokenDirectory(Directory):
    """The tokens of several sorted tables together, and where the postings of each lie."""

    def __init__(self, tables: Sequence[tuple[SortedStrings, Packed]]) -> None:
        """Of each table its tokens, and where the postings of each begin, as for keys."""
        super().__init__([(tokens.keys, places) for tokens, places in tables])
        self._tokens = [tokens for tokens, _ in tables]
        self._known: dict[bytes, Extents] = {}

    def find(self, token: bytes) -> Extents:
        """Where the postings of `token` lie in every table."""
        known = self._known.get(token)
        if known is None:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            known = self._known[token] = self._find(token)
        return known

    def _find(self, token: bytes) -> Extents:
        key = key_of(token)
        at = int(self._keys.searchsorted(key))
        start, end = self._first[at : at + 2].tolist() if self._keys[at] == key else (0, 0)
        rows = self._rows[start:end].astype(np.intp)
        # No token holds the byte 0, so a key that ends in it is that of a single token.
        if len(token) >= KEY_BYTES:
            tables = self._tables(rows)
            own = zip(tables.tolist(), (rows - self._bases[tables]).tolist(), strict=True)
            same = [self._tokens[table].raw(ordinal) == token for table, ordinal in own]
            rows = rows[np.array(same, np.bool_)]
        return self._spread(rows, [0] * len(rows), 1)[0]


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
    return {**string_arrays("folded", map(encode, folded)), **odd_arrays(first, at, codes[places])}


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

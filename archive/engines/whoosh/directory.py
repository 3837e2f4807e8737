"""Where keys stand in the sorted tables of all segments: one search instead of twenty."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Ordinals, Packed, joined
from archive.engines.whoosh.strings import KEY_BYTES, SortedStrings, key_of

# One query asks for the same few tokens from several places.
_MOST_KNOWN = 256

# Where in each table's postings those of a key begin and end, which is the same place in a
# table that does not have the key.
Extents = Sequence[tuple[int, int]]


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
        # Sorted runs one after another: to merge them costs far less than to sort anew.
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        self._rows = rows[order]
        # Most keys are in most tables: each is kept once, with the rows that have it.
        first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
        self._keys = keys[first]
        self._first = np.append(first, len(keys)).astype(np.uint32)

    def extents(self, keys: NDArray[np.uint64]) -> list[Extents]:
        """Where the postings of each of `keys` lie in every table."""
        at = self._keys.searchsorted(keys)
        return [self._spread(self._having(*one)) for one in zip(at.tolist(), keys, strict=True)]

    def _having(self, at: int, key: np.uint64) -> Ordinals:
        """The rows that have `key`, which stands at `at` if any has it; by table."""
        if at == len(self._keys) or self._keys[at] != key:
            return self._rows[:0].astype(np.intp)
        start, end = self._first[at : at + 2].tolist()
        return self._rows[start:end].astype(np.intp)

    def _tables(self, rows: Ordinals) -> Ordinals:
        """The table of each row."""
        return self._bases.searchsorted(rows, "right") - 1

    def _spread(self, rows: Ordinals) -> Extents:
        """Where the postings of these rows lie in every table."""
        extents = [(0, 0)] * (len(self._bases) - 1)
        places = self._places.take(rows).tolist(), self._places.take(rows + 1).tolist()
        for table, start, end in zip(self._tables(rows).tolist(), *places, strict=True):
            extents[table] = start, end
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
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[token] = self._find(token)
        return known

    def _find(self, token: bytes) -> Extents:
        key = key_of(token)
        rows = self._having(int(self._keys.searchsorted(key)), key)
        # No token holds the byte 0, so a key that ends in it is that of a single token.
        if len(token) >= KEY_BYTES:
            tables = self._tables(rows)
            own = zip(tables.tolist(), (rows - self._bases[tables]).tolist(), strict=True)
            same = [self._tokens[table].raw(ordinal) == token for table, ordinal in own]
            rows = rows[np.array(same, np.bool_)]
        return self._spread(rows)

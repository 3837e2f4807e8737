"""Where keys stand in the sorted tables of all segments: one search instead of twenty."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Ordinals, Packed, joined
from archive.engines.whoosh.strings import KEY_BYTES, SortedStrings, key_of

# One query asks for the same few tokens from several places.
_MAX_KNOWN = 256

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

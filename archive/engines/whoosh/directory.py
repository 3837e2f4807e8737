"""Where a token stands in the tables of all segments: one search instead of twenty."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from archive.engines.whoosh.arrays import Packed, pack
from archive.engines.whoosh.strings import SortedStrings, key_of

# One query asks for the same few tokens from several places.
_MOST_KNOWN = 256


class Directory:
    """The keys of several sorted tables together, made when first needed."""

    def __init__(self, tables: Sequence[SortedStrings]) -> None:
        self._tables = tables
        self._bases = list(accumulate(map(len, tables), initial=0))
        keys = np.concatenate([np.empty(0, np.uint64), *(table.keys for table in tables)])
        # Sorted runs one after another: to merge them costs far less than to sort anew.
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._rows: Packed = pack(order)
        self._known: dict[bytes, list[int | None]] = {}

    def find(self, text: bytes) -> Sequence[int | None]:
        """The ordinal of `text` in each table; None where it is not there."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = self._find(text)
        return known

    def _find(self, text: bytes) -> list[int | None]:
        found: list[int | None] = [None] * len(self._tables)
        key = key_of(text)
        low, high = self._keys.searchsorted(key), self._keys.searchsorted(key, "right")
        for row in self._rows[low:high].tolist():
            at = bisect_right(self._bases, row) - 1
            own = row - self._bases[at]
            if self._tables[at].raw(own) == text:
                found[at] = own
        return found

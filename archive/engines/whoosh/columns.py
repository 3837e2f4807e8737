"""The fields' values: which there are, which each paragraph has, how many have each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Ordinals, Packed, pack
from archive.engines.whoosh.invert import BETWEEN, Vocabulary
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.strings import decode
from archive.fields import Field, Wanted
from archive.ranges import Range

# The number of no value.
_NO_NUMBER = -1


class FacetValues:
    """The values of one field over all segments.

    An entry is a value, or, of a field with several, the values that stand together. `of`
    gives the entry of each context by its number, from 1, and 0 for none. Values are
    numbered likewise.
    """

    def __init__(self, segments: Sequence[SegmentArrays], field: Field, context: Packed) -> None:
        """`context` gives the context of each paragraph."""
        entries, numbers = Vocabulary(), Vocabulary()
        parts: list[NDArray[np.int32]] = []
        for segment in segments:
            own = [entries[entry] + 1 for entry in segment.values[field.name].all_raw()]
            parts.append(np.array([0, *own], np.int32)[segment.file[f"facet.{field.name}"]])
        self.of = np.concatenate(parts) if parts else np.empty(0, np.int32)
        self._count = len(entries) + 1
        self._context = context
        self._field = field
        together = [
            (at + 1, numbers[value] + 1)
            for entry, at in entries.items()
            for value in map(decode, entry.split(BETWEEN))
        ]
        self._entry_in, self._value_in = np.array(together, np.intp).reshape(-1, 2).T
        # Of each number the value; none has 0.
        self.values = ["", *numbers]
        self._numbers = numbers

    @cached_property
    def column(self) -> Packed:
        """The entry of each paragraph."""
        column: Packed = pack(self.of)[self._context]
        return column

    @cached_property
    def sorted(self) -> Ordinals:
        """The place of each value among the values sorted; of no value, 0."""
        return np.argsort(sorted(range(len(self.values)), key=self.values.__getitem__))

    @cached_property
    def compared(self) -> NDArray[np.int64]:
        """The number by which each value of an ordered field is compared; of none, -1."""
        read = map(self._field.number, self._numbers)
        known = (_NO_NUMBER if number is None else number for number in read)
        return np.array([_NO_NUMBER, *known], np.int64)

    def named(self, selected: Sequence[str]) -> list[int]:
        """The numbers of the values that a selection names by their exact text."""
        return [self._numbers[name] + 1 for name in selected if name in self._numbers]

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        """The numbers of the values that compare equal."""
        same: dict[str, list[int]] = {}
        for number, value in enumerate(self._numbers, start=1):
            same.setdefault(self._field.normalised(value), []).append(number)
        return same

    def counts(self, found: Ordinals) -> Ordinals:
        """How many of some paragraphs have each value, by its number."""
        if self._count == 1:
            # An archive need not have values of every field.
            return np.array([len(found)])
        by_entry = np.bincount(self.column.take(found), minlength=self._count)
        if not self._field.several:
            return by_entry
        counted = np.bincount(
            self._value_in, weights=by_entry[self._entry_in], minlength=len(self.values)
        )
        whole: Ordinals = counted.astype(np.intp)
        return whole

    def mask(self, wanted: Wanted) -> Bools:
        """Which entries, by number, have what a filter wants."""
        values = self._in_range(wanted) if isinstance(wanted, Range) else self._equal(wanted)
        if not self._field.several:
            return values
        entries = np.zeros(self._count, np.bool_)
        entries[self._entry_in[values[self._value_in]]] = True
        return entries

    def _equal(self, wanted: str) -> Bools:
        found = np.zeros(len(self.values), np.bool_)
        needle = self._field.normalised(wanted)
        if self._field.match == "contains":
            for value, numbers in self._folded.items():
                found[numbers] = needle in value
        else:
            found[self._folded.get(needle, [])] = True
        return found

    def _in_range(self, wanted: Range) -> Bools:
        if wanted.unknown:
            return np.equal(self.compared, _NO_NUMBER)
        last = np.inf if wanted.last is None else wanted.last
        return np.logical_and(self.compared >= (wanted.first or 0), self.compared <= last)

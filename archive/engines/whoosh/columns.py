"""The fields' values: which there are, which each paragraph has, how many have each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Ordinals, Packed, pack
from archive.engines.whoosh.invert import values_of
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.strings import decode, encode
from archive.fields import Field, Wanted, named
from archive.ranges import Range
from archive.text.fold import fold

# The number of no value.
_NO_NUMBER = -1


class FacetValues:
    """The values of one field over all segments.

    An entry is a value, or, of a field with several, the values that stand together. `of`
    gives the entry of each profile (of a field that is not sized: of each context) by its
    number, from 1, and 0 for none. Values are numbered likewise.
    """

    def __init__(self, segments: Sequence[SegmentArrays], field: Field) -> None:
        entries: dict[bytes, int] = {}
        parts: list[NDArray[np.int32]] = []
        for segment in segments:
            table = segment.values[field.name].all_raw()
            own = [entries.setdefault(entry, len(entries) + 1) for entry in table]
            parts.append(np.array([0, *own], np.int32)[segment.file[f"facet.{field.name}"]])
        self.of = np.concatenate(parts) if parts else np.empty(0, np.int32)
        self.entries = len(entries)
        self._field = field
        self._numbers = entries
        if field.several:
            self._numbers = {}
            together = [
                (at, self._numbers.setdefault(value, len(self._numbers) + 1))
                for entry, at in entries.items()
                for value in values_of(field, entry)
            ]
            self._entry_in, self._value_in = np.array(together, np.intp).reshape(-1, 2).T
        # Kept as bytes, which sort as the strings do: of thousands only a page is shown.
        self._values = list(self._numbers)
        self._decoded: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._values)

    def value(self, number: int) -> str:
        """The value that has `number`."""
        known = self._decoded.get(number)
        if known is None:
            known = self._decoded[number] = decode(self._values[number - 1])
        return known

    @cached_property
    def sorted(self) -> NDArray[np.int64]:
        """The place of each value among the values sorted; of no value, 0."""
        order = sorted(range(len(self)), key=self._values.__getitem__)
        places = np.zeros(len(self) + 1, np.int64)
        places[np.array(order, np.intp) + 1] = np.arange(1, len(order) + 1)
        return places

    @cached_property
    def compared(self) -> NDArray[np.int64]:
        """The number by which each value of an ordered field is compared; of none, -1."""
        read = (self._field.number(decode(value)) for value in self._values)
        known = (_NO_NUMBER if number is None else number for number in read)
        return np.array([_NO_NUMBER, *known], np.int64)

    def named(self, selected: Sequence[str]) -> list[int]:
        """The numbers of the values that a selection names by their exact text."""
        names = dict.fromkeys(map(encode, selected))
        return [self._numbers[name] for name in names if name in self._numbers]

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        """The numbers of the values that fold to the same."""
        same: dict[str, list[int]] = {}
        for number, value in enumerate(self._values, start=1):
            same.setdefault(fold(decode(value)), []).append(number)
        return same

    def counts(self, by_entry: Ordinals) -> Ordinals:
        """How often each value occurs, by its number, where each entry does `by_entry`."""
        if not self._field.several:
            return by_entry
        counted = np.bincount(
            self._value_in, weights=by_entry[self._entry_in], minlength=len(self) + 1
        )
        whole: Ordinals = counted.astype(np.intp)
        return whole

    def mask(self, wanted: Wanted) -> Bools:
        """Which entries, by number, have what a filter wants."""
        values = self._in_range(wanted) if isinstance(wanted, Range) else self._equal(wanted)
        if not self._field.several:
            return values
        entries = np.zeros(self.entries + 1, np.bool_)
        entries[self._entry_in[values[self._value_in]]] = True
        return entries

    def _equal(self, wanted: str) -> Bools:
        found = np.zeros(len(self) + 1, np.bool_)
        needle = fold(wanted)
        if self._field.match == "contains":
            for value, numbers in self._folded.items():
                found[numbers] = needle in value
        else:
            found[self._folded.get(needle, [])] = True
        return found

    def _in_range(self, wanted: Range) -> Bools:
        known: Bools = self.compared != _NO_NUMBER
        if wanted.unknown:
            return ~known
        if wanted.first is not None:
            known = known & (self.compared >= wanted.first)
        if wanted.last is not None:
            known = known & (self.compared <= wanted.last)
        return known


class Profiled(Protocol):
    """What columns are made of: each paragraph's context, each context's profile, and theirs."""

    @property
    def size(self) -> int:
        """The number of paragraphs, those removed included."""

    @property
    def context(self) -> NDArray[Any]:
        """The context of each paragraph."""

    @property
    def profile(self) -> NDArray[Any]:
        """The profile of each context."""

    def facet(self, name: str) -> FacetValues:
        """The values of a field, and which of them each profile or context has."""


class Columns:
    """The number of every field's entry, for each paragraph of a view."""

    def __init__(self, view: Profiled) -> None:
        self._view = view
        self._made: dict[str, Packed] = {}

    def of(self, name: str) -> Packed:
        """The entry of each paragraph."""
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = self._column(name)
        return known

    def size(self, name: str) -> int:
        """How many numbers the field's entries may have."""
        return self._view.facet(name).entries + 1

    def counts(self, name: str, found: Ordinals) -> Ordinals:
        """How many of some paragraphs have each entry of a field, by its number."""
        return np.bincount(self.of(name).take(found), minlength=self.size(name))

    def _column(self, name: str) -> Packed:
        view = self._view
        of = view.facet(name).of
        column: Packed = pack(of[view.profile] if named(name).sized else of)[view.context]
        return column

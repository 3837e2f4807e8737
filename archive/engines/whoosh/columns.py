"""The facets' values: which there are, and which each paragraph has.

Facets are counted by paragraph. Several facets of few values make one number together, so
that counting all of them takes three passes over what was found rather than eight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Ordinals, Packed, pack
from archive.engines.whoosh.invert import PROFILE_FACETS
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.strings import decode, encode
from archive.nodes import FACETS, FacetName, ValueFacet
from archive.text import fold

# Facets share a number while it has no more values than this: its counts stay in the
# processor's nearest cache.
_MOST_TOGETHER = 1 << 14


class FacetValues:
    """The values of one facet over all segments.

    `of` gives the value of each profile (of `section`: of each context) by its number, from
    1, and 0 for none.
    """

    def __init__(self, segments: Sequence[SegmentArrays], facet: ValueFacet) -> None:
        numbers: dict[bytes, int] = {}
        parts: list[NDArray[np.int32]] = []
        for segment in segments:
            own = [numbers.setdefault(v, len(numbers) + 1) for v in segment.values[facet].all_raw()]
            parts.append(np.array([0, *own], np.int32)[segment.file[f"facet.{facet}"]])
        self.of = np.concatenate(parts) if parts else np.empty(0, np.int32)
        self._numbers = numbers
        # Kept as bytes, which sort as the strings do: of thousands only a page is shown.
        self._values = list(numbers)
        self._decoded: dict[int, str] = {}
        self.blank = [0, numbers[b""]] if b"" in numbers else [0]

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

    def equal(self, value: str) -> Bools:
        """Which values, by number, are `value` after folding."""
        equal = np.zeros(len(self) + 1, np.bool_)
        equal[self._folded.get(fold(value), [])] = True
        return equal


@dataclass(frozen=True, slots=True)
class _Together:
    """Facets that make one number: `of` each paragraph, in the mixed radix of `sizes`."""

    names: tuple[FacetName, ...]
    sizes: tuple[int, ...]
    of: Packed


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

    @property
    def different_years(self) -> tuple[NDArray[np.int32], Ordinals]:
        """The years there are, ascending, and which of them each profile has."""

    def facet(self, name: ValueFacet) -> FacetValues:
        """The values of a facet, and which of them each profile has."""


class Columns:
    """The number of every facet's value, for each paragraph of a view."""

    def __init__(self, view: Profiled) -> None:
        self._view = view
        self._made: dict[FacetName, Packed] = {}

    def of(self, name: FacetName) -> Packed:
        """The value of each paragraph; of `year`, its place among the different years."""
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = self._column(name)
        return known

    def size(self, name: FacetName) -> int:
        """How many numbers the facet's values may have."""
        if name == "year":
            return len(self._view.different_years[0])
        return len(self._view.facet(name)) + 1

    @cached_property
    def together(self) -> dict[FacetName, _Together]:
        """For each facet those that it is counted with."""
        groups: list[list[FacetName]] = []
        # The largest first, each with the first that leave it room.
        for name in sorted(FACETS, key=self.size, reverse=True):
            for group in groups:
                if prod(map(self.size, (*group, name))) <= _MOST_TOGETHER:
                    group.append(name)
                    break
            else:
                groups.append([name])
        return {name: made for group in groups for made in (self._joined(group),) for name in group}

    def _joined(self, group: Sequence[FacetName]) -> _Together:
        # The facet of the most values comes last: its rows are long, and summed at once.
        names = group[::-1]
        sizes = tuple(map(self.size, names))
        numbers = np.zeros(self._view.size, np.uint32)
        for name, size in zip(names, sizes, strict=True):
            numbers *= np.uint32(size)
            numbers += self.of(name)
        return _Together(tuple(names), sizes, pack(numbers))

    def _column(self, name: FacetName) -> Packed:
        view = self._view
        if name == "year":
            of = view.different_years[1][view.profile]
        elif name in PROFILE_FACETS:
            of = view.facet(name).of[view.profile]
        else:
            of = view.facet(name).of
        column: Packed = pack(of)[view.context]
        return column


class Tally:
    """How many of some paragraphs have each value of a facet."""

    # Below so many it costs less to count each facet than to take several apart.
    _FEW = 20_000

    def __init__(self, columns: Columns, found: Ordinals) -> None:
        self._columns = columns
        self._found = found
        self._joint: dict[tuple[FacetName, ...], NDArray[Any]] = {}

    def counts(self, name: FacetName) -> Ordinals:
        """The count of each value by its number."""
        columns = self._columns
        if len(self._found) < self._FEW:
            return np.bincount(columns.of(name).take(self._found), minlength=columns.size(name))
        group = columns.together[name]
        joint = self._joint.get(group.names)
        if joint is None:
            counts = np.bincount(group.of.take(self._found), minlength=prod(group.sizes))
            joint = self._joint[group.names] = counts.reshape(group.sizes)
        others = tuple(at for at, other in enumerate(group.names) if other != name)
        counted: Ordinals = joint.sum(axis=others)
        return counted

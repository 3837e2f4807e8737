"""One committed state of the index, open for reading: its segments as one row of paragraphs.

Ordinals here are places in the whole index, segment after segment; contexts and profiles
are numbered through in the same way. What is put together from several segments is made at
first use and kept; with a single segment it is the mapped file itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.state import NO_CLUSTER, State
from archive.engines.whoosh.strings import decode, encode
from archive.matching import Subject
from archive.model import Form, Paragraph
from archive.nodes import ValueFacet
from archive.ranking import K1, LENGTH_FLOOR, B
from archive.text import fold


class View:
    """Segments, the paragraphs deleted from each, and the state of the commit."""

    def __init__(
        self, segments: Sequence[SegmentArrays], deleted: Sequence[Ordinals], state: State | None
    ) -> None:
        self.segments = segments
        self.state = state
        self.bases = list(accumulate((s.count for s in segments), initial=0))
        self.size = self.bases[-1]
        self._deleted = deleted
        self._norms: dict[type, Floats] = {}
        self.count = self.size - sum(map(len, deleted))

    @cached_property
    def live(self) -> Bools | None:
        """Which paragraphs are not deleted; None where none is."""
        if self.count == self.size:
            return None
        live = np.ones(self.size, np.bool_)
        for base, deleted in zip(self.bases, self._deleted, strict=False):
            live[base + deleted] = False
        return live

    def parts(self) -> Iterator[tuple[SegmentArrays, slice]]:
        """Each segment, and where its paragraphs stand."""
        for segment, (start, end) in zip(self.segments, pairwise(self.bases), strict=True):
            yield segment, slice(start, end)

    def place(self, ordinal: int) -> tuple[SegmentArrays, int]:
        """The segment of the paragraph at `ordinal`, and its ordinal there."""
        at = bisect_right(self.bases, ordinal) - 1
        return self.segments[at], ordinal - self.bases[at]

    def paragraph(self, ordinal: int) -> Paragraph:
        """The paragraph at `ordinal`; many are read faster together."""
        segment, own = self.place(ordinal)
        return segment.paragraphs(np.array([own]))[0]

    def paragraphs(self, ordinals: Ordinals) -> list[Paragraph]:
        """The paragraphs at `ordinals`, in this order."""
        return [subject.paragraph for subject in self.subjects(ordinals)]

    def subjects(self, ordinals: Ordinals) -> list[Subject]:
        """The paragraphs at `ordinals`, in this order, ready to be matched."""
        found: dict[int, Subject] = {}
        for segment, part in self.parts():
            here = ordinals[(ordinals >= part.start) & (ordinals < part.stop)]
            if len(here):
                own = segment.subjects(here - part.start)
                found.update(zip(here.tolist(), own, strict=True))
        return [found[ordinal] for ordinal in ordinals.tolist()]

    def texts(self, ascending: Ordinals) -> list[str]:
        """The texts of the paragraphs at `ascending` ordinals."""
        texts: list[str] = []
        for segment, part in self.parts():
            low, high = np.searchsorted(ascending, (part.start, part.stop))
            own = ascending[low:high] - part.start
            texts.extend(text for text, _ in segment.texts.many(own))
        return texts

    def paragraph_id(self, ordinal: int) -> str:
        """The id of the paragraph at `ordinal`."""
        segment, own = self.place(ordinal)
        return segment.paragraph_ids(np.array([own]))[0]

    def document(self, document_id: str) -> range:
        """The ordinals of a document's paragraphs; empty where it is not kept."""
        for segment, part in self.parts():
            inside = segment.document(document_id)
            if inside and (self.live is None or self.live[part.start + inside.start]):
                return range(part.start + inside.start, part.start + inside.stop)
        return range(0)

    @cached_property
    def rank(self) -> NDArray[Any]:
        """The place of each paragraph in id order."""
        if len(self.segments) == 1 or self.state is None:
            return np.arange(self.size)
        return self.state.rank

    def label(self, cluster: int) -> str | None:
        """The id that names a cluster; None for no cluster."""
        if self.state is None or cluster == NO_CLUSTER:
            return None
        return self.state.labels[cluster]

    # Contexts: what paragraphs repeat of their document and their place in it

    @cached_property
    def context(self) -> NDArray[Any]:
        """The context of each paragraph."""
        return self._through("context", self.context_bases)

    @cached_property
    def context_bases(self) -> list[int]:
        """The number of each segment's first context, and of all contexts."""
        return list(accumulate((len(s.file["profile"]) for s in self.segments), initial=0))

    def context_parts(self) -> Iterator[tuple[SegmentArrays, slice]]:
        """Each segment, and where its contexts stand."""
        for segment, (start, end) in zip(self.segments, pairwise(self.context_bases), strict=True):
            yield segment, slice(start, end)

    # Profiles: what facets count by, the values of all facets but the section together

    @cached_property
    def profile(self) -> NDArray[Any]:
        """The profile of each context."""
        return self._through("profile", self.profile_bases)

    @cached_property
    def profile_bases(self) -> list[int]:
        """The number of each segment's first profile, and of all profiles."""
        return list(accumulate((len(s.file["year"]) for s in self.segments), initial=0))

    @cached_property
    def years(self) -> NDArray[np.int32]:
        """The year of each profile, NO_YEAR where it has none."""
        return self._joined([segment.file["year"] for segment in self.segments], np.int32)

    @cached_property
    def different_years(self) -> tuple[NDArray[np.int32], Ordinals]:
        """The years there are, ascending, and which of them each profile has."""
        years = np.array(sorted(set(self.years.tolist())), np.int32)
        return years, np.searchsorted(years, self.years)

    @cached_property
    def facets(self) -> dict[ValueFacet, FacetValues]:
        """What has been asked of the facets' values so far."""
        return {}

    def facet(self, name: ValueFacet) -> FacetValues:
        """The values of a facet, and which of them each profile has."""
        known = self.facets.get(name)
        if known is None:
            known = self.facets[name] = FacetValues(self.segments, name)
        return known

    # By paragraph

    @cached_property
    def beside_body(self) -> Bools:
        """Which paragraphs are headings and titles, not body text."""
        is_body = self.facet("form").having(Form.BODY.value)
        beside: Bools = ~is_body[self.profile][self.context]
        return beside

    @cached_property
    def year(self) -> NDArray[np.int32]:
        """The year of each paragraph, NO_YEAR where it has none."""
        year: NDArray[np.int32] = self.years[self.profile][self.context]
        return year

    def length_norms(self, kind: type[np.floating[Any]]) -> Floats:
        """What BM25 adds to a frequency to saturate it, by paragraph."""
        known = self._norms.get(kind)
        if known is None:
            lengths = self._joined([s.file["length"] for s in self.segments], np.float64)
            floored = np.maximum(lengths, LENGTH_FLOOR)
            kept = floored if self.live is None else floored[self.live]
            average = float(kept.sum()) / len(kept) if len(kept) else 1.0
            known = self._norms[kind] = (K1 * (1 - B + B * floored / average)).astype(kind)
        return known

    def _through(self, name: str, bases: Sequence[int]) -> NDArray[Any]:
        """The segments' arrays of ordinals `name`, one after another, numbered through."""
        if len(self.segments) == 1:
            return self.segments[0].file[name]
        parts = [
            segment.file[name].astype(np.int32) + np.int32(base)
            for segment, base in zip(self.segments, bases, strict=False)
        ]
        return self._joined(parts, np.int32)

    @staticmethod
    def _joined(parts: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
        return np.concatenate([np.empty(0, kind), *parts]).astype(kind, copy=False)


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

    def having(self, value: str) -> Bools:
        """Which profiles (of `section`: contexts) have `value`, after folding."""
        chosen = np.zeros(len(self) + 1, np.bool_)
        chosen[self._folded.get(fold(value), [])] = True
        return chosen[self.of]

    @property
    def lacking(self) -> Bools:
        """Which profiles (of `section`: contexts) have no value."""
        lacking: Bools = self.of == 0
        return lacking

"""One committed state of the index, open for reading: its segments as one row of paragraphs.

Ordinals here are places in the whole index, segment after segment; contexts
are numbered through in the same way. What is put together from several segments is made at
first use and kept; with a single segment it is the mapped file itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, pairwise, starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals, Packed, joined, pack
from archive.engines.whoosh.columns import FacetValues
from archive.engines.whoosh.impact import average, bounds
from archive.engines.whoosh.invert import pair_key
from archive.engines.whoosh.segment import MAX_UNREAD, SegmentArrays
from archive.engines.whoosh.sets import NOTHING
from archive.engines.whoosh.state import ClusterIndex, State
from archive.engines.whoosh.strings import Directory, Extents, TokenDirectory, encode
from archive.fields import named
from archive.model import Form, Paragraph
from archive.query.query import ORDERED_BY, Sort
from archive.search.matching import Subject
from archive.search.ranking import K1, LENGTH_FLOOR, B


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
        self._facets: dict[str, FacetValues] = {}
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

    @cached_property
    def parts(self) -> list[tuple[SegmentArrays, slice]]:
        """Each segment, and where its paragraphs stand."""
        return list(zip(self.segments, starmap(slice, pairwise(self.bases)), strict=True))

    def place(self, ordinal: int) -> tuple[SegmentArrays, int]:
        """The segment of the paragraph at `ordinal`, and its ordinal there."""
        at = bisect_right(self.bases, ordinal) - 1
        return self.segments[at], ordinal - self.bases[at]

    def joined(self, by_segment: Sequence[Packed]) -> Ordinals:
        """Ordinals of each segment's own as ordinals of the whole index."""
        return _numbered(by_segment, self.bases, np.dtype(np.intp))

    def paragraphs(self, ordinals: Ordinals) -> list[Paragraph]:
        """The paragraphs at `ordinals`, in this order."""
        return [subject.paragraph for subject in self.subjects(ordinals)]

    def subjects(self, ordinals: Ordinals) -> list[Subject]:
        """The paragraphs at `ordinals`, in this order, ready to be matched."""
        places = map(self.place, ordinals.tolist())
        return [segment.subject(own) for segment, own in places]

    def paragraph_id(self, ordinal: int) -> str:
        """The id of the paragraph at `ordinal`."""
        segment, own = self.place(ordinal)
        return segment.paragraph_id(own)

    def document(self, document_id: str) -> range:
        """The ordinals of a document's paragraphs; empty where it is not kept."""
        for segment, part in self.parts:
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

    @cached_property
    def clusters(self) -> ClusterIndex:
        """The near-duplicate clusters."""
        none = np.empty(0, np.intp)
        return ClusterIndex(none, none, none, 0) if self.state is None else self.state.clusters

    def label(self, cluster: int) -> str | None:
        """The id that names a cluster."""
        return None if self.state is None else self.state.labels[cluster]

    def members(self, ordinal: int) -> list[int]:
        """The members of a paragraph's cluster that are not deleted, by rank; at least itself."""
        cluster = self.clusters.cluster(ordinal)
        if cluster is None:
            return [ordinal]
        members = self.clusters.members_of(cluster)
        kept: list[int] = (members if self.live is None else members[self.live[members]]).tolist()
        return kept

    # Tokens

    @cached_property
    def _tokens(self) -> TokenDirectory:
        return TokenDirectory([(s.tokens, s.file["token.first"]) for s in self.segments])

    @cached_property
    def _around(self) -> TokenDirectory:
        return TokenDirectory([(s.around, s.file["around.first"]) for s in self.segments])

    @cached_property
    def _pairs(self) -> Directory:
        return Directory([(s.file["gram.key"], s.file["gram.first"]) for s in self.segments])

    def extents(self, token: str) -> Extents:
        """Where in each segment's postings those of `token` begin and end."""
        return self._tokens.find(encode(token))

    def stretches(self, name: str, extents: Extents) -> list[Packed]:
        """Of each segment's array `name` what lies between these places."""
        parts = zip(self.segments, extents, strict=True)
        return [
            segment.file.part(name, start, end) if start < end else NOTHING
            for segment, (start, end) in parts
        ]

    def postings(self, token: str) -> list[Packed]:
        """The paragraphs of each segment whose text holds `token`."""
        return self.stretches("token.in", self.extents(token))

    def doc_freq(self, token: str) -> int:
        """How many paragraphs that are not deleted hold `token`."""
        if self.live is None:
            return sum(end - start for start, end in self.extents(token))
        return self.count_live(self.postings(token))

    def count_live(self, by_segment: Sequence[Packed]) -> int:
        """How many of these paragraphs of each segment are not deleted."""
        if self.live is None:
            return sum(map(len, by_segment))
        parts = zip(self.parts, by_segment, strict=True)
        return sum(int(np.count_nonzero(self.live[part][own])) for (_, part), own in parts)

    def holding_pairs(self, pairs: Sequence[str]) -> list[Sequence[Packed]]:
        """The paragraphs of each segment that hold each of these pairs of characters."""
        keys = np.array([pair_key(*pair) for pair in pairs], np.uint64)
        # A draft asks for thousands: segment by segment it takes half as many calls.
        by_segment = [
            [segment.file.part("gram.in", start, end) for start, end in extents]
            for segment, extents in zip(
                self.segments, zip(*self._pairs.extents(keys), strict=True), strict=False
            )
        ]
        return list(zip(*by_segment, strict=True)) or [()] * len(pairs)

    def containing(self, folded: str, within: Sequence[Packed] | None = None) -> list[Packed]:
        """The paragraphs of each segment whose folded text contains `folded`.

        Where others than those `within` are not wanted, their texts are not read.
        """
        if len(folded) < MAX_UNREAD:
            return [segment.beginning(folded) for segment in self.segments]
        if len(folded) == MAX_UNREAD:
            return list(self.holding_pairs([folded])[0])
        keys = np.array([*dict.fromkeys(starmap(pair_key, pairwise(folded)))], np.uint64)
        pairs = zip(*self._pairs.extents(keys), strict=True)
        # Whatever holds the needle as a token holds its characters.
        sure = self.postings(folded)
        wanted: Sequence[Packed | None] = within or [None] * len(self.segments)
        parts = zip(self.segments, pairs, sure, wanted, strict=True)
        needle = encode(folded)
        return [s.containing(needle, own, known, among) for s, own, known, among in parts]

    def contexts_around(self, token: str) -> Packed:
        """The contexts whose titles or headings hold `token`, in the type of `context`."""
        parts = self.stretches("around.in", self._around.find(encode(token)))
        return _numbered(parts, self.context_bases, self.context.dtype)

    # Contexts: what paragraphs repeat of their document and their place in it

    @cached_property
    def context(self) -> NDArray[Any]:
        """The context of each paragraph."""
        own = [segment.file["context"] for segment in self.segments]
        return own[0] if len(own) == 1 else _numbered(own, self.context_bases, np.dtype(np.int32))

    @cached_property
    def context_bases(self) -> list[int]:
        """The number of each segment's first context, and of all contexts."""
        return list(accumulate((len(s.records) for s in self.segments), initial=0))

    @cached_property
    def context_parts(self) -> list[tuple[SegmentArrays, slice]]:
        """Each segment, and where its contexts stand."""
        return list(zip(self.segments, starmap(slice, pairwise(self.context_bases)), strict=True))

    def facet(self, name: str) -> FacetValues:
        """The values of a field that has a column, and which of them each context has."""
        known = self._facets.get(name)
        if known is None:
            known = self._facets[name] = FacetValues(self.segments, named(name), self.context)
        return known

    # By paragraph

    @cached_property
    def not_body(self) -> Bools | None:
        """Which paragraphs are no body text but headings, rows and so on; None where none is."""
        found = ~self._of_form(Form.BODY)
        return found if found.any() else None

    @cached_property
    def rows(self) -> Bools | None:
        """Which paragraphs are rows of tables; None where none is."""
        found = self._of_form(Form.ROW)
        return found if found.any() else None

    def _of_form(self, wanted: Form) -> Bools:
        form = self.facet("form")
        found: Bools = form.mask(wanted.value)[form.column]
        return found

    @cached_property
    def by_year(self) -> dict[Sort, NDArray[Any]]:
        """A key for each paragraph, larger the earlier it comes: by year and day, then by id."""
        keys = {}
        for order, sign in ((Sort.OLDEST, 1), (Sort.NEWEST, -1)):
            key: Ordinals = np.zeros(self.size, np.int64)
            for field in map(self.facet, ORDERED_BY):
                place = np.argsort(np.argsort(sign * field.compared))
                # No value has the number 0, and comes last.
                place[0] = len(place)
                key = key * (len(place) + 1) + place[field.column]
            keys[order] = ~pack(key * self.size + self.rank)
        return keys

    @cached_property
    def documents(self) -> Ordinals:
        """Where each document begins, ascending."""
        return joined(
            [s.file["document.first"][:-1] + part.start for s, part in self.parts], np.intp
        )

    @cached_property
    def lengths(self) -> NDArray[Any]:
        """The length of each paragraph in characters."""
        return joined([s.file["length"] for s in self.segments], np.int32)

    @cached_property
    def average(self) -> float:
        """The average length of the paragraphs that are not deleted, as BM25 counts it."""
        kept = self.lengths if self.live is None else self.lengths[self.live]
        return average(kept)

    @cached_property
    def impact_bounds(self) -> tuple[float, float]:
        """Between which factors any impact is off, for the average length has changed."""
        return bounds([segment.average for segment in self.segments], self.average)

    def length_norms(self, found: Ordinals | slice) -> Floats:
        """What BM25 adds to a frequency to saturate it, for the paragraphs `found`."""
        floored = np.maximum(self.lengths[found], LENGTH_FLOOR).astype(np.float64)
        norms: Floats = K1 * (1 - B + B * floored / self.average)
        return norms


def _numbered(
    by_segment: Sequence[Packed], bases: Sequence[int], kind: np.dtype[Any]
) -> NDArray[Any]:
    """Numbers of each segment's own, one after another, as numbers of the whole index."""
    ends = list(accumulate(map(len, by_segment), initial=0))
    numbered = np.empty(ends[-1], kind)
    for own, base, (start, end) in zip(by_segment, bases, pairwise(ends), strict=False):
        if start < end:
            np.add(own, base, out=numbered[start:end], dtype=kind)
    return numbered

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

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals, Packed, joined, pack
from archive.engines.whoosh.columns import Columns, FacetValues
from archive.engines.whoosh.directory import Directory, Extents, TokenDirectory
from archive.engines.whoosh.impact import average, bounds
from archive.engines.whoosh.invert import PROFILED
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.sets import NOTHING
from archive.engines.whoosh.state import Placement, State
from archive.engines.whoosh.strings import encode
from archive.engines.whoosh.substrings import LONGEST_KNOWN, Needle
from archive.fields import named
from archive.model import Form, Paragraph
from archive.search.matching import Subject
from archive.search.ranking import K1, LENGTH_FLOOR, B

# An array with a number for each profile of a segment.
_OF_PROFILES = f"facet.{PROFILED[0].name}"


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

    @cached_property
    def clusters(self) -> Placement | None:
        """The near-duplicate clusters; None where there are none."""
        return None if self.state is None else self.state.clusters

    def cluster(self, ordinal: int) -> int | None:
        """The cluster of the paragraph at `ordinal`; None for no cluster."""
        return None if self.clusters is None else self.clusters.cluster(ordinal)

    def label(self, ordinal: int) -> str | None:
        """The id that names the cluster of the paragraph at `ordinal`; None for no cluster."""
        cluster = self.cluster(ordinal)
        return None if cluster is None or self.state is None else self.state.labels[cluster]

    def members(self, ordinal: int) -> list[int]:
        """The members of a paragraph's cluster that are not deleted, by rank; at least itself."""
        cluster = self.cluster(ordinal)
        if self.clusters is None or cluster is None:
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
        # Their postings are kept in one row, so that is where they lie.
        before = accumulate((len(s.file["around.in"]) for s in self.segments), initial=0)
        parts = zip(self.segments, before, strict=False)
        return TokenDirectory([(s.around, s.file["around.first"] + np.uint32(n)) for s, n in parts])

    @cached_property
    def _around_in(self) -> Packed:
        """The contexts that each token is around, one segment's tokens after another's."""
        own = [segment.file["around.in"] for segment in self.segments]
        return _numbered(own, self.context_bases, self.context.dtype)

    @cached_property
    def _pairs(self) -> Directory:
        return Directory([(s.file["gram.key"], s.file["gram.first"]) for s in self.segments])

    def extents(self, token: str) -> Extents:
        """Where in each segment's postings those of `token` begin and end."""
        return self._tokens.find(encode(token))

    def doc_freq(self, extents: Extents) -> int:
        """How many paragraphs that are not deleted the postings between these places name."""
        if self.live is None:
            return sum(end - start for start, end in extents)
        parts = zip(self.parts(), self._parts("token.in", extents), strict=True)
        return sum(int(np.count_nonzero(self.live[part][own])) for (_, part), own in parts)

    def postings(self, token: str) -> list[Packed]:
        """The paragraphs of each segment whose text holds `token`."""
        return self._parts("token.in", self.extents(token))

    def containing(self, folded: str, within: Sequence[Packed] | None = None) -> list[Packed]:
        """The paragraphs of each segment whose folded text contains `folded`.

        Where others than those `within` are not wanted, their texts are not read.
        """
        if len(folded) < LONGEST_KNOWN:
            return [segment.substrings.beginning(folded) for segment in self.segments]
        needle = Needle(folded)
        pairs = self._pairs.extents(needle.pairs)
        if len(folded) == LONGEST_KNOWN:
            return self._parts("gram.in", pairs[0])
        # Whatever holds the needle as a token holds its characters.
        sure = self.postings(folded)
        wanted: Sequence[Packed | None] = within or [None] * len(self.segments)
        parts = zip(self.segments, zip(*pairs, strict=True), sure, wanted, strict=True)
        return [
            s.substrings.containing(needle, own, known, among) for s, own, known, among in parts
        ]

    def contexts_around(self, token: str) -> Packed:
        """The contexts whose titles or headings hold `token`, in the type of `context`."""
        found = self._around.find(encode(token))
        return joined(
            (self._around_in[start:end] for start, end in found if start < end), self.context.dtype
        )

    def _parts(self, name: str, extents: Extents) -> list[Packed]:
        """Of each segment's array `name` what lies between these places."""
        parts = zip(self.segments, extents, strict=True)
        return [
            segment.file.part(name, start, end) if start < end else NOTHING
            for segment, (start, end) in parts
        ]

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

    # Profiles: what facets count by, the values of all sized fields together

    @cached_property
    def profile(self) -> NDArray[Any]:
        """The profile of each context."""
        return self._through("profile", self.profile_bases)

    @cached_property
    def profile_bases(self) -> list[int]:
        """The number of each segment's first profile, and of all profiles."""
        return list(accumulate((len(s.file[_OF_PROFILES]) for s in self.segments), initial=0))

    @cached_property
    def facets(self) -> dict[str, FacetValues]:
        """What has been asked of the fields' values so far."""
        return {}

    def facet(self, name: str) -> FacetValues:
        """The values of a field, and which of them each profile or context has."""
        known = self.facets.get(name)
        if known is None:
            known = self.facets[name] = FacetValues(self.segments, named(name))
        return known

    # By paragraph

    @cached_property
    def columns(self) -> Columns:
        """The value of every facet for each paragraph."""
        return Columns(self)

    @cached_property
    def beside_body(self) -> Bools | None:
        """Which paragraphs are headings and titles, not body text; None where none is."""
        body = self.facet("form").mask(Form.BODY.value)
        beside: Bools = ~body[self.columns.of("form")]
        return beside if beside.any() else None

    @cached_property
    def oldest_first(self) -> NDArray[Any]:
        """The paragraphs by year, those without one last, then by id: a key for each."""
        return self._years_first(self.facet("year").compared)

    @cached_property
    def newest_first(self) -> NDArray[Any]:
        """As `oldest_first`, the years the other way round."""
        return self._years_first(-self.facet("year").compared)

    def _years_first(self, keys: NDArray[np.int64]) -> NDArray[Any]:
        """A number for each paragraph that sorts by the key of its year, then by id."""
        place = np.argsort(np.argsort(keys))
        # No year has the number 0.
        place[0] = len(keys)
        by_year: Packed = pack((place[self.columns.of("year")] * self.size) + self.rank)
        return by_year

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
    def drift(self) -> tuple[float, float]:
        """Between which factors any impact is off, for the average length has changed."""
        own = [bounds(segment.average, self.average) for segment in self.segments]
        return min(low for low, _ in own), max(high for _, high in own)

    def length_norms(self, found: Ordinals | slice) -> Floats:
        """What BM25 adds to a frequency to saturate it, for the paragraphs `found`."""
        floored = np.maximum(self.lengths[found], LENGTH_FLOOR).astype(np.float64)
        norms: Floats = K1 * (1 - B + B * floored / self.average)
        return norms

    def _through(self, name: str, bases: Sequence[int]) -> NDArray[Any]:
        """The segments' arrays of ordinals `name`, one after another, numbered through."""
        if len(self.segments) == 1:
            return self.segments[0].file[name]
        parts = [
            segment.file[name].astype(np.int32) + np.int32(base)
            for segment, base in zip(self.segments, bases, strict=False)
        ]
        return joined(parts, np.int32)


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

"""Several segments to the arrays of one, without their deleted paragraphs.

Nothing is tokenized again: postings are renumbered and sorted, texts are copied, and a
document's paragraphs stay together. It takes a fifth of the time of inverting again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Ordinals, pack
from archive.engines.whoosh.impact import impacts
from archive.engines.whoosh.invert import (
    DOCUMENT_BITS,
    Arrays,
    Vocabulary,
    contexts,
    grams,
    postings,
)
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.strings import odd_arrays, sorted_arrays, string_arrays
from archive.model import Paragraph

# A segment, and which of its paragraphs are not deleted.
Source = tuple[SegmentArrays, Bools]

_DROPPED = -1


def merge(sources: Sequence[Source]) -> Arrays:
    """Return the arrays of a segment that holds what is not deleted of `sources`."""
    return _Merge(sources).arrays()


class _Merge:
    """The paragraphs of all sources in one row, and where each goes."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.segments = [segment for segment, _ in sources]
        counts = [segment.count for segment in self.segments]
        self.bases = list(accumulate(counts[:-1], initial=0))
        # Each document: its id, its segment, where its paragraphs begin and end there.
        self.documents = sorted(
            (name, at, int(segment.first[own]), int(segment.first[own + 1]))
            for at, (segment, live) in enumerate(sources)
            for own, name in enumerate(segment.documents.all_raw())
            if live[segment.first[own]]
        )
        starts = np.array([self.bases[at] + start for _, at, start, _ in self.documents], np.intp)
        self.sizes = np.array([end - start for *_, start, end in self.documents], np.intp)
        before = np.cumsum(self.sizes) - self.sizes
        # Of each paragraph to be, the place in the row; of each in the row, where it goes.
        self.source: Ordinals = np.repeat(starts - before, self.sizes) + np.arange(
            int(self.sizes.sum())
        )
        self.target = np.full(sum(counts), _DROPPED, np.int64)
        self.target[self.source] = np.arange(len(self.source))

    def arrays(self) -> Arrays:
        arrays = sorted_arrays("document", [name for name, *_ in self.documents])
        arrays["document.first"] = np.cumsum([0, *self.sizes], dtype=np.int32)
        for name in ("ordinal", "length", "token.length"):
            row = np.concatenate([segment.file[name] for segment in self.segments])
            arrays[name] = pack(row[self.source])
        arrays |= self._texts()
        arrays |= self._odd_characters()
        arrays |= self._cuts()
        arrays |= self._contexts()
        arrays |= self._tokens()
        arrays["token.impact"] = impacts(
            arrays["token.times"], arrays["token.in"], arrays["length"]
        )
        return arrays | self._grams()

    def _targets(self, base: int, places: NDArray[Any]) -> NDArray[np.int64]:
        """Where paragraphs of the segment that begins at `base` go."""
        gone: NDArray[np.int64] = self.target[places.astype(np.intp) + base]
        return gone

    def _texts(self) -> Arrays:
        tables = [segment.folded for segment in self.segments]
        blob = b"".join([tables[at].stretch(start, end) for _, at, start, end in self.documents])
        lengths = np.concatenate([_sizes(table.at) for table in tables])
        ends = np.zeros(len(self.source) + 1, np.int64)
        np.cumsum(lengths[self.source], out=ends[1:])
        return {"folded.utf8": np.frombuffer(blob, np.uint8), "folded.at": pack(ends)}

    def _odd_characters(self) -> Arrays:
        sizes = np.concatenate([_sizes(segment.file["odd.first"]) for segment in self.segments])
        starts = (np.cumsum(sizes) - sizes)[self.source]
        first = np.cumsum([0, *sizes[self.source]])
        row = np.arange(int(first[-1])) + np.repeat(starts - first[:-1], sizes[self.source])
        at, codes = (
            np.concatenate([segment.file[name] for segment in self.segments])[row]
            for name in ("odd.at", "odd.code")
        )
        return odd_arrays(first, at, codes)

    def _cuts(self) -> Arrays:
        kept = sorted(
            (place, segment.cuts.raw(number))
            for segment, base in zip(self.segments, self.bases, strict=True)
            for number, place in enumerate(self._targets(base, segment.file["cut.of"]).tolist())
            if place != _DROPPED
        )
        of = np.array([place for place, _ in kept], np.int64)
        return {"cut.of": pack(of), **string_arrays("cut", [cut for _, cut in kept])}

    def _contexts(self) -> Arrays:
        numbers = Vocabulary()
        examples: list[Paragraph] = []
        row: list[NDArray[np.int64]] = []
        for segment, base in zip(self.segments, self.bases, strict=True):
            own = segment.file["context"]
            renumbered = np.zeros(len(segment.records), np.int64)
            kept = self.target[base : base + segment.count] != _DROPPED
            for context in np.unique(own[kept]).tolist():
                renumbered[context] = numbers[segment.records.raw(context)]
                if len(numbers) > len(examples):
                    examples.append(segment.example(context))
            row.append(renumbered[own])
        return {"context": pack(np.concatenate(row)[self.source]), **contexts(examples)}

    def _tokens(self) -> Arrays:
        numbers = Vocabulary()
        tokens, places, times = [], [], []
        for segment, base in zip(self.segments, self.bases, strict=True):
            own = np.array([numbers[token] for token in segment.tokens.all_raw()], np.int64)
            target = self._targets(base, segment.file["token.in"])
            kept = target != _DROPPED
            each = _sizes(segment.file["token.first"])
            tokens.append(np.repeat(own, each)[kept])
            places.append(target[kept])
            times.append(segment.file["token.times"][kept])
        row = np.concatenate(tokens)
        listed = list(numbers)
        used = np.flatnonzero(np.bincount(row, minlength=len(listed)))
        ordered = sorted(used.tolist(), key=listed.__getitem__)
        rank = np.zeros(len(listed), np.uint64)
        rank[np.array(ordered, np.intp)] = np.arange(len(ordered), dtype=np.uint64)
        keys = (rank[row] << np.uint64(32)) | np.concatenate(places).astype(np.uint64)
        order = np.argsort(keys)
        return {
            **sorted_arrays("token", [listed[number] for number in ordered]),
            **postings("token", keys[order], np.concatenate(times)[order], len(ordered)),
        }

    def _grams(self) -> Arrays:
        parts: list[NDArray[Any]] = []
        for segment, base in zip(self.segments, self.bases, strict=True):
            each = _sizes(segment.file["gram.first"])
            target = self._targets(base, segment.file["gram.in"])
            kept = target != _DROPPED
            pairs = np.repeat(segment.file["gram.key"], each)[kept]
            parts.append((pairs << np.uint64(DOCUMENT_BITS)) | target[kept].astype(np.uint64))
        keys = np.concatenate(parts)
        keys.sort()
        return grams(keys)


def _sizes(bounds: NDArray[Any]) -> Ordinals:
    """The length of each stretch, from where each begins and the last one ends."""
    wide = bounds.astype(np.intp)
    lengths: Ordinals = wide[1:] - wide[:-1]
    return lengths

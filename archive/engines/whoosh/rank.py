"""Scores and order: BM25 over arrays, the first hits without sorting the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals, Packed
from archive.engines.whoosh.impact import STEP
from archive.engines.whoosh.sets import FEW, marked, narrow, places, wide
from archive.engines.whoosh.view import View
from archive.query.ast import term_texts
from archive.query.query import Query, Sort
from archive.search.matching import tokens_of
from archive.search.ranking import CONTEXT_WEIGHT, K1, idf
from archive.text.fold import fold

# Below so many paragraphs a rough first pass costs more than it spares.
_ROUGHLY_FROM = 2_000

# So many values say well enough where the largest ones begin.
_SAMPLE = 8_000

# So many places of a row are cleared in the time that it takes to compare two ordinals.
_CLEARED = 64

# What the rough scores, sums of a few numbers in 32 bits, may err by, and more.
_ERROR = 1e-5


class Scorer:
    """The relevance of paragraphs to a query's tokens, weighed over the whole index."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        texts = (text for term in query.terms for text in term_texts(term))
        tokens = dict.fromkeys(token for text in texts for token in tokens_of(fold(text)))
        self._terms = [_Term(view, token) for token in tokens]

    def scores(self, found: Ordinals) -> Floats:
        """The score of each of `found` (ascending ordinals).

        The operations and their order are those of the memory engine, so that equal
        paragraphs have equal scores to the last bit.
        """
        view = self._view
        scores = np.zeros(len(found))
        norms = view.length_norms(found)
        contexts = view.context.take(found)
        having = [
            (at, part, narrow(own, view.segments[at].count))
            for at, part, own in self._by_segment(found)
        ]
        for term in self._terms:
            frequency = np.zeros(len(found))
            for at, part, own in having:
                if term.is_in(at):
                    frequency[part] = _looked_up(own, term.places(at), term.times(at))
            share = frequency * (K1 + 1) / (frequency + norms)
            if len(term.around):
                around = is_among(contexts, term.around, view.context_bases[-1])
                share += CONTEXT_WEIGHT * around
            scores += term.weight * share
        return scores

    def first(self, found: Ordinals, wanted: int) -> tuple[Ordinals, Floats]:
        """The `wanted` first of `found` by score and id, and their scores.

        Where there are many, a rough pass tells which may be among the first, and those
        alone are scored exactly.
        """
        if len(found) > max(_ROUGHLY_FROM, 2 * wanted) and wanted and self._terms:
            found = self._promising(found, wanted)
        scores = self.scores(found)
        chosen = first_by(-scores, self._view.rank[found], wanted)
        return found[chosen], scores[chosen]

    def _promising(self, found: Ordinals, wanted: int) -> Ordinals:
        """Those of `found` that may be among the `wanted` first."""
        rough, around = self._rough(found), self._rough_around()
        # What the text alone leaves too far behind no title makes good.
        kept = np.flatnonzero(rough >= self._least(rough, wanted) - around.max())
        found, rough = found[kept], rough[kept]
        rough += around.take(self._view.context.take(found))
        return found[rough >= self._least(rough, wanted)]

    def _least(self, rough: NDArray[np.float32], wanted: int) -> float:
        """The rough score that one of the `wanted` first has at least."""
        low, high = self._view.drift
        coarse = STEP * sum(term.weight for term in self._terms if term.count)
        least = _nth_largest(rough, wanted) * low - coarse
        return float(least / high) * (1 - _ERROR)

    def _rough(self, found: Ordinals) -> NDArray[np.float32]:
        """The share of the text in the scores, too high by a STEP for each token at most."""
        view = self._view
        steps = np.arange(256) * STEP
        worths = [(steps * term.weight).astype(np.float32) for term in self._terms]
        if len(self._terms) == 1:
            return worths[0].take(self._impacts(self._terms[0], found))
        rough = np.zeros(len(found), np.float32)
        for at, part, own in self._by_segment(found):
            # Lists that are not much longer are added up, and looked up together.
            sums = np.zeros(view.segments[at].count, np.float32)
            for term, worth in zip(self._terms, worths, strict=True):
                if not term.is_in(at):
                    continue
                holding, impacts = term.places(at), term.impacts(at)
                if len(own) * FEW < len(holding):
                    few = narrow(own, len(sums))
                    rough[part] += worth.take(_looked_up(few, holding, impacts))
                else:
                    np.add.at(sums, wide(holding), worth.take(impacts))
            rough[part] += sums.take(own)
        return rough

    def _impacts(self, term: _Term, found: Ordinals) -> NDArray[np.uint8]:
        """How much the term counts in each of `found`, in bytes."""
        impacts = np.zeros(len(found), np.uint8)
        for at, part, own in self._by_segment(found):
            if not term.is_in(at):
                continue
            holding, counting = term.places(at), term.impacts(at)
            count = self._view.segments[at].count
            if len(own) * FEW < len(holding):
                impacts[part] = _looked_up(narrow(own, count), holding, counting)
            else:
                row = np.zeros(count, np.uint8)
                row[wide(holding)] = counting
                impacts[part] = row.take(own)
        return impacts

    def _rough_around(self) -> NDArray[np.float32]:
        """The share of titles and headings in the score of every context."""
        rough = np.zeros(self._view.context_bases[-1], np.float32)
        for term in self._terms:
            rough[term.around] += np.float32(term.weight * CONTEXT_WEIGHT)
        return rough

    def _by_segment(self, found: Ordinals) -> Iterator[tuple[int, slice, Ordinals]]:
        """Of many segments those that have any of `found`: which of them, and where there."""
        cuts = np.searchsorted(found, self._view.bases).tolist()
        for at, (start, end) in enumerate(pairwise(cuts)):
            if start < end:
                yield at, slice(start, end), found[start:end] - self._view.bases[at]


class _Term:
    """A token of the query: its postings by segment, its weight, the contexts it is in."""

    def __init__(self, view: View, token: str) -> None:
        self._segments = view.segments
        self._extents = view.extents(token)
        self.around = view.contexts_around(token)
        self.count = view.doc_freq(self._extents)
        self.weight = idf(view.count, self.count)

    def is_in(self, segment: int) -> bool:
        """Whether any paragraph of a segment holds the token."""
        start, end = self._extents[segment]
        return start < end

    def places(self, segment: int) -> Packed:
        """The paragraphs of a segment that hold the token."""
        return self._segments[segment].file.part("token.in", *self._extents[segment])

    def times(self, segment: int) -> Packed:
        """How often each of these holds it."""
        return self._segments[segment].file.part("token.times", *self._extents[segment])

    def impacts(self, segment: int) -> Packed:
        """How much it counts in each."""
        return self._segments[segment].file.part("token.impact", *self._extents[segment])


def _looked_up(wanted: Packed, holding: Packed, values: Packed) -> NDArray[Any]:
    """The value of each of the few `wanted` among those `holding` one, 0 where it is not there."""
    at, there = places(wanted, holding)
    looked_up: NDArray[Any] = values.take(at, mode="clip") * there
    return looked_up


def first_by_relevance(
    view: View, scorer: Scorer, shown: Ordinals, literal: Ordinals | None, wanted: int
) -> tuple[Ordinals, Floats]:
    """The `wanted` first of `shown` by tier, body text, score and id, and their scores.

    `literal` tells the first tier; None where all are of it. A later group is scored only
    where the earlier ones do not fill the page.
    """
    pages: list[tuple[Ordinals, Floats]] = [(shown[:0], np.empty(0))]
    for of_tier in _split(shown, None if literal is None else is_among(shown, literal, view.size)):
        beside = view.beside_body
        for group in _split(of_tier, None if beside is None else ~beside.take(of_tier)):
            left = wanted - sum(len(page) for page, _ in pages)
            if left > 0:
                pages.append(scorer.first(group, left))
    return np.concatenate([p for p, _ in pages]), np.concatenate([s for _, s in pages])


def _split(shown: Ordinals, first: Bools | None) -> tuple[Ordinals, ...]:
    """Those that come first and the others; all in one where there is no difference."""
    return (shown,) if first is None else (shown.compress(first), shown.compress(~first))


def is_among(found: Ordinals, others: Ordinals, count: int) -> Bools:
    """Which of `found` are among the ascending `others`, all ordinals below `count`."""
    if len(others) and len(found) * FEW < len(others) + count // _CLEARED:
        return places(found, others)[1]
    among: Bools = marked(others, count).take(found)
    return among


def _nth_largest(values: Floats, wanted: int) -> float:
    """The `wanted`-th largest of values, found among those that a sample does not rule out."""
    sample = values[:: max(1, len(values) // _SAMPLE)]
    if wanted < len(sample):
        values = values[values >= np.partition(sample, -wanted)[-wanted]]
    return float(np.partition(values, -wanted)[-wanted])


def first_by_year(view: View, shown: Ordinals, order: Sort, wanted: int) -> Ordinals:
    """Which of `shown` come first by year, those without one last; then by id."""
    keys = (view.oldest_first if order is Sort.OLDEST else view.newest_first)[shown]
    if wanted < len(keys):
        sample = keys[:: max(1, len(keys) // _SAMPLE)]
        inside = np.arange(len(keys))
        if wanted < len(sample):
            inside = np.flatnonzero(keys <= np.partition(sample, wanted)[wanted])
        least = inside[np.argpartition(keys[inside], wanted)[:wanted]]
    else:
        least = np.arange(len(keys))
    ordered: Ordinals = least[np.argsort(keys[least])]
    return ordered


def first_by(keys: Floats, rank: NDArray[np.generic], wanted: int) -> Ordinals:
    """The indices of the `wanted` smallest keys, in order, equal ones by rank."""
    if wanted < len(keys):
        limit = np.partition(keys, wanted - 1)[wanted - 1] if wanted else -np.inf
        inside = np.flatnonzero(keys <= limit)
    else:
        inside = np.arange(len(keys))
    order: Ordinals = inside[np.lexsort((rank[inside], keys[inside]))][:wanted]
    return order

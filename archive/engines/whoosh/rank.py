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

# Below so many paragraphs a pass for candidates costs more than it spares.
_MIN_CANDIDATE_PASS = 2_000

# So many values say well enough where the largest ones begin.
_SAMPLE = 8_000

# So many places of a row are cleared in the time that it takes to compare two ordinals.
_CLEARED = 64

# The relative error of the scores of candidates, sums of a few numbers in 32 bits, and more.
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
        having = list(self._by_segment(found))
        for term in self._terms:
            frequency = np.zeros(len(found))
            for at, part, own in having:
                frequency[part] = term.looked_up("token.times", at, own)
            share = frequency * (K1 + 1) / (frequency + norms)
            if len(term.around):
                around = is_among(contexts, term.around, view.context_bases[-1])
                share += CONTEXT_WEIGHT * around
            scores += term.weight * share
        return scores

    def first(self, found: Ordinals, wanted: int) -> tuple[Ordinals, Floats]:
        """The `wanted` first of `found` by score and id, and their scores.

        Where there are many, scores too high by a known error tell which may be among the
        first, and those alone are scored exactly.
        """
        if len(found) > max(_MIN_CANDIDATE_PASS, 2 * wanted) and self._terms:
            found = self._candidates(found, wanted)
        scores = self.scores(found)
        chosen = _first(scores, wanted)
        order = np.lexsort((self._view.rank[found[chosen]], -scores[chosen]))
        chosen = chosen[order][:wanted]
        return found[chosen], scores[chosen]

    def _candidates(self, found: Ordinals, wanted: int) -> Ordinals:
        """Those of `found` that may be among the `wanted` first."""
        bounds, around = self._bounds(found), self._bounds_around()
        # What the text alone leaves too far behind no title makes good.
        kept = np.flatnonzero(bounds >= self._least(bounds, wanted) - around.max())
        found, bounds = found[kept], bounds[kept]
        bounds += around.take(self._view.context.take(found))
        return found[bounds >= self._least(bounds, wanted)]

    def _least(self, bounds: NDArray[np.float32], wanted: int) -> float:
        """The bound that one of the `wanted` first has at least."""
        low, high = self._view.impact_bounds
        error = STEP * sum(term.weight for term in self._terms if term.count)
        least = _nth_largest(bounds, wanted) * low - error
        return float(least / high) * (1 - _ERROR)

    def _bounds(self, found: Ordinals) -> NDArray[np.float32]:
        """The share of the text in the scores, too high by a STEP for each token at most."""
        view = self._view
        steps = np.arange(256) * STEP
        worths = [(steps * term.weight).astype(np.float32) for term in self._terms]
        bounds = np.zeros(len(found), np.float32)
        for at, part, own in self._by_segment(found):
            # Lists that are not much longer are added up, and looked up together.
            sums = np.zeros(view.segments[at].count, np.float32)
            for term, worth in zip(self._terms, worths, strict=True):
                holding = term.part("token.in", at)
                if len(own) * FEW < len(holding):
                    bounds[part] += worth.take(term.looked_up("token.impact", at, own))
                else:
                    np.add.at(sums, wide(holding), worth.take(term.part("token.impact", at)))
            bounds[part] += sums.take(own)
        return bounds

    def _bounds_around(self) -> NDArray[np.float32]:
        """The share of titles and headings in the score of every context."""
        bounds = np.zeros(self._view.context_bases[-1], np.float32)
        for term in self._terms:
            bounds[term.around] += np.float32(term.weight * CONTEXT_WEIGHT)
        return bounds

    def _by_segment(self, found: Ordinals) -> Iterator[tuple[int, slice, Ordinals]]:
        """Of many segments those that have any of `found`: which of them, and where there."""
        bases = self._view.bases
        cuts = np.searchsorted(found, bases).tolist()
        for at, (start, end) in enumerate(pairwise(cuts)):
            if start < end:
                yield at, slice(start, end), found[start:end] - bases[at]


class _Term:
    """A token of the query: its postings by segment, its weight, the contexts it is in."""

    def __init__(self, view: View, token: str) -> None:
        self._segments = view.segments
        self._extents = view.extents(token)
        self.around = view.contexts_around(token)
        self.count = view.doc_freq(token)
        self.weight = idf(view.count, self.count)

    def part(self, name: str, segment: int) -> Packed:
        """What a segment's array `name` has for the token."""
        return self._segments[segment].file.part(name, *self._extents[segment])

    def looked_up(self, name: str, segment: int, wanted: Ordinals) -> Packed:
        """What the array has for the token in each of the few `wanted`; 0 where it is not."""
        holding = self.part("token.in", segment)
        if not len(holding):
            return np.zeros(len(wanted), np.uint8)
        at, there = places(narrow(wanted, self._segments[segment].count), holding)
        looked_up: Packed = self.part(name, segment).take(at, mode="clip") * there
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
        other = view.not_body
        for group in _split(of_tier, None if other is None else ~other.take(of_tier)):
            left = wanted - sum(len(page) for page, _ in pages)
            if left > 0:
                pages.append(scorer.first(group, left))
    return np.concatenate([p for p, _ in pages]), np.concatenate([s for _, s in pages])


def first_documents(view: View, found: Ordinals, order: Sort, wanted: int) -> Ordinals:
    """The first of `found` of each of the `wanted` first documents, in the order by year."""
    if not len(found):
        return found
    # One of which nothing is found begins where the next one does.
    begins = np.unique(np.searchsorted(found, view.documents))
    keys = view.by_year[order].take(found)
    first = np.maximum.reduceat(keys, begins[begins < len(found)])
    early = keys >= _nth_largest(first, min(wanted, len(first)))
    found, keys = found.compress(early), keys.compress(early)
    # No two paragraphs have the same key.
    at = np.flatnonzero(np.isin(keys, first))
    return found[at[np.argsort(~keys[at])][:wanted]]


def first_by_year(view: View, shown: Ordinals, order: Sort, wanted: int) -> Ordinals:
    """The `wanted` first of `shown` by year and day, those without one last; then by id."""
    keys = view.by_year[order].take(shown)
    first = _first(keys, wanted)
    return shown[first[np.argsort(~keys[first])]]


def _split(shown: Ordinals, first: Bools | None) -> tuple[Ordinals, ...]:
    """Those that come first and the others; all in one where there is no difference."""
    return (shown,) if first is None else (shown.compress(first), shown.compress(~first))


def is_among(found: Ordinals, others: Ordinals, count: int) -> Bools:
    """Which of `found` are among the ascending `others`, all ordinals below `count`."""
    if len(others) and len(found) * FEW < len(others) + count // _CLEARED:
        return places(found, others)[1]
    among: Bools = marked(others, count).take(found)
    return among


def _first(values: NDArray[Any], wanted: int) -> Ordinals:
    """The indices of the `wanted` largest values, and of those that equal the last of them."""
    if wanted >= len(values):
        return np.arange(len(values))
    return np.flatnonzero(values >= _nth_largest(values, wanted))


def _nth_largest(values: NDArray[Any], wanted: int) -> Any:
    """The `wanted`-th largest of values, found among those that a sample does not rule out."""
    sample = values[:: max(1, len(values) // _SAMPLE)]
    if wanted < len(sample):
        values = values[values >= np.partition(sample, -wanted)[-wanted]]
    return np.partition(values, -wanted)[-wanted]

"""Scores and order: BM25 over arrays, the first hits without sorting the rest."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.analysis import words
from archive.engines.whoosh.arrays import Bools, Floats, Ordinals, Packed
from archive.engines.whoosh.invert import NO_YEAR
from archive.engines.whoosh.view import View
from archive.nodes import term_texts
from archive.query import Query, Sort
from archive.ranking import CONTEXT_WEIGHT, K1, idf
from archive.text import fold

# Below so many paragraphs a rough first pass costs more than it spares.
_ROUGHLY_FROM = 4_000

# So many values say well enough where the largest ones begin.
_SAMPLE = 8_000


class Scorer:
    """The relevance of paragraphs to a query's tokens, weighed over the whole index."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        texts = (text for term in query.terms for text in term_texts(term))
        tokens = dict.fromkeys(token for text in texts for token in words(fold(text)))
        self._terms = [_Term(view, token) for token in tokens]
        self._rough_scores: NDArray[np.float32] | None = None

    def scores(self, found: Ordinals) -> Floats:
        """The score of each of `found` (ascending ordinals).

        The operations and their order are those of the memory engine, so that equal
        paragraphs have equal scores to the last bit.
        """
        view = self._view
        scores = np.zeros(len(found))
        norms = view.length_norms(np.float64)[found]
        contexts = view.context[found]
        cuts = np.searchsorted(found, view.bases).tolist()
        # Of many segments most hold nothing of a rare answer.
        having = [
            (at, slice(start, end), found[start:end] - view.bases[at])
            for at, (start, end) in enumerate(pairwise(cuts))
            if start < end
        ]
        for term in self._terms:
            frequency = np.zeros(len(found))
            around = np.zeros(len(found), np.bool_)
            for at, part, own in having:
                places, times = term.postings[at]
                frequency[part] = _gather(own, places, times, view.segments[at].count)
                around[part] = term.is_around(at, contexts[part] - view.context_bases[at])
            share = frequency * (K1 + 1) / (frequency + norms)
            scores += term.weight * (share + CONTEXT_WEIGHT * around)
        return scores

    def first(self, found: Ordinals, wanted: int) -> tuple[Ordinals, Floats]:
        """The `wanted` first of `found` by score and id, and their scores.

        Where there are many, a rough pass tells which may be among the first, and those
        alone are scored exactly.
        """
        if len(found) > max(_ROUGHLY_FROM, 2 * wanted) and wanted:
            rough = self._rough()[found]
            rough += self._rough_around()[self._view.context[found]]
            limit = _nth_largest(rough, wanted)
            # Each operation errs by half a unit in the last place at most.
            error = (len(self._terms) + 8) * float(np.finfo(np.float32).eps) * float(rough.max())
            found = found[rough >= limit - 2 * error]
        scores = self.scores(found)
        chosen = first_by(-scores, self._view.rank[found], wanted)
        return found[chosen], scores[chosen]

    def _rough(self) -> NDArray[np.float32]:
        """The share of the text in the score of every paragraph, in 32 bits.

        Term by term over the postings alone: most paragraphs lack most terms.
        """
        if self._rough_scores is None:
            view = self._view
            norms = view.length_norms(np.float32)
            rough = np.zeros(view.size, np.float32)
            for term in self._terms:
                scale = np.float32(term.weight * (K1 + 1))
                for (_, part), (places, times) in zip(view.parts(), term.postings, strict=True):
                    frequency = times.astype(np.float32)
                    rough[part][places] += scale * frequency / (frequency + norms[part][places])
            self._rough_scores = rough
        return self._rough_scores

    def _rough_around(self) -> NDArray[np.float32]:
        """The share of titles and headings in the score of every context, in 32 bits."""
        rough = np.zeros(self._view.context_bases[-1], np.float32)
        for term in self._terms:
            rough += np.float32(term.weight * CONTEXT_WEIGHT) * term.around(self._view)
        return rough


class _Term:
    """A token of the query: its postings by segment, its weight, the contexts it is in."""

    def __init__(self, view: View, token: str) -> None:
        self._token = token
        self._segments = view.segments
        self.postings = [segment.postings(token) for segment in view.segments]
        having = sum(len(places) for places, _ in self.postings)
        if view.live is not None:
            having = sum(
                int(np.count_nonzero(view.live[part][places]))
                for (_, part), (places, _) in zip(view.parts(), self.postings, strict=True)
            )
        self.weight = idf(view.count, having)

    def is_around(self, segment: int, contexts: NDArray[Any]) -> Bools:
        """Which of a segment's contexts have the token in a title or heading."""
        having = self._segments[segment].contexts_around(self._token)
        if not len(having):
            return np.zeros(len(contexts), np.bool_)
        if len(contexts) * 12 < len(having):
            at = np.searchsorted(having, contexts)
            at[at == len(having)] = 0
            found: Bools = having[at] == contexts
        else:
            marked = np.zeros(len(self._segments[segment].file["profile"]), np.bool_)
            marked[having] = True
            found = marked[contexts]
        return found

    def around(self, view: View) -> Bools:
        """Which contexts have the token in a title or heading."""
        around = np.zeros(view.context_bases[-1], np.bool_)
        for segment, part in view.context_parts():
            around[part][segment.contexts_around(self._token)] = True
        return around


def _gather(wanted: Ordinals, places: Packed, values: Packed, count: int) -> NDArray[np.generic]:
    """The value of each of `wanted` among ascending `places`, 0 where it is not there."""
    if not len(places) or not len(wanted):
        return np.zeros(len(wanted), np.uint8)
    if len(wanted) * 12 < len(places):
        at = np.searchsorted(places, wanted)
        at[at == len(places)] = 0
        return np.where(places[at] == wanted, values[at], 0)
    spread = np.zeros(count, values.dtype)
    spread[places] = values
    return spread[wanted]


def first_by_relevance(
    view: View, scorer: Scorer, shown: Ordinals, literal: Bools | None, wanted: int
) -> tuple[Ordinals, Floats]:
    """The `wanted` first of `shown` by tier, body text, score and id, and their scores.

    `literal` tells the first tier; None where all are of it. A later group is scored only
    where the earlier ones do not fill the page.
    """
    pages: list[tuple[Ordinals, Floats]] = [(shown[:0], np.empty(0))]
    tiers = (shown,) if literal is None else (shown[literal[shown]], shown[~literal[shown]])
    for of_tier in tiers:
        beside = view.beside_body[of_tier]
        for group in (~beside, beside):
            left = wanted - sum(len(page) for page, _ in pages)
            if left > 0:
                pages.append(scorer.first(of_tier[group], left))
    return np.concatenate([p for p, _ in pages]), np.concatenate([s for _, s in pages])


def _nth_largest(values: Floats, wanted: int) -> float:
    """The `wanted`-th largest of values, found among those that a sample does not rule out."""
    sample = values[:: max(1, len(values) // _SAMPLE)]
    if wanted < len(sample):
        values = values[values >= np.partition(sample, -wanted)[-wanted]]
    return float(np.partition(values, -wanted)[-wanted])


def first_by_year(view: View, shown: Ordinals, order: Sort, wanted: int) -> Ordinals:
    """Which of `shown` come first by year, those without one last; then by id."""
    years = view.year[shown].astype(np.float64)
    keys = np.where(years == NO_YEAR, np.inf, years if order is Sort.OLDEST else -years)
    return first_by(keys, view.rank[shown], wanted)


def first_by(keys: Floats, rank: NDArray[np.generic], wanted: int) -> Ordinals:
    """The indices of the `wanted` smallest keys, in order, equal ones by rank."""
    if wanted < len(keys):
        limit = np.partition(keys, wanted - 1)[wanted - 1] if wanted else -np.inf
        inside = np.flatnonzero(keys <= limit)
    else:
        inside = np.arange(len(keys))
    order: Ordinals = inside[np.lexsort((rank[inside], keys[inside]))][:wanted]
    return order

"""Scores and order: BM25 over arrays, the first hits without sorting the rest."""

from __future__ import annotations

from collections import Counter

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


class Scorer:
    """The relevance of paragraphs to a query's tokens, weighed over the whole index."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        self._tokens = list(
            Counter(
                t for s in map(term_texts, query.terms) for text in s for t in words(fold(text))
            )
        )

    def scores(self, found: Ordinals) -> Floats:
        """The score of each of `found` (ascending ordinals).

        The operations and their order are those of the memory engine, so that equal
        paragraphs have equal scores to the last bit.
        """
        view = self._view
        scores = np.zeros(len(found))
        if not self._tokens:
            return scores
        norms = view.length_norms[found]
        contexts = view.context[found]
        cuts = np.searchsorted(found, view.bases)
        for token in self._tokens:
            postings = [segment.postings(token) for segment in view.segments]
            weight = idf(view.count, self._having(postings))
            frequency = np.zeros(len(found))
            for at, (places, times) in enumerate(postings):
                part = slice(int(cuts[at]), int(cuts[at + 1]))
                own = found[part] - view.bases[at]
                frequency[part] = _gather(own, places, times, view.segments[at].count)
            share = frequency * (K1 + 1) / (frequency + norms)
            scores += weight * (share + CONTEXT_WEIGHT * self._around(token)[contexts])
        return scores

    def _having(self, postings: list[tuple[Packed, Packed]]) -> int:
        live = self._view.live
        if live is None:
            return sum(len(places) for places, _ in postings)
        return sum(
            int(np.count_nonzero(live[part][places]))
            for (_, part), (places, _) in zip(self._view.parts(), postings, strict=True)
        )

    def _around(self, token: str) -> Bools:
        around = np.zeros(self._view.context_bases[-1], np.bool_)
        for segment, part in self._view.context_parts():
            around[part][segment.contexts_around(token)] = True
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
    view: View, shown: Ordinals, scores: Floats, literal: Bools, wanted: int
) -> Ordinals:
    """Which of `shown` come first, as indices into it: tier, body text, score, id."""
    group = 2 * ~literal[shown] + view.beside_body[view.context[shown]]
    chosen: list[Ordinals] = []
    for one in range(4):
        left = wanted - sum(map(len, chosen))
        if left <= 0:
            break
        inside = np.flatnonzero(group == one)
        chosen.append(inside[_first(-scores[inside], view.rank[shown[inside]], left)])
    return np.concatenate(chosen) if chosen else np.empty(0, np.intp)


def first_by_year(view: View, shown: Ordinals, order: Sort, wanted: int) -> Ordinals:
    """Which of `shown` come first by year, those without one last; then by id."""
    years = view.years[view.profile][view.context[shown]].astype(np.float64)
    keys = np.where(years == NO_YEAR, np.inf, years if order is Sort.OLDEST else -years)
    return _first(keys, view.rank[shown], wanted)


def first_by_score(view: View, found: Ordinals, scores: Floats, wanted: int) -> Ordinals:
    """Which of `found` come first by score alone; then by id."""
    return _first(-scores, view.rank[found], wanted)


def _first(keys: Floats, rank: NDArray[np.generic], wanted: int) -> Ordinals:
    """The indices of the `wanted` smallest keys in order, equal ones by rank."""
    if wanted < len(keys):
        limit = np.partition(keys, wanted - 1)[wanted - 1] if wanted else -np.inf
        inside = np.flatnonzero(keys <= limit)
    else:
        inside = np.arange(len(keys))
    order: Ordinals = inside[np.lexsort((rank[inside], keys[inside]))][:wanted]
    return order

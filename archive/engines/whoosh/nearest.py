"""The passages that hold most weighted terms of a draft, for many drafts at once.

A page pasted whole has a hundred clauses that share their terms: each term is looked up
once for all of them, and its postings are added to every clause that asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Ordinals, Packed
from archive.engines.whoosh.sets import unite, wide
from archive.engines.whoosh.view import View
from archive.search.backend import Scored, WeightedTerm
from archive.search.ranking import K1

# What more than one paragraph in so many holds is added to several drafts as a whole row:
# adding at some places of a row takes ten times as long for each (measured).
_ROW = 8

Scores = NDArray[np.float32]


class HeldTerms:
    """Which paragraphs hold some weighted terms, segment by segment."""

    def __init__(self, view: View, terms: Sequence[WeightedTerm]) -> None:
        self._view = view
        self._postings = list(_found(view, terms))
        self.counts = [view.count_live(postings.places) for postings in self._postings]

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Iterator[Scored]]:
        """Return for each draft the paragraphs of the highest scores, more where some are equal."""
        view = self._view
        uses = Counter(number for draft in drafts for number, _ in draft)
        several = {number for number, times in uses.items() if times > 1}
        best = [_Best(limit) for _ in drafts]
        for at, (segment, part) in enumerate(view.parts):
            norms = view.length_norms(part).astype(np.float32)
            damping = np.float32(K1 + 1) / (1 + norms)
            live = None if view.live is None else view.live[part]
            shares = [postings.share(at, norms) for postings in self._postings]
            sums = _Sums(shares, several, segment.count)
            for draft, chosen in zip(drafts, best, strict=True):
                sums.row[:] = 0
                for number, worth in draft:
                    if self._postings[number].times is None:
                        sums.add(number, worth)
                sums.row *= damping
                for number, worth in draft:
                    if self._postings[number].times is not None:
                        sums.add(number, worth)
                if live is not None:
                    sums.row *= live
                if view.rows is not None:
                    sums.row[view.rows[part]] = 0
                chosen.take(sums.row, part.start)
        return [chosen.ordered(view) for chosen in best]


class _Postings(NamedTuple):
    """The paragraphs of each segment that hold a term; of a word, how often each does."""

    places: Sequence[Packed]
    times: Sequence[Packed] | None

    def share(self, segment: int, norms: Scores) -> tuple[Packed, Scores | None]:
        """The paragraphs of a segment, and of a word its saturated frequency in each."""
        places = self.places[segment]
        if self.times is None:
            return places, None
        times = self.times[segment].astype(np.float32)
        return places, np.float32(K1 + 1) * times / (times + norms.take(places))


class _Sums:
    """The scores of a segment's paragraphs for one draft after the other."""

    def __init__(
        self, shares: Sequence[tuple[Packed, Scores | None]], several: set[int], count: int
    ) -> None:
        self.row = np.zeros(count, np.float32)
        self._scratch = np.empty(count, np.float32)
        self._shares = shares
        self._several = several
        self._rows: dict[int, Scores] = {}

    def add(self, number: int, worth: float) -> None:
        """Add what the term with this number is worth to the paragraphs that hold it."""
        places, values = self._shares[number]
        factor = np.float32(worth)
        if number not in self._several or len(places) * _ROW < len(self.row):
            # No place stands twice among them, so this is row[places] += …, in a third of the time.
            np.add.at(self.row, wide(places), factor if values is None else factor * values)
            return
        if number not in self._rows:
            self._rows[number] = np.zeros(len(self.row), np.float32)
            self._rows[number][wide(places)] = 1 if values is None else values
        np.multiply(self._rows[number], factor, out=self._scratch)
        self.row += self._scratch


class _Best:
    """The highest scores seen so far, and whose they are."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._least = np.float32(0)
        self._places: Ordinals = np.empty(0, np.intp)
        self._scores: Scores = np.empty(0, np.float32)

    def take(self, scores: Scores, base: int) -> None:
        """Take in the scores of the paragraphs from `base` on."""
        passing = np.flatnonzero(scores > self._least)
        self._places = np.concatenate((self._places, passing + base))
        self._scores = np.concatenate((self._scores, scores[passing]))
        if len(self._scores) > self._room:
            limit = np.partition(self._scores, -self._room)[-self._room]
            kept = self._scores >= limit
            self._places, self._scores = self._places[kept], self._scores[kept]
            # What only equals the least is still wanted: ties are decided by id.
            self._least = np.nextafter(limit, np.float32(0))

    def ordered(self, view: View) -> Iterator[Scored]:
        """The paragraphs, best first, ties by id."""
        order = np.lexsort((view.rank[self._places], -self._scores))
        places = self._places[order].tolist()
        for place, score in zip(places, self._scores[order].tolist(), strict=True):
            yield Scored(place, score, view.clusters.cluster(place))


def _found(view: View, terms: Sequence[WeightedTerm]) -> Iterator[_Postings]:
    """For each term the paragraphs that hold one of its strings, and how often if it is a word."""
    texts = dict.fromkeys(text for term in terms if not term.word for text in term.options)
    # Pairs of characters, most of them, are all looked up at once.
    pairs = [text for text in texts if len(text) == 2]
    known = dict(zip(pairs, view.holding_pairs(pairs), strict=True))
    known |= {text: view.containing(text) for text in texts if len(text) != 2}
    for term in terms:
        if term.word:
            extents = view.extents(term.options[0])
            places, times = (view.stretches(name, extents) for name in ("token.in", "token.times"))
            yield _Postings(places, times)
        else:
            first, *others = (known[text] for text in term.options)
            found = zip(view.segments, first, *others, strict=True)
            united = [unite(own, segment.count) for segment, *own in found] if others else first
            yield _Postings(united, None)

"""The passages that hold most clues of a draft: sums over postings, for many drafts at once.

A page pasted whole has a hundred clauses that share their clues: each clue is looked up
once for all of them, and its postings are added to every clause that asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Ordinals, Packed
from archive.engines.whoosh.invert import GRAM_BITS
from archive.engines.whoosh.sets import unite, wide
from archive.engines.whoosh.view import View
from archive.search.backend import Clue, Scored
from archive.search.ranking import K1

# What more than one paragraph in so many holds is added to several drafts as a whole row:
# adding at some places of a row takes ten times as long for each (measured).
_ROW = 8

Scores = NDArray[np.float32]


class HeldClues:
    """Which paragraphs hold some clues, segment by segment."""

    def __init__(self, view: View, clues: Sequence[Clue]) -> None:
        self._view = view
        self._once = [not clue.word for clue in clues]
        self._found = _holdings(view, clues)
        self.counts = _counts(view, self._found, len(clues))

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Iterator[Scored]]:
        """Return for each draft the paragraphs of the highest scores, more where some are equal."""
        view, once = self._view, self._once
        several = {number for number, times in _uses(drafts).items() if times > 1}
        best = [_Best(limit) for _ in drafts]
        for (segment, part), holdings in zip(view.parts(), self._found, strict=True):
            norms = view.length_norms(part).astype(np.float32)
            damping = np.float32(K1 + 1) / (1 + norms)
            live = None if view.live is None else view.live[part]
            sums = _Sums([_shares(holding, norms) for holding in holdings], several, segment.count)
            for draft, chosen in zip(drafts, best, strict=True):
                sums.begin()
                for number, worth in draft:
                    if once[number]:
                        sums.add(number, worth)
                sums.row *= damping
                for number, worth in draft:
                    if not once[number]:
                        sums.add(number, worth)
                if live is not None:
                    sums.row *= live
                chosen.take(sums.row, part.start)
        return [chosen.ordered(view) for chosen in best]


class _Holding(NamedTuple):
    """The paragraphs of a segment that hold a clue; of a word, how often each does."""

    places: Packed
    times: Packed | None = None


class _Share(NamedTuple):
    """The paragraphs that hold a clue; of a word, its saturated frequency in each."""

    places: Packed
    values: Scores | None


class _Sums:
    """The scores of a segment's paragraphs for one draft after the other."""

    def __init__(self, shares: Sequence[_Share], several: set[int], count: int) -> None:
        self.row = np.zeros(count, np.float32)
        self._scratch = np.empty(count, np.float32)
        self._shares = shares
        self._several = several
        self._rows: dict[int, Scores] = {}

    def begin(self) -> None:
        """Begin with the next draft."""
        self.row[:] = 0

    def add(self, number: int, worth: float) -> None:
        """Add what the clue with this number is worth to the paragraphs that hold it."""
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


def _uses(asked: Sequence[Sequence[tuple[int, float]]]) -> Counter[int]:
    """How many drafts ask for each clue."""
    return Counter(number for draft in asked for number, _ in draft)


def _shares(holding: _Holding, norms: Scores) -> _Share:
    """What each paragraph that holds a clue adds of it, but for the damping of what counts once."""
    if holding.times is None:
        return _Share(holding.places, None)
    times = holding.times.astype(np.float32)
    values = np.float32(K1 + 1) * times / (times + norms.take(holding.places))
    return _Share(holding.places, values)


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
            yield Scored(place, score, view.cluster(place))


def _counts(view: View, found: list[list[_Holding]], count: int) -> list[int]:
    """How many paragraphs that are not deleted hold each clue."""
    having = np.zeros(count, np.int64)
    for (_, part), holdings in zip(view.parts(), found, strict=True):
        live = None if view.live is None else view.live[part]
        counts = [len(p) if live is None else int(live[p].sum()) for p, _ in holdings]
        having += np.array(counts, np.int64)
    return having.tolist()


def _holdings(view: View, clues: Sequence[Clue]) -> list[list[_Holding]]:
    """For each segment and clue the paragraphs that hold one of the clue's strings."""
    texts = dict.fromkeys(text for clue in clues if not clue.word for text in clue.options)
    # Pairs of characters, most of them, are all looked up at once.
    pairs = [text for text in texts if len(text) == 2]
    keys = np.array([(ord(text[0]) << GRAM_BITS) | ord(text[1]) for text in pairs], np.uint64)
    others = {text: view.containing(text) for text in texts if len(text) != 2}
    extents = {c.options[0]: view.extents(c.options[0]) for c in clues if c.word}
    found = []
    for at, segment in enumerate(view.segments):
        known = dict(zip(pairs, segment.substrings.pairs(keys), strict=True))
        known |= {text: by_segment[at] for text, by_segment in others.items()}
        holdings = []
        for clue in clues:
            if clue.word:
                part = extents[clue.options[0]][at]
                places = segment.file.part("token.in", *part)
                holdings.append(_Holding(places, segment.file.part("token.times", *part)))
            else:
                holdings.append(_Holding(unite([known[o] for o in clue.options], segment.count)))
        found.append(holdings)
    return found

"""Collocates: the words that stand beside a wording more often than by chance.

The score is logDice (Rychlý 2008, "A Lexicographer-Friendly Association Score"):
14 + log2(2·f(x,y) / (f(x) + f(y))), 14 where two never stand apart, one less for each
halving; it does not grow with the archive. All three frequencies count paragraphs: those
where the word stands in the window of a match, those with a match, and those of the whole
archive that hold the word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop
from math import log2

from archive.query.query import Query
from archive.serializers import Printed
from archive.store.library import Archive
from archive.wording.context import Neighbours, Sides
from archive.wording.matches import Kept
from archive.wording.opening import beside
from archive.wording.options import Options, Side

# Collocates listed on each side.
MAX_COLLOCATES = 50
# What stood there once or twice may be chance, and would fill the list with rare words
# (Sketch Engine's default is a minimum of three in the window).
MIN_COUNT = 3

_HIGHEST = 14.0
_COUNT_AT_ONCE = 50_000
# Words whose frequency is asked for together.
_ASKED_AT_ONCE = 64
# In how many paragraphs words stand.
_frequencies: Kept[str, int] = Kept()


@dataclass(frozen=True, slots=True)
class Collocate(Printed):
    """A word on one side of the matches.

    `count` is the number of matches whose window holds it, `paragraphs` that of their
    paragraphs, `archive` that of all paragraphs that hold the word; `score` is logDice of
    the latter two. `query` finds the sentences, None where no query can say it.
    """

    word: str
    side: Side
    count: int
    paragraphs: int
    archive: int
    score: float
    query: str | None


def log_dice(together: int, first: int, second: int) -> float:
    """Return logDice of two things found `together` times, and each so often in all.

    >>> log_dice(50, 100, 300)
    12.0
    >>> log_dice(7, 7, 7)
    14.0
    """
    return _HIGHEST + log2(2 * together / (first + second))


class _OneSide:
    """What is counted on one side."""

    def __init__(self, window: int) -> None:
        self.count: Counter[str] = Counter()
        self.reach: dict[str, int] = {}
        self._window = window
        # Sentences repeat: equal neighbours are counted first, then the words of each.
        self._waiting: list[Neighbours] = []
        # Words that stand beside a further match of a paragraph, once for each such match.
        self._again: list[str] = []

    def add(self, neighbours: Sequence[Neighbours]) -> None:
        """Take in the neighbours of one paragraph's matches."""
        self._waiting += neighbours
        if len(neighbours) > 1:
            seen: set[str] = set()
            for near, _ in neighbours:
                words = set(near[: self._window])
                self._again += seen & words
                seen |= words
        if len(self._waiting) > _COUNT_AT_ONCE:
            self._count()

    def paragraphs(self) -> Counter[str]:
        """In how many paragraphs each word stands beside a match; all is counted then."""
        self._count()
        return self.count - Counter(self._again)

    def _count(self) -> None:
        count, reach, window = self.count, self.reach, self._window
        for (near, distances), times in Counter(self._waiting).items():
            for word in set(near[:window]):
                count[word] += times
            for word, distance in zip(near[:window], distances, strict=False):
                if distance > reach.get(word, -1):
                    reach[word] = distance
        self._waiting.clear()


class CollocateTally:
    """Counts the words around matches."""

    def __init__(self, options: Options) -> None:
        wanted = (Side.LEFT, Side.RIGHT) if options.side is Side.BOTH else (options.side,)
        self._sides = {side: _OneSide(options.window) for side in wanted}
        self._paragraphs = 0

    def add(self, sides: Sequence[Sides]) -> None:
        """Take in the words around the matches of one more paragraph."""
        self._paragraphs += 1
        for side, counted in self._sides.items():
            counted.add([around[side is Side.RIGHT] for around in sides])

    def collocates(self, archive: Archive, query: Query) -> tuple[Collocate, ...]:
        """The best collocates of each side, best first, then by count and word."""
        listed: list[Collocate] = []
        for side, counted in self._sides.items():
            paragraphs = counted.paragraphs()
            enough = [w for w, _ in paragraphs.most_common() if counted.count[w] >= MIN_COUNT]
            for score, word, known in _best(archive, enough, paragraphs, self._paragraphs):
                opening = beside(query, word, counted.reach[word], left=side is Side.LEFT)
                count, together = counted.count[word], paragraphs[word]
                listed.append(Collocate(word, side, count, together, known, score, opening))
        listed.sort(key=lambda c: (-c.score, -c.count, c.word, c.side))
        return tuple(listed)


def _best(
    archive: Archive, words: Sequence[str], paragraphs: Counter[str], matching: int
) -> Iterable[tuple[float, str, int]]:
    """The highest scores of `words`, which come by falling number of `paragraphs`.

    Words that cannot reach them are not looked up.
    """
    best: list[tuple[float, str, int]] = []
    known = _frequencies.of(archive)
    for at, word in enumerate(words):
        together = paragraphs[word]
        # No word can score more than one that stands nowhere else.
        highest = log_dice(together, matching, together)
        if len(best) == MAX_COLLOCATES and highest < best[0][0]:
            break
        if at % _ASKED_AT_ONCE == 0:
            unknown = [word for word in words[at : at + _ASKED_AT_ONCE] if word not in known]
            if unknown:
                known.update(zip(unknown, archive.doc_freqs(unknown), strict=True))
        # The text around a match may be cut otherwise than the whole paragraph was.
        having = max(known[word], together)
        entry = (log_dice(together, matching, having), word, having)
        if len(best) < MAX_COLLOCATES:
            heappush(best, entry)
        else:
            heappushpop(best, entry)
    return best

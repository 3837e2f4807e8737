"""Collocates: the words that stand beside a wording more often than by chance.

The score is logDice (Rychlý 2008, "A Lexicographer-Friendly Association Score"):
14 + log2(2·f(x,y) / (f(x) + f(y))), 14 where two never stand apart, one less for each
halving; it does not grow with the archive. All three frequencies count paragraphs: those
where the word stands in the window of a match, those with a match, and those of the whole
archive that hold the word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop
from math import log2
from typing import Literal
from weakref import WeakKeyDictionary

from archive.query.query import Query
from archive.serializers import Printed
from archive.wording.context import Neighbours, Sides
from archive.wording.matches import Readable
from archive.wording.opening import beside
from archive.wording.options import Options, Side

# Collocates listed on each side.
MOST_COLLOCATES = 50
# What stood there once or twice may be chance, and would fill the list with rare words
# (Sketch Engine's default is a minimum of three in the window).
LEAST_COUNT = 3

_HIGHEST = 14.0
_COUNT_AT_ONCE = 50_000
# Words whose frequency is asked for together.
_ASKED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Collocate(Printed):
    """A word on one side of the matches.

    `count` is the number of matches whose window holds it, `paragraphs` that of their
    paragraphs, `archive` that of all paragraphs that hold the word; `score` is logDice of
    the latter two. `query` finds the sentences, None where no query can say it.
    """

    word: str
    side: Literal["left", "right"]
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
        self._left = None if options.side is Side.RIGHT else _OneSide(options.window)
        self._right = None if options.side is Side.LEFT else _OneSide(options.window)
        self._paragraphs = 0

    def add(self, sides: Sequence[Sides]) -> None:
        """Take in the words around the matches of one more paragraph."""
        self._paragraphs += 1
        if self._left:
            self._left.add([left for left, _ in sides])
        if self._right:
            self._right.add([right for _, right in sides])

    def collocates(self, archive: Readable, query: Query) -> tuple[Collocate, ...]:
        """The best collocates of each side, best first, then by count and word."""
        frequency = frequencies(archive)
        listed: list[Collocate] = []
        sides: tuple[tuple[Literal["left", "right"], _OneSide | None], ...] = (
            ("left", self._left),
            ("right", self._right),
        )
        for name, side in sides:
            if side is None:
                continue
            paragraphs = side.paragraphs()
            for score, word, known in _best(side.count, paragraphs, self._paragraphs, frequency):
                opening = beside(query, word, side.reach[word], left=name == "left")
                count, together = side.count[word], paragraphs[word]
                listed.append(Collocate(word, name, count, together, known, score, opening))
        listed.sort(key=lambda c: (-c.score, -c.count, c.word, c.side))
        return tuple(listed)


def _best(
    count: Counter[str],
    paragraphs: Counter[str],
    matching: int,
    frequencies: Callable[[Sequence[str]], Mapping[str, int]],
) -> Iterable[tuple[float, str, int]]:
    """The highest scores, found without looking up words that cannot reach them."""
    best: list[tuple[float, str, int]] = []
    known: Mapping[str, int] = {}
    words = [word for word, _ in paragraphs.most_common() if count[word] >= LEAST_COUNT]
    for at, word in enumerate(words):
        together = paragraphs[word]
        # No word can score more than one that stands nowhere else.
        highest = log_dice(together, matching, together)
        if len(best) == MOST_COLLOCATES and highest < best[0][0]:
            break
        if at % _ASKED_AT_ONCE == 0:
            known = frequencies(words[at : at + _ASKED_AT_ONCE])
        # The text around a match may be cut otherwise than the whole paragraph was.
        having = max(known[word], together)
        entry = (log_dice(together, matching, having), word, having)
        if len(best) < MOST_COLLOCATES:
            heappush(best, entry)
        else:
            heappushpop(best, entry)
    return best


_Frequencies = dict[str, int]
_known: WeakKeyDictionary[Readable, tuple[str, _Frequencies]] = WeakKeyDictionary()


def frequencies(archive: Readable) -> Callable[[Sequence[str]], Mapping[str, int]]:
    """Return the function that tells in how many paragraphs of the archive words stand.

    What was looked up is kept as long as the archive answers from the same generation.
    """
    generation = archive.generation
    name, known = _known.get(archive, ("", {}))
    if name != generation:
        known = {}
        _known[archive] = generation, known

    def look_up(words: Sequence[str]) -> Mapping[str, int]:
        unknown = [word for word in words if word not in known]
        if unknown:
            known.update(zip(unknown, archive.doc_freqs(unknown), strict=True))
        return known

    return look_up

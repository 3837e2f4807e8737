"""The words around a match: of its sentence, nearest first, no punctuation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from archive.analysis import words
from archive.text import fold, sentences
from archive.wording.options import WIDEST_WINDOW

# Ten Chinese words take some twenty characters, ten of the longest names and figures
# about sixty; what lies further from the match is not read.
REACH = 60
# Contexts repeat where sites copy each other; this many are kept, some ten megabytes.
_MOST_KEPT = 20_000

# The words on one side, nearest first, each with the characters between it and the match.
Neighbours = tuple[tuple[str, int], ...]


class Contexts:
    """Cuts the sides of matches into words, each different side once."""

    def __init__(self) -> None:
        self._left: dict[str, Neighbours] = {}
        self._right: dict[str, Neighbours] = {}

    def around(
        self, text: str, spans: tuple[tuple[int, int], ...]
    ) -> Iterator[tuple[Neighbours, Neighbours]]:
        """Yield for each match the words to its left and to its right, within its sentence.

        >>> sides = Contexts().around("安全第一。全力推进均衡发展，成效显著。", ((9, 11),))
        >>> [[word for word, _ in side] for side in next(sides)]
        [['推进', '全力'], ['发展', '成效显著']]
        """
        bounds = list(sentences(text))
        at = 0
        for start, end in spans:
            # Matches of several terms are ordered by where they begin.
            while bounds[at][1] <= start:
                at += 1
            last = at
            while bounds[last][1] < end:
                last += 1
            yield (
                self.left(text[max(bounds[at][0], start - REACH) : start]),
                self.right(text[end : min(bounds[last][1], end + REACH)]),
            )

    def left(self, side: str) -> Neighbours:
        """The words of what stands before a match, nearest first."""
        known = self._left.get(side)
        if known is None:
            known = _kept(self._left, side, tuple(_backward(fold(side))))
        return known

    def right(self, side: str) -> Neighbours:
        """The words of what stands behind a match, nearest first."""
        known = self._right.get(side)
        if known is None:
            known = _kept(self._right, side, tuple(_forward(fold(side))))
        return known


def _kept(cache: dict[str, Neighbours], side: str, found: Neighbours) -> Neighbours:
    if len(cache) >= _MOST_KEPT:
        cache.clear()
    cache[side] = found
    return found


def _forward(folded: str) -> Iterator[tuple[str, int]]:
    at = 0
    for word in islice(words(folded), WIDEST_WINDOW):
        # Between two words stands no word, so the next occurrence is the word itself.
        start = folded.find(word, at)
        yield word, start
        at = start + len(word)


def _backward(folded: str) -> Iterator[tuple[str, int]]:
    at = len(folded)
    for word in islice(reversed(words(folded)), WIDEST_WINDOW):
        start = folded.rfind(word, 0, at)
        yield word, len(folded) - start - len(word)
        at = start

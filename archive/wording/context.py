"""The words around a match: of its sentence, nearest first, no punctuation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archive.analysis import words
from archive.text import fold, sentences
from archive.wording.matches import Found
from archive.wording.options import DEFAULT_WINDOW

# Words that a line can be sorted by, on each side.
SORT_WORDS = 3
# What lies further from a match, in characters, is not read: ten words of Chinese take
# some twenty, and as much again is left to punctuation, names and figures.
REACH = 40
# Contexts repeat where sites copy each other; this many are kept, some ten megabytes.
_MOST_KEPT = 20_000

# The words on one side, nearest first, and beside each how many characters of the folded
# text stand between it and the match.
Neighbours = tuple[tuple[str, ...], tuple[int, ...]]


class Contexts:
    """Cuts the sides of matches into words, each different side once."""

    def __init__(self, window: int = DEFAULT_WINDOW) -> None:
        self._count = max(window, SORT_WORDS)
        self._left: dict[str, Neighbours] = {}
        self._right: dict[str, Neighbours] = {}

    def around(self, found: Found) -> Iterator[tuple[Neighbours, Neighbours]]:
        """Yield for each match the words to its left and to its right, within its sentence.

        >>> from archive.model import Paragraph
        >>> text = "安全第一。全力推进均衡发展，成效显著。"
        >>> left, right = next(Contexts().around(Found(Paragraph("a", 0, text), text, ((9, 11),))))
        >>> left, right
        ((('推进', '全力'), (0, 2)), (('发展', '成效显著'), (0, 3)))
        """
        text, folded = found.paragraph.text, found.folded
        is_flat = len(text) == len(folded)
        bounds = list(sentences(text))
        at = 0
        for start, end in found.spans:
            # Matches are ordered by where they begin.
            while bounds[at][1] <= start:
                at += 1
            last = at
            while bounds[last][1] < end:
                last += 1
            before = slice(max(bounds[at][0], start - REACH), start)
            behind = slice(end, min(bounds[last][1], end + REACH))
            yield (
                self._kept(
                    self._left, _backward, folded[before] if is_flat else fold(text[before])
                ),
                self._kept(
                    self._right, _forward, folded[behind] if is_flat else fold(text[behind])
                ),
            )

    def _kept(
        self, cache: dict[str, Neighbours], cut: Callable[[str, int], Neighbours], side: str
    ) -> Neighbours:
        known = cache.get(side)
        if known is None:
            if len(cache) >= _MOST_KEPT:
                cache.clear()
            known = cache[side] = cut(side, self._count)
        return known


def _forward(folded: str, count: int) -> Neighbours:
    nearest = words(folded)[:count]
    distances: list[int] = []
    at = 0
    for word in nearest:
        # Between two words stands no word, so the next occurrence is the word itself.
        start = folded.find(word, at)
        distances.append(start)
        at = start + len(word)
    return tuple(nearest), tuple(distances)


def _backward(folded: str, count: int) -> Neighbours:
    nearest = words(folded)[: -count - 1 : -1]
    distances: list[int] = []
    at = end = len(folded)
    for word in nearest:
        start = folded.rfind(word, 0, at)
        distances.append(end - start - len(word))
        at = start
    return tuple(nearest), tuple(distances)

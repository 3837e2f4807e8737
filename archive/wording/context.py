"""The words around a match: of its sentence, nearest first, no punctuation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from archive.text.fold import fold, sentences_around
from archive.text.tokenize import words_of_each
from archive.wording.matches import Found
from archive.wording.options import DEFAULT_WINDOW

# Words that a line can be sorted by, on each side.
SORT_WORDS = 3
# What lies further from a match, in characters, is not read: ten words of Chinese take
# some twenty, and as much again is left to punctuation, names and figures.
REACH = 40
# Contexts repeat where sites copy each other; this many are kept, some ten megabytes.
_MAX_KEPT = 20_000
# Matches whose sides are cut together: enough that calls no longer count, little enough that
# the time limit is looked at between them and the tokens take little memory.
_CUT_TOGETHER = 1_000

# The words on one side, nearest first, and for each how many characters of the folded text
# stand between it and the match.
Neighbours = tuple[tuple[str, ...], tuple[int, ...]]
# The words to the left of a match and to its right.
Sides = tuple[Neighbours, Neighbours]


class Contexts:
    """Cuts the sides of matches into words, many at once and each different side once."""

    def __init__(self, window: int = DEFAULT_WINDOW) -> None:
        self._count = max(window, SORT_WORDS)
        self._left: dict[str, Neighbours] = {}
        self._right: dict[str, Neighbours] = {}

    def around(self, found: Iterable[Found]) -> Iterator[tuple[Found, list[Sides]]]:
        """Yield for each match the words to its left and to its right, within its sentence.

        >>> from archive.model import Paragraph
        >>> text = "安全第一。全力推进均衡发展，成效显著。"
        >>> found = Found(Paragraph("a", 0, text), text, ((9, 11),))
        >>> [(left, right)] = [sides for _, (sides,) in Contexts().around([found])]
        >>> left, right
        ((('推进', '全力'), (0, 2)), (('发展', '成效显著'), (0, 3)))
        """
        together: list[Found] = []
        count = 0
        for one in found:
            together.append(one)
            count += len(one.spans)
            if count >= _CUT_TOGETHER:
                yield from self._around(together)
                together, count = [], 0
        yield from self._around(together)

    def _around(self, found: Sequence[Found]) -> Iterator[tuple[Found, list[Sides]]]:
        sides = [_sides(one) for one in found]
        _learn(self._left, _backward, [left for one in sides for left, _ in one], self._count)
        _learn(self._right, _forward, [right for one in sides for _, right in one], self._count)
        for one, of_one in zip(found, sides, strict=True):
            yield one, [(self._left[left], self._right[right]) for left, right in of_one]


def _sides(found: Found) -> list[tuple[str, str]]:
    """The folded text before and behind each match, within its sentence."""
    text, folded = found.paragraph.text, found.folded
    is_flat = len(text) == len(folded)
    first, last = found.spans[0][0], max(end for _, end in found.spans)
    bounds = list(sentences_around(text, max(first - REACH, 0), last))
    at = 0
    sides = []
    for start, end in found.spans:
        # Matches are ordered by where they begin.
        while bounds[at][1] <= start:
            at += 1
        last = at
        while bounds[last][1] < end:
            last += 1
        before = slice(max(bounds[at][0], start - REACH), start)
        behind = slice(end, min(bounds[last][1], end + REACH))
        if is_flat:
            sides.append((folded[before], folded[behind]))
        else:
            sides.append((fold(text[before]), fold(text[behind])))
    return sides


def _learn(
    known: dict[str, Neighbours],
    nearest: Callable[[str, list[str], int], Neighbours],
    sides: Sequence[str],
    count: int,
) -> None:
    """Let `known` have the neighbours of all `sides`."""
    if len(known) >= _MAX_KEPT:
        known.clear()
    new = [side for side in dict.fromkeys(sides) if side not in known]
    for start in range(0, len(new), _CUT_TOGETHER):
        some = new[start : start + _CUT_TOGETHER]
        for side, words in zip(some, words_of_each(some), strict=True):
            known[side] = nearest(side, words, count)


def _forward(folded: str, words: list[str], count: int) -> Neighbours:
    nearest = words[:count]
    distances: list[int] = []
    at = 0
    for word in nearest:
        # Between two words stands no word, so the next occurrence is the word itself.
        start = folded.find(word, at)
        distances.append(start)
        at = start + len(word)
    return tuple(nearest), tuple(distances)


def _backward(folded: str, words: list[str], count: int) -> Neighbours:
    mirrored = [word[::-1] for word in words[: -count - 1 : -1]]
    return tuple(words[: -count - 1 : -1]), _forward(folded[::-1], mirrored, count)[1]

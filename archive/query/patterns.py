"""Patterns of wording: what `?`, `…`, `[ ]`, `{ }` and `#` mean, exactly.

A pattern is a sequence of elements that stand one behind another within a sentence (or,
widened, within the paragraph). Matches are leftmost, then shortest, and do not overlap; a
gap at the very end runs on to the next comma, 、 or sentence end, so that `以…为` and
`坚持…` both show a phrase.

Matching keeps the set of all places that an element can end at, as the bits of an integer:
the time is elements times length whatever the pattern, and no pattern can make it explode,
as backtracking would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from archive.text.fold import find_all, fold_with_offsets, original_span, sentences

# What `#` stands for, after folding: figures, Chinese numerals, and the signs that sites
# put in the place of a figure.
_SIGNS = re.escape("0123456789零〇一二三四五六七八九十百千万亿两○□●◯×*_")
# An x between other Latin letters is a letter.
FIGURES = re.compile(rf"(?:[{_SIGNS}]|(?<![a-wyz])x+(?![a-wyz]))+")

# Where a gap at the end of a pattern stops, apart from the end of the sentence.
_PAUSE = re.compile("[,、，。!！?？;；\r\n\t]")

# More parts than this in any order would mean hundreds of sequences.
MAX_PARTS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these strings (folded): `[推进|加快]`; `{甲 乙}` is a choice of 甲乙 and 乙甲.

    Plain characters are a choice of one.
    """

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Between `least` and `most` characters of any kind (`most` None: any number)."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The longest run of figures, Chinese numerals or mask signs that begins here: `#`."""


Element = Choice | Gap | Figures

ONE = Gap(1, 1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of a query. `text` is as typed; `whole` lets it run across sentences."""

    text: str
    elements: tuple[Element, ...]
    whole: bool = False

    @property
    def required(self) -> tuple[tuple[str, ...], ...]:
        """For each element with characters of its own, the strings of which one must occur."""
        return tuple(own.options for own in self.elements if isinstance(own, Choice))


def any_order(parts: tuple[str, ...]) -> Choice:
    """Return the choice of all sequences of `parts`.

    >>> any_order(("城", "乡")).options
    ('城乡', '乡城')
    """
    return Choice(tuple(dict.fromkeys("".join(order) for order in permutations(parts))))


def find(pattern: Pattern, text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each match in `text`, in characters of `text`, in order.

    >>> from archive.query.parser import read
    >>> text = "抓管理促发展，抓队伍促质量。新建学校12所。"
    >>> [text[a:b] for a, b in find(read("抓…促…"), text)]
    ['抓管理促发展', '抓队伍促质量']
    >>> [text[a:b] for a, b in find(read("学校#所"), text)]
    ['学校12所']
    """
    places = _Places(pattern, text)
    stretches = [(0, len(text))] if pattern.whole else sentences(text)
    for start, end in stretches:
        yield from places.matches(start, end)


def occurs(pattern: Pattern, text: str) -> bool:
    """Whether the pattern matches anywhere in `text`."""
    return next(find(pattern, text), None) is not None


class _Places:
    """Where the elements of a pattern can begin and end in one text.

    All offsets are in characters of the original text; a string that begins or ends inside
    what one character folds to takes the whole character, as a phrase does.
    """

    def __init__(self, pattern: Pattern, text: str) -> None:
        self._text = text
        self._elements = pattern.elements
        folded, offsets = fold_with_offsets(text)
        self._spans: list[list[tuple[int, int]]] = []
        for element in pattern.elements:
            spans: list[tuple[int, int]] = []
            if isinstance(element, Figures):
                for run in FIGURES.finditer(folded):
                    begin, end = original_span(*run.span(), offsets)
                    spans.extend((at, end) for at in range(begin, end))
            elif isinstance(element, Choice):
                spans.extend(
                    original_span(at, at + len(option), offsets)
                    for option in element.options
                    for at in find_all(option, folded)
                )
            self._spans.append(sorted(set(spans)))

    def matches(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the matches inside [start, end), leftmost, shortest, not overlapping."""
        inside = [[s for s in spans if s[0] >= start and s[1] <= end] for spans in self._spans]
        for element, spans in zip(self._elements, inside, strict=True):
            if not spans and not isinstance(element, Gap):
                return
        begins = [_begins(spans, start) for spans in inside]
        at = start
        is_gap = isinstance(self._elements[0], Gap)
        for first in range(start, end) if is_gap else sorted({begin for begin, _ in inside[0]}):
            if first < at:
                continue
            stop = self._end(begins, first, start, end)
            if stop is not None:
                yield first, stop
                at = stop

    def _end(self, begins: list[dict[int, int]], first: int, start: int, end: int) -> int | None:
        """The least end of a match that begins at `first`, or None."""
        limit = (1 << (end - first + 1)) - 1
        reached = 1
        last = len(self._elements) - 1
        for number, element in enumerate(self._elements):
            if isinstance(element, Gap):
                if number == last and element.least != element.most:
                    return self._trail(element, reached, first, end)
                reached = _across(element, reached) & limit
            else:
                after = 0
                for length, places in begins[number].items():
                    after |= (reached & places >> (first - start)) << length
                reached = after
            if not reached:
                return None
        return first + _lowest(reached)

    def _trail(self, gap: Gap, reached: int, first: int, end: int) -> int | None:
        """Where a match ends whose last element is a gap: at the next pause."""
        while reached:
            begin = first + _lowest(reached)
            pause = _PAUSE.search(self._text, begin, end)
            stop = pause.start() if pause else end
            if gap.most is not None:
                stop = min(stop, begin + gap.most)
            if stop - begin >= gap.least and stop > first:
                return stop
            reached &= reached - 1
        return None


def _begins(spans: list[tuple[int, int]], start: int) -> dict[int, int]:
    """For each length, the places (bits, from `start`) at which a span of it begins."""
    begins: dict[int, int] = {}
    for begin, stop in spans:
        begins[stop - begin] = begins.get(stop - begin, 0) | 1 << (begin - start)
    return begins


def _across(gap: Gap, reached: int) -> int:
    """The places that lie a gap behind the reached ones; bits beyond the text are cut later."""
    if gap.most is None:
        # Every place from the lowest on: the complement of what lies below it.
        lowest = _lowest(reached) + gap.least
        return -1 << lowest
    after = reached << gap.least
    width = gap.most - gap.least
    # Doubling: smear the set over `width` further places.
    step = 1
    while width > 0:
        shift = min(step, width)
        after |= after << shift
        width -= shift
        step += shift
    return after


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1

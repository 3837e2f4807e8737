"""Patterns of wording: what `?`, `…`, `‥`, `[ ]`, `{ }`, `#`, `^` and `$` mean, exactly.

A pattern is a sequence of elements that stand one behind another within a sentence (or,
widened, within the paragraph). Matches are leftmost, then shortest, and do not overlap; a
gap at the very end runs on to the next comma, 、 or sentence end, so that `以…为` and
`坚持…` both show a phrase. A figure is the longest with which the rest can match.

Matching keeps the set of all places that an element can end at, as the bits of an integer:
the time is elements times length whatever the pattern, and no pattern can make it explode,
as backtracking would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from archive.text.fold import find_all, fold_with_offsets, original_span, sentences

# What `#` stands for, after folding: figures, Chinese numerals, and the signs that sites
# put in the place of a figure.
_NUMERALS = "零〇一二三四五六七八九十百千万亿两"
_SIGNS = re.escape(f"0123456789{_NUMERALS}○□●◯×*_")
# An x between other Latin letters is a letter.
_RUN = rf"(?:[{_SIGNS}]|(?<![a-wyz])x+(?![a-wyz]))+"
# Runs that a point, 点 or the comma of a group joins.
_FIGURE = re.compile(
    rf"{_RUN}(?:(?:[.](?=[{_SIGNS}x])|(?<=[{_NUMERALS}])点(?=[{_NUMERALS}])|,(?=\d{{3}}(?!\d))){_RUN})*"
)
_GROUP = re.compile(r"(?:(?<=,)\d{3}|(?<![\d,])\d{1,3}),")
# A figure may end before these where the rest of a pattern needs them.
_UNITS = re.compile("[十百千万亿.,点]")

# Where a clause ends: a gap within it goes no further.
_CLAUSE_END = re.compile("[,，;；:：.。!！?？\r\n\t]")
# Where a gap at the end of a pattern stops, apart from the end of the sentence.
_PAUSE = re.compile("[,、，。!！?？;；\r\n\t]")

# A heading's number, which `^` may pass over: 一、（一）1. 1、(1) ① 第一， 第一章
_HAN = "[一二三四五六七八九十百〇零]{1,5}"
_HEADING_NUMBER = re.compile(
    rf"""\s*(?:第(?:{_HAN}|\d{{1,3}})(?:(?:部分|[编章节条])[、，,:：]?|[、，,:：])
    |[(（〔]\s?(?:{_HAN}|\d{{1,2}})\s?[)）〕][、.．，,]?
    |(?:{_HAN}|\d{{1,2}})(?:\s?[、.．](?!\d)|[)）]、?)|[①-⑳][、.．]?)\s*""",
    re.VERBOSE,
)
# What `$` may pass over.
FINAL_SIGNS = "。！!？?；;：:.．"

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
    """Between `least` and `most` characters of any kind (`most` None: any number).

    One `within_clause` has no sign in it that ends a clause; 、 is none.
    """

    least: int = 0
    most: int | None = None
    within_clause: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A figure, Chinese numerals or mask signs: `#`.

    It has points and groups (8.5, 1,285), no %. It is the longest with which the rest of the
    pattern can match: it ends before 万 only where 万 is asked for.
    """


Element = Choice | Gap | Figures

ONE = Gap(1, 1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of a query. `text` is as typed; `whole` lets it run across sentences.

    One `at_start` begins where the paragraph begins or behind its number (一、), one `at_end`
    ends where it ends or before its final signs.
    """

    text: str
    elements: tuple[Element, ...]
    whole: bool = False
    at_start: bool = False
    at_end: bool = False

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


def figures(text: str, folded: str, offsets: list[int] | None) -> Iterator[tuple[int, int]]:
    """Yield the spans of the figures in the folded text.

    A comma between figures counts only as it stands in `text`: 1,285 is one, 1，285 are two.

    >>> list(figures("投入1,285.5万元", "投入1,285.5万元", None))
    [(2, 10)]
    """
    for run in _FIGURE.finditer(folded):
        begin, end = run.span()
        grouped = {group.end() - 1 for group in _GROUP.finditer(folded, begin, end)}
        for at in range(begin, end):
            if folded[at] == "," and not (
                at in grouped and text[at if offsets is None else offsets[at]] == ","
            ):
                yield begin, at
                begin = at + 1
        yield begin, end


def openings(text: str, end: int) -> tuple[int, ...]:
    """Where what is at the start of a text can begin, before `end`.

    >>> openings("（一）加强管理", 7), openings("3.15活动", 6), openings("第一责任人", 5)
    ((0, 3), (0,), (0,))
    """
    number = _HEADING_NUMBER.match(text, 0, end)
    return (0,) if number is None or number.end() == end else (0, number.end())


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
        if not (pattern.at_start and start) and not (pattern.at_end and end < len(text)):
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
        self._pattern = pattern
        self._elements = pattern.elements
        self._last = len(pattern.elements) - 1
        self._figured = any(isinstance(element, Figures) for element in pattern.elements)
        folded, offsets = fold_with_offsets(text)
        self._spans: list[list[tuple[int, int]]] = []
        for element in pattern.elements:
            spans: list[tuple[int, int]] = []
            if isinstance(element, Figures):
                for begin, end in figures(text, folded, offsets):
                    stops = (end, *(unit.start() for unit in _UNITS.finditer(folded, begin, end)))
                    spans.extend(
                        original_span(at, stop, offsets)
                        for at in range(begin, end)
                        if folded[at] not in ".,点"
                        for stop in stops
                        if stop > at
                    )
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
        stretch = _Stretch(start, end, [_begins(spans, start) for spans in inside])
        if self._pattern.at_end:
            unsigned = len(self._text[start:end].rstrip(FINAL_SIGNS))
            stretch.ends = 1 << (end - start) | 1 << unsigned
        for element in self._elements:
            if isinstance(element, Gap) and element.within_clause and not stretch.clauses:
                stretch.clauses = _clauses(self._text, start, end)
        # Figures look ahead: from where the rest of the pattern can match.
        ahead = self._ahead(stretch) if self._figured else []
        at = start
        firsts: Iterable[int] = range(start, end)
        if self._pattern.at_start:
            firsts = openings(self._text, end)
        elif not isinstance(self._elements[0], Gap):
            firsts = sorted({begin for begin, _ in inside[0]})
        for first in firsts:
            stop = None if first < at else self._end(stretch, first, ahead)
            if stop is not None:
                yield first, stop
                at = end if self._pattern.at_start else stop

    def _end(self, stretch: _Stretch, first: int, ahead: list[int]) -> int | None:
        """The least end of a match that begins at `first`, or None."""
        start = stretch.start
        # Places are counted from the beginning of the stretch.
        reached = 1 << (first - start)
        for number, element in enumerate(self._elements):
            if isinstance(element, Gap):
                if self._trails(number):
                    return self._trail(element, reached, first, stretch)
                reached = stretch.across(element, reached)
            elif isinstance(element, Figures):
                reached = _longest(stretch.begins[number], reached, ahead[number + 1])
            else:
                after = 0
                for length, places in stretch.begins[number].items():
                    after |= (reached & places) << length
                reached = after
            if not reached:
                return None
        if self._pattern.at_end:
            reached &= stretch.ends
        # A gap alone may match nothing.
        reached &= -1 << (first - start + 1)
        return start + _lowest(reached) if reached else None

    def _trails(self, number: int) -> bool:
        """Whether an element is a gap at the end, which runs on to the next pause."""
        element = self._elements[number]
        if not isinstance(element, Gap) or number < self._last or self._pattern.at_end:
            return False
        return element.least != element.most

    def _trail(self, gap: Gap, reached: int, first: int, stretch: _Stretch) -> int | None:
        """Where a match ends whose last element is a gap: at the next pause."""
        while reached:
            begin = stretch.start + _lowest(reached)
            stop = self._pause(gap, begin, stretch.end)
            if stop - begin >= gap.least and stop > first:
                return stop
            reached &= reached - 1
        return None

    def _pause(self, gap: Gap, begin: int, end: int) -> int:
        pause = _PAUSE.search(self._text, begin, end)
        stop = pause.start() if pause else end
        return stop if gap.most is None else min(stop, begin + gap.most)

    def _ahead(self, stretch: _Stretch) -> list[int]:
        """For each element, and behind the last, the places from which the rest can match."""
        start, end = stretch.start, stretch.end
        everywhere = (1 << (end - start + 1)) - 1
        ahead = [stretch.ends if self._pattern.at_end else everywhere]
        for number in range(self._last, -1, -1):
            element, after = self._elements[number], ahead[0]
            if isinstance(element, Gap) and self._trails(number):
                least = element.least
                places = (
                    at for at in range(start, end) if self._pause(element, at, end) - at >= least
                )
                before = sum(1 << (at - start) for at in places) if least else everywhere
            elif isinstance(element, Gap):
                before = stretch.across(element, after, back=True)
            else:
                before = 0
                for length, begins in stretch.begins[number].items():
                    before |= begins & (after >> length)
            ahead.insert(0, before)
        return ahead


@dataclass(slots=True)
class _Stretch:
    """A sentence, or a whole text: where each element can begin in it, by length, as bits.

    `clauses` are the masks of the places in each clause, its end included; `ends` are the
    places where a pattern at the end of the text can end.
    """

    start: int
    end: int
    begins: list[dict[int, int]]
    clauses: tuple[int, ...] = ()
    ends: int = 0

    def across(self, gap: Gap, reached: int, *, back: bool = False) -> int:
        """The places that lie a gap behind the reached ones, or, `back`, before them."""
        count = self.end - self.start + 1
        everywhere = (1 << count) - 1
        parts = self.clauses if gap.within_clause else (everywhere,)
        found = 0
        for part in parts:
            inside = reached & part
            if not inside:
                continue
            if back:
                mirrored = _across(gap, _mirrored(inside, count)) & everywhere
                found |= _mirrored(mirrored, count) & part
            else:
                found |= _across(gap, inside) & part
        return found


def _clauses(text: str, start: int, end: int) -> tuple[int, ...]:
    """For each clause of a stretch the mask of its places; its end sign begins the next."""
    masks = []
    begin = start
    for sign in _CLAUSE_END.finditer(text, start, end):
        masks.append(_mask(begin - start, sign.start() - start))
        begin = sign.end()
    return (*masks, _mask(begin - start, end - start))


def _mask(first: int, last: int) -> int:
    """The bits from `first` to `last`, both included."""
    return (1 << (last + 1)) - (1 << first)


def _mirrored(bits: int, count: int) -> int:
    return int(f"{bits:0{count}b}"[::-1], 2)


def _longest(begins: dict[int, int], reached: int, ahead: int) -> int:
    """Where the longest figure ends that begins at each reached place and lets the rest match."""
    after = 0
    for length in sorted(begins, reverse=True):
        fitting = reached & begins[length] & (ahead >> length)
        after |= fitting << length
        reached &= ~fitting
    return after


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

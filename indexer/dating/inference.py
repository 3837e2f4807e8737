"""What dated facts leave of a run's year, and what they refute.

All that is inferred is an interval of years with the words that bound it. Month intervals
become years by the way a text looks: what a summary says in January is of the year before,
what a plan says in November of the year after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.dating.facts import Bearing, Clue, month
from indexer.dating.reading import Look, Read, spoken
from indexer.dating.stated import Context
from indexer.dating.years import Frame


@dataclass(frozen=True, slots=True)
class Interval:
    """The years that the dated facts leave open, with the words; None is an open end."""

    first: int | None
    last: int | None
    words: tuple[str, ...]

    @property
    def single(self) -> int | None:
        """The year, where only one is left."""
        return self.first if self.first is not None and self.first == self.last else None

    def holds(self, year: int) -> bool:
        """Whether the facts leave `year` open."""
        return (self.first or year) <= year <= (self.last or year)


# So many times must a text print one year before its mentions alone date it.
_CONSENSUS = 2
# A campaign named once may be looked back on: so many signs that the text is at work in it.
_CAMPAIGN_SUPPORT = 2
_OPENING = 3
_OWN_FRAMES = (Frame.PLAIN, Frame.NAME, Frame.SINCE)
_UNDER_WAY = re.compile(
    r"(?:开展|举办|组织|参加|制定|印发|下发|承办|迎接|做好|启动|申报|参评|部署|筹备|实施|预计|召开)"
    r"了?[^，。；,;、\d]{0,10}$"
)
# The pattern above looks no further back than this.
_REACH = 20
_WORDS = 12


def first_year(at: int, look: Look) -> int:
    """The first year that a text written in month `at` or later can be about.

    >>> first_year(month(2021, 11), Look.BACK), first_year(month(2021, 11), Look.AHEAD)
    (2021, 2022)
    """
    year, number = divmod(at, 12)
    return year + 1 if look is Look.AHEAD and number >= 10 else year


def last_year(at: int, look: Look) -> int:
    """The last year that a text written in month `at` or earlier can be about.

    >>> last_year(month(2022, 2), Look.BACK), last_year(month(2021, 10), Look.AHEAD)
    (2021, 2022)
    """
    year, number = divmod(at, 12)
    if look is Look.BACK and number <= 1:
        return year - 1
    return year + 1 if look is Look.AHEAD and number >= 9 else year


def infer(part: Sequence[Read], look: Look, context: Context, *, trusted: bool) -> Interval:
    """The years that the dated facts of a run leave open.

    `trusted`: the text states no year, so that what it prints was not rewritten either: a
    later one shows that an earlier fact is only looked back on.
    """
    since = [c for r in part for c in r.clues if c.bearing is Bearing.SINCE]
    low = max(since, key=lambda c: c.first, default=None)
    first = None if low is None else first_year(low.first, look)
    words = [] if low is None else [low.words]
    last: int | None = None
    facts = [clue for clue, _ in spoken(part)]
    if facts:
        year = max(clue.first // 12 for clue in facts)
        if (first is None or first <= year) and not (trusted and _printed(part, year)):
            first = last = year
            words = [c.words for c in facts if c.first // 12 == year]
    if last is None:
        first, last, words = _campaigns(part, first, low, words)
    if last is None and look is Look.BACK:
        first, last, words = _awaited(part, first, words)
    for read in part:
        for clue in read.clues:
            if clue.bearing is Bearing.AHEAD and clue.last is not None:
                limit = clue.last // 12
                if (first is None or limit >= first) and (last is None or limit < last):
                    last = limit
                    first = clue.first // 12 if first is None else max(first, clue.first // 12)
                    words.append(clue.words)
    if context.published is not None:
        limit = last_year(context.published, look)
        if last is None and (first is None or limit >= first):
            last = limit
    latest = _printed(part, first or 0) if trusted else None
    if latest is not None and last is not None and latest[0] <= last:
        first = latest[0]
        words.append(latest[1])
    return Interval(first, last, tuple(dict.fromkeys(words)))


def _printed(part: Sequence[Read], year: int) -> tuple[int, str] | None:
    """The latest year after `year` that a run prints of what has been, with its words."""
    found = [
        (m.year, r.paragraph.text[m.start : m.end + 1])
        for r in part
        if not r.ahead
        for m in r.years
        if m.year > year and m.frame in (Frame.PLAIN, Frame.SINCE)
    ]
    return max(found, default=None)


def _awaited(
    part: Sequence[Read], first: int | None, words: list[str]
) -> tuple[int | None, int | None, list[str]]:
    """The year of a congress that a summary's opening was at work for.

    At its end a summary of the year before may await the same congress.
    """
    for read in part[:_OPENING]:
        for clue in read.clues:
            if clue.bearing is Bearing.AHEAD and clue.last is not None and not clue.anniversary:
                year = clue.last // 12
                if first is None or first <= year:
                    return year, year, [*words, clue.words]
    return first, None, words


def _campaigns(
    part: Sequence[Read], first: int | None, low: Clue | None, words: list[str]
) -> tuple[int | None, int | None, list[str]]:
    """Narrow the interval by the campaigns that the run is at work in.

    One mention may look back: a second, the printing of such a year, another campaign of
    that time or a fact that came up during it must support it.
    """
    windows = [c for r in part if not r.ahead for c in r.clues if c.bearing is Bearing.WINDOW]
    latest = max(windows, key=lambda c: c.first, default=None)
    if latest is None or latest.last is None or (low is not None and low.first > latest.last):
        return first, None, words
    begin, end = latest.first // 12, last_year(latest.last, Look.BACK)
    if first is not None and first > end:
        return first, None, words
    support = sum(c.last is not None and c.last >= latest.first for c in windows)
    support += any(begin <= m.year <= end for r in part for m in r.years)
    support += any(
        c.bearing is Bearing.SINCE and c.first >= latest.first and c.words != latest.words
        for r in part
        for c in r.clues
    )
    if support < _CAMPAIGN_SUPPORT:
        return first, None, words
    begin = begin if first is None else max(first, begin)
    return begin, end, [*words, latest.words]


def agree(part: Sequence[Read], interval: Interval) -> Interval:
    """The one year that all mentions of a run agree on, if its facts allow it.

    One of them must name something under way (开展2022年……评选): figures are often quoted
    of the year before.
    """
    mentions = [(m, r.paragraph.text) for r in part for m in r.years if m.frame in _OWN_FRAMES]
    years = {m.year for m, _ in mentions}
    under_way = any(
        _UNDER_WAY.search(text[max(0, m.start - _REACH) : m.start]) for m, text in mentions
    )
    if len(mentions) < _CONSENSUS or len(years) != 1 or not under_way:
        return interval
    year = years.pop()
    if (interval.first or year) > year or (interval.last or year) < year:
        return interval
    words = tuple(text[m.start : m.end + _WORDS] for m, text in mentions[:_CONSENSUS])
    return Interval(year, year, (*interval.words, *words))


def refutations(year: int, part: Sequence[Read], look: Look, context: Context) -> tuple[str, ...]:
    """The words that refute a stated year; none where it stands.

    A text can look back on an earlier year, so an earlier fact refutes only a summary or
    the very paragraph that prints the stated year, and only where the fact's own year is
    not printed beside it; a later fact always refutes, and so does what is still awaited.
    """
    words: list[str] = []
    end = month(year + 1, 2) if look is Look.BACK else month(year, 12)
    sums_up = look is Look.BACK and not context.report
    for read in part:
        for clue in read.clues:
            if clue.bearing is Bearing.SINCE and clue.first > end:
                words.append(clue.words)
            awaited = clue.last if clue.bearing is Bearing.AHEAD else None
            if sums_up and awaited is not None and awaited // 12 < year:
                words.append(clue.words)
    facts = spoken(part)
    if any(clue.first // 12 == year for clue, _ in facts):
        return tuple(dict.fromkeys(words))
    printed = {id(read): {m.year for m in read.years} for read in part}
    for clue, read in facts:
        about = clue.first // 12
        explained = about in printed[id(read)]
        beside = year in printed[id(read)] and not context.report
        if not explained and (about > year or sums_up or beside):
            words.append(clue.words)
    return tuple(dict.fromkeys(words))


def uploaded_before(year: int, look: Look, context: Context) -> bool:
    """Whether the page was uploaded before a text about `year` can have been written."""
    return context.published is not None and last_year(context.published, look) < year

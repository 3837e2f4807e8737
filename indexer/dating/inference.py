"""What dated facts leave of a run's year, and what they refute.

All that is inferred is an interval of years with the words that bound it. Month intervals
become years by the way a text looks: what a summary says in January is of the year before,
what a plan says in November of the year after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.dating.facts import Constraint, FoundFact, month
from indexer.dating.reading import Look, Read, spoken
from indexer.dating.stated import Context
from indexer.dating.years import Frame


@dataclass(frozen=True, slots=True)
class Interval:
    """The years that the dated facts leave open, with the words; None is an open end."""

    first: int | None = None
    last: int | None = None
    words: tuple[str, ...] = ()

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
    since = [c for r in part for c in r.facts if c.constraint is Constraint.SINCE]
    low = max(since, key=lambda c: c.first, default=None)
    open_years = Interval()
    if low is not None:
        open_years = Interval(first_year(low.first, look), None, (low.words,))
    facts = [fact for fact, _ in spoken(part)]
    if facts:
        year = max(fact.first // 12 for fact in facts)
        if open_years.holds(year) and not (trusted and _printed(part, year)):
            open_years = _only(year, tuple(c.words for c in facts if c.first // 12 == year))
    if open_years.last is None:
        open_years = _campaigns(part, open_years, low)
    if open_years.last is None and look is Look.BACK:
        # A congress that a summary's opening was at work for; at its end a summary of the year
        # before may await the same congress.
        meetings = (c for c in _awaited(part[:_OPENING]) if not c.anniversary)
        first = next((c for c in meetings if open_years.holds(c.end)), None)
        if first is not None:
            open_years = _only(first.end, (*open_years.words, first.words))
    for fact in _awaited(part):
        if open_years.holds(fact.end) and fact.end != open_years.last:
            begin = max(open_years.first or 0, fact.first // 12)
            open_years = Interval(begin, fact.end, (*open_years.words, fact.words))
    if context.published is not None and open_years.last is None:
        limit = last_year(context.published, look)
        if open_years.holds(limit):
            open_years = replace(open_years, last=limit)
    latest = _printed(part, open_years.first or 0) if trusted else None
    if latest is not None and open_years.last is not None and latest[0] <= open_years.last:
        open_years = Interval(latest[0], open_years.last, (*open_years.words, latest[1]))
    return replace(open_years, words=tuple(dict.fromkeys(open_years.words)))


def _only(year: int, words: tuple[str, ...]) -> Interval:
    return Interval(year, year, words)


def _awaited(part: Sequence[Read]) -> Iterator[FoundFact]:
    """What a run looks forward to."""
    return (c for r in part for c in r.facts if c.constraint is Constraint.AHEAD)


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


def _campaigns(part: Sequence[Read], interval: Interval, low: FoundFact | None) -> Interval:
    """Narrow the interval by the campaigns that the run is at work in.

    One mention may look back: a second, the printing of such a year, another campaign of
    that time or a fact that came up during it must support it.
    """
    windows = [c for r in part if not r.ahead for c in r.facts if c.constraint is Constraint.WINDOW]
    latest = max(windows, key=lambda c: c.first, default=None)
    if latest is None or (low is not None and low.first > latest.last):
        return interval
    begin, end = latest.first // 12, last_year(latest.last, Look.BACK)
    if (interval.first or end) > end:
        return interval
    support = sum(c.last >= latest.first for c in windows)
    support += any(begin <= m.year <= end for r in part for m in r.years)
    support += any(
        c.constraint is Constraint.SINCE and c.first >= latest.first and c.words != latest.words
        for r in part
        for c in r.facts
    )
    if support < _CAMPAIGN_SUPPORT:
        return interval
    return Interval(max(interval.first or 0, begin), end, (*interval.words, latest.words))


def agree(part: Sequence[Read], interval: Interval) -> Interval:
    """The one year that all mentions of a run agree on, if its facts allow it.

    One of them must name something under way (开展2022年……评选): figures are often quoted
    of the year before. The number of a document that is cited is no mention.
    """
    mentions = [
        (m, r.paragraph.text)
        for r in part
        for m in r.years
        if m.frame in _OWN_FRAMES and not m.numbers
    ]
    years = {m.year for m, _ in mentions}
    under_way = any(
        _UNDER_WAY.search(text[max(0, m.start - _REACH) : m.start]) for m, text in mentions
    )
    if len(mentions) < _CONSENSUS or len(years) != 1 or not under_way:
        return interval
    year = years.pop()
    words = tuple(text[m.start : m.end + _WORDS] for m, text in mentions[:_CONSENSUS])
    return _only(year, (*interval.words, *words)) if interval.holds(year) else interval


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
        for fact in read.facts:
            if fact.constraint is Constraint.SINCE and fact.first > end:
                words.append(fact.words)
            if sums_up and fact.constraint is Constraint.AHEAD and fact.end < year:
                words.append(fact.words)
    facts = spoken(part)
    if any(fact.first // 12 == year for fact, _ in facts):
        return tuple(dict.fromkeys(words))
    printed = {id(read): {m.year for m in read.years} for read in part}
    for fact, read in facts:
        about = fact.first // 12
        explained = about in printed[id(read)]
        beside = year in printed[id(read)] and not context.report
        if not explained and (about > year or sums_up or beside):
            words.append(fact.words)
    return tuple(dict.fromkeys(words))


def uploaded_before(year: int, look: Look, context: Context) -> bool:
    """Whether the page was uploaded before a text about `year` can have been written."""
    return context.published is not None and last_year(context.published, look) < year

"""The year of each run of an article: stated, inferred from dated facts, or unknown.

A stated year stands unless dated facts refute it; sites rewrite years for freshness. A
refuted or absent one is replaced by the inferred year only where the facts leave a single
one. The upload date closes intervals and refutes later years; it sets none. Where two
readings are left, there is no year: none rather than a false one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.model import Dating, Form, YearBasis
from indexer.dating_facts import Bearing, Clue, find_clues, month
from indexer.dating_runs import Run, Start, find_runs, is_plan
from indexer.dating_years import Frame, Mention, find_years, masked_year
from indexer.page import DraftArticle, DraftParagraph


class Look(StrEnum):
    """Which way a text looks: a summary speaks of the year that ends, a plan of the next."""

    BACK = "back"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Stated:
    """A year stated, and the words that state it."""

    year: int
    words: str


@dataclass(frozen=True, slots=True)
class _Interval:
    """The years that the dated facts leave open, with the words; None is an open end."""

    first: int | None
    last: int | None
    words: tuple[str, ...]

    @property
    def single(self) -> int | None:
        return self.first if self.first is not None and self.first == self.last else None


@dataclass(frozen=True, slots=True)
class _Read:
    """A paragraph with what was found in it."""

    paragraph: DraftParagraph
    years: tuple[Mention, ...]
    masked: str | None
    clues: tuple[Clue, ...]
    ahead: bool


_COMPILATION = re.compile(
    r"(?:[\d一二三四五六七八九十]+\s*篇|范文|大全|汇编|精选|通用|实用|锦集|合集|集锦|简短|模板|优质)"
)
_BACK_TITLE = re.compile(r"总结|述职|回顾|工作汇报|情况汇报|情况报告|完成情况|自评")
_AHEAD_TITLE = re.compile(r"要点|计划|思路|打算|方案|安排|规划|意见|设想")
_GOVERNMENT_REPORT = re.compile(r"政府工作报告|人民代表大会|常务委员会工作报告")
_SUMS_UP = re.compile(
    r"(?:总结|汇报|报告|情况)[^，。；]{0,8}如下|一年来|今年以来|综上所述|过去的一年"
)
_SALUTATION = re.compile(r"[:：]$")
_DATE_LINE = re.compile(
    r"^[\s(（—-]*(?:(?:19|20)\d\d|[一二][〇零○Ｏ九][〇零○Ｏ一二三四五六七八九]{2})年"
    r"[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?"
)
_NUMBER_LINE = re.compile(r"[〔\[【(（](?:19|20)\d\d[〕\]】)）]\s*第?\d+\s*号\s*$")
# A lead names its year within its first clause: 过去的2021年, xx县2022年.
_LEAD = re.compile(r"[^，。；：,;:!！?？]{0,12}$")
# A lead that names a month tells of a day in the year; a span of months is the year's.
_DAY = re.compile(r"\s*年\d{1,2}月(?!\s*(?:份?至|份?[-—–~～到]))")
_LEADS = 3
_SIGNATURE_LENGTH = 30
_OWN_FRAMES = (Frame.PLAIN, Frame.NAME, Frame.SINCE)
_UNDER_WAY = re.compile(
    r"(?:开展|举办|组织|参加|制定|印发|下发|承办|迎接|做好|启动|申报|参评|部署|筹备|实施|预计|召开)"
    r"了?[^，。；,;、\d]{0,10}$"
)
_WORDS = 12
# So many times must texts print one year before the mentions alone date them.
_CONSENSUS = 2
# A campaign named once may be looked back on; named twice, or beside a mention of its
# year, the text is at work in it.
_CAMPAIGN_SUPPORT = 2


def date_article(article: DraftArticle, *, title: str, published: str | None) -> tuple[Dating, ...]:
    """Return one Dating for each paragraph of `article`, equal within a run.

    `title` is the page's title, `published` its upload date (ISO 8601) or None.
    """
    if not article.paragraphs:
        return ()
    reads = _read(article.paragraphs)
    context = _Context.of(article, title, published)
    datings: list[Dating] = []
    base: Dating | None = None
    for run in find_runs(article.paragraphs):
        part = reads[run.first : run.end]
        if run.start is Start.PLAN and base is not None:
            dating = _date_plan(run, part, base, context)
        else:
            dating = _date_run(part, context, first=run.start is Start.FIRST)
            base = dating
        datings.extend([dating] * len(part))
    return tuple(datings)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the article and its page say of the year."""

    titled: _Stated | None
    look: Look
    report: bool
    masked: bool
    published: int | None

    @classmethod
    def of(cls, article: DraftArticle, title: str, published: str | None) -> _Context:
        own = article.title or ""
        # A compilation's title is its compiler's; the articles in it are others'.
        shared = "" if own and _COMPILATION.search(title) else title
        titled = _title_year(own) or _title_year(shared)
        day = re.match(r"(\d{4})-(\d{2})", published or "")
        return cls(
            titled,
            _looks(title) if _looks(own) is Look.UNKNOWN else _looks(own),
            _GOVERNMENT_REPORT.search(own + title) is not None,
            masked_year(own) is not None or masked_year(shared) is not None,
            month(int(day[1]), int(day[2])) if day else None,
        )


def _title_year(title: str) -> _Stated | None:
    for mention in find_years(title):
        if mention.frame in (Frame.PLAIN, Frame.NAME):
            return _Stated(mention.year, title.strip())
    return None


def _looks(title: str) -> Look:
    """Which way a title says its text looks; a summary with a plan is a summary."""
    if _BACK_TITLE.search(title):
        return Look.BACK
    return Look.AHEAD if _AHEAD_TITLE.search(title) else Look.UNKNOWN


def _read(paragraphs: Sequence[DraftParagraph]) -> list[_Read]:
    return [
        _Read(
            p,
            find_years(p.text),
            masked_year(p.text),
            find_clues(p.text),
            any(is_plan(heading) for heading in p.heading_path),
        )
        for p in paragraphs
    ]


def _date_run(part: Sequence[_Read], context: _Context, *, first: bool) -> Dating:
    """Date a document: what it states, against what its facts allow."""
    look = _run_look(part, context)
    stated = _stated(part, context, first=first)
    interval = _interval(part, look, context)
    masked = context.masked or any(read.masked for read in part)
    if stated is None:
        if interval.single is None and not masked:
            interval = _agreed(part, interval)
        year = interval.single
        basis = YearBasis.UNKNOWN if year is None else YearBasis.INFERRED
        return Dating(None, year, basis, interval.first, interval.last, interval.words, masked)
    against = _refutations(stated.year, part, look, context)
    words = (stated.words, *(against or interval.words))
    if against:
        year = interval.single if interval.single != stated.year else None
        basis = YearBasis.CONFLICT
    else:
        year, basis = stated.year, YearBasis.STATED
    return Dating(stated.year, year, basis, interval.first, interval.last, words, masked)


def _date_plan(run: Run, part: Sequence[_Read], base: Dating, context: _Context) -> Dating:
    """Date the plan in a summary's tail by the summary: it is for the year after."""
    printed = next((m for m in part[0].years if m.frame is Frame.PLAIN), None)
    words = part[0].paragraph.text[:_SIGNATURE_LENGTH]
    if printed is None and not run.next_year:
        return replace(base, stated=None) if base.basis is YearBasis.INFERRED else base
    stated = printed.year if printed else None
    if base.year is None:
        if stated is None or base.basis is YearBasis.CONFLICT:
            return Dating(
                stated, None, base.basis if stated else YearBasis.UNKNOWN, None, None, (words,),
                base.masked,
            )  # fmt: skip
        return _date_run(part, replace(context, look=Look.AHEAD), first=False)
    evidence = (words, *base.evidence)
    if base.basis is YearBasis.CONFLICT:
        year = base.year + 1
        basis = YearBasis.CONFLICT if stated and stated != year else YearBasis.INFERRED
        return Dating(stated, year, basis, year, year, evidence, base.masked)
    if stated is not None:
        return Dating(stated, stated, YearBasis.STATED, None, None, (words,), base.masked)
    year = base.year + 1
    return Dating(None, year, YearBasis.INFERRED, year, year, evidence, base.masked)


def _run_look(part: Sequence[_Read], context: _Context) -> Look:
    """Which way a run looks: by its title, else by how it opens."""
    if context.look is not Look.UNKNOWN:
        return context.look
    opening = "".join(read.paragraph.text for read in part[:_LEADS])
    return Look.BACK if _SUMS_UP.search(opening) else Look.UNKNOWN


def _stated(part: Sequence[_Read], context: _Context, *, first: bool) -> _Stated | None:
    """The year that a run states: in its lead, a heading, the title, a number, a date line.

    A report or a plan whose lead looks back on the year before its title's keeps the
    title's year.
    """
    own = _lead_year(part) or _heading_year(part)
    titled = context.titled
    if own is None:
        return titled or _signed(part) if first or titled else _signed(part)
    if titled is None or own.year == titled.year:
        return own
    looks_back = own.year == titled.year - 1 and context.look is not Look.BACK
    return titled if looks_back or context.report else own


def _lead_year(part: Sequence[_Read]) -> _Stated | None:
    bodies = [r for r in part if r.paragraph.form is Form.BODY and not _is_frame_line(r)]
    for read in bodies[:_LEADS]:
        for mention in read.years:
            plain = mention.frame is Frame.PLAIN or (
                mention.frame is Frame.SINCE and mention.start == 0
            )
            text = read.paragraph.text
            if plain and _LEAD.match(text[: mention.start]) and not _DAY.match(text, mention.end):
                return _Stated(mention.year, text[: mention.end + 1])
        if read.masked:
            return None
    return None


def _is_frame_line(read: _Read) -> bool:
    """Whether a paragraph is a salutation or a date line, not a lead."""
    text = read.paragraph.text
    salutes = len(text) <= _SIGNATURE_LENGTH and _SALUTATION.search(text) is not None
    return salutes or _DATE_LINE.match(text) is not None


def _heading_year(part: Sequence[_Read]) -> _Stated | None:
    for read in part:
        if read.paragraph.form is Form.BODY or read.ahead:
            continue
        for mention in read.years:
            if mention.frame is Frame.PLAIN:
                return _Stated(mention.year, read.paragraph.text)
        if read.masked:
            return None
    return None


def _signed(part: Sequence[_Read]) -> _Stated | None:
    """The year of a document number or a date line that stands by itself."""
    for read in part:
        text = read.paragraph.text
        if len(text) > _SIGNATURE_LENGTH or not read.years:
            continue
        if _NUMBER_LINE.search(text) or _DATE_LINE.match(text):
            return _Stated(read.years[0].year, text)
    return None


def _first_year(at: int, look: Look) -> int:
    """The first year that a text written in month `at` or later can be about."""
    year, number = divmod(at, 12)
    return year + 1 if look is Look.AHEAD and number >= 10 else year


def _last_year(at: int, look: Look) -> int:
    """The last year that a text written in month `at` or earlier can be about."""
    year, number = divmod(at, 12)
    if look is Look.BACK and number <= 1:
        return year - 1
    return year + 1 if look is Look.AHEAD and number >= 9 else year


def _interval(part: Sequence[_Read], look: Look, context: _Context) -> _Interval:
    """The years that the dated facts of a run leave open."""
    clues = [(clue, read) for read in part for clue in read.clues]
    since = [c for c, _ in clues if c.bearing is Bearing.SINCE]
    low = max(since, key=lambda c: c.first, default=None)
    first = None if low is None else _first_year(low.first, look)
    words = [] if low is None else [low.words]
    last: int | None = None
    spoken = [c for c, read in clues if c.bearing is Bearing.YEAR and not read.ahead]
    if spoken:
        year = max(c.first // 12 for c in spoken)
        if first is None or first <= year:
            first = last = year
            words = [c.words for c in spoken if c.first // 12 == year]
    if last is None:
        first, last, words = _campaigns(part, first, low, words)
    ahead = [c for c, _ in clues if c.bearing is Bearing.AHEAD and c.last is not None]
    for clue in ahead:
        assert clue.last is not None
        limit = clue.last // 12
        if (first is None or limit >= first) and (last is None or limit < last):
            last = limit
            words.append(clue.words)
    if context.published is not None:
        limit = _last_year(context.published, look)
        if last is None or limit < last:
            last = limit if first is None or limit >= first else None
    return _Interval(first, last, tuple(dict.fromkeys(words)))


def _campaigns(
    part: Sequence[_Read], first: int | None, low: Clue | None, words: list[str]
) -> tuple[int | None, int | None, list[str]]:
    """Narrow the interval by the campaigns that the run is at work in.

    One mention may look back: a second, the printing of such a year, another campaign of
    that time or a fact that came up during it must support it.
    """
    windows = [c for r in part if not r.ahead for c in r.clues if c.bearing is Bearing.WINDOW]
    latest = max(windows, key=lambda c: c.first, default=None)
    if latest is None or latest.last is None or (low is not None and low.first > latest.last):
        return first, None, words
    begin, end = latest.first // 12, _last_year(latest.last, Look.BACK)
    if first is not None and first > end:
        return first, None, words
    support = sum(c.last is not None and c.last >= latest.first for c in windows)
    support += any(begin <= m.year <= end for r in part for m in r.years)
    support += low is not None and low.first > latest.first
    if support < _CAMPAIGN_SUPPORT:
        return first, None, words
    begin = begin if first is None else max(first, begin)
    return begin, end, [*words, latest.words]


def _agreed(part: Sequence[_Read], interval: _Interval) -> _Interval:
    """The one year that all mentions of a run agree on, if its facts allow it.

    One of them must name something under way (开展2022年……评选): figures are often quoted
    of the year before.
    """
    mentions = [(m, r.paragraph.text) for r in part for m in r.years if m.frame in _OWN_FRAMES]
    years = {m.year for m, _ in mentions}
    under_way = any(_UNDER_WAY.search(text[: m.start]) for m, text in mentions)
    if len(mentions) < _CONSENSUS or len(years) != 1 or not under_way:
        return interval
    year = years.pop()
    if (interval.first or year) > year or (interval.last or year) < year:
        return interval
    words = tuple(text[m.start : m.end + _WORDS] for m, text in mentions[:_CONSENSUS])
    return _Interval(year, year, (*interval.words, *words))


def _refutations(
    year: int, part: Sequence[_Read], look: Look, context: _Context
) -> tuple[str, ...]:
    """The words that refute a stated year; none where it stands.

    A text can look back on an earlier year, so an earlier fact refutes only a summary, and
    only where the text does not print that year beside it; a later one always refutes.
    """
    words: list[str] = []
    end = month(year + 1, 2) if look is Look.BACK else month(year, 12)
    spoken = {
        c.first // 12 for r in part if not r.ahead for c in r.clues if c.bearing is Bearing.YEAR
    }
    for read in part:
        for clue in read.clues:
            about = clue.first // 12
            if clue.bearing is Bearing.SINCE:
                if clue.first > end:
                    words.append(clue.words)
            elif (
                clue.bearing is Bearing.YEAR
                and not read.ahead
                and year not in spoken
                and about != year
            ):
                explained = any(m.year == about for m in read.years)
                sums_up = look is Look.BACK and not context.report
                if not explained and (about > year or sums_up):
                    words.append(clue.words)
    if context.published is not None and look is not Look.AHEAD:
        published = context.published // 12
        if published < year:
            words.append(f"{published}年上传")
    return tuple(dict.fromkeys(words))

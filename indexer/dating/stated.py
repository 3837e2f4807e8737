"""The stated year: where a printed year says what year its text belongs to.

The order of proof: the period that the own title or lead of a summary, a plan or the like
names; the day of issue; the document's own number; what else a lead, a heading, the title or a
date line says. A post where none does is inferred to be of the year in which it was put up.
Anywhere else a year is a mention, which dates nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.model import Basis, Form
from indexer.dating.facts import month
from indexer.dating.reading import Look, Read, TitleKind, title_kind, title_look
from indexer.dating.years import (
    WRITTEN_YEAR,
    Frame,
    Mention,
    find_years,
    masked_year,
    narrow,
    year_of,
)
from indexer.page import DraftArticle, LabelledPage
from indexer.record import Recorded
from indexer.text.phrases import ends_sentence


@dataclass(frozen=True, slots=True)
class Stated:
    """A year stated, and the words that state it.

    `inferred`: it is stated of the notice or the post. `late`: what was issued then may speak of
    the next year as its own.
    """

    year: int
    words: tuple[str, ...]
    inferred: bool = False
    late: bool = False


_REPORT = re.compile(r"政府工作报告|人民代表大会|(?:常务委员会|法院|检察院)工作报告")
# A lead begins with its year, or with whose year it is: 过去的2021年, xx县2022年.
_LEAD = re.compile(
    r"\W*(?:[一二三四五六七八九十]{1,3}[、.．])?(?:[^，。；：,;:!！?？]{0,12}"
    r"(?:[省市县区镇乡村州盟旗局校委会厅院部办园社站所处科级组]|系统|过去的?))?$"
)
# A lead that names a month, or the turn of the year, tells of a time in the year; a span of
# months is the year's.
_NUMERAL = "[0-9〇零○Oo一二三四五六七八九十]"
_MONTH = rf"(?:{_NUMERAL}{{1,3}}|[元正冬腊])\s*月"
_DAY = re.compile(rf"\s*年\s*(?:[底末初春夏秋冬]|{_MONTH}(?!\s*(?:份?至|份?[-—–~～到])))")
# 2016年以来，累计投入: the years since are summed up.
_ADDS_UP = re.compile(r"[^。]*(?:累计|先后|连续|逐年|每年)")
# What a heading dates to the day is another document, or an event.
_ON_DAY = re.compile(rf"\s*年\s*{_MONTH}\s*\d{{1,2}}\s*日")
# 现将2018年履职情况报告如下; 总结2015年工作，部署2016年工作: the last one named is meant.
_ANNOUNCED = re.compile(
    r"(?:[现特]|下面)(?:将|就|把)[^。；;]{0,16}$|(?:部署|安排)[^。；，,;]{0,8}$"
)
_WORK = re.compile(r"^年度?[^。；;]{0,40}(?:如下|工作|情况|总结|汇报|报告)")
# 我县辖12个乡镇。2020年是收官之年.
_IS = re.compile(r"[。！!]\s*$")
# 我于2018年参加工作。2021年，我在领导关心下.
_TELLS = re.compile(r"年度?[,，][^。]{0,12}(?:我|本人|现述职|在)")
_SPANS = re.compile(r"规划|纲要|[一二三四五六七八九]五[”’]?计划|[三五十]年(?:行动)?(?:计划|方案)")
# 2021年是收官之年; 2021年度工作情况如下.
_SAYS = re.compile(r"年是|年度?[^。；;]{0,40}如下")
_CLAUSE = re.compile(r"[。！？!?；;，,]")
_LEADS = 3
# The patterns above look no further than this around a year.
_NEAR = 60
_LINE = 30
# What runs on above a day makes it a day in a text.
_RUNS = re.compile("[，。；,;]")
_SALUTATION = re.compile(r"^(?!.*如下)[^。]*[:：]$")
# A day may be left open in a draft: 2023年5月　日.
_DATE = (
    rf"{WRITTEN_YEAR}\s*年\s*{_MONTH}"
    rf"(?:\s*(?:{_NUMERAL}{{0,3}}\s*[日号]|初{_NUMERAL}))?(?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?"
)
_DATE_LINE = re.compile(
    rf"^(?:(?:签[订署]|成文|发文)(?:日期|时间)\s*[:：])?[\s(（—-]*{_DATE}(?:在[^，。]{{2,50}}会议?上?|[^，。；]{{0,50}}(?:通过|公布|发布))?"
    r"\s*(?:[,，][^，。]{2,8}整理)?[)）]?\s*$"
)
# The head of minutes and briefings has the day of the meeting, or its office and day.
_HEADS = re.compile(r"纪要|[简专快]报|简讯")
_HEAD_LINE = re.compile(
    rf"^(?:(?:会议|开会)?(?:时间|日期)\s*[:：]\s*{_DATE}|[^\s，。:：]{{2,24}}\s+{_DATE}\s*$)"
)
# The line below the title of a post in 微信: 原创 or its account twice, or where it was sent from.
_POST = re.compile(
    r"^(?P<own>原创\s+)?(?P<account>[^\s:：]+)\s+(?:(?P<again>(?P=account))\s+)?(?:[^\s:：]+\s+)?"
    rf"(?P<year>{WRITTEN_YEAR})[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?(?:\s+\d{{1,2}}:\d\d(?::\d\d)?)?"
    r"(?:\s+(?P<place>发[表布]于\s*\S+|(?!阅读|浏览|点击|来源|发[布表]|编辑|评论|作者|转载)"
    r"[\u4e00-\u9fff]{2,4}(?<![网站报社台版]))|\s+\S{2,4})?$"
)
_POSTS = "wechat"
_POST_LINES = 6
_LATE = re.compile(r"\d{4}-1[0-2]")
_IN_NUMBER = re.compile(r"(?:19|20)\d\d")
# A title cites another's number; its own stands at its beginning, or in brackets at its end.
_CITES = re.compile(r"关于|贯彻|落实|根据|依据|按照|执行|转发|学习")
_BEFORE_OWN = re.compile(r"(?:^|[(（])\s*\w{1,12}$")
_AFTER_OWN = re.compile(r"^(?:关于|\s|[)）]?\s*$)")
# What is held or founded has a year of its own.
_EVENT = re.compile(
    r"(?:申办|举办|承办|主办|协办|筹办|召开|参加|出席|迎接|备战|组建|筹建|观看|收看|纪念|庆祝"
    r"|传达|学习|贯彻|落实|回忆|追忆|重温|铭记|怀念|难忘)[“《]?$"
)
_OCCASION = re.compile(r"精神|事件|地震|奥运|冬奥|[大比]赛|运动会|晚会|典礼|两会")
# (2001年…通过 2018年…修正): a regulation is of the year of its last change.
_ADOPTED = re.compile(r"^\s*[(（].*(?:通过|公布|发布|印发)")
_CHANGED = re.compile(r"^年[^，。；]*?(?:修正|修订|修改)")


@dataclass(frozen=True, slots=True)
class Context:
    """What an article and its page say of its year.

    `published` is the month of the upload (year * 12 + month - 1), `report` that the text
    is a yearly report to a congress: named for the year it is given in. `headed` says that the
    day in its head is its own. `proof` is the year of its day of issue or else of its number,
    `post` that in which the page was put up as a post; `spans`: it is a plan for several years.
    """

    titled: Stated | None
    kind: TitleKind
    look: Look
    report: bool
    headed: bool
    masked: bool
    published: int | None
    proof: Stated | None
    post: Stated | None = None
    spans: bool = False

    @classmethod
    def of(
        cls, article: DraftArticle, title: str, published: str | None, proof: Stated | None
    ) -> Context:
        """The context of `article` on a page called `title`, uploaded on `published`."""
        own = article.title or ""
        # The title of a page of several texts is its compiler's, or another text's.
        named = own or title
        kind, look = title_kind(own), title_look(own)
        day = re.match(r"(\d{4})-(\d{2})", published or "")
        return cls(
            titled=_title_year(named),
            kind=title_kind(title) if kind is TitleKind.UNKNOWN else kind,
            look=title_look(title) if look is Look.UNKNOWN else look,
            report=_REPORT.search(own + title) is not None,
            headed=_HEADS.search(named) is not None,
            masked=masked_year(named) is not None,
            published=month(int(day[1]), int(day[2])) if day else None,
            proof=proof,
            spans=_SPANS.search(named) is not None,
        )

    def names_period(self, look: Look) -> bool:
        """Whether the title and lead of a text that looks so name the period it is about."""
        if self.report and self.titled is None:
            return False
        return self.kind is TitleKind.PERIOD or (
            self.kind is TitleKind.UNKNOWN and look is Look.BACK
        )


def proof_of(recorded: Recorded) -> Stated | None:
    """The year of the day of issue, or else of the number, that a document has of its own."""
    record = recorded.record
    for element, value in (("issued", record.issued), ("number", record.number)):
        year = _IN_NUMBER.search(narrow(value or ""))
        said = [one for one in recorded.evidence if (one.element, one.value) == (element, value)]
        if year and all(one.basis is not Basis.INFERRED for one in said):
            words = tuple(one.words for one in said[:1]) or (year.string,)
            return Stated(int(year[0]), words, late=_LATE.match(year.string) is not None)
    return None


def posted(page: LabelledPage) -> Stated | None:
    """The year in which a post was put up: of its text no later one; None of other pages."""
    profile, published = page.page.profile, page.record.published
    if profile and profile.name == _POSTS and published:
        return Stated(int(published[:4]), (published,), inferred=True)
    for block in page.blocks[:_POST_LINES]:
        found = _POST.match(narrow(block.source.text))
        if found and (found["own"] or found["again"] or found["place"]):
            return Stated(year_of(found["year"]), (block.source.text,), inferred=True)
    return None


def _title_year(title: str) -> Stated | None:
    for mention in find_years(title):
        if mention.frame in (Frame.PLAIN, Frame.NAME) and not _is_others(mention, title):
            return Stated(mention.year, (title.strip(),))
    return None


def _is_others(mention: Mention, title: str) -> bool:
    """Whether a year in a title is that of an event, or of a number that is cited."""
    before, after = title[: mention.start], title[mention.end :]
    if not mention.numbers:
        if title_kind(title) is TitleKind.UNKNOWN and _OCCASION.search(after):
            return True
        return _EVENT.search(before) is not None
    printed = _BEFORE_OWN.search(before)
    return printed is None or bool(_CITES.search(printed[0])) or not _AFTER_OWN.match(after)


def stated_year(part: Sequence[Read], context: Context, look: Look) -> Stated | None:
    """The year that a run states, or None.

    Its own lead and headings come before the title, save for a report, and for a plan
    whose lead looks back on the year before its title's.
    """
    period = context.names_period(look)
    own = _lead_year(part, context, period=period) or _heading_year(part, period=period)
    titled = context.titled
    if not (period and (own or titled)):
        proof = _last_change(part) or context.proof or _signed(part, headed=context.headed)
        if proof is None and context.kind in (TitleKind.OTHER, TitleKind.SUBJECT):
            proof = context.post
        if proof is not None or context.kind is TitleKind.SUBJECT:
            return proof
    if own is None or titled is None or own.year == titled.year:
        return own or titled or context.post
    looks_back = own.year == titled.year - 1 and context.look is not Look.BACK
    return titled if looks_back or context.report else own


def _lead_year(part: Sequence[Read], context: Context, *, period: bool) -> Stated | None:
    """The year that a lead names; `period`: the text is one of those that name their period.

    The lead of a plan for several years only tells of one.
    """
    bodies = [r for r in part if r.paragraph.form is Form.BODY and not _is_frame_line(r)]
    for place, read in enumerate(bodies[:_LEADS]):
        text = read.paragraph.text
        for mention in read.years:
            if not _leads(mention, text, first=place == 0, period=period):
                continue
            says = not context.spans or _SAYS.match(text[mention.end :])
            if period or (says and not _goes_on(mention, read)):
                clause = _CLAUSE.split(text[: mention.end + 1])[-1]
                return Stated(mention.year, (clause,))
        if read.masked:
            return None
    return None


def _goes_on(mention: Mention, read: Read) -> bool:
    """Whether a lead tells of later years too: it begins with what was."""
    return any(m.year > mention.year and m.frame is Frame.PLAIN for m in read.years)


def _leads(mention: Mention, text: str, *, first: bool, period: bool) -> bool:
    """Whether a mention in a lead states the year of the text."""
    if mention.numbers:
        return False
    before = text[max(0, mention.start - _NEAR) : mention.start]
    after = text[mention.end : mention.end + _NEAR]
    if mention.frame is Frame.SINCE:
        return mention.start == 0 and not (_DAY.match(after) or _ADDS_UP.match(after))
    if mention.frame is not Frame.PLAIN or _EVENT.search(before):
        return False
    if _ANNOUNCED.search(before) and _WORK.match(after):
        return True
    if first and _IS.search(before):
        return after.startswith("年是") or (period and _TELLS.match(after) is not None)
    opens = mention.start <= _NEAR and _LEAD.match(before) is not None
    return opens and not _DAY.match(after)


def _is_frame_line(read: Read) -> bool:
    """Whether a paragraph is a salutation or a date line, not a lead."""
    text = read.paragraph.text
    salutes = len(text) <= _LINE and _SALUTATION.search(text) is not None
    return salutes or _DATE_LINE.match(narrow(text)) is not None or _ADOPTED.match(text) is not None


def _heading_year(part: Sequence[Read], *, period: bool) -> Stated | None:
    """The year of the first heading that bears one; headings of several years tell a history."""
    found: list[Stated] = []
    for read in part:
        if not read.paragraph.form.heads or read.ahead:
            continue
        text = read.paragraph.text
        for mention in read.years:
            dated = _ON_DAY.match(text[mention.end : mention.end + _NEAR])
            if mention.frame is Frame.PLAIN and not dated and not _is_others(mention, text):
                found.append(Stated(mention.year, (text,)))
        if read.masked:
            break
    several = not period and len({one.year for one in found}) > 1
    return found[0] if found and not several else None


def _last_change(part: Sequence[Read]) -> Stated | None:
    """The year in which a regulation was last changed, by the note below its title."""
    for read in part[:_LEADS]:
        text = read.paragraph.text
        if _ADOPTED.match(text):
            changes = [m.year for m in read.years if _CHANGED.match(text[m.end : m.end + _NEAR])]
            if changes:
                return Stated(max(changes), (text,))
    return None


def _signed(part: Sequence[Read], *, headed: bool) -> Stated | None:
    """The year of a date line at the head or the end, of which the record made no day."""
    for place, read in enumerate(part):
        text = narrow(read.paragraph.text)
        if not read.years or read.paragraph.form is Form.ARTICLE_TITLE:
            continue
        if not (_DATE_LINE.match(text) or (headed and place < _LEADS and _HEAD_LINE.match(text))):
            continue
        below = any(ends_sentence(r.paragraph.text) for r in part[place + 1 :])
        above = place < _LEADS and not any(_RUNS.search(r.paragraph.text) for r in part[:place])
        if above or read.paragraph.form is Form.CLOSING or not below:
            return Stated(read.years[0].year, (read.paragraph.text,))
    return None

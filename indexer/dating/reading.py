"""An article as dating reads it: the years and facts of its paragraphs, and its runs.

A run is a stretch that shares a year. Sites paste two documents into one 篇 (a summary, then
another office's), and a summary may end in the plan of the year that follows. A run begins
where the level-1 numbering starts again, where a new lead announces its report, where a plan
bears a title of its own, or where a plan speaks of next year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.model import Form
from indexer.dating.facts import Constraint, Facts, FoundFact, find_facts
from indexer.dating.years import WRITTEN_YEAR, Mention, find_years, masked_year
from indexer.page import DraftParagraph


class Look(StrEnum):
    """Which way a text looks: a summary speaks of the year that ends, a plan of the next."""

    BACK = "back"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


class TitleKind(StrEnum):
    """What a year in the title of a text is: its own period, its subject's, or another.

    UNKNOWN: the title does not say what kind of text it heads.
    """

    PERIOD = "period"
    SUBJECT = "subject"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Read:
    """A paragraph with what was found in it; `ahead`: it speaks of what is to be done."""

    paragraph: DraftParagraph
    years: tuple[Mention, ...]
    masked: bool
    facts: tuple[FoundFact, ...]
    ahead: bool


_BACK_TITLE = re.compile(r"总结|述职|回顾|工作汇报|情况汇报|情况报告|完成情况|自评")
_AHEAD_TITLE = re.compile(r"要点|计划|思路|打算|方案|安排|规划|意见|设想")
# What a title carries behind its kind: (试行), 【三篇】, 范文.
_TAIL = re.compile(r"(?:\s|[(（【\[][^()（）【】\[\]]{0,16}[)）】\]]|范文|[》”\"])+$")
_SUBJECT_TITLE = re.compile(
    r"(?:请示|函|批复|答复|决定|决议|通报|公[告示报]|(?:的|调[研查]|考察|事故|研究)报告|建议"
    r"|解读|问答|提纲|笔记|心得|体会|感想|感悟|有感|[观读]后感|思考)$"
)
_OTHER_TITLE = re.compile(
    r"(?:通[知告]|命?令|意见|办法|规定|条例|细则|规则|制度|章程|讲话|致辞|发言|主持词|书|规划|纲要"
    r"|议案|纪要|简报|方案|预案|标准|协议|合同)$"
)
_PERIOD_TITLE = re.compile(
    r"(?:总结|小结|回顾|汇报|要点|计划|打算|思路)(?!.{0,4}(?:会|表彰|经验|评))"
    r"|述[职廉学]|报告$|统计公报$|年报$|工作安排|重点工作$|任务清单$"
)
# A summary or plan of several years is of none of them.
_YEARS = re.compile(rf"[两三五十]年|{WRITTEN_YEAR}年?[-—–~～至]{{1,2}}{WRITTEN_YEAR}年")
_SUMS_UP = re.compile(
    r"(?:总结|汇报|报告|情况)[^，。；]{0,8}如下|一年来|今年以来|综上所述|过去的一年"
)
# A paragraph of plans without a heading that says so.
_AHEAD_OPENING = re.compile(
    r"^\W*(?:下(?:一)?步|今后|接下来|明年|来年|下一年|新的一年|(?:20..年)?[,，]?我们将)"
)
_OPENING = 3
# Headings that only a text about work done bears.
_DONE = re.compile(
    r"存在(?:的)?(?:主要)?(?:问题|不足|困难)|不足之处|主要做法|主要成效|下一?步(?:工作)?打算"
    r"|工作(?:完成|开展|进展)?情况|完成情况|取得的?(?:成效|成绩)"
)


def read(paragraphs: Sequence[DraftParagraph], facts: Facts) -> list[Read]:
    """Read the paragraphs of an article, one by one; of a table's row nothing is taken."""
    return [
        Read(p, (), False, (), False)
        if p.form is Form.ROW
        else Read(
            p,
            find_years(p.text),
            masked_year(p.text) is not None,
            find_facts(p.text, facts),
            any(is_plan(heading) for heading in p.heading_path)
            or _AHEAD_OPENING.match(p.text) is not None,
        )
        for p in paragraphs
    ]


def title_look(title: str) -> Look:
    """Which way a title says its text looks; a summary with a plan is a summary.

    >>> [title_look(t).value for t in ("年度工作总结", "工作要点", "讲话")]
    ['back', 'ahead', 'unknown']
    """
    if _BACK_TITLE.search(title):
        return Look.BACK
    return Look.AHEAD if _AHEAD_TITLE.search(title) else Look.UNKNOWN


def title_kind(title: str) -> TitleKind:
    """What a year in `title` is; the end of a title says what it heads.

    >>> [title_kind(t).value for t in ("某局2021年工作总结", "关于报送2021年工作总结的通知")]
    ['period', 'other']
    >>> [title_kind(t).value for t in ("关于申请2024年资金的请示", "总结篇一", "篇一")]
    ['subject', 'period', 'unknown']
    """
    bare = _TAIL.sub("", title)
    if _SUBJECT_TITLE.search(bare) and not bare.endswith("统计公报"):
        return TitleKind.SUBJECT
    if _OTHER_TITLE.search(bare) or _YEARS.search(title):
        return TitleKind.OTHER
    return TitleKind.PERIOD if _PERIOD_TITLE.search(bare) else TitleKind.UNKNOWN


def text_look(part: Sequence[Read]) -> Look:
    """Which way a text looks by how it opens, or by its headings."""
    opening = "".join(r.paragraph.text for r in part[:_OPENING])
    headings = (r.paragraph.text for r in part if r.paragraph.form is Form.HEADING)
    if _SUMS_UP.search(opening) or any(_DONE.search(heading) for heading in headings):
        return Look.BACK
    return Look.UNKNOWN


def spoken(part: Sequence[Read]) -> list[tuple[FoundFact, Read]]:
    """The facts that speak of a year, plans left out."""
    reads = (r for r in part if not r.ahead)
    return [(fact, r) for r in reads for fact in r.facts if fact.constraint is Constraint.YEAR]


class Start(StrEnum):
    """Why a run begins: the article's first, a second document, or a plan in its tail.

    RESTART: the numbering starts again, and nothing else says that a document begins.
    """

    FIRST = "first"
    DOCUMENT = "document"
    RESTART = "restart"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Run:
    """The paragraphs [first, end) of an article. `next_year`: the plan says 明年."""

    start: Start
    first: int
    end: int
    next_year: bool = False


_LEVEL_ONE = re.compile(r"^\s*([一二三四五六七八九十]{1,3})\s*[、.．,，]")
# A compiler's count left inside an article: 第二篇 某某实施方案.
_COUNTED = re.compile(
    r"^\W*(?:第[二三四五六七八九十]{1,2}篇|篇[二三四五六七八九十]{1,2})[\s:：】)）]"
)
_ANNOUNCES = re.compile(r"(?:现|特)(?:就|将|把).{0,30}(?:如下|总结|汇报|报告)")
_PLAN_WORDS = r"(?:计划|打算|思路|安排|意见|要点|设想|谋划|重点工作|主要任务|工作重点)"
_PLAN_TITLE = re.compile(
    rf"(?:年|下半年|下一步|明年|来年|今后|下阶段|下步|下一阶段)[^，。；,;]{{0,14}}{_PLAN_WORDS}"
)
_LOOKS_BACK = re.compile(r"总结|回顾|完成情况|开展情况|情况|成效")
_NEXT = re.compile(r"明年|来年|新的一年|下一年|下年度|次年")
# A title of its own is no longer than this; a lead is sought this far above a restart.
_TITLE_LENGTH = 30
_LEAD_DISTANCE = 3
_LEAD_YEAR = 8
# A document's last paragraph may name its year too.
_CLOSES = re.compile(r"^(?:综上|总之|总的来看|回顾)")


def is_plan(text: str) -> bool:
    """Whether a heading opens a plan.

    >>> [is_plan(t) for t in ("三、下一步工作打算", "2024年工作计划", "一、2021年工作总结")]
    [True, True, False]
    """
    return (
        len(text) <= _TITLE_LENGTH
        and _PLAN_TITLE.search(text) is not None
        and _LOOKS_BACK.search(text) is None
    )


def find_runs(paragraphs: Sequence[DraftParagraph]) -> tuple[Run, ...]:
    """Cut an article into its runs; together they cover it.

    >>> lines = ["2021年工作总结如下", "一、甲", "二、乙", "2022年，现将情况报告如下", "一、丙"]
    >>> runs = find_runs([DraftParagraph(t, Form.BODY) for t in lines])
    >>> [(r.start.value, r.first, r.end) for r in runs]
    [('first', 0, 3), ('document', 3, 5)]
    """
    starts: dict[int, tuple[Start, bool]] = {0: (Start.FIRST, False)}
    for at, begins in _documents(paragraphs):
        starts.setdefault(at, (begins, False))
    for at, start in _plans(paragraphs):
        starts.setdefault(at, (Start.PLAN, start))
    order = sorted(starts)
    ends = [*order[1:], len(paragraphs)]
    return tuple(
        Run(starts[at][0], at, end, starts[at][1]) for at, end in zip(order, ends, strict=True)
    )


def _documents(paragraphs: Sequence[DraftParagraph]) -> Iterator[tuple[int, Start]]:
    """Where a second document begins."""
    highest = 0
    for i, paragraph in enumerate(paragraphs):
        if _COUNTED.match(paragraph.text) and i > 0:
            yield i, Start.DOCUMENT
            highest = 0
        found = _LEVEL_ONE.match(paragraph.text)
        if not found:
            continue
        if found[1] != "一":
            highest = max(highest, 2)
            continue
        if highest >= 2:
            lead = _lead_above(paragraphs, i)
            if lead is None:
                yield i, Start.RESTART
            elif not is_plan(paragraphs[lead].text):
                yield lead, Start.DOCUMENT
        highest = 1


def _lead_above(paragraphs: Sequence[DraftParagraph], at: int) -> int | None:
    """The paragraph above a restart that opens a document: it announces, or begins a year."""
    lead = None
    for i in range(at - 1, max(0, at - 1 - _LEAD_DISTANCE), -1):
        text = paragraphs[i].text
        if _LEVEL_ONE.match(text) or _CLOSES.match(text):
            break
        years = find_years(text)
        dated = (years and years[0].start <= _LEAD_YEAR) or masked_year(text[:_LEAD_YEAR])
        titled = paragraphs[i].form.heads and len(text) <= _TITLE_LENGTH
        if dated or titled or _ANNOUNCES.search(text):
            lead = i
    return lead


def _plans(paragraphs: Sequence[DraftParagraph]) -> Iterator[tuple[int, bool]]:
    """Where a plan begins in the tail of an article, and whether it says 明年."""
    section: str | None = None
    begun = False
    for i, paragraph in enumerate(paragraphs):
        text = paragraph.text
        top = paragraph.heading_path[0] if paragraph.heading_path else None
        opens = is_plan(text) and (
            paragraph.form.heads or _LEVEL_ONE.match(text) or len(text) <= _TITLE_LENGTH
        )
        if opens and i > 0:
            section, begun = top or text, False
        elif section is not None and _LEVEL_ONE.match(text) and top != section:
            section = None
        if section is None or begun:
            continue
        says_next = _NEXT.search(text) is not None
        dated = opens and (bool(find_years(text)) or masked_year(text) is not None)
        if says_next or dated:
            begun = True
            yield i, says_next

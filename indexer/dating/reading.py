"""An article as dating reads it: each paragraph with the years and facts found in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.model import Form
from indexer.dating.facts import Bearing, Clue, Facts, find_clues
from indexer.dating.runs import is_plan
from indexer.dating.years import Mention, find_years, masked_year
from indexer.page import DraftParagraph


class Look(StrEnum):
    """Which way a text looks: a summary speaks of the year that ends, a plan of the next."""

    BACK = "back"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Read:
    """A paragraph with what was found in it; `ahead`: it speaks of what is to be done."""

    paragraph: DraftParagraph
    years: tuple[Mention, ...]
    masked: bool
    clues: tuple[Clue, ...]
    ahead: bool


_BACK_TITLE = re.compile(r"总结|述职|回顾|工作汇报|情况汇报|情况报告|完成情况|自评")
_AHEAD_TITLE = re.compile(r"要点|计划|思路|打算|方案|安排|规划|意见|设想")
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
    """Read the paragraphs of an article, one by one."""
    return [
        Read(
            p,
            find_years(p.text),
            masked_year(p.text) is not None,
            find_clues(p.text, facts),
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


def text_look(part: Sequence[Read]) -> Look:
    """Which way a text looks by how it opens, or by its headings."""
    opening = "".join(r.paragraph.text for r in part[:_OPENING])
    headings = (r.paragraph.text for r in part if r.paragraph.form is Form.HEADING)
    if _SUMS_UP.search(opening) or any(_DONE.search(heading) for heading in headings):
        return Look.BACK
    return Look.UNKNOWN


def spoken(part: Sequence[Read]) -> list[tuple[Clue, Read]]:
    """The facts that speak of a year, plans left out."""
    return [
        (clue, r) for r in part if not r.ahead for clue in r.clues if clue.bearing is Bearing.YEAR
    ]

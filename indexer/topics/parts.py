"""The part that each paragraph plays in its document: opening, work done, problems, tasks.

The headings tell it (`parts.toml`), from the innermost outwards; then a paragraph that
announces what follows it, then position and wording. Nothing is better than a guess.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from archive.model import Form
from indexer.page import DraftParagraph

_DATA = Path(__file__).with_name("parts.toml")

_WORK, _PLANS, _CLOSING, _OVERVIEW = "主要做法与成效", "下一步打算", "结尾", "基本情况"
_OPENINGS = ("导语", "缘由依据")
# A document's end is its last paragraph, if no numbering makes it one item more.
_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十\d]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五]是|第[一二三])"
)
# Whom a paragraph speaks to says nothing of its part.
_VOCATIVE = re.compile(r"^(?:各位[^，,：:！]{1,8}|同志们|代表们|委员们|大家)[，,：:！]\s*")
# Behind a review of the work, a heading that names tasks names those to come.
_TASKS = re.compile(
    "(?:重点|主要)(?:工作)?(?:任务|工作|目标)|目标任务|工作(?:安排|建议|部署|重点)|主要考虑|总体要求"
)
_REVIEW = re.compile("回顾|总结|完成情况|成效|成就|成绩")
# Headings that tell of no work done, in a text that tells of it.
_AIMS = re.compile(
    r"^[\W\d一二三四五六七八九十]*(?:工作)?(?:指导思想|总体(?:要求|思路)|工作目标|目标任务|主要目标|基本原则"
    "|工作原则|组织领导|工作要求|保障措施|组织保障)"
)
# The opening ends with the first heading, or after so many paragraphs without one.
_OPENING_LENGTH = 3
# A heading tells its part in its first characters, a paragraph in its own; a title that
# stands alone as a paragraph (2023年下半年工作计划。) is no longer than the last of these.
_HEADING_LENGTH, _WORDING_LENGTH, _TITLE_LENGTH = 40, 120, 30


@dataclass(frozen=True, slots=True)
class Family:
    """How the documents of some kinds are built.

    `opens` is the part of the first paragraph, `under` that of what stands under a heading which
    tells nothing.
    """

    name: str = ""
    kinds: tuple[str, ...] = ()
    opens: str | None = None
    under: str | None = None


_UNKNOWN = Family(opens="导语")


@dataclass(frozen=True, slots=True)
class Part:
    """One row of parts.toml: a part, its patterns by their keys, the families that have it."""

    name: str
    patterns: dict[str, re.Pattern[str]]
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of parts.toml, in the order in which they are tried."""

    families: tuple[Family, ...]
    parts: tuple[Part, ...]


@lru_cache(maxsize=1)
def own_parts() -> Parts:
    """The families and parts that the archive knows by itself."""
    return read_parts(tomllib.loads(_DATA.read_text("utf-8")))


def read_parts(tables: Mapping[str, Any]) -> Parts:
    """Return the rows of a file of parts. Raises ValueError where one has another shape."""
    try:
        families = tuple(Family(**row) for row in tables.get("family", ()))
        parts = tuple(
            Part(
                row["name"],
                {key: re.compile(row[key]) for key in row.keys() - {"name", "families"}},
                tuple(row.get("families", ())),
            )
            for row in tables.get("part", ())
        )
    except (TypeError, KeyError, re.error) as error:
        raise ValueError(f"[[family]], [[part]]: {error}") from error
    return Parts(families, parts)


def parts_of(
    paragraphs: Sequence[DraftParagraph], document_kind: str | None, rules: Parts | None = None
) -> list[str | None]:
    """Return the part of each paragraph of one article, None where no rule speaks.

    Rows, addressees, signatures and the like have none, nor has any paragraph of a regulation.

    >>> lines = ["一、2024年工作回顾", "二、2025年重点工作", "三、组织领导"]
    >>> drafts = [DraftParagraph(line, Form.HEADING, (line,)) for line in lines]
    >>> parts_of(drafts, "报告")
    ['主要做法与成效', '下一步打算', None]
    """
    rules = rules or own_parts()
    family = next((f for f in rules.families if document_kind in f.kinds), _UNKNOWN)
    if family.name == "regulates":
        return [None] * len(paragraphs)
    own = [p for p in rules.parts if not (p.families and family.name) or family.name in p.families]
    reader = _Reader(family, own)
    last = max((i for i, p in enumerate(paragraphs) if p.form.running), default=0)
    return [reader.part(p, i == last) if p.form.running else None for i, p in enumerate(paragraphs)]


class _Reader:
    """Reads an article from its top: what has been told bears on what follows."""

    def __init__(self, family: Family, parts: Sequence[Part]) -> None:
        self._family = family
        self._parts = parts
        self._lines = 0
        self._before_heading = True
        # Of the level-1 heading and the announcement that stand above; whether work was
        # looked back on, and whether plans have begun.
        self._top: str | None = None
        self._top_part: str | None = None
        self._announced: str | None = None
        self._reviewed = self._planned = False

    def part(self, paragraph: DraftParagraph, last: bool) -> str | None:
        """The part of the next paragraph; `last`: it ends the article."""
        if paragraph.form is Form.ARTICLE_TITLE:
            return None
        self._lines += 1
        path = paragraph.heading_path
        self._before_heading = self._before_heading and not path
        if path:
            self._enter(path[0])
        if paragraph.form is Form.HEADING:
            return self._under(path, None)
        text = _VOCATIVE.sub("", paragraph.text)
        if not path and self._lines > 1 and (announced := self._announces(text)):
            self._announced = announced
            return announced
        if not path and text[-1:] in "：:":
            self._announced = None
        if won := self._told("wins", text[:_WORDING_LENGTH]):
            return won
        worded = self._told("wording", text[:_WORDING_LENGTH])
        if last and self._closes(text, path, worded):
            return _CLOSING
        if path:
            return self._under(path, worded)
        return self._opening(worded) if self._before_heading and not last else worded

    def _told(self, key: str, text: str) -> str | None:
        """The first part whose pattern `key` is in `text`."""
        told = (p.name for p in self._parts if key in p.patterns and p.patterns[key].search(text))
        return next(told, None)

    def _heading(self, heading: str) -> str | None:
        return self._told("heading", heading[:_HEADING_LENGTH])

    def _announces(self, text: str) -> str | None:
        """The part of what follows a paragraph that announces it or is its title."""
        if len(text) <= _TITLE_LENGTH and not re.search("[，,：:]", text):
            return self._heading(text)
        return self._told("announces", text)

    def _closes(self, text: str, path: Sequence[str], worded: str | None) -> bool:
        """Whether the last paragraph closes the text: by its wording, or standing by itself."""
        if self._lines <= _OPENING_LENGTH:
            return False
        if worded == _CLOSING or self._told("ends", text[-_WORDING_LENGTH:]):
            return True
        alone = not (path or _NUMBERED.match(text))
        return alone and self._family.name in ("", "tells", "speaks")

    def _opening(self, worded: str | None) -> str | None:
        """The part of one of the first paragraphs, above all headings."""
        opens = self._family.opens
        if self._lines == 1:
            # What directs or asks may begin with the state of things.
            return worded if worded == _OVERVIEW and opens != "导语" else opens
        if self._lines <= _OPENING_LENGTH:
            return worded or opens
        return worded

    def _enter(self, top: str) -> None:
        """Keep account of the level-1 headings."""
        if top == self._top:
            return
        self._top, self._top_part = top, self._heading(top)
        tells = self._family.name in ("", "tells")
        if tells and self._reviewed and self._top_part in (None, _WORK):
            named = _TASKS.search(top) and not _REVIEW.search(top)
            self._top_part = _PLANS if named else self._top_part
        self._reviewed = self._reviewed or _REVIEW.search(top) is not None
        self._planned = self._planned or self._top_part == _PLANS

    def _under(self, path: Sequence[str], worded: str | None) -> str | None:
        """The part of what stands under the headings of `path`."""
        told = next((name for h in reversed(path[1:]) if (name := self._heading(h))), None)
        # Under plans, measures and results are those to come.
        if self._top_part == _PLANS and told == _WORK:
            told = _PLANS
        told = told or self._top_part or self._announced
        if told and not (told == "重点任务" and worded in ("保障措施", "工作要求")):
            return told
        tells = self._family.name in ("", "tells")
        if tells and any(_AIMS.search(heading) for heading in path):
            return None
        # What a heading holds is no overview, and it neither opens nor closes.
        if worded and worded not in (*_OPENINGS, _CLOSING, _OVERVIEW):
            return worded
        return None if self._planned else self._family.under

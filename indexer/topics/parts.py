"""The part that each paragraph plays in its document: opening, work done, problems, plans.

The headings tell it (`parts.toml`), from the innermost outwards; then a paragraph that
announces what follows it, then position and wording. Nothing is better than a guess.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archive.model import Form
from indexer.page import DraftParagraph

_DATA = Path(__file__).with_name("parts.toml")

# Kinds that tell of work done: what stands under their other headings is what was done.
_TELLS = frozenset({"工作总结", "汇报", "报告", "述职报告", "经验材料"})
_OPENING_PART, _WORK, _PLANS, _CLOSING = "导语", "主要做法与成效", "下一步打算", "结尾"
# A document's end is its last paragraph, if no numbering makes it one item more.
_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十\d]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五]是|第[一二三])"
)
# The opening ends with the first heading, or after so many paragraphs without one.
_OPENING_LENGTH = 3
# A heading tells its part in its first characters, a paragraph in its own; a title that
# stands alone as a paragraph (2023年下半年工作计划。) is no longer than the last of these.
_HEADING_LENGTH, _WORDING_LENGTH, _TITLE_LENGTH = 40, 120, 30


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of parts.toml; `aims`, `tasks` and `review` are those of headings.

    The patterns of a part are by their keys in the file, the parts in its order.
    """

    parts: dict[str, dict[str, re.Pattern[str]]]
    aims: re.Pattern[str]
    tasks: re.Pattern[str]
    review: re.Pattern[str]

    def told(self, key: str, text: str) -> str | None:
        """The first part whose pattern `key` is in `text`."""
        told = (name for name, by in self.parts.items() if key in by and by[key].search(text))
        return next(told, None)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    with _DATA.open("rb") as file:
        data = tomllib.load(file)
    parts = {
        row.pop("name"): {key: re.compile(source) for key, source in row.items()}
        for row in data.pop("part")
    }
    return _Rules(parts, **{key: re.compile(source) for key, source in data.items()})


@lru_cache(maxsize=4096)
def _heading_part(heading: str) -> str | None:
    return _rules().told("heading", heading[:_HEADING_LENGTH])


def _worded(text: str) -> tuple[str | None, bool]:
    """The part that a paragraph's own opening tells, and whether it wins over a heading."""
    opening = text[:_WORDING_LENGTH]
    for name, patterns in _rules().parts.items():
        for key in ("wins", "wording"):
            if key in patterns and patterns[key].search(opening):
                return name, key == "wins"
    return None, False


def _announced(text: str) -> str | None:
    """The part of what follows a paragraph that announces it or is its title."""
    if len(text) <= _TITLE_LENGTH and not re.search("[，,：:]", text):
        return _heading_part(text)
    return _rules().told("announces", text)


def parts_of(paragraphs: Sequence[DraftParagraph], document_kind: str | None) -> list[str | None]:
    """Return the part of each paragraph of one article, None where no rule speaks.

    Rows, addressees, signatures and the like have none.

    >>> lines = ["一、2024年工作回顾", "二、2025年重点工作", "三、组织领导"]
    >>> drafts = [DraftParagraph(line, Form.HEADING, (line,)) for line in lines]
    >>> parts_of(drafts, "报告")
    ['主要做法与成效', '下一步打算', None]
    """
    reader = _Reader(document_kind)
    last = max((i for i, p in enumerate(paragraphs) if p.form.running), default=0)
    return [reader.part(p, i == last) if p.form.running else None for i, p in enumerate(paragraphs)]


class _Reader:
    """Reads an article from its top: what has been told bears on what follows."""

    def __init__(self, document_kind: str | None) -> None:
        self._kind = document_kind
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
        text, path = paragraph.text, paragraph.heading_path
        self._before_heading = self._before_heading and not path
        worded, wins = _worded(text)
        ends = worded == _CLOSING or not (path or _NUMBERED.match(text))
        if path:
            self._enter(path[0])
        elif self._lines > 1 and (announced := _announced(text)):
            self._announced = announced
            return announced
        elif text[-1] in "：:":
            self._announced = None
        if last and self._lines > _OPENING_LENGTH and ends:
            return _CLOSING
        if wins:
            return worded
        if path:
            return self._under(path, worded)
        if self._before_heading and self._lines <= _OPENING_LENGTH and not last:
            return _OPENING_PART
        return worded

    def _enter(self, top: str) -> None:
        """Keep account of the level-1 headings."""
        if top == self._top:
            return
        rules = _rules()
        self._top, self._top_part = top, _heading_part(top)
        if self._reviewed and self._top_part in (None, _WORK):
            named = rules.tasks.search(top) and not rules.review.search(top)
            self._top_part = _PLANS if named else self._top_part
        self._reviewed = self._reviewed or rules.review.search(top) is not None
        self._planned = self._planned or self._top_part == _PLANS

    def _under(self, path: Sequence[str], worded: str | None) -> str | None:
        """The part of what stands under the headings of `path`."""
        told = next((name for h in reversed(path[1:]) if (name := _heading_part(h))), None)
        # Under plans, measures and results are those to come.
        if self._top_part == _PLANS and told == _WORK:
            told = _PLANS
        if told or self._top_part or self._announced:
            return told or self._top_part or self._announced
        if any(_rules().aims.search(heading) for heading in path):
            return None
        # What a heading holds is no overview, and it neither opens nor closes.
        if worded and worded not in (_OPENING_PART, _CLOSING, "基本情况"):
            return worded
        return _WORK if self._kind in _TELLS and not self._planned else None

"""Where a heading's own words end: its end mark, a space, or the first words of the text.

Reads the word lists of `headings.toml`. Everything here looks at one paragraph alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from indexer.numbering import Mark, Style, inside

# A path element without an end mark is cut here: longer ones are sentences, and a facet
# value or a breadcrumb has no room for them.
LABEL_LIMIT = 40
# Up to here an end mark is looked for. The longest heading of the seeds has 41 characters.
END_MARK_LIMIT = 60
# A colon ends a run-in heading only this early (1.抓培训：…), else it announces a list.
COLON_LIMIT = 20
# A clause of a heading longer than this is likely to hold the first words of the text.
CLAUSE_LIMIT = 16
# The second clause of a heading is at most so much longer than the first.
MEASURE_SLACK = 6
# No heading is shorter than this many characters behind its number.
SHORTEST = 4

SENTENCE_END = "。！!？?"
_END = re.compile(r"[。！!？?][”’」』\")）]*|[;；]")
_ANY_END = re.compile(r"[。！!？?;；]")
_CLAUSE_END = re.compile("[，,]")
_COLON = re.compile("[:：]")


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists of headings.toml, as patterns and tuples."""

    sure: re.Pattern[str]
    heading_ends: tuple[str, ...]
    closing_always: tuple[str, ...]
    closing_last: tuple[str, ...]
    closing_ends: tuple[str, ...]
    openings: frozenset[str]
    salutations: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """Return the word lists, read once."""
    data = tomllib.loads(files("indexer").joinpath("headings.toml").read_text(encoding="utf-8"))
    sure = sorted(data["boundary"]["sure"], key=len, reverse=True)
    return Words(
        re.compile("|".join(map(re.escape, sure)) + r"|(?:19|20)[\dxX_*○×]{2}年(?!度)"),
        tuple(data["boundary"]["nouns"])
        + tuple(a + v for a in data["boundary"]["adverbs"] for v in data["boundary"]["verbs"]),
        tuple(data["closing"]["always"]),
        tuple(data["closing"]["last"]),
        tuple(data["closing"]["ends"]),
        frozenset(data["opening"]["words"]),
        tuple(data["salutation"]["words"]),
    )


def ends_sentence(text: str) -> bool:
    """Whether `text` ends like a finished sentence, closing quotes and brackets aside.

    >>> [ends_sentence(t) for t in ("成效明显。", "（此件公开发布）", "认真抓好", "总结如下:")]
    [True, False, False, True]
    """
    bare = text.rstrip('”’」』")） ')
    return bare[-1:] != "" and bare[-1] in "。！!？?;；:：…."


def glued(text: str, start: int) -> int | None:
    """Return where the text behind a heading without end mark begins, or None.

    `start` is the end of the heading's number. A space ends a heading; else 一是 does, or
    the first words of a sentence behind a word that headings end with.

    >>> text = "(一)加强党的领导一是扎实开展教育。"
    >>> text[:glued(text, 3)]
    '(一)加强党的领导'
    """
    stop = _ANY_END.search(text, start)
    limit = min(stop.start() if stop else len(text), start + END_MARK_LIMIT)
    space = text.find(" ", start + SHORTEST, limit)
    if space > 0 and _is_han(text[space - 1]) and len(text) > space + LABEL_LIMIT // 2:
        return space + 1
    enumeration = text.find("一是", start + SHORTEST, limit)
    if enumeration > 0 and text[enumeration - 1] not in "，,、":
        return enumeration
    return _first_words(text, start, limit)


def _first_words(text: str, start: int, limit: int) -> int | None:
    """The first place where a heading's last word meets the first words of a sentence."""
    for match in words().sure.finditer(text, start + SHORTEST, limit):
        at = match.start()
        # What follows must be a sentence of its own: it has clauses, or is cut off here.
        sentence = _CLAUSE_END.search(text, match.end(), limit) or limit == start + END_MARK_LIMIT
        if sentence and _ends_heading(text, at):
            return at
    return None


def even_halves(text: str, start: int) -> int | None:
    """Return where a heading of two clauses ends by its measure, or None.

    Headings of work reports like two clauses of about one length (坚持精准施策,民生持续改善).
    A second clause that is far too long, with a word that headings end with about where
    the first clause's length lets it be, ends there. A guess: only for glued lines.

    >>> text = "五、坚持精准施策,民生福祉显著提高营养改善计划覆盖全县中小学,统一供餐。"
    >>> text[:even_halves(text, 2)]
    '五、坚持精准施策,民生福祉显著提高'
    """
    stop = _ANY_END.search(text, start)
    limit = min(stop.start() if stop else len(text), start + END_MARK_LIMIT)
    first = _CLAUSE_END.search(text, start, min(limit, start + CLAUSE_LIMIT))
    second = _CLAUSE_END.search(text, first.end(), limit) if first else None
    if first is None or second is None or second.start() - first.end() <= CLAUSE_LIMIT:
        return None
    measure = first.start() - start
    earliest = first.end() + max(SHORTEST, measure - 2)
    latest = min(first.end() + measure + MEASURE_SLACK, second.start() - SHORTEST)
    places = range(latest, earliest - 1, -1)
    return next((at for at in places if _ends_heading(text, at)), None)


def _ends_heading(text: str, at: int) -> bool:
    """Whether a word that headings end with stands right before `at`."""
    return text.endswith(words().heading_ends, 0, at)


def label(text: str, mark: Mark) -> str:
    """Return the heading that opens `text`, as printed up to and including its end mark.

    >>> from indexer.numbering import leading
    >>> def show(text): return label(text, leading(text))
    >>> show("1.推进思想融合。召开全区会议。"), show("一、指导思想"), show("第四条 学校应当公开。")
    ('1.推进思想融合。', '一、指导思想', '第四条')
    """
    if mark.style is Style.CLAUSE:
        return text[: mark.end].rstrip(" 、:：")
    at = glued(text, mark.end)
    inner = next((m.start for m in inside(text) if m.start >= mark.end + SHORTEST), None)
    at = min((place for place in (at, inner) if place is not None), default=None)
    if at is not None and not _END.search(text, mark.end, at):
        return text[:at].rstrip()
    end = _END.search(text, mark.end, mark.end + END_MARK_LIMIT)
    colon = _COLON.search(text, mark.end, mark.end + COLON_LIMIT)
    if colon and (end is None or colon.start() < end.start()) and colon.end() < len(text):
        return text[: colon.end()]
    if end:
        return text[: end.end()]
    return text if len(text) <= END_MARK_LIMIT else text[:LABEL_LIMIT]


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"

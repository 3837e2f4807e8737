"""What a line is by its looks alone: a date, a note, a greeting, a list of short points."""

from __future__ import annotations

import re

from indexer.text.numbering import Mark
from indexer.text.phrases import ends_sentence
from indexer.text.wordlists import words

# A numbered line of one sentence up to this long is a heading, a longer one a paragraph.
# The longest heading alone on its line in the seeds has 41 characters.
HEADING_LIMIT = 45
# So many clauses make a sentence with figures a report, not a heading.
REPORT_CLAUSES = 3

_DATE = re.compile(
    r"[(（]?(?:[12１２]\d{3}|\d\d|[12][\dxX_*○×]{3}|[一二][〇○零Oo一二三四五六七八九]{3})\s?年"
    r"[\dxX_*×一二三四五六七八九十\s]{1,4}月(?:[\dxX_*×一二三四五六七八九十\s]{1,4}[日号])?[)）]?"
)
_NOTE = re.compile(r"[(（][^()（）]{2,40}[)）]")
_END = re.compile("[。！？;；]")
_NEXT_POINT = re.compile(r"[;；]\s?[(（]?\d{1,2}[、.．)）]")
_CLAUSE_END = re.compile("[，,]")


def is_date(text: str) -> bool:
    """Whether the line is a date and nothing else.

    >>> is_date("2022年3月15日"), is_date("二〇〇五年七月十四日"), is_date("2022年工作要点")
    (True, True, False)
    """
    return _DATE.fullmatch(text) is not None


def is_small(text: str) -> bool:
    """Whether the line is a date, a note in brackets, or too short for anything else.

    >>> is_small("（此件公开发布）"), is_small("一、总结")
    (True, False)
    """
    return is_date(text) or _NOTE.fullmatch(text) is not None or len(text) < 3


def is_salutation(text: str) -> bool:
    """Whether the line greets or addresses: 同志们：, 各位代表！, 各县（市、区）教育局：

    >>> [is_salutation(t) for t in ("同志们:", "各位代表！", "主要做法:", "各位专家已经到会。")]
    [True, True, False, False]
    """
    return text[-1] in ":：！!" and text.startswith(words().salutations)


def is_point_list(text: str) -> bool:
    """Whether the line is a list of short points in one sentence, so no heading.

    >>> is_point_list("1.合格率达到100%;2.覆盖率稳步提高;3.更换门牌三百块。")
    True
    >>> is_point_list("1.抓培训。举办三期;参训百人。")
    False
    """
    first = _END.search(text)
    return bool(first and first.group() in ";；" and _NEXT_POINT.match(text, first.start()))


def is_report(text: str, mark: Mark) -> bool:
    """Whether a numbered line of one sentence reports or orders rather than heads.

    >>> from indexer.text.numbering import leading
    >>> def show(text): return is_report(text, leading(text))
    >>> show("7.推进集团化办学，新增教育集团12个，改造校舍87座。"), show("7.推进集团化办学")
    (True, False)
    """
    if len(text) > HEADING_LIMIT or text[-1] in ";；":
        return True
    clauses = len(_CLAUSE_END.findall(text)) + 1
    figures = re.search(r"\d", text[mark.end :]) is not None
    return figures and ends_sentence(text) and clauses >= REPORT_CLAUSES

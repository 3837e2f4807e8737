"""Numbering of headings: which mark opens a line, which level it has, which value.

The levels are those of the national standard for official documents (GB/T 9704-2012,
7.3.3: 一、 > （一） > 1. > （1）) with ① below them and the divisions of regulations
(编, 章, 节, 条) above. Half and full width, `、` and `.` are mixed freely by the sites,
so a style is known by its kind of figure and brackets alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from archive.text.numerals import parse


class Style(IntEnum):
    """A style of numbering; a smaller one stands above a greater one."""

    PART = 1
    CHAPTER = 2
    SECTION = 3
    CLAUSE = 4
    HAN = 5
    HAN_BRACKET = 6
    ARABIC = 7
    ARABIC_BRACKET = 8
    CIRCLED = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading's number: `[start, end)` in its text; `value` is None where masked (x.)."""

    style: Style
    value: int | None
    start: int
    end: int


_HAN = "一二三四五六七八九十百〇零"
_HAN_NUMBER = rf"[{_HAN}]{{1,5}}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_OPEN, _CLOSE = r"[(（〔﹙]", r"[)）〕﹚]"

# Masked figures stand for one digit or two (x. and (x)); 20xx is a year, no number.
_MASK = r"[xX×]{1,2}"

_MARK = re.compile(
    rf"""
      第\s?(?P<division>{_HAN_NUMBER}|\d{{1,4}})\s?(?P<kind>部分|编|章|节|条)(?![款项例])[ 、:：]?
    | {_OPEN}\s?(?P<han_bracket>{_HAN_NUMBER})\s?{_CLOSE}[、.．,，]?
    | {_OPEN}\s?(?P<arabic_bracket>\d{{1,2}}|{_MASK})\s?{_CLOSE}[、.．]?
    | (?<![\d(（〔])(?P<half_bracket>\d{{1,2}})[)）]、?
    | (?P<circled>[{_CIRCLED}])[、.．]?
    | (?P<han>{_HAN_NUMBER})\s?[、.．]
    | (?<![\d.．])(?P<arabic>\d{{1,2}}|(?<![\w]){_MASK})\s?[、.．](?![.．])
    """,
    re.VERBOSE,
)
_DIVISIONS = {
    "部分": Style.PART,
    "编": Style.PART,
    "章": Style.CHAPTER,
    "节": Style.SECTION,
    "条": Style.CLAUSE,
}
# The groups of the pattern bear the names of their styles, save this one.
_STYLES = {style.name.lower(): style for style in Style} | {"half_bracket": Style.ARABIC_BRACKET}

# What follows a number that counts things and heads nothing: 一、二等奖, 三、四季度,
# 二、三四中全会, 1、2号楼, 3.15. A year may follow (2.2021年, 1、20xx年), behind 、 also a
# plain count (1、3月份, 一、三年来的工作).
_YEAR_FOLLOWS = re.compile(r"\d{4}\s?年|20[\dxX_*○×]{2}")
_COUNT_FOLLOWS = re.compile(r"\d+(?:[年月日个所名项次类家条万亿]|\+)")
_HAN_FOLLOWS = re.compile(
    rf"[{_HAN}]+(?:[、,，和]|[年学]级|[季]度|等|中全会|届|线|期|批|审|级|线|楼|[{_HAN}])"
)
# A bracketed number that belongs to its noun: 高二(三)班, 第五条第(二)项.
_BRACKET_FOLLOWS = re.compile(r"班(?!子)|[款项](?!目)|标段|号楼")
# What never opens a heading's words.
_NO_OPENING = "、,，。;；:：)）”》%％"


def _read(match: re.Match[str], text: str) -> Mark | None:
    """The mark of a match, or None where the figure counts or dates something."""
    kind = match.lastgroup or ""
    after = text[match.end() : match.end() + 8]
    if match["division"] is not None:
        return Mark(_DIVISIONS[match["kind"]], parse(match["division"]), match.start(), match.end())
    figure = match[kind]
    if after[:1] and after[0] in _NO_OPENING:
        return None
    style = _STYLES[kind]
    if style is Style.HAN and _HAN_FOLLOWS.match(after):
        return None
    if style is Style.ARABIC and after[:1].isdigit():
        counts = match.group().endswith("、") and _COUNT_FOLLOWS.match(after)
        if not (counts or _YEAR_FOLLOWS.match(after)):
            return None
    if style in (Style.HAN_BRACKET, Style.ARABIC_BRACKET) and _BRACKET_FOLLOWS.match(after):
        return None
    value = _CIRCLED.find(figure) + 1 if style is Style.CIRCLED else parse(figure)
    return Mark(style, value, match.start(), match.end())


def leading(text: str) -> Mark | None:
    """Return the mark that opens `text`, or None.

    >>> leading("(三)规范办学").style.name, leading("12、夯实基础").value
    ('HAN_BRACKET', 12)
    >>> leading("x.强化培训").value is None
    True
    >>> [leading(t) for t in ("3.15晚会", "一、二等奖各两名", "2021.3", "一是抓学习", "1.5倍")]
    [None, None, None, None, None]
    """
    match = _MARK.match(text)
    return _read(match, text) if match else None


def inside(text: str) -> Iterator[Mark]:
    """Yield the marks that stand anywhere in `text`, in order; the caller judges which head.

    >>> [m.value for m in inside("一、总结(一)成效1.抓学习。占9.5%。2.抓作风。")]
    [1, 1, 1, 2]
    """
    for match in _MARK.finditer(text):
        mark = _read(match, text)
        if mark:
            yield mark

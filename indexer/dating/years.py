"""Years as the text prints them: stated, mentioned in passing, or masked.

A printed year states the text's own year only in certain places (title, lead, heading,
document number, date line): `indexer.dating` judges the place. Here a year is read with
its frame, because 自2010年以来, 2008年至2012年 and 到2025年 speak of other times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Texts of this archive; nothing printed outside these years is a date of writing.
EARLIEST, LATEST = 1949, 2049


class Frame(StrEnum):
    """How a year is mentioned."""

    PLAIN = "plain"
    SINCE = "since"
    RANGE = "range"
    FUTURE = "future"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Mention:
    """A year printed in a text: its frame, its words, and their place."""

    year: int
    frame: Frame
    words: str
    start: int
    end: int

    @property
    def numbers(self) -> bool:
        """Whether it is the year of a document's number: 〔2022〕1号."""
        return not self.words[0].isalnum()


# Input methods type 0, O, ○ and 零 for 〇, and some mix all sorts of figures; 20○○ and 20OO
# hide a year.
_VALUES = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_FIGURES = "0-9〇零Oo一二三四五六七八九"
WRITTEN_YEAR = (
    rf"(?:(?:19|2[0Oo〇零○])(?!OO)[{_FIGURES}]{{2}}|(?:一[9九]|二[0Oo〇零○])[{_FIGURES}○]{{2}})"
)
_ALONE = r"(?<![\d.〇零一二三四五六七八九十])"
_TERM = r"第?[一二上下]学期|[春秋]季学期"
_YEAR = re.compile(
    rf"{_ALONE}(?P<begin>{WRITTEN_YEAR})\s*[-—–~～至]{{1,2}}\s*"
    rf"(?P<end>{WRITTEN_YEAR}|\d\d(?=\s*学年))\s*(?:(?P<school>学年|年?度?(?={_TERM}))|年)"
    rf"|{_ALONE}(?P<full>{WRITTEN_YEAR})\s*(?=年(?!级|代)|学年)"
    # 09年: no number of years begins with a nought.
    rf"|(?<![\d.])(?P<short>0\d)(?=年(?!级|代))"
    rf"|[〔\[【(（](?P<number>(?:19|20)\d\d)[〕\]】)）]\s*第?\d+\s*号"
)
_WIDE = re.compile("[０-９－／．Ｏ]")
_NARROW = str.maketrans("０１２３４５６７８９－／．Ｏ", "0123456789-/.O")
_GAP = r"[-—–~～至到、]{1,2}"
_SINCE_BEFORE = re.compile(r"(?:自|从|早在|始于|截至|截止|追溯到)[^，。；,;]{0,4}$")
_SINCE_AFTER = re.compile(r"^年?(?:度|\d{1,2}月(?:份|\d{1,2}日)?)?(?:以来|起|至今|开始)")
# The first year of a range may be masked: 201x-2020年.
_RANGE_BEFORE = re.compile(rf"(?:\d\d|\d[xXｘＸ×*＊_＿○]{{1,2}}|年|月){_GAP}$")
_RANGE_AFTER = re.compile(rf"^年?(?:\d{{1,2}}月)?{_GAP}(?:\d{{2,4}}|今|[二一]〇)")
_FUTURE_BEFORE = re.compile(
    r"(?:到|至|力争|争取|确保|截至|截止|不迟于|锚定|面向|迈向|展望)[^，。；,;]{0,3}$"
)
# A name in 《》 is no longer than this on either side of its year.
_NAME = 80
_FUTURE_AFTER = re.compile(r"^年(?:(?:底|末)?(?:前|之前|以前)|远景|可持续发展)")

# 20xx年, 20__年, 20**年, xxxx年, 201x, _年; 20xx8月3日 (the mask ate a digit and a comma).
_SIGN = r"[xXｘＸ×*＊_＿○◯□△]"
_MASKED = re.compile(
    rf"(?:19|20){_SIGN}{{1,3}}(?:\s*(?:年|学年|[-—–~～至/])|(?=\d{{1,2}}月)|\d?年)"
    rf"|20[012]{_SIGN}(?:年|[-—–~～至])"
    rf"|(?<![近第任期满共有过用逾约数年一二九\da-zA-Z_]){_SIGN}{{1,4}}\s*年(?!级|来|多|内|间|期|以上)"
    rf"|[〔\[【(（](?:20)?{_SIGN}{{1,4}}[〕\]】)）]\s*第?[\dxX]+\s*号"
)


def find_years(text: str) -> tuple[Mention, ...]:
    """Return the years printed in `text`, in order.

    >>> [(m.year, m.frame.value) for m in find_years("自2010年以来，2021年和09年")]
    [(2010, 'since'), (2021, 'plain'), (2009, 'plain')]
    >>> [(m.year, m.frame.value) for m in find_years("〔2022〕1号，到2025年，二〇二六年")]
    [(2022, 'plain'), (2025, 'future'), (2026, 'plain')]
    >>> [(m.year, m.frame.value) for m in find_years("201x-2020年度，20xx-2021学年")]
    [(2020, 'range'), (2021, 'range')]
    >>> [(m.year, m.frame.value) for m in find_years("二０二一年，二〇二〇——二〇二一学年度")]
    [(2021, 'plain'), (2021, 'plain')]
    >>> [m.year for m in find_years("2O21年，二零二一年，2022—2023学年第二学期计划，2021学年总结")]
    [2021, 2021, 2023, 2022]
    >>> find_years("20xx年，2年级，15年")
    ()
    """
    if not any(word in text for word in ("年", "号", "学期")):
        return ()
    text = narrow(text)
    mentions = []
    for found in _YEAR.finditer(text):
        year = _value(found)
        if not EARLIEST <= year <= LATEST:
            continue
        spans = found["begin"] and found["school"] is None
        frame = Frame.RANGE if spans else _frame(text, found.start(), found.end())
        mentions.append(Mention(year, frame, found.group(), found.start(), found.end()))
    return tuple(mentions)


def narrow(text: str) -> str:
    """`text` with its full-width figures as ASCII ones, each in its place."""
    return text.translate(_NARROW) if _WIDE.search(text) else text


def year_of(written: str) -> int:
    """The number of a year in figures of any sort.

    >>> [year_of(text) for text in ("2021", "二〇二一", "二0二一", "2O1九", "二零一九")]
    [2021, 2021, 2021, 2019, 2019]
    """
    return int(written.translate(_VALUES))


# Which year of a school year a text is about: the first term begins in its first year, the
# second is in its last; a plan for all of it belongs to the first, a summary to the last.
_NEAR = 40
_DASHES = tuple("-—–~～至")
_FIRST = re.compile(r"^.{0,6}?(?:第?[一上]学期|秋季)")
_LAST = re.compile(r"^.{0,6}?(?:第?[二下]学期|春季)")
_PLANS = re.compile(r"^[^。]{0,24}(?:计划|要点|方案|安排)")


def _value(found: re.Match[str]) -> int:
    if found["short"]:
        return 2000 + int(found["short"])
    begin, end = found["begin"], found["end"]
    after = found.string[found.end() : found.end() + _NEAR]
    if begin and found["school"] is None:
        return year_of(end)
    first = year_of(begin or found["full"] or found["number"])
    # 2021学年 is 2021—2022学年, but for the end of a range whose begin is masked.
    masked = found.string[: found.start()].endswith(_DASHES)
    if not begin and (masked or not after.startswith("学年")):
        return first
    planned = not _LAST.search(after) and _PLANS.search(after)
    return first if _FIRST.search(after) or planned else first + 1


def _frame(text: str, start: int, end: int) -> Frame:
    before, after = text[max(0, start - 8) : start], text[end : end + 10]
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.search(after):
        return Frame.RANGE
    if _SINCE_BEFORE.search(before) or _SINCE_AFTER.search(after):
        return Frame.SINCE
    if _FUTURE_BEFORE.search(before) or _FUTURE_AFTER.search(after):
        return Frame.FUTURE
    opened = text.rfind("《", max(0, start - _NAME), start)
    named = opened >= 0 and "》" not in text[opened:start]
    if named and "》" in text[end : end + _NAME]:
        return Frame.NAME
    return Frame.PLAIN


def masked_year(text: str) -> str | None:
    """Return the first masked year in `text`, or None.

    >>> [masked_year(t) for t in ("20xx年", "在20__年", "201x-2020年", "_年", "20xx8月3日")]
    ['20xx年', '20__年', '201x-', '_年', '20xx']
    >>> masked_year("xx年级x班，近xx年来")
    """
    found = _MASKED.search(text)
    return found.group() if found else None

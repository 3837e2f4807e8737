"""The mark of secrecy (密级) in the head of a document, which holds its file back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from archive.text.fold import fold
from indexer.text.numbering import leading
from indexer.text.titles import closes, is_office, may_be_title, printed_titles

_GRADE = r"(?P<grade>绝密|机密|秘密)级?"
_PERIOD = (
    r"(?:长期|永久|(?:启用|解密|公布)前|(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:年|个?月|[天日])|"
    r"至?\d{4}年\d+月\d+日)"
)
# The star is lost in some fonts and typed as something like it in some texts.
_STAR = r"[★☆✩⭐*\ue000-\uf8ff]"
_UNTIL = r"\w{1,6}(?:前|后|收回|保存|销毁)"
_MARK = rf"(?P<mark>{_GRADE}(?:{_STAR}(?:{_PERIOD}|{_UNTIL})?|[·•/,(-]?{_PERIOD}\)?)?)"
_LABEL = (
    r"(?:(?:文件|公文|信息)?密\s?级(?:标识)?|(?:秘密|保密|涉密)(?:等级|级别))"
    r"(?:[和及与、/]?(?:保密)?期限)?"
)
# What stands on the line of a mark: the number of the copy, the urgency, the period in a box.
_BESIDE = (
    r"(?:(?:份|编)号:?第?\d{0,7}号?|(?:no\.?:?)?第?\d{3,7}号?|保密期限:?(?:\d{1,2}年|长期)?|"
    r"(?:(?:紧急程度|缓急):?)?(?:特急|加急|特提|平急|急|紧急)件?|(?:紧急程度|缓急):?)"
)
_LINE = re.compile(
    rf"(?P<before>{_BESIDE}{{0,3}})(?P<label>(?:{_LABEL}:?)?)[(\[]?{_MARK}[)\]]?(?P<after>{_BESIDE}{{0,3}})"
)
_FIELD = re.compile(rf"{_LABEL}:?")
# Among other fields on one line of a box.
_IN_BOX = re.compile(rf"(?:^|[\s|]){_LABEL}\s*:\s*{_MARK}(?=[\s|]|$)")
# Grade, star and period are in no text but of a head, wherever they stand on their line.
_STARRED = re.compile(rf"(?P<mark>{_GRADE}{_STAR}{_PERIOD})")
_TOLD = re.compile(r"[。;,!?“”\"]|示例|例如|如下|样式|格式|标注|标志")
_SPREAD = re.compile(r"(?<=[绝机秘])\s+(?=密)")
_PART = re.compile(rf"[(\[]?{_MARK}[)\]]?")
_BEHIND_TITLE = re.compile(rf"(?P<title>.+)\({_MARK}\)")
_BEFORE_TITLE = re.compile(rf"[(\[]{_MARK}[)\]](?P<title>.+)")
# What the lines below a mark show where it stands in a head.
_MASTHEAD = r".{2,40}文件(?:\(.*\))?|.{0,20}\((?:19|20)\d{2}\)第?\d+[号期]|第\d+期|签发人:?.*"
_HEAD = re.compile(rf"{_MASTHEAD}|{_BESIDE}")
_SENTENCE = re.compile(r"[。;,:!?]$")
# The line above a mark that is only shown.
_EXAMPLE = re.compile(r":$|示例|例如|如下|样式")
_SPACE = re.compile(r"\s+")
# A head has its letterhead, number or title in so many lines below the mark.
_BELOW = 5
_MAX_LINE_LENGTH = 120


def secrecy(lines: Sequence[str]) -> str | None:
    """Return the mark of secrecy in the head of an article, None where there is none.

    `lines` are those of a head with its title, or of a whole page with many articles. A word in
    a text, a field without a value, a list of grades and an example are no marks.

    >>> secrecy(["000012 机 密 ★ 5年 特急", "清溪县人民政府文件"]), secrecy(["密级：", "标题："])
    ('机密★5年', None)
    """
    for place, line in enumerate(lines):
        if "密" in line and len(line) <= _MAX_LINE_LENGTH and (found := _mark(lines, place)):
            return re.sub(_STAR, "★", found["mark"])
    return None


def _mark(lines: Sequence[str], place: int) -> re.Match[str] | None:
    """The mark that the line at `place` is, or has in a box."""
    line = lines[place]
    above = _compact(lines[place - 1]) if place else ""
    found = _of_line(line)
    if found is None:
        return _of_box(line)
    around = (*lines[max(0, place - 1) : place], *lines[place + 1 : place + 2])
    others = map(_of_line, around)
    if any(other and other["grade"] != found["grade"] for other in others):
        return None
    if _FIELD.fullmatch(above):
        return found
    if _EXAMPLE.search(above):
        return None
    if found.re is not _LINE or found["mark"] != found["grade"]:
        return found
    if found["before"] or found["label"] or found["after"]:
        return found
    if found.end() > found.end("mark") and may_be_title(above) and closes(above):
        return found
    return found if _is_head(above, lines[place + 1 : place + 1 + _BELOW]) else None


def _of_line(line: str) -> re.Match[str] | None:
    """The mark that is all of a line, or shares it with a masthead, a number or a title."""
    compact = _compact(line)
    if found := _LINE.fullmatch(compact):
        return found
    if _TOLD.search(compact):
        return None
    if len({one["grade"] for one in _STARRED.finditer(compact)}) == 1:
        return _STARRED.search(compact)
    parts = _SPREAD.sub("", fold(line)).split()
    marks = [found for part in parts if (found := _PART.fullmatch(part))]
    if len(marks) == 1:
        rest = "".join(p for p in parts if p != marks[0].string and not re.fullmatch(_BESIDE, p))
        if re.fullmatch(_MASTHEAD, rest) or is_office(rest):
            return marks[0]
    for pattern in (_BEHIND_TITLE, _BEFORE_TITLE):
        found = pattern.fullmatch(compact)
        if found and "\t" not in line and may_be_title(found["title"]) and closes(found["title"]):
            return found
    return None


def _of_box(line: str) -> re.Match[str] | None:
    """The mark as the value of a field, beside others on one line or in a table's row."""
    cells = [_compact(cell) for cell in line.split("\t") if cell.strip()]
    pairs = (f"{label}{value}" for label, value in pairwise(cells) if _FIELD.fullmatch(label))
    values = [found for pair in (*cells, *pairs) if (found := _LINE.fullmatch(pair))]
    if len({found["grade"] for found in values}) > 1:
        return None
    in_row = next((found for found in values if found["label"]), None)
    folded = fold(line)
    return in_row or (None if _SENTENCE.search(folded) else _IN_BOX.search(folded))


def _is_head(above: str, below: Sequence[str]) -> bool:
    """Whether a bare grade between these lines stands in a head: above a letterhead or title."""
    if _SENTENCE.search(above) or leading(above) is not None:
        return False
    following = [_compact(line) for line in below]
    if not following or _SENTENCE.search(following[0]):
        return False
    return any(_HEAD.fullmatch(line) or is_office(line) for line in following) or any(
        closes for _, closes in printed_titles(following)
    )


def _compact(line: str) -> str:
    return _SPACE.sub("", fold(line))

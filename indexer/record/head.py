"""The head of a document: what stands above its text, from the masthead to the addressee.

GB/T 9704-2012 (7.2) prints there a copy number, secrecy, urgency, the offices that issue, the
number and the signer; below them the title, a note of adoption, the addressee. Lines of that
kind are read until the first other one, so that a number in a text is never its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.model import Form
from indexer.record.lines import OFFICIAL, Line, Value
from indexer.record.words import (
    CODED,
    DAY,
    ISSUE,
    NAMED,
    SERIAL,
    day_in,
    is_number,
    offices_in,
    unbracketed,
)
from indexer.text.titles import may_be_title

# No head has more lines.
LINES = 40
# Lines in a row that look like those of a title.
_TITLE_LINES = 6
_ADDRESSEE = 300
# A number that was dropped stands so near the title.
_NEAR = 4
_NUMBER_LINE = 80
# What stands above a number and is no line of a text.
_SHORT = 40

_SECRECY = re.compile(
    r"(?<![\u4e00-\u9fff])((?:绝密|机密|秘密)(?:\s*★\s*[^\s，。]{0,8})?)(?![\u4e00-\u9fff])"
)
_URGENCY = re.compile(r"(?<![\u4e00-\u9fff])(特提|特急|加急|平急|急件)(?![\u4e00-\u9fff])")
_SIGNER = re.compile(
    r"(?:签\s*发\s*人?|会\s*签\s*人?|签批盖章)\s*[:：]?\s*"
    r"((?:[\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff])|[\u4e00-\u9fff]\s+[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
    r"(?:[\s、]+[\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff]))*)"
)
# What else the head of a page or telegram has, without a value of its own.
_LABELS = re.compile(
    r"签\s*发\s*人?|份\s*号|密\s*级|保密期限|紧急程度|缓\s*急|等\s*级|发\s*电\s*单\s*位|发文(?:机关|单位|字号)|文\s*号|编\s*号|"
    r"发文(?:编号|文号)|(?:文\s*件\s*|公文\s*)(?:编|文|字)?号|总第\s*\d+\s*[期号]|[A-Z]{2,8}\d{0,4}[-—－]\d{4}[-—－]\d{2,7}|[明密]\s*电|[\u4e00-\u9fff]?机发\s*\d*\s*号?|发\s*电|传真电报|(?:№|No\.?)\s*\d+|(?<!\d)\d{4,7}(?!\d)|[·:：★]"
)
_FILE = re.compile(r"[（(]?\s*文\s*件\s*[）)]?$")
_PRINTED = (
    ("number", CODED),
    ("number", NAMED),
    ("issued", re.compile(rf"(?<=\s){DAY}$")),
    ("signer", _SIGNER),
    ("secrecy", _SECRECY),
    ("urgency", _URGENCY),
)
_COUNTED = re.compile(r"号[）)]?(?:\s|$)")
_WORD = re.compile(r"[^\W_]")
_GREETING = re.compile(
    r"^(?:同志|各位|尊敬|敬爱|亲爱|女士|先生|朋友|老师们|同学们|大家)|(?:同志|代表|委员|同学|朋友|老师|家长|们)[:：]$"
)
_NAMED_KINDS = re.compile(r"(?:令|公\s?告|通\s?告)$")
_COUNTED_KINDS = re.compile(r"(?:令|公\s?告|通\s?告|纪要|简报|专报|通报|信息|快报|动态|文件)$")
_ADOPTED = re.compile(rf"({DAY})[^，,；;]*?(?:通过|发布|公布|印发|制定|签署)")
# …市第五届人民代表大会常务委员会第九次会议通过
_ADOPTED_BY = re.compile(r"日((?:第.{1,4}届)?[\u4e00-\u9fff]{2,40}?)第.{1,4}次(?:全体)?会议")
_TERM = re.compile("第[一二三四五六七八九十]{1,3}届")
_HEAD_DAY = re.compile(rf"(?P<office>.*?)\s*(?P<day>{DAY})(?:印发)?")
# A report to a congress has the day of its delivery below the title.
_DELIVERED = re.compile(rf"[—－\-（(\s]*({DAY})在.{{4,60}}(?:会议|大会|全会)上[）)]?")
_DAY = re.compile(DAY)
_CODE = re.compile(r"[\u4e00-\u9fff]{2,8}[发函字办请报令]")
# The issue of the gazette that prints a document is not its number.
_GAZETTE = re.compile(r"总第\s?\d+\s?期")
_SPACES = re.compile(r"\s+")


def is_numbered(text: str) -> bool:
    """Whether a line has a document's number, and nothing but what stands beside it in a head.

    >>> is_numbered("特急　清政办发〔2021〕8号"), is_numbered("转发清政办发〔2021〕8号")
    (True, False)
    """
    if len(text) > _NUMBER_LINE or not _COUNTED.search(text):
        return False
    found, rest = _parts(text)
    return not rest and any(element == "number" for element, _ in found)


def is_serial(text: str) -> bool:
    """Whether a line is a number without the code of an office: 第8号, 〔2022〕第7期."""
    short = len(text) <= _NUMBER_LINE and text[-1:] in "号期次)）"
    return short and bool(SERIAL.fullmatch(text) or ISSUE.fullmatch(text))


def is_masthead(text: str) -> bool:
    """Whether a line names the offices that issue with the word 文件.

    >>> [is_masthead(t) for t in ("清溪县教育局文件", "关于清理文件", "文件")]
    [True, False, False]
    """
    file = _FILE.search(text) if len(text) <= _NUMBER_LINE else None
    return file is not None and bool(offices_in(text[: file.start()]))


def is_head_line(text: str) -> bool:
    """Whether a line is of number, marks, signer or masthead, as they stand above a title.

    >>> [is_head_line(t) for t in ("000012", "机密★1年　特急", "清溪县教育局文件", "工作要点")]
    [True, True, True, False]
    """
    return len(text) <= _NUMBER_LINE and (not _parts(text)[1] or is_masthead(text))


def _parts(text: str) -> tuple[list[tuple[str, str]], str]:
    """The elements that a line of the head has, and what is left of it."""
    rest = unbracketed(text)
    found: list[tuple[str, str]] = []
    for element, pattern in _PRINTED:
        # A day stands beside a number; beside an office it is that of a signature.
        if element == "issued" and not found:
            continue
        if match := pattern.search(rest):
            value = match[match.lastindex or 0].strip()
            found.append((element, day_in(value) or "" if element == "issued" else value))
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    return found, _LABELS.sub(" ", rest).strip()


class Head:
    """What the head of one article says, read line by line."""

    def __init__(self, lines: Sequence[Line], title: str) -> None:
        self.values: list[Value] = []
        # How many lines are the head's, and whether a number or masthead shows an official one.
        self.end = 0
        self._title = _bare(title)
        self._above: list[str] = []
        self._letterhead: list[tuple[str, tuple[str, ...]]] = []
        self._official = self._filed = False
        self._titled = False
        # Who stands between the title and the text.
        self._byline: Value | None = None
        self._unknown = 0
        in_table = [line.text for line in lines[:LINES] if line.form is Form.ROW]
        # A table with several numbers lists other documents.
        self._lists = sum(CODED.search(text) is not None for text in in_table) > 1
        titled = (i for i, line in enumerate(lines[:LINES]) if self._is_title(_bare(line.text)))
        first = next(titled, LINES)
        sure = _number_by(lines[:LINES], first)
        for line in lines[:LINES]:
            if not self._read(line, abs(first - self.end) <= _NEAR) and self.end >= sure:
                break
            self.end += 1
        if len({_bare(str(v.value)) for v in self.values if v.element == "number"}) > 1:
            # Several numbers are those of other documents.
            self.values = [value for value in self.values if value.element != "number"]
        # The offices above the number, in their order.
        self.masthead: Value | None = None
        if self._letterhead and self._official:
            names = tuple(dict.fromkeys(n for _, found in self._letterhead for n in found))
            self.masthead = Value("issuer", names, "\n".join(text for text, _ in self._letterhead))
            self.values.append(self.masthead)
        if self._byline:
            self.values.append(self._byline)

    @property
    def is_official(self) -> bool:
        """Whether the head has a masthead or an addressee, as no other text has."""
        found = {value.element for value in self.values}
        return self._filed or "addressee" in found

    def _add(self, element: str, value: str | tuple[str, ...], words: str) -> None:
        self.values.append(Value(element, value, words))

    def _read(self, line: Line, near: bool) -> bool:
        """Read a line, `near` the title or not; return whether the head goes on behind it."""
        text = line.text.strip()
        bare = _bare(text)
        if not _WORD.search(bare):
            return True
        if line.form is Form.ROW and (self._lists or "\t" in text):
            return False
        beside = line.rule is not None and not line.rule.startswith(OFFICIAL)
        if self._is_title(bare):
            names = offices_in(text)
            if names and not self._titled and not beside:
                self._letterhead.append((text, names))
            self._titled = self._titled or not names
            self._above.append(bare)
            self._unknown = 0
            return True
        if beside:
            # Of a site's own lines only those count that no site has for itself.
            if _FILE.search(text) or (near and is_numbered(text)):
                self._printed(text)
            elif near and "|" in text:
                # 清水〔2021〕7号 | 清溪县水利局
                cells = [cell.strip() for cell in text.split("|")]
                if all(
                    is_number(cell) or offices_in(cell) or _DAY.fullmatch(cell) for cell in cells
                ):
                    self.values += [Value("number", c, text) for c in cells if is_number(c)]
                    self.values += [Value("issuer", n, text) for c in cells if (n := offices_in(c))]
            return True
        if text[-1] in "：:" and _parts(text)[1]:
            if line.form is Form.OPENING:
                self._addressee(text)
            return False
        if self._printed(text) or self._serial(text) or self._note(text):
            self._unknown = 0
            return True
        self._unknown += 1
        self._above.append(bare)
        return (
            self._unknown <= _TITLE_LINES
            and line.form is not Form.ROW
            and may_be_title(text)
            and not re.search("[：:“”！!？?]", text)
        )

    def _is_title(self, bare: str) -> bool:
        return len(bare) > 1 and bare in self._title

    def _printed(self, text: str) -> bool:
        """Whether the line is of number, masthead, signer, marks, and nothing else."""
        found, rest = _parts(text)
        file = _FILE.search(rest)
        names = offices_in(_FILE.sub("", rest))
        if rest and not names and not (file and file[0] == rest):
            return False
        if names and self._titled and not (found or file):
            self._byline = Value("issuer", names, text)
        elif names:
            self._letterhead.append((text, names))
        self._above.append(_bare(text))
        for element, value in found:
            self._add(element, value, text)
        numbered = any(element == "number" for element, _ in found)
        self._filed = self._filed or file is not None
        self._official = self._official or self._filed or numbered
        return True

    def _serial(self, text: str) -> bool:
        """Whether the line is a serial number below the name of an order or of minutes."""
        issue, serial = ISSUE.fullmatch(text), SERIAL.fullmatch(text)
        if issue is None and serial is None:
            return _GAZETTE.search(text) is not None
        above = self._above[-1] if self._above else self._title
        if issue and not _NAMED_KINDS.search(above):
            self._official = True
            # A number broken behind the code of its office; 期 and 次 count issues without one.
            whole = CODED.fullmatch(f"{above}{issue[1]}") if _CODE.fullmatch(above) else None
            words = f"{above}\n{text}" if whole else text
            self._add("number", whole[0] if whole else issue[1], words)
        elif serial and _NAMED_KINDS.search(above):
            self._official = True
            named = above
            if len(above) < 5 and len(self._above) > 1 and offices_in(self._above[-2]):
                named = self._above[-2] + above
            self._add("number", f"{named}{serial[1]}", f"{named}\n{text}")
        elif serial and _COUNTED_KINDS.search(above):
            self._official = True
            self._add("number", serial[1], text)
        return True

    def _note(self, text: str) -> bool:
        """Whether the line is the day of the text, its adoption, or the office and the day."""
        inside = unbracketed(text)
        if inside != text.strip() and (day := _ADOPTED.search(inside)):
            if found := day_in(day[1]):
                self._add("issued", found, text)
            if (by := _ADOPTED_BY.search(day[0])) and (names := offices_in(_TERM.sub("", by[1]))):
                self._byline = self._byline or Value("issuer", names, text)
            return True
        if (told := _DELIVERED.fullmatch(text)) and (found := day_in(told[1])):
            self._add("issued", found, text)
            return True
        match = _HEAD_DAY.fullmatch(inside)
        names = offices_in(match["office"]) if match else ()
        if not match or (match["office"] and not names):
            return False
        if found := day_in(match["day"]):
            self._add("issued", found, text)
        if names:
            self._add("issuer", names, text)
        return True

    def _addressee(self, text: str) -> None:
        names = text.rstrip("：: ")
        if not _GREETING.search(text) and len(names) <= _ADDRESSEE and len(names) > 1:
            self._add("addressee", names, text)


def _number_by(lines: Sequence[Line], title: int) -> int:
    """The line of a number that stands alone by the title, in line `title`; else 0.

    It is the text's own whatever short lines stand above it: their words are no text.
    """
    for i, line in enumerate(lines[: title + _NEAR]):
        if line.form is Form.ROW or len(line.text) > _SHORT or line.text[-1:] in "。；;":
            return 0
        if line.rule is None and is_numbered(line.text.strip()):
            return i if title - i <= _NEAR else 0
    return 0


def _bare(text: str) -> str:
    return _SPACES.sub("", text)

"""The frame of a text: number, who is addressed, who signs and when, annexes, contacts, copies.

GB/T 9704-2012 prints masthead, number and addressee above a text (7.2, 7.3.2) and below it the
list of annexes, signature and date, notes, copies and printing (7.3.4 to 7.4). They belong to
no section. Rows of tables are told here as well, since they are no running text either.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from archive.model import Form
from indexer.record.head import is_head_line, is_masthead, is_numbered
from indexer.record.words import DAY, DAY_LINE, is_broken_day, is_day_line, is_post
from indexer.structure.lines import Line, is_heading_tag
from indexer.text.numbering import leading
from indexer.text.phrases import ends_sentence
from indexer.text.shapes import is_date, is_salutation, is_small

# What is told by its look alone is no longer than this; an addressee may list all offices.
_ADDRESSEE, _GREETING, _SIGNATURE, _ANNEX_LENGTH = 150, 40, 40, 60
# The addressee stands among the first lines of an article, behind letterhead and title.
_HEAD = 12
# An annex list has no more lines.
_ANNEXES = 30

_COMMA = re.compile("[，,、]")
_STOP = re.compile("[。；;！!？?]")
_INSIDE = re.compile("[。；;！!？?，,：:]")
_ANNEX = re.compile(r"附\s?件?\s?\d{0,2}\s?[:：]\s?")
# 附件 by itself, with the number that an annex may have.
ANNEX_SIGN = re.compile(
    r"[(（【\[]?附\s?(?:[件表录]\s?)?(?:[\d一二三四五六七八九十]{1,3}(?:[-—－]\d{1,2})?)?"
    r"\s?[)）】\]]?\s?[:：]?"
)
_WORD = re.compile(r"[^\W_]")
_HAN = re.compile("[\u4e00-\u9fff]")
_PRINTED = re.compile(rf"[^。；;]{{2,60}}{DAY}\s?印[制发刷]?")
_SIGNED_AND_DATED = re.compile(rf"([^。；;，,：:]{{2,40}}?)(\s*){DAY_LINE}")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """The word lists of frame.toml: `office` and `greeted` fit a whole name, `keyed` a line."""
    with files("indexer.structure").joinpath("frame.toml").open("rb") as file:
        either = {name: "|".join(found) for name, found in tomllib.load(file).items()}
    return {
        "office": re.compile(rf".*(?:{either['offices']})(?:[(（][^()（）]*[)）])?"),
        "greeted": re.compile(rf"(?:{either['greets']}).*|.*(?:{either['greeted']})"),
        "keyed": re.compile(rf"(?:{either['keys']})\s?[:：]"),
    }


def frame(lines: Sequence[Line]) -> dict[int, Form]:
    """Return the lines of one article that are no running text, with their forms.

    >>> texts = "各乡镇：", "请认真执行。", "附件：1.名单", "某县林业局", "2022年3月15日"
    >>> {i: form.value for i, form in frame([Line(text) for text in texts]).items()}
    {0: 'opening', 2: 'closing', 3: 'closing', 4: 'closing'}
    """
    forms = dict.fromkeys((i for i, line in enumerate(lines) if line.row), Form.ROW)
    forms |= dict.fromkeys(_openings(lines), Form.OPENING)
    closings = dict.fromkeys(_Closings(lines, forms).found(), Form.CLOSING)
    return dict.fromkeys(_head_lines(lines), Form.OPENING) | forms | closings


def _head_lines(lines: Sequence[Line]) -> Iterator[int]:
    """The lines of the number and the masthead, as long as no text stands above them."""
    top = 0
    for i, line in enumerate(lines):
        text = line.text
        if _is_dated(text):
            top = i + 1
        elif not line.row and (is_numbered(text) or is_masthead(text)):
            if top <= i < top + _HEAD:
                yield i
        elif line.row or ends_sentence(text) or text[-1] in ":：":
            top = len(lines)


def is_annex_list(text: str) -> bool:
    """Whether a line opens the list of annexes below a notice: 附件：1.…"""
    first = _ANNEX.match(text)
    listed = leading(text[first.end() :]) if first else None
    return listed is not None and listed.value == 1


def _openings(lines: Sequence[Line]) -> Iterator[int]:
    """The lines that address or greet: the addressee at the top, greetings anywhere."""
    in_head, top = True, 0
    for i, line in enumerate(lines):
        text = line.text
        if _is_dated(text):
            # Behind a signature another document may begin.
            in_head, top = True, i + 1
            continue
        if is_numbered(text):
            continue
        if line.row or is_heading_tag(line) or text[-1] not in ":：！!":
            stops = line.row and not _is_masthead(text)
            in_head = in_head and not (stops or ends_sentence(text) or leading(text))
            continue
        names = [name for name in _COMMA.split(text.rstrip(":：！! ")) if name.strip()]
        patterns = _patterns()
        greets = [patterns["greeted"].fullmatch(name) is not None for name in names]
        addressed = (
            in_head
            and i - top < _HEAD
            and text[-1] in ":："
            and len(text) <= _ADDRESSEE
            and not _STOP.search(text)
            and not leading(text)
            and names
            and (greets[-1] or is_salutation(text) or patterns["office"].fullmatch(names[-1]))
        )
        if names and (addressed or (len(text) <= _GREETING and all(greets))):
            yield i
        else:
            in_head = False


def _is_masthead(row: str) -> bool:
    """Whether a row has the parts of a masthead beside one another."""
    office = _patterns()["office"]
    cells = (cell for cell in row.split("\t") if cell not in ("", "文件"))
    return all(is_head_line(cell) or office.fullmatch(cell) for cell in cells)


class _Closings:
    """The lines below a text, found from the dates, the lists of annexes and the end upwards."""

    def __init__(self, lines: Sequence[Line], others: dict[int, Form]) -> None:
        self._texts = [line.text for line in lines]
        self._free = [i not in others and not is_heading_tag(line) for i, line in enumerate(lines)]
        self._openings = {i for i, form in others.items() if form is Form.OPENING}
        self._rows = {i for i, form in others.items() if form is Form.ROW}

    def found(self) -> set[int]:
        """The closing lines."""
        dates = {i for i, text in self._all() if _is_dated(text)}
        broken = (i for i, text in self._all() if i and is_broken_day(self._texts[i - 1], text))
        dates |= {j for i in broken if self._free[i - 1] for j in (i - 1, i)}
        annexes = set(self._annex_lists(dates))
        weak = {i for i, text in self._all() if _ANNEX.match(text) or _stands_below(text)}
        signed = {i for date in dates for i in self._signatures(date, dates | annexes | weak)}
        members = dates | annexes | weak | signed
        members |= set(self._signatures_at_end(members))
        found: set[int] = set()
        for first, end in _runs(members):
            run = set(range(first, end))
            sure = bool(run & dates and run & (signed | annexes)) or bool(run & annexes)
            at_end = all(i in self._rows for i in range(end, len(self._texts)))
            if (sure or at_end) and end not in self._openings and self._has_text(first):
                found |= run
        return found

    def _all(self) -> Iterator[tuple[int, str]]:
        return ((i, text) for i, text in enumerate(self._texts) if self._free[i])

    def _has_text(self, end: int) -> bool:
        """Whether text stands before line `end`: what opens an article closes none."""
        return any(
            i in self._rows or i in self._openings or ends_sentence(self._texts[i])
            for i in range(end)
        )

    def _is_signature(self, i: int) -> bool:
        """Whether line `i` may be who signs."""
        text = self._texts[i]
        return (
            self._free[i]
            and len(text) <= _SIGNATURE
            and not _INSIDE.search(text)
            and not leading(text)
            and not ANNEX_SIGN.fullmatch(text)
        )

    def _is_office(self, i: int) -> bool:
        return self._is_signature(i) and _patterns()["office"].fullmatch(self._texts[i]) is not None

    def _signatures(self, date: int, others: set[int]) -> Iterator[int]:
        """Who signs above a date, or below it: a person, an office or several."""
        i = date - 1
        while i > 0:
            among = is_post(self._texts[i]) or not _HAN.search(self._texts[i])
            if not (among or (i in others and is_small(self._texts[i]))):
                break
            yield i
            i -= 1
        if i > 0 and i not in others and self._is_signature(i):
            yield i
            while i > 1 and self._is_office(i - 1):
                i -= 1
                yield i
        elif date + 1 < len(self._texts) and self._is_office(date + 1):
            yield date + 1

    def _signatures_at_end(self, members: set[int]) -> Iterator[int]:
        """Offices that sign without a date, below the last sentence."""
        end = len(self._texts)
        while end and end - 1 in members:
            end -= 1
        first = end
        while first > 1 and self._is_office(first - 1):
            first -= 1
        if first < end and (ends_sentence(self._texts[first - 1]) or first - 1 in members):
            yield from range(first, end)

    def _annex_lists(self, dates: set[int]) -> Iterator[int]:
        """The lines of the lists of annexes: 附件：1.…, then 2.… and so on."""
        for i, text in self._all():
            bare = _ANNEX.fullmatch(text) is not None
            mark = leading(self._text(i + 1))
            if is_annex_list(text):
                yield from range(i, self._listed(i + 1, 1))
            elif bare and mark and mark.value == 1:
                end = self._listed(i + 1, 0)
                yield from range(i, end) if end > i + 1 else ()
            elif bare:
                yield from self._unnumbered(i, dates)

    def _listed(self, i: int, value: int) -> int:
        """The end of a list of annexes whose next item may stand in line `i`."""
        while i < len(self._texts) and self._is_annex(i):
            mark, after = leading(self._texts[i]), leading(self._text(i + 1))
            # A title printed on two lines goes on before the next item.
            goes_on = mark is None and value and after and after.value == value + 1
            if not goes_on and not (mark and mark.value == value + 1):
                break
            value += 0 if goes_on else 1
            i += 1
        return i

    def _unnumbered(self, first: int, dates: set[int]) -> range:
        """The list below the word 附件 as far as who signs, where the date follows soon."""
        for i in range(first + 1, min(first + _ANNEXES, len(self._texts))):
            if i in dates:
                return range(first, i)
            if not self._is_annex(i) or leading(self._texts[i]):
                break
        return range(0)

    def _is_annex(self, i: int) -> bool:
        text = self._texts[i]
        return self._free[i] and len(text) <= _ANNEX_LENGTH and not ends_sentence(text)

    def _text(self, i: int) -> str:
        return self._texts[i] if i < len(self._texts) else ""


def _is_dated(text: str) -> bool:
    """Whether the line is a date, or who signs and a date."""
    if is_date(text) or is_day_line(text) or _PRINTED.fullmatch(text):
        return True
    signed = _SIGNED_AND_DATED.fullmatch(text)
    return bool(
        signed
        and leading(text) is None
        and (signed[2] or _patterns()["office"].fullmatch(signed[1]))
    )


def _stands_below(text: str) -> bool:
    """Whether the line is a contact, a copy, a note, the word 附件, or a printed rule."""
    return bool(
        _patterns()["keyed"].match(text)
        or _is_note(text)
        or ANNEX_SIGN.fullmatch(text)
        or not _WORD.search(text)
    )


def _is_note(text: str) -> bool:
    """Whether the line is a note in brackets: （此件公开发布）"""
    return is_small(text) and text[0] in "(（"


def _runs(members: set[int]) -> Iterator[tuple[int, int]]:
    """The runs [first, end) of neighbouring numbers."""
    first = end = -1
    for i in sorted(members):
        if i != end:
            if end > 0:
                yield first, end
            first = i
        end = i + 1
    if end > 0:
        yield first, end

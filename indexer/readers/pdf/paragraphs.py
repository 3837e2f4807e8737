"""The printed lines of a PDF put together to paragraphs.

A line that fills the measure goes on in the next one; an indent, a heading's number, a
wider gap or another size of type begins a paragraph. What is page decoration or a footnote
waits until the paragraph that it interrupts is whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from indexer.page import PageBlock
from indexer.readers.pdf.layout import Margin, Sheet, body_em, columns_of, leading_of
from indexer.readers.pdf.lines import LEADERS, Line
from indexer.text.numbering import leading
from indexer.text.phrases import ends_sentence
from indexer.text.spacing import collapse

# All measures in ems of the text's type, where nothing else is said.
_INDENT = 1.2
# A full line may end this far from the margin: a sign that cannot open a line, or a word of
# Latin letters, was carried over.
_SLACK = 2.2
_LATIN_SLACK = 5.0
_SAME = 0.6
# A margin is where at least this share of the lines begin or end.
_SHARED = 0.2
# Sizes that differ by more than this share are different type.
_OTHER_SIZE = 0.12
# A distance from line to line greater than the usual one by this factor parts paragraphs.
_WIDE = 1.45
# One greater by this factor does so behind a finished sentence.
_WIDER = 1.18
# A centred line leaves this much on both sides, and equally much.
_CENTRED = 1.5
# Type larger than the text's by this factor is a title's.
_TITLE = 1.2
_NOTE = 0.86
# Where so many of the lines that open something are indented, the document indents.
_INDENTS = 0.08
# Lines that all end this far within a page whose margins are alike fill no measure.
_RAGGED = 0.8
# Where a wider step follows so many of the lines that end short, steps part paragraphs.
_SPACED = 0.8
# A page with fewer lines takes its margins from the whole document.
_FEW = 5
_TITLE_WITHIN = 12
# What no line break parts.
_WORD = re.compile(r"[0-9A-Za-z.,%]+")
# What opens a paragraph without being a heading's number.
_POINT = re.compile(r"[一二三四五六七八九十]是|第[一二三四五六七八九十][,，、]|首先|其次|——")
_PATHS: dict[Margin, tuple[str, ...]] = {
    "page-header": ("header", "page-header"),
    "page-footer": ("footer", "page-footer"),
    "page-number": ("footer", "page-number"),
    "watermark": ("footer", "watermark"),
    "table-head": ("header", "table-head"),
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The left and right margin of the text on a page or in a column."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with the frame that it stands in."""

    line: Line
    frame: _Frame
    page: int


def read_paragraphs(sheets: Sequence[Sheet]) -> tuple[PageBlock, ...]:
    """The blocks of a document in reading order, page decoration and footnotes among them."""
    return tuple(_Flow(sheets).blocks())


class _Flow:
    """One pass over the lines of a document."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        self._em = body_em(line for sheet in sheets for line in sheet.lines)
        self._leading = leading_of(sheets, self._em)
        self._whole = _frame([line for s in sheets for line in s.lines], self._em, None)
        self._lines: list[list[_Placed]] = []
        for number, sheet in enumerate(sheets):
            placed: list[_Placed] = []
            for column in (columns := columns_of(sheet.lines)):
                known = self._whole if len(columns) == 1 else None
                frame = _frame(column, self._em, known)
                measure = sheet.width - 2 * frame.left
                if len(columns) == 1 and frame.right - frame.left < _RAGGED * measure:
                    frame = _Frame(frame.left, sheet.width - frame.left)
                placed.extend(_Placed(line, frame, number) for line in column)
            self._lines.append(placed)
        flat = [placed for page in self._lines for placed in page]
        indented = sum(self._indent(placed) >= _INDENT for placed in flat)
        self._indents = indented >= _INDENTS * len(flat)
        self._spaced = self._is_spaced()

    def _is_spaced(self) -> bool:
        """Whether paragraphs stand apart: a wider step follows most lines that end short."""
        ends = wide = 0
        for page in self._lines:
            for before, after in pairwise(page):
                step = before.line.middle - after.line.middle
                if step > 0 and not self._is_full(before):
                    ends += 1
                    wide += step > _WIDER * max(self._leading, 1.2 * self._em)
        return ends > 0 and wide >= _SPACED * ends

    def blocks(self) -> Iterator[PageBlock]:
        """Yield the blocks."""
        current: list[_Placed] = []
        waiting: list[PageBlock] = []
        seen = 0
        for number, (sheet, page) in enumerate(zip(self._sheets, self._lines, strict=True)):
            notes = self._notes(page) if number or len(page) > _FEW else 0
            body = page[: len(page) - notes]
            waiting.extend(_decoration(sheet, upper=True))
            for placed in body:
                if current and self._goes_on(current, placed):
                    current.append(placed)
                    continue
                if current:
                    yield self._block(current, seen)
                    seen += 1
                yield from waiting
                waiting.clear()
                current = [placed]
            for note in page[len(page) - notes :]:
                waiting.extend(_apart(note.line, ("notes",)))
            waiting.extend(_decoration(sheet, upper=False))
        if current:
            yield self._block(current, seen)
        yield from waiting

    def _goes_on(self, current: Sequence[_Placed], after: _Placed) -> bool:
        """Whether `after` is the next line of the paragraph `current`."""
        first, before = current[0], current[-1]
        line, last = after.line, before.line
        if line.row or last.row or LEADERS.search(last.text):
            return False
        size = max(line.size, last.size)
        if abs(line.size - last.size) > _OTHER_SIZE * size:
            return False
        step = last.middle - line.middle
        usual = max(self._leading, 1.2 * size)
        wide = _WIDER if ends_sentence(last.text) else _WIDE
        if after.page == before.page and step > wide * usual:
            return False
        if last.size >= _TITLE * self._em:
            # A title of several lines.
            return self._is_title(before) and self._is_centred(after)
        if self._is_centred(before) or self._is_centred(after):
            return False
        if not self._is_full(before, line):
            return False
        if _counts_on(first.line.text, line.text):
            return False
        if self._indent(after) >= _INDENT:
            return self._hangs(current, after)
        if self._indents or self._indent(first) >= _INDENT:
            return True
        if self._spaced and after.page == before.page:
            return True
        if ends_sentence(last.text) and (leading(line.text) or _POINT.match(line.text)):
            return False
        short = before.frame.right - last.x1 > _SAME * self._em
        return not (short and ends_sentence(last.text))

    def _hangs(self, current: Sequence[_Placed], after: _Placed) -> bool:
        """Whether an indented line belongs to a paragraph that is indented as a whole."""
        first = current[0].line
        if len(current) > 1:
            second = current[1]
            return (
                self._indent(second) >= _INDENT
                and abs(self._indent(second) - self._indent(after)) < _SAME
            )
        if after.line.x0 - first.x0 > _SAME * self._em:
            return leading(first.text) is not None
        return abs(after.line.x0 - first.x0) <= _SAME * self._em and not ends_sentence(first.text)

    def _block(self, lines: Sequence[_Placed], number: int) -> PageBlock:
        first = lines[0]
        cut = tuple(mark for placed in lines for mark in placed.line.cut)
        if first.line.row:
            return PageBlock(text=first.line.text, tag="tr", cut=cut)
        text = _join([placed.line.text for placed in lines])
        is_title = (
            number < _TITLE_WITHIN
            and first.page == 0
            and first.line.size >= _TITLE * self._em
            and self._is_title(first)
        )
        return PageBlock(
            text=collapse(text),
            tag="h1" if is_title else "p",
            cut=cut,
            path=("nav", "contents") if LEADERS.search(text) else (),
            indented=self._indent(first) >= _INDENT and not self._is_centred(first),
        )

    def _notes(self, page: Sequence[_Placed]) -> int:
        """How many lines at the foot of a page are footnotes, by their smaller type."""
        count = 0
        for placed in reversed(page):
            if placed.line.size > _NOTE * self._em or placed.line.row:
                break
            count += 1
        return count if count < len(page) else 0

    def _indent(self, placed: _Placed) -> float:
        return (placed.line.x0 - placed.frame.left) / self._em

    def _is_full(self, placed: _Placed, after: Line | None = None) -> bool:
        """Whether a line fills the measure, or the word that opens the next had no room."""
        latin = placed.line.text[-1:].isascii() and placed.line.text[-1:].isalnum()
        slack = (_LATIN_SLACK if latin else _SLACK) * self._em
        if after and (word := _WORD.match(after.text)):
            share = len(word.group()) / len(after.text)
            slack = max(slack, share * (after.x1 - after.x0) + self._em)
        return placed.line.x1 >= placed.frame.right - slack

    def _is_title(self, placed: _Placed) -> bool:
        """Whether a line is set as a title's: in the middle, or from margin to margin."""
        return self._is_centred(placed) or (
            self._is_full(placed) and self._indent(placed) < _INDENT
        )

    def _is_centred(self, placed: _Placed) -> bool:
        left = placed.line.x0 - placed.frame.left
        right = placed.frame.right - placed.line.x1
        edge = _CENTRED * self._em
        return left > edge and right > edge and abs(left - right) < max(placed.line.size, self._em)


def _counts_on(before: str, after: str) -> bool:
    """Whether `after` opens with the number that follows the one which opens `before`."""
    first, second = leading(before), leading(after)
    if first is None or second is None or first.value is None:
        return False
    return second.style is first.style and second.value == first.value + 1


def _decoration(sheet: Sheet, *, upper: bool) -> Iterator[PageBlock]:
    """Yield the decoration of a page's upper or lower half."""
    for line, kind in sheet.decoration:
        if (kind != "watermark" and line.middle > sheet.height / 2) == upper:
            yield from _apart(line, _PATHS[kind])


def _apart(line: Line, path: tuple[str, ...]) -> Iterator[PageBlock]:
    """Yield a line that is no part of the text."""
    text = line.text if line.row else collapse(line.text)
    if text:
        yield PageBlock(text=text, tag="tr" if line.row else "p", path=path, cut=line.cut)


def _frame(lines: Sequence[Line], em: float, known: _Frame | None) -> _Frame:
    """The margins that at least two lines share; `known` where there are too few lines."""
    text = [line for line in lines if not line.row] or lines
    usual = [line for line in text if abs(line.size - em) <= _OTHER_SIZE * em] or list(text)
    if not usual:
        return known or _Frame(0.0, 0.0)
    if known is not None and len(usual) < _FEW:
        return known
    left = _edge([line.x0 for line in usual], em)
    right = -_edge([-line.x1 for line in usual], em)
    if known is not None and known.right - right > _INDENT * em:
        # No line of this page fills the measure.
        right = known.right + min(left - known.left, 0.0)
    return _Frame(left, right)


def _edge(values: Sequence[float], em: float) -> float:
    """The least value that a good part of the lines share, or else the least of all.

    What hangs out beyond it (a comma in the margin) is shared by few.
    """
    ordered = sorted(values)
    for number, value in enumerate(ordered):
        beside = bisect_right(ordered, value + _SAME * em) - number
        if beside >= max(2, _SHARED * len(ordered)):
            return median(ordered[number : number + beside])
    return ordered[0]


def _join(texts: Sequence[str]) -> str:
    """The lines of one paragraph as one; words of Latin letters keep a space between them.

    >>> _join(["推进STEM", "education and train-", "ing，提质", "增效"])
    '推进STEM education and training，提质增效'
    """
    pieces: list[str] = []
    for before, after in pairwise([*texts, ""]):
        if after and before.endswith("-") and before[-2:-1].isascii() and before[-2:-1].isalpha():
            pieces.append(before[:-1])
            continue
        pieces.append(before)
        latin = before[-1:].isascii() and after[:1].isascii()
        if after and latin and not before.endswith(("-", "(")):
            pieces.append(" ")
    return "".join(pieces)

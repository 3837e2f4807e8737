"""Printed lines of a PDF, put together from the pieces that the child process found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.text.raised import write_raised
from indexer.text.spacing import plain

# Pieces whose middles are this close, in ems, stand on one line; a gap this wide parts the
# cells of a row, or words.
_SAME_LINE = 0.35
CELL_GAP = 0.95
_WORD_GAP = 0.5
# Signs that hold the space behind them.
_WIDE_SIGNS = "，。、；：！？）》”’"
# The dots between an entry of a list of contents and its page.
LEADERS = re.compile(r"(?:[.…·．]\s?){4,}\s*\d{1,4}$")
# The child's sign of a gap before a figure: a space in a table's cell only.
_SET_OFF = "\u2009"
# A raised or lowered piece: how much smaller it is, how far its baseline is off the line's (in
# ems of the line), and how near it stands to what it belongs to.
_SMALL = 0.88
_RAISED, _HIGHEST = 0.1, 0.8
_TOUCHES = 0.6
# What is set as large as the line is raised only where it is a mark by its looks.
_MARK_SHAPE = re.compile(r"[①-⑳*※†]|[\[〔【(（]?\d{1,2}[\])）】〕]?")
_HIGH = 0.25
# A line of a cell that ends this near to the cell's edge, in ems, goes on in the next one.
_WRAPPED = 1.7


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line, or a piece of one: its box in points (y upwards), its em, its text.

    `base` is the height of its baseline, `cut` are the note marks taken from its text. A
    `row` is a row of a table: its text is its cells joined by TAB, `columns` their places.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    text: str
    turn: int = 0
    base: float = 0.0
    cut: tuple[str, ...] = ()
    row: bool = False
    columns: tuple[tuple[float, float], ...] = ()

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.y0 + self.y1) / 2

    def moved(self, right: float, up: float) -> Line:
        """The line at another place."""
        x0, x1 = self.x0 + right, self.x1 + right
        return replace(self, x0=x0, x1=x1, y0=self.y0 + up, y1=self.y1 + up, base=self.base + up)


def read_line(values: Sequence[Any]) -> Line:
    """The piece of a line that the child process described."""
    x0, y0, x1, y1, size, text, turn, base = values
    return Line(x0, y0, x1, y1, max(float(size), 1.0), plain(text), turn, base)


def printed_lines(pieces: Sequence[Line]) -> list[list[Line]]:
    """The pieces by printed line, those that no gap of a cell parts put together."""
    lines: list[list[Line]] = []
    for piece in pieces:
        before = lines[-1][-1] if lines else None
        joined = before and not before.row and not piece.row and _join_raised(before, piece)
        if joined:
            lines[-1][-1] = joined
        elif before is None or not _is_beside(before, piece):
            lines.append([piece])
        elif piece.x0 - before.x1 >= CELL_GAP * max(piece.size, before.size):
            lines[-1].append(piece)
        else:
            gap = (piece.x0 - before.x1) / max(piece.size, before.size)
            spaced = gap >= _WORD_GAP and before.text[-1:] not in _WIDE_SIGNS
            lines[-1][-1] = _join_beside(before, piece, " " if spaced else "")
    return lines


def one_line(cells: Sequence[Line]) -> Line:
    """The cells of a printed line as one line."""
    line = cells[0]
    for cell in cells[1:]:
        line = _join_beside(line, cell, " ")
    return line


def text_line(cells: Sequence[Line]) -> Line:
    """A printed line that is no row of a table, as one line."""
    line = one_line(cells)
    return line if line.row else replace(line, text=line.text.replace(_SET_OFF, ""))


def _join_beside(before: Line, after: Line, between: str) -> Line:
    larger = max(before, after, key=lambda line: line.size)
    return replace(
        before,
        y0=min(before.y0, after.y0),
        x1=max(before.x1, after.x1),
        y1=max(before.y1, after.y1),
        size=larger.size,
        base=larger.base,
        text=before.text + between + after.text,
        cut=before.cut + after.cut,
    )


def _is_beside(before: Line, after: Line) -> bool:
    if before.row or after.row:
        return False
    size = max(before.size, after.size)
    level = abs(after.middle - before.middle) <= _SAME_LINE * size
    return level and after.x0 >= before.x1 - _SAME_LINE * size


def _join_raised(before: Line, after: Line) -> Line | None:
    """Two pieces as one where one is raised or lowered beside the other; else None."""
    size = max(before.size, after.size)
    if not -_SAME_LINE * size <= after.x0 - before.x1 < _TOUCHES * size:
        return None
    if _is_off(after, before):
        if after.base < before.base:
            return replace(before, text=before.text + after.text, x1=after.x1)
        written = write_raised(before.text, after.text)
        mark = (after.text.strip(),) if written is None else ()
        text = before.text + (written or "")
        return replace(before, text=text, x1=after.x1, cut=(*before.cut, *mark))
    if _is_off(before, after):
        raised = before.base > after.base
        written = write_raised("", before.text) if raised else before.text
        mark = (before.text.strip(),) if written is None else ()
        text = (written or "") + after.text.lstrip()
        return replace(after, text=text, x0=before.x0, cut=(*before.cut, *mark, *after.cut))
    return None


def _is_off(piece: Line, line: Line) -> bool:
    """Whether `piece` is raised above or lowered below the baseline of `line`."""
    off = (piece.base - line.base) / line.size
    if piece.size <= _SMALL * line.size:
        return _RAISED <= abs(off) <= _HIGHEST
    return (
        piece.size <= line.size
        and _HIGH <= off <= _HIGHEST
        and bool(_MARK_SHAPE.fullmatch(piece.text.strip()))
    )


def cell_text(
    lines: Sequence[Sequence[Line]], left: float, right: float
) -> tuple[str, tuple[str, ...]]:
    """The text of a table's cell between `left` and `right`, and what was cut from it.

    A line that fills the cell goes on in the next one, another is a paragraph of the cell. A
    figure goes on only where not one digit more had room.
    """
    text = ""
    cut: list[str] = []
    last: Line | None = None
    for line in map(one_line, lines):
        between = " " if last else ""
        if last and last.x1 + _WRAPPED * last.size >= right:
            filled = right - left - (last.x1 - last.x0) < last.size
            ends, opens = last.text[-1:], line.text[:1]
            if ends.isdigit() and opens.isdigit():
                between = "" if filled and len(last.text) > 3 else " "
            else:
                between = " " if ends.isascii() and opens.isascii() else ""
        text += between + line.text
        cut += line.cut
        last = line
    return text, tuple(cut)

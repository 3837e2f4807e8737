"""Printed lines of a PDF and their frame: what belongs to the page, what to the text.

Page headers, footers and page numbers are known by standing at the same place over the
pages; a line in a page's margin that does not recur is text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from indexer.text.spacing import collapse

Margin = Literal["page-header", "page-footer", "page-number", "watermark"]

# Page decoration stands in the outer fifth of a page, and has at most so many lines there.
_ZONE = 0.2
_DEEPEST = 3
# Lines of two pages within this many points of height stand at the same place.
_PLACE = 4.0
# A running line stands on this share of the pages at least (odd and even pages differ, and
# each part of a document may have its own), and on two.
_RECURS = 0.2
# Decoration is set smaller than the text, or parted from it by this many lines' height.
_SMALLER = 0.93
_PARTED = 1.35

# Pieces whose middles are this close, in ems, stand on one line; a gap this wide parts the
# cells of a row, or words.
_SAME_LINE = 0.35
_CELL_GAP = 1.6
_WORD_GAP = 0.5
# Two columns: a good share of the lines stands on either side, most of them fill it, and
# hardly one crosses the middle.
_COLUMN_LINES = 10
_SIDE = 0.3
_FILLED = 0.6
_CROSSING = 0.1

_NUMBER = re.compile(
    r"(?P<sign>[-—–－·~～]+ ?)?(?P<n>\d{1,4}) ?(?P<end>[-—–－·~～]*)"
    r"|第 ?(?P<page>\d{1,4}) ?页.{0,3}(?:共 ?\d{1,4} ?页)?.?|共 ?\d{1,4} ?页.{0,3}第 ?\d{1,4} ?页"
    r"|(?P<of>\d{1,4}) ?/ ?\d{1,4}(?: ?页)?|page ?\d{1,4}(?: ?of ?\d{1,4})?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]")

# Some fonts call ideographs by the signs of the radicals that look the same. Those of the
# Kangxi block have a compatibility mapping; these of the supplement have none in Unicode's
# own data, only an equivalent ideograph (EquivalentUnifiedIdeograph.txt).
_RADICALS = dict(
    zip(
        "⺠⻓⻔⻅⻋⻛⻜⻝⻢⻥⻩⻬⻰⻄⻆⻉⻘⻚⻤⻨⻦⻮⻣⻗⻙⻑⻡⺟⻳",
        "民长门见车风飞食马鱼黄齐龙西角贝青页鬼麦鸟齿骨雨韦长首母龟",
        strict=True,
    )
)
_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its box in points (y upwards), the em of its type, its text.

    `text` has a tab where a gap parts the cells of a row.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    text: str
    turn: int = 0

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: the lines of its text in reading order, and its decoration with what it is."""

    lines: tuple[Line, ...]
    decoration: tuple[tuple[Line, Margin], ...]
    width: float
    height: float


def read_line(values: Sequence[Any]) -> Line:
    """The line that the child process described."""
    x0, y0, x1, y1, size, text, turn = values
    return Line(x0, y0, x1, y1, max(float(size), 1.0), mend(text), turn)


def mend(text: str) -> str:
    """`text` with ideographs for the radicals and compatibility signs that look the same.

    >>> mend("⼀、⼈⺠教育")
    '一、人民教育'
    """
    return _RADICAL.sub(
        lambda match: _RADICALS.get(match.group()) or unicodedata.normalize("NFKC", match.group()),
        text,
    )


def sort_out(pages: Iterable[tuple[tuple[float, float], Sequence[Line]]]) -> list[Sheet]:
    """The pages (width and height, lines) with their decoration told from their text."""
    sheets = [_upright(size, pieces) for size, pieces in pages]
    em = body_em(line for sheet in sheets for line in sheet.lines)
    return [
        replace(
            sheet,
            lines=tuple(line for line in sheet.lines if id(line) not in names),
            decoration=(
                *((line, names[id(line)]) for line in sheet.lines if id(line) in names),
                *sheet.decoration,
            ),
        )
        for sheet, names in zip(sheets, _recurring(sheets, em), strict=True)
    ]


def body_em(lines: Iterable[Line]) -> float:
    """The em of the type that most of the text is set in."""
    amounts: Counter[float] = Counter()
    for line in lines:
        amounts[round(line.size * 2) / 2] += len(line.text)
    return amounts.most_common(1)[0][0] if amounts else 1.0


def _upright(size: tuple[float, float], lines: Sequence[Line]) -> Sheet:
    """The page held so that most of its text is upright; the rest of it is a watermark."""
    amounts: Counter[int] = Counter()
    for line in lines:
        amounts[line.turn] += len(line.text)
    turn = max(amounts.most_common(1)[0][0], 0) if amounts else 0
    width, height = size
    # Turned boxes lie beside the page; these bring them back onto it.
    right = {2: width, 3: height}.get(turn, 0.0)
    up = {1: width, 2: height}.get(turn, 0.0)
    level = [
        replace(line, x0=line.x0 + right, x1=line.x1 + right, y0=line.y0 + up, y1=line.y1 + up)
        for line in lines
        if line.turn == turn
    ]
    whole = [line for column in columns_of(level) for line in _whole_lines(column)]
    return Sheet(
        lines=tuple(whole),
        decoration=tuple((line, "watermark") for line in lines if line.turn != turn),
        width=height if turn % 2 else width,
        height=width if turn % 2 else height,
    )


def columns_of(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by column, in reading order: one column, or two with what spans them.

    The cells of a table stand beside each other too, but do not fill half a page each.
    """
    if len(lines) < _COLUMN_LINES:
        return [list(lines)]
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    middle, least = (start + end) / 2, _FILLED * (end - start) / 2
    left = [line for line in lines if line.x1 <= middle + line.size / 2]
    right = [line for line in lines if line.x0 >= middle - line.size / 2]
    spanning = [
        line
        for line in lines
        if line.x1 > middle + line.size / 2 and line.x0 < middle - line.size / 2
    ]
    for side in (left, right):
        filled = sum(line.x1 - line.x0 >= least for line in side)
        if len(side) < _SIDE * len(lines) or filled < _FILLED * len(side):
            return [list(lines)]
    if len(spanning) > _CROSSING * len(lines):
        return [list(lines)]
    first = max(line.middle for line in (*left, *right))
    above = [line for line in spanning if line.middle > first]
    below = [line for line in spanning if line.middle <= first]
    return [column for column in (above, left, right, below) if column]


def _whole_lines(pieces: Sequence[Line]) -> list[Line]:
    """The pieces that stand on one line put together, left to right."""
    whole: list[Line] = []
    for piece in pieces:
        before = whole[-1] if whole else None
        size = max(piece.size, before.size if before else 0.0)
        if (
            before is None
            or abs(piece.middle - before.middle) > _SAME_LINE * size
            or piece.x0 < before.x1 - _SAME_LINE * size
        ):
            whole.append(piece)
            continue
        gap = (piece.x0 - before.x1) / size
        between = "\t" if gap >= _CELL_GAP else " " if gap >= _WORD_GAP else ""
        whole[-1] = replace(
            before,
            y0=min(piece.y0, before.y0),
            x1=max(piece.x1, before.x1),
            y1=max(piece.y1, before.y1),
            size=size,
            text=before.text + between + piece.text,
        )
    return whole


def _recurring(sheets: Sequence[Sheet], em: float) -> list[dict[int, Margin]]:
    """For each page its decoration: the line's identity to what it is."""
    margins = [list(_margin_lines(sheet)) for sheet in sheets]
    places: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    counts: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, margin in enumerate(margins):
        for zone, line, _ in margin:
            places[zone, _key(line.text)].append((number, line.middle))
            value = _value(_page_number(line))
            if value is not None:
                counts[zone, value - number].add(number)
    needed = max(2, round(_RECURS * len(sheets)))

    def recurs(zone: str, line: Line, value: int | None, number: int) -> bool:
        if value is not None and len(counts[zone, value - number]) >= 2:
            return True
        key = _key(line.text)
        if not _WORD.search(key):
            return False
        near = {n for n, y in places[zone, key] if abs(y - line.middle) <= _PLACE}
        return len(near) >= needed

    result: list[dict[int, Margin]] = []
    for number, margin in enumerate(margins):
        names: dict[int, Margin] = {}
        ended: set[str] = set()
        for zone, line, gap in margin:
            if zone in ended:
                continue
            match = _page_number(line)
            signed = match and (not match["n"] or (match["sign"] and match["end"]))
            decoration = signed or recurs(zone, line, _value(match), number)
            if decoration and match:
                names[id(line)] = "page-number"
            elif decoration and (line.size <= _SMALLER * em or gap >= _PARTED * line.size or names):
                names[id(line)] = "page-header" if zone == "header" else "page-footer"
            else:
                ended.add(zone)
        result.append(names)
    return result


def _margin_lines(sheet: Sheet) -> Iterator[tuple[str, Line, float]]:
    """Yield the outermost lines with their zone and the gap between them and the next."""
    ordered = sorted(sheet.lines, key=lambda line: -line.middle)
    ceiling = max((sheet.height, *(line.y1 for line in ordered)))
    for zone, run in (("header", ordered), ("footer", ordered[::-1])):
        for line, following in zip(run[:_DEEPEST], [*run[1:], None], strict=False):
            outside = (
                line.middle >= ceiling * (1 - _ZONE)
                if zone == "header"
                else line.middle <= ceiling * _ZONE
            )
            if not outside:
                break
            gap = ceiling
            if following is not None:
                gap = line.y0 - following.y1 if zone == "header" else following.y0 - line.y1
            yield zone, line, gap


def _key(text: str) -> str:
    return _DIGITS.sub("#", collapse(text))


def _page_number(line: Line) -> re.Match[str] | None:
    return _NUMBER.fullmatch(collapse(line.text))


def _value(match: re.Match[str] | None) -> int | None:
    """The page number that a line states, if it states one."""
    value = match and (match["n"] or match["page"] or match["of"])
    return int(value) if value else None


def leading_of(sheets: Iterable[Sheet], em: float) -> float:
    """The usual distance from one line of the text to the next."""
    steps = []
    for sheet in sheets:
        for before, after in pairwise(sheet.lines):
            step = before.middle - after.middle
            if 0.5 * em < step < 4 * em:
                steps.append(step)
    return median(steps) if steps else 1.5 * em

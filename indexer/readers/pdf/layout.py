"""Printed lines of a PDF and their frame: what belongs to the page, what to the text.

Page headers, footers and page numbers are known by standing at the same place over the
pages; a line in a page's margin that does not recur is text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from indexer.readers.pdf.aligned import aligned_tables
from indexer.readers.pdf.lines import Line, printed_lines, read_line
from indexer.readers.pdf.ruled import Rule, ruled_tables
from indexer.text.spacing import collapse

Margin = Literal["page-header", "page-footer", "page-number", "watermark", "table-head"]

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

# Two columns: a good share of the lines stands on either side, most of them fill it, and
# hardly one crosses the middle.
_COLUMN_LINES = 10
_SIDE = 0.3
_FILLED = 0.6
_CROSSING = 0.1

# Vertical writing: the child's sign for its columns, and how many quarters they are turned by
# where one reads along them.
_VERTICAL, _VERTICAL_TURN = 4, 3
_HEADS = 4
# The number of a page of vertical writing stands in this outer share of it.
_EDGE = 0.12
_CONTINUED = re.compile(r"续表|表.{0,40}[(（]续.{0,4}[)）]$")

_NUMBER = re.compile(
    r"(?P<sign>[-—–－―─·~～_ ]+)?(?P<n>\d{1,4}) ?(?P<end>[-—–－―─·~～_ ]*)"
    r"|第 ?(?P<page>\d{1,4}) ?页.{0,3}(?:共 ?\d{1,4} ?页)?.?|共 ?\d{1,4} ?页.{0,3}第 ?\d{1,4} ?页"
    r"|(?P<of>\d{1,4}) ?/ ?\d{1,4}(?: ?页)?|page ?\d{1,4}(?: ?of ?\d{1,4})?",
    re.IGNORECASE,
)
_TABLE_HEAD: Margin = "table-head"
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: the lines of its text in reading order, and its decoration with what it is."""

    lines: tuple[Line, ...]
    decoration: tuple[tuple[Line, Margin], ...]
    width: float
    height: float


def sort_out(pages: Iterable[dict[str, Any]]) -> list[Sheet]:
    """The pages that the child described with their decoration told from their text."""
    sheets: list[Sheet] = []
    for page in pages:
        ends = sheets[-1].lines[-1:] if sheets else ()
        sheets.append(_upright(page, [column for line in ends for column in line.columns]))
    em = body_em(line for sheet in sheets for line in sheet.lines)
    return _without_repeated_heads(
        replace(
            sheet,
            lines=tuple(line for line in sheet.lines if id(line) not in names),
            decoration=(
                *((line, names[id(line)]) for line in sheet.lines if id(line) in names),
                *sheet.decoration,
            ),
        )
        for sheet, names in zip(sheets, _recurring(sheets, em), strict=True)
    )


def _without_repeated_heads(sheets: Iterable[Sheet]) -> list[Sheet]:
    """The pages; the first rows of a table that its next page repeats are decoration there."""
    result: list[Sheet] = []
    heads: list[str] = []
    for sheet in sheets:
        lines = list(sheet.lines)
        start = 1 if lines and _CONTINUED.match(lines[0].text) else 0
        again = 0
        for line, head in zip(lines[start:], heads, strict=False):
            if not line.row or line.text != head:
                break
            again += 1
        repeated = lines[: start + again] if again else []
        del lines[: len(repeated)]
        decoration = (*((line, _TABLE_HEAD) for line in repeated), *sheet.decoration)
        result.append(replace(sheet, lines=tuple(lines), decoration=decoration))
        last = next((n for n, line in enumerate(reversed(lines)) if not line.row), len(lines))
        table = [line.text for line in lines[len(lines) - last :]]
        if last < len(lines) or not again:
            heads = table[:_HEADS]
    return result


def body_em(lines: Iterable[Line]) -> float:
    """The em of the type that most of the text is set in."""
    amounts: Counter[float] = Counter()
    for line in lines:
        amounts[round(line.size * 2) / 2] += len(line.text)
    return amounts.most_common(1)[0][0] if amounts else 1.0


def _upright(page: dict[str, Any], known: list[tuple[float, float]]) -> Sheet:
    """The page held so that most of its text is upright; the rest of it is a watermark.

    `known` are the columns of the table that the page before ends with.
    """
    width, height = page["page"]
    lines = [read_line(values) for values in page["lines"]]
    amounts: Counter[int] = Counter()
    for line in lines:
        amounts[line.turn] += len(line.text)
    turn = max(amounts.most_common(1)[0][0], 0) if amounts else 0
    vertical = turn == _VERTICAL
    if vertical:
        # Single characters stand upright in vertical writing, figures lie on their side.
        turn = _VERTICAL_TURN
        edge = _EDGE * height
        lines = [
            line
            if line.turn < 0
            or (_page_number(line) and not line.turn and not edge < line.middle < height - edge)
            else _along(line)
            for line in lines
        ]
    else:
        lines = [replace(line, turn=0) if line.turn == _VERTICAL else line for line in lines]
    # Turned boxes lie beside the page; these bring them back onto it.
    right = {2: width, 3: height}.get(turn, 0.0)
    up = {1: width, 2: height}.get(turn, 0.0)
    level = [line.moved(right, up) for line in lines if line.turn == turn]
    if vertical:
        # PDFium gives the columns from the left.
        level = _by_column(level)
    rules = [_turned(rule, turn, right, up) for rule in page["rules"]]
    pieces = ruled_tables(level, rules)
    whole = [
        line
        for column in columns_of(pieces)
        for line in aligned_tables(printed_lines(column), known)
    ]
    others = [line for line in lines if line.turn != turn]
    return Sheet(
        lines=tuple(whole),
        decoration=tuple(
            (line, "page-number" if vertical and _page_number(line) else "watermark")
            for line in others
        ),
        width=height if turn % 2 else width,
        height=width if turn % 2 else height,
    )


def _along(line: Line) -> Line:
    """A column of vertical writing as a line that one reads along."""
    x0, y0, x1, y1 = line.x0, line.y0, line.x1, line.y1
    if line.turn == 1:
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    if line.turn != _VERTICAL_TURN:
        x0, y0, x1, y1 = -y1, x0, -y0, x1
    return replace(line, x0=x0, y0=y0, x1=x1, y1=y1, turn=_VERTICAL_TURN, base=y0)


def _by_column(lines: Sequence[Line]) -> list[Line]:
    """Lines of vertical writing from the right; those of one column from its top."""
    columns: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.middle):
        if columns and columns[-1][0].middle - line.middle < line.size / 2:
            columns[-1].append(line)
        else:
            columns.append([line])
    return [line for column in columns for line in sorted(column, key=lambda line: line.x0)]


def _turned(rule: Sequence[float], turn: int, right: float, up: float) -> Rule:
    """A rule as one sees it on the page held upright."""
    x0, y0, x1, y1 = rule
    turned = ((x0, y0, x1, y1), (y0, -x1, y1, -x0), (-x1, -y1, -x0, -y0), (-y1, x0, -y0, x1))[turn]
    return turned[0] + right, turned[1] + up, turned[2] + right, turned[3] + up


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


def _recurring(sheets: Sequence[Sheet], em: float) -> list[dict[int, Margin]]:
    """For each page its decoration: the line's identity to what it is."""
    margins = [list(_margin_lines(sheet)) for sheet in sheets]
    places: dict[tuple[str, str], list[tuple[int, Line]]] = defaultdict(list)
    counts: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, margin in enumerate(margins):
        for zone, line, _ in margin:
            places[zone, _key(line.text)].append((number, line))
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
        near = {
            n
            for n, other in places[zone, key]
            if abs(other.middle - line.middle) <= _PLACE
            and _counts_pages(line.text, other.text, n - number)
        }
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
            if line.row:
                break
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


def _counts_pages(one: str, two: str, pages: int) -> bool:
    """Whether figures that two lines differ in are as far apart as their pages."""
    apart = [
        int(b) - int(a)
        for a, b in zip(_DIGITS.findall(one), _DIGITS.findall(two), strict=True)
        if a != b
    ]
    return all(difference == pages for difference in apart)


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
            if not after.row and 0.5 * em < step < 4 * em:
                steps.append(step)
    return median(steps) if steps else 1.5 * em

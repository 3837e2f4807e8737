"""The tables of a PDF page that have rules around their cells."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from indexer.readers.pdf.lines import Line, cell_text, one_line, printed_lines
from indexer.text.spacing import collapse

Rule = tuple[float, float, float, float]
"""A thin box: x0, y0, x1, y1."""

# Rules this near to each other, in points, are one, or touch.
_NEAR = 3.5
# Larger grids are drawings.
_MOST_RULES = 3_000
_MOST_SLOTS = 20_000
# Cells with so much text are the page itself, laid out in a table.
_RUNNING = 150


@dataclass(slots=True)
class _Grid:
    """Rules that touch each other: the upright and the level ones, (place, from, to)."""

    upright: list[Rule] = field(default_factory=list)
    level: list[Rule] = field(default_factory=list)


def ruled_tables(pieces: Sequence[Line], rules: Sequence[Rule]) -> list[Line]:
    """The pieces in their order; those between the rules of a table as its rows.

    The rows stand where the first piece of their table stood.
    """
    result = list(pieces)
    for grid in _grids(rules):
        left, right = min(r[0] for r in grid.level), max(r[2] for r in grid.level)
        low, high = min(r[1] for r in grid.upright), max(r[3] for r in grid.upright)
        inside = [
            piece
            for piece in result
            if not piece.row
            and left - _NEAR <= (piece.x0 + piece.x1) / 2 <= right + _NEAR
            and low - _NEAR <= piece.middle <= high + _NEAR
        ]
        xs = _places([x for r in grid.upright for x in (r[0],)] + [left, right])
        ys = _places([r[1] for r in grid.level] + [low, high])
        if not inside or len(xs) < 3 or (len(xs) - 1) * (len(ys) - 1) > _MOST_SLOTS:
            continue
        rows = list(_Ruled(grid, xs, ys).rows(inside))
        if rows:
            gone = set(map(id, inside))
            at = next(n for n, piece in enumerate(result) if id(piece) in gone)
            rest = [piece for piece in result[at:] if id(piece) not in gone]
            result = [*result[:at], *rows, *rest]
    return result


def _grids(rules: Sequence[Rule]) -> Iterator[_Grid]:
    """Yield the rules that belong together, where they cross."""
    upright = _merged([(y0, x0, y1, x1) for x0, y0, x1, y1 in rules if y1 - y0 > x1 - x0])
    upright = [(x0, y0, x1, y1) for y0, x0, y1, x1 in upright]
    level = _merged([rule for rule in rules if rule[2] - rule[0] >= rule[3] - rule[1]])
    if len(upright) + len(level) > _MOST_RULES:
        return
    waiting = set(range(len(level)))
    unseen = set(range(len(upright)))
    while unseen:
        grid = _Grid()
        todo = [upright[unseen.pop()]]
        while todo:
            rule = todo.pop()
            is_level = rule[2] - rule[0] >= rule[3] - rule[1]
            (grid.level if is_level else grid.upright).append(rule)
            others, left = (upright, unseen) if is_level else (level, waiting)
            met = [n for n in left if _touch(rule, others[n])]
            todo += [others[n] for n in met]
            left.difference_update(met)
        if len(grid.level) > 1:
            yield grid


def _touch(one: Rule, two: Rule) -> bool:
    return (
        one[0] <= two[2] + _NEAR
        and two[0] <= one[2] + _NEAR
        and one[1] <= two[3] + _NEAR
        and two[1] <= one[3] + _NEAR
    )


def _merged(level: Sequence[Rule]) -> list[Rule]:
    """Level rules with those of one height that meet or overlap made one."""
    found: list[Rule] = []
    by_height: list[list[Rule]] = []
    for rule in sorted(level, key=lambda rule: rule[1]):
        if by_height and rule[1] - by_height[-1][0][1] <= _NEAR:
            by_height[-1].append(rule)
        else:
            by_height.append([rule])
    for same in by_height:
        start = len(found)
        for rule in sorted(same):
            if len(found) > start and rule[0] <= found[-1][2] + _NEAR:
                last = found[-1]
                found[-1] = (last[0], last[1], max(last[2], rule[2]), last[3])
            else:
                found.append((rule[0], same[0][1], rule[2], same[0][1]))
    return found


def _places(values: Sequence[float]) -> list[float]:
    """The values in order, without those near to the one before."""
    ordered = sorted(values)
    return [
        value
        for number, value in enumerate(ordered)
        if not number or value - ordered[number - 1] > _NEAR
    ]


class _Ruled:
    """The cells between the rules of one table."""

    def __init__(self, grid: _Grid, xs: list[float], ys: list[float]) -> None:
        self._xs, self._ys = xs, ys
        self._columns, self._bands = len(xs) - 1, len(ys) - 1
        # Each slot between neighbouring rules leads to the first slot of its cell.
        self._first = {
            (band, column): (band, column)
            for band in range(self._bands)
            for column in range(self._columns)
        }
        for band in reversed(range(self._bands)):
            middle = (ys[band] + ys[band + 1]) / 2
            for column in range(1, self._columns):
                if not any(
                    abs(r[0] - xs[column]) <= _NEAR and r[1] - _NEAR <= middle <= r[3] + _NEAR
                    for r in grid.upright
                ):
                    self._unite((band, column - 1), (band, column))
        for column in range(self._columns):
            middle = (xs[column] + xs[column + 1]) / 2
            for band in reversed(range(self._bands - 1)):
                if not any(
                    abs(r[1] - ys[band + 1]) <= _NEAR and r[0] - _NEAR <= middle <= r[2] + _NEAR
                    for r in grid.level
                ):
                    self._unite((band + 1, column), (band, column))

    def _root(self, slot: tuple[int, int]) -> tuple[int, int]:
        while self._first[slot] != slot:
            slot = self._first[slot]
        return slot

    def _unite(self, one: tuple[int, int], two: tuple[int, int]) -> None:
        """Make one cell of two; its first slot is the upper, then the left one."""
        first, second = sorted((self._root(one), self._root(two)), key=lambda s: (-s[0], s[1]))
        self._first[second] = first

    def rows(self, pieces: Sequence[Line]) -> Iterator[Line]:
        """Yield the rows from the top; nothing where this is no table but a frame."""
        cells: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for piece in pieces:
            column = bisect_right(self._xs, (piece.x0 + piece.x1) / 2) - 1
            band = bisect_right(self._ys, piece.middle) - 1
            slot = (min(max(band, 0), self._bands - 1), min(max(column, 0), self._columns - 1))
            cells[self._root(slot)].append(piece)
        texts = ["".join(piece.text for piece in cell) for cell in cells.values()]
        running = sum(len(text) >= _RUNNING for text in texts)
        if len({column for _, column in cells}) < 2 or 2 * running > len(texts):
            return
        printed = {slot: printed_lines(cell) for slot, cell in cells.items()}
        for band in reversed(range(self._bands)):
            here = {column: lines for (at, column), lines in printed.items() if at == band}
            if not here:
                continue
            height = (self._ys[band], self._ys[band + 1])
            for part in _parted(here, self._xs):
                yield self._row(part, height)

    def _row(self, cells: dict[int, list[list[Line]]], height: tuple[float, float]) -> Line:
        read = {
            column: cell_text(lines, self._xs[column], self._xs[min(column + 1, self._columns)])
            for column, lines in cells.items()
        }
        tops = [line.y1 for lines in cells.values() for line in map(one_line, lines)]
        bottoms = [line.y0 for lines in cells.values() for line in map(one_line, lines)]
        low, high = max(height[0], min(bottoms)), min(height[1], max(tops))
        first = next(iter(cells.values()))[0][0]
        whole = Line(self._xs[0], low, self._xs[-1], high, first.size, "", first.turn, low)
        return as_row(whole, [read.get(column, ("", ())) for column in range(self._columns)])


def as_row(line: Line, cells: Sequence[tuple[str, tuple[str, ...]]]) -> Line:
    """A row of a table, from the texts of its cells and what was cut from them."""
    text = "\t".join(collapse(text) for text, _ in cells)
    return replace(line, text=text, cut=tuple(mark for _, cut in cells for mark in cut), row=True)


def _parted(
    cells: dict[int, list[list[Line]]], xs: Sequence[float]
) -> Iterator[dict[int, list[list[Line]]]]:
    """Yield the rows of a band that has rules around it, but none between its rows.

    Most of its columns then have equally many lines, at the same heights, and they do not
    fill their cells, as the lines of one long cell do.
    """
    counts = [len(lines) for lines in cells.values()]
    many = max(set(counts), key=lambda count: (counts.count(count), count))
    alike = [column for column, lines in cells.items() if len(lines) == many]
    loose = [
        column
        for column in alike
        if any(
            line[-1].x1 + 2 * line[-1].size < xs[min(column + 1, len(xs) - 1)]
            for line in cells[column][:-1]
        )
    ]
    if many == 1 or len(alike) < 2 or 2 * len(loose) <= len(alike):
        yield cells
        return
    heights = [line[0].base for line in cells[alike[0]]]
    parts: list[dict[int, list[list[Line]]]] = [defaultdict(list) for _ in heights]
    for column, lines in cells.items():
        for line in lines:
            nearest = min(range(many), key=lambda n: abs(heights[n] - line[0].base))
            parts[nearest][column].append(line)
    yield from parts

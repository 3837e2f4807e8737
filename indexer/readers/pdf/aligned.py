"""The tables of a PDF page without rules around their cells: text that stands in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median

from indexer.readers.pdf.lines import LEADERS, Line, cell_text, text_line
from indexer.readers.pdf.ruled import as_row
from indexer.text.numbering import leading

# All measures in ems, where nothing else is said. So far apart are cells that stand beside each
# other, and so many printed lines away a cell is still looked for.
_BESIDE = 0.9
_NEAR = 8
# The part of a character above its baseline that counts for its height.
_CORE = 0.8
# Lines of one cell are no further apart, lines of a table than that.
_PITCH = 1.7
_FURTHEST = 4.0
# A line fills its cell that ends so near to the column's edge.
_FULL = 1.7
# Edges or middles of a column's cells agree so nearly, for this share of the cells.
_ALIGNED = 0.6
_MOSTLY = 0.6
# So many rows make a table, and two where it has as many columns.
_MIN_ROWS = 3
# A first or last row further off than this, in usual steps, is a running head or foot.
_OFF = 1.6
# Cells that reach over two columns are heads over both, unless there are more of them.
_BRIDGES = 0.25
# More cells on one page are a drawing's.
_MOST_CELLS = 3_000
# At most so many lines of a page stand above a table that goes on there.
_HEADS = 3

# A row as it is found: its cells by column, each the printed lines in it.
_Cells = dict[int, list[list[Line]]]
_Columns = list[tuple[float, float]]


def aligned_tables(lines: Sequence[Sequence[Line]], known: _Columns) -> list[Line]:
    """The printed lines (each its cells); those whose cells stand in columns as rows.

    `known` are the columns of the table that the page before ends with, if it does.
    """
    beside = [_is_tabular(lines, number) for number in range(len(lines))]
    result: list[Line] = []
    at = 0
    while at < len(lines):
        end = _end(lines, beside, at)
        table: list[Line] = []
        # What stands close above a table may look like a row of it.
        for start in range(at, min(at + _HEADS, end)):
            before = known if start < _HEADS else []
            table = _table(lines[start:end], before) or _table(lines[start:end], [])
            if table:
                result += [*map(text_line, lines[at:start]), *table]
                break
        end = max(end, at + 1)
        if not table:
            result += map(text_line, lines[at:end])
        at = end
    return result


def _is_tabular(lines: Sequence[Sequence[Line]], number: int) -> bool:
    """Whether a printed line can be of a table: something stands beside a cell of it."""
    line = lines[number]
    if line[0].row or LEADERS.search(line[-1].text):
        return False
    if len(line) > 1:
        # Not where it is a heading's number and its words.
        mark = leading(line[0].text)
        return len(line) > 2 or mark is None or mark.end < len(line[0].text.strip())
    cell = line[0]
    for other in lines[max(number - _NEAR, 0) : number + _NEAR + 1]:
        for one in other:
            apart = max(one.x0 - cell.x1, cell.x0 - one.x1)
            if apart >= _BESIDE * cell.size and not one.row and _overlap(one, cell):
                return True
    return False


def _overlap(one: Line, two: Line) -> bool:
    return one.base < two.base + _CORE * two.size and two.base < one.base + _CORE * one.size


def _end(lines: Sequence[Sequence[Line]], beside: Sequence[bool], start: int) -> int:
    """Where the lines end that may be one table; a line or two of one cell may stand between."""
    end = at = start
    while at < len(lines) and at - end <= 2 and not lines[at][0].row:
        step = abs(lines[at - 1][0].base - lines[at][0].base) if at > start else 0.0
        if step > _FURTHEST * lines[at][0].size:
            break
        if beside[at]:
            end = at + 1
        elif at == start or leading(lines[at][0].text):
            break
        at += 1
    return end


def _table(lines: Sequence[Sequence[Line]], known: _Columns) -> list[Line]:
    """The rows of a table, which goes on in `known` columns if there are any; else none."""
    cells = [cell for line in lines for cell in line]
    columns = known or (_columns(cells) if len(cells) <= _MOST_CELLS else [])
    if len(columns) < 2:
        return []
    if known:
        rows, needed = _rows(lines, columns), 1
        is_aligned = all(any(_share(cell, column) for column in columns) for cell in cells)
    else:
        rows = _rows(lines, columns)
        rows, columns = _united(rows, columns)
        needed = 2 if len(columns) >= _MIN_ROWS else _MIN_ROWS
        is_aligned = _is_aligned(rows, columns)
    full = [row for row in rows if len(row) > 1]
    if len(full) < needed or len(full) < _MOSTLY * len(rows) or not is_aligned:
        return []
    found = [_read(row, columns) for row in rows]
    steps = [above.base - below.base for above, below in pairwise(found)]
    for number, step in ((0, steps[0]), (-1, steps[-1])) if len(steps) > 2 else ():
        if step > _OFF * median(steps):
            found[number] = text_line([cell for part in rows[number].values() for cell in part[0]])
    return found


def _columns(cells: Sequence[Line]) -> _Columns:
    """The columns (left, right) that the cells stand in, without those that reach over two."""
    columns: list[list[Line]] = []
    bridges: list[Line] = []
    for cell in sorted(cells, key=lambda cell: cell.x1 - cell.x0):
        over = [c for c in columns if any(_share(cell, (one.x0, one.x1)) for one in c)]
        if len(over) > 1 and all(len(column) > 1 for column in over):
            bridges.append(cell)
            continue
        columns = [column for column in columns if column not in over]
        columns.append([cell, *(other for column in over for other in column)])
    columns.sort(key=lambda column: min(cell.x0 for cell in column))
    result: _Columns = []
    for column in columns:
        left, right = min(c.x0 for c in column), max(c.x1 for c in column)
        over_both = sum(cell.x0 < result[-1][1] and cell.x1 > left for cell in bridges if result)
        if result and (left < result[-1][1] or over_both > max(1, _BRIDGES * len(column))):
            result[-1] = (result[-1][0], max(right, result[-1][1]))
        else:
            result.append((left, right))
    return result


def _share(cell: Line, column: tuple[float, float]) -> bool:
    return cell.x0 < column[1] and column[0] < cell.x1


def _column_of(cell: Line, columns: _Columns) -> int:
    """The first column that a cell stands in, or the nearest."""
    over = [n for n, column in enumerate(columns) if _share(cell, column)]
    middle = (cell.x0 + cell.x1) / 2
    nearest = range(len(columns))
    return over[0] if over else min(nearest, key=lambda n: abs(sum(columns[n]) / 2 - middle))


def _rows(lines: Sequence[Sequence[Line]], columns: _Columns) -> list[_Cells]:
    """The cells by row: what stands beside a cell of a row, or goes on from one above."""
    rows: list[_Cells] = []
    for line in lines:
        for column, group in groupby(line, lambda cell: _column_of(cell, columns)):
            part = list(group)
            if not rows or not (
                _is_over(part[0], rows[-1])
                or (len(line) == 1 and _goes_on(part[0], column, rows[-1], columns))
            ):
                rows.append({})
            rows[-1].setdefault(column, []).append(part)
            if len(rows) > 1 and _is_over(part[0], rows[-2]):
                # The first lines of cells that have more of them than others of their row.
                row = rows.pop()
                for number, found in row.items():
                    rows[-1].setdefault(number, []).extend(found)
    return rows


def _united(rows: Sequence[_Cells], columns: _Columns) -> tuple[list[_Cells], _Columns]:
    """Rows and columns with columns made one that are next to each other, but in no row both.

    They are a head in the middle over figures at the side.
    """
    one = list(range(len(columns)))
    gaps = sorted((right[0] - left[1], n) for n, (left, right) in enumerate(pairwise(columns)))
    for _, number in gaps:
        left, right = one[number], one[number + 1]
        if not any({left, right} <= {one[n] for n in row} for row in rows):
            one = [left if n == right else n for n in one]
    kept = sorted(set(one))
    return (
        [{kept.index(one[n]): found for n, found in row.items()} for row in rows],
        [
            (columns[n][0], max(c[1] for c, of in zip(columns, one, strict=True) if of == n))
            for n in kept
        ],
    )


def _is_over(cell: Line, row: _Cells) -> bool:
    """Whether a cell stands at the height of a row."""
    return any(_overlap(cell, one) for lines in row.values() for line in lines for one in line)


def _goes_on(cell: Line, column: int, row: _Cells, columns: _Columns) -> bool:
    """Whether a line is the next one of a cell of the row."""
    above = row[column][-1][-1] if column in row else None
    return (
        above is not None
        and 0 < above.base - cell.base <= _PITCH * above.size
        and above.x1 + _FULL * above.size >= columns[column][1]
        and (len(row) > 1 or column > 0)
    )


def _is_aligned(rows: Sequence[_Cells], columns: _Columns) -> bool:
    """Whether the cells of every column begin, end or have their middle at one place."""
    for column in range(len(columns)):
        cells = [row[column][0][0] for row in rows if column in row]
        edges = ([c.x0 for c in cells], [c.x1 for c in cells], [(c.x0 + c.x1) / 2 for c in cells])
        if cells and not any(
            sum(abs(value - median(values)) <= _ALIGNED * cells[0].size for value in values)
            >= _MOSTLY * len(cells)
            for values in edges
        ):
            return False
    return True


def _read(row: _Cells, columns: _Columns) -> Line:
    every = [piece for lines in row.values() for line in lines for piece in line]
    whole = replace(
        every[0],
        x0=min(piece.x0 for piece in every),
        x1=max(piece.x1 for piece in every),
        y0=min(piece.y0 for piece in every),
        y1=max(piece.y1 for piece in every),
        columns=tuple(columns),
    )
    cells = [cell_text(row.get(n, []), -math.inf, column[1]) for n, column in enumerate(columns)]
    return as_row(whole, cells)

"""Tables of a Word document: which rows are read across, and what their cells are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from indexer.page import RECORD_CELL
from indexer.readers.docx.runs import (
    ALTERNATE,
    GONE,
    PARAGRAPH,
    PROPERTIES,
    REFERENCES,
    chosen,
)
from indexer.readers.docx.styles import VAL, W, integer, value

TABLE = f"{W}tbl"
_ROW = f"{W}tr"
_CELL = f"{W}tc"
_CONTENT = frozenset((PARAGRAPH, TABLE, *REFERENCES))
_SKIPPED = GONE | {f"{W}{name}" for name in ("tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr")}
# A cell with so many paragraphs of running text is a text set in a frame; with fewer in a
# table of so few rows.
_TEXT, _TEXT_IN_FEW = 4, 2
_FEW_ROWS = 2
# Word's own limit of columns.
_MAX_COLUMNS = 63
_FIGURE = re.compile(r"\s*[\d０-９.,%％]+\s*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell (`element` None: a place without one) and how many columns it takes.

    `continues` says that it is the lower part of the cell above it.
    """

    element: Any | None
    span: int = 1
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells that are read across."""

    cells: tuple[Cell, ...]


def within(container: Any, wanted: Collection[str] = _CONTENT) -> Iterator[Any]:
    """Yield the outermost elements of `container` that are `wanted`, in reading order."""
    stack: list[Iterator[Any]] = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in wanted:
            yield element
        elif element.tag == ALTERNATE:
            stack.append(chosen(element))
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            stack.append(iter(element))


def read_table(table: Any) -> Iterator[Row | Any]:
    """Yield what a table holds: its rows, and the cells that hold running text, as containers.

    A table of which no row has two cells with text is a frame: its cells hold text.
    """
    rows = [
        [(cell, list(_texts(cell.element))) for cell in _cells(row)]
        for row in within(table, (_ROW,))
        if not _is_gone(row.find(f"{W}trPr"))
    ]
    if not any(sum(bool(texts) for _, texts in row) > 1 for row in rows):
        yield from (cell.element for row in rows for cell, _ in row if cell.element is not None)
        return
    least = _TEXT_IN_FEW if len(rows) <= _FEW_ROWS else _TEXT
    for row in rows:
        # A figure alone in its cell says nothing without its row.
        figures = any(_FIGURE.fullmatch("".join(texts)) for _, texts in row)
        long = (sum(len(text) > RECORD_CELL for text in texts) for _, texts in row)
        apart = [not figures and count >= least for count in long]
        for is_apart, group in groupby(zip(apart, row, strict=True), itemgetter(0)):
            cells = tuple(cell for _, (cell, _) in group)
            if is_apart:
                yield from (cell.element for cell in cells)
            else:
                yield Row(cells)


def _cells(row: Any) -> Iterator[Cell]:
    properties = row.find(f"{W}trPr")
    if before := _columns(properties, "gridBefore", 0):
        yield Cell(None, before)
    for element in within(row, (_CELL,)):
        stated = element.find(f"{W}tcPr")
        if stated is not None and stated.find(f"{W}cellDel") is not None:
            continue
        merges = () if stated is None else stated.iterchildren(f"{W}vMerge", f"{W}hMerge")
        continues = any(merge.get(VAL) != "restart" for merge in merges)
        yield Cell(element, _columns(stated, "gridSpan", 1), continues)
    if after := _columns(properties, "gridAfter", 0):
        yield Cell(None, after)


def _columns(holder: Any | None, name: str, least: int) -> int:
    return min(max(integer(value(holder, name), least), least), _MAX_COLUMNS)


def _is_gone(properties: Any | None) -> bool:
    return properties is not None and properties.find(f"{W}del") is not None


def _texts(cell: Any | None) -> Iterator[str]:
    """Yield the text of each paragraph with text in a cell, nested tables aside."""
    for paragraph in () if cell is None else within(cell, (PARAGRAPH, TABLE)):
        if paragraph.tag == PARAGRAPH:
            text = "".join(paragraph.itertext(f"{W}t")).strip()
            # An automatic number is printed without a text behind it, too.
            if text or paragraph.find(f"{PROPERTIES}/{W}numPr") is not None:
                yield text or "0"

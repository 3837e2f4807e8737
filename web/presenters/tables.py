"""Rows of tables as pages show them: cut into cells, under the heads of their columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.ids import build_paragraph_id
from archive.model import Form, Paragraph
from web.context import archive

# So many rows are looked at in one go for the first one of a table, and at most.
_STEP = 50
_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters shown alike; one with `cut` stands for a fragment removed there.

    `mark` is part of a hit, `strong` of a run-in heading, `masked` of a character that the site
    put in the place of a name or a figure.
    """

    text: str
    mark: bool = False
    strong: bool = False
    masked: bool = False
    cut: str | None = None


Cells = tuple[tuple[Piece, ...], ...]


def cells_of(pieces: Iterable[Piece]) -> Cells:
    """Return the pieces of a row by its cells; a mark over a cell's edge goes on behind it.

    >>> [[piece.text for piece in cell] for cell in cells_of([Piece("甲\\t"), Piece("乙\\t丙")])]
    [['甲'], ['乙'], ['丙']]
    """
    cells: list[list[Piece]] = [[]]
    for piece in pieces:
        for n, text in enumerate(piece.text.split("\t")):
            if n:
                cells.append([])
            if text or piece.cut is not None:
                cells[-1].append(replace(piece, text=text))
    return tuple(map(tuple, cells))


def column_heads(row: Paragraph) -> tuple[str, ...]:
    """Return the cells of the first row of the table of `row`; none where it is that itself.

    What is no row has no heads.
    """
    if row.form is not Form.ROW:
        return ()
    head = row
    for stop in range(row.ordinal, max(0, row.ordinal - _MOST_ROWS), -_STEP):
        before = range(max(0, stop - _STEP), stop)
        found = archive().lookup(build_paragraph_id(row.document_id, n) for n in before)
        known = {p.ordinal: p for p in found if p.form is Form.ROW}
        while head.ordinal - 1 in known:
            head = known[head.ordinal - 1]
        if head.ordinal > before.start:
            break
    return () if head is row else tuple(head.cells)

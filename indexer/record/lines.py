"""The lines of each article of a page, with those beside it that were dropped.

A head or a signature may be dropped as boilerplate; its words are read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from archive.model import Form
from indexer.page import DraftArticle, DraftParagraph, LabelledBlock
from indexer.record.words import day_in, offices_in
from indexer.text import suffixes

# The rules that drop lines of a document's own head.
OFFICIAL = ("neighbour:", "title:", "line:page-label")
_LINKS = "density:links"
_HIDDEN = "dom:hidden"
# Of links only those of annexes are of a document.
_FILE = re.compile(rf"^附\s?件|{suffixes.DOCUMENT}\s*$", re.IGNORECASE)
# How far ahead the block of a paragraph may stand, and how many dropped lines are read
# above a text, between two paragraphs, and below it.
_AHEAD, _ABOVE, _BETWEEN, _BELOW = 80, 30, 10, 12
_LONGEST = 120
# So many lines stand beside one another in a table without lines.
_BESIDE = 2


class Line(NamedTuple):
    """A line of an article: its form where it was kept, the rule that dropped it else."""

    text: str
    form: Form | None = None
    rule: str | None = None


class Value(NamedTuple):
    """A value that a text gives for an element of its record, and the words."""

    element: str
    value: str | tuple[str, ...]
    words: str


def lines_of(
    blocks: Sequence[LabelledBlock], drafts: Sequence[DraftArticle], used: Set[int]
) -> Iterator[list[Line]]:
    """Yield the lines of each of `drafts`, without the blocks `used`; each cell is one line."""
    at, read = 0, 0
    for number, draft in enumerate(drafts):
        lines: list[Line] = []
        for paragraph in draft.paragraphs:
            found = _block_of(blocks, at, paragraph)
            if found is not None:
                at = found
                lines += _dropped(blocks, range(read, at), used)[-(_BETWEEN if read else _ABOVE) :]
                read = at + 1
            if found is None or found not in used:
                lines += (Line(text, paragraph.form) for text in _cells(paragraph))
        if number == len(drafts) - 1:
            lines += _dropped(blocks, range(read, len(blocks)), used)[:_BELOW]
        yield lines


def _cells(paragraph: DraftParagraph) -> list[str]:
    """The cells of a row that only sets lines beside one another, else the text."""
    cells = [cell for cell in paragraph.text.split("\t") if cell]
    lay_out = paragraph.form is Form.ROW and (
        len(cells) <= _BESIDE or all(offices_in(cell) or day_in(cell) for cell in cells)
    )
    return cells if lay_out else [paragraph.text]


def _block_of(blocks: Sequence[LabelledBlock], at: int, paragraph: DraftParagraph) -> int | None:
    """The kept block, from `at` on, that holds a paragraph or is a part of it."""
    text = paragraph.text
    for i in range(at, min(len(blocks), at + _AHEAD)):
        if blocks[i].keep and (text in blocks[i].text or text.startswith(blocks[i].text)):
            return i
    return None


def _dropped(blocks: Sequence[LabelledBlock], places: range, used: Set[int]) -> list[Line]:
    return [
        Line(text, None, block.rule)
        for i in places
        if not (block := blocks[i]).keep and i not in used and block.rule != _HIDDEN
        for text in block.source.text.split("\t")
        if 0 < len(text) <= _LONGEST and (block.rule != _LINKS or _FILE.search(text))
    ]

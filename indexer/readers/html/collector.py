"""Text on its way into blocks: what stands between two line breaks, or in one row of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bs4 import Tag

from indexer.page import PageBlock, Share
from indexer.readers.html.numbers import Count, numbered
from indexer.readers.html.stylesheets import NO_SHEET, Sheet
from indexer.readers.html.tables import Grid
from indexer.text.raised import write_raised
from indexer.text.spacing import INDENT, PARAGRAPH, collapse

_LINES = re.compile(r"\r\n|\r|\n")
# What is hidden inside a line and no longer than this was never a text of its own.
MAX_DECOY = 60
# Enough of a line to see what a raised mark stands behind.
_BEFORE = 16
_MARKS = frozenset("[［【〔①②③④⑤⑥⑦⑧⑨⑩↩↑")


# Not frozen, which would triple the time to make one: there is one for nearly every element.
@dataclass(slots=True)
class Context:
    """What an element hands down to what it holds."""

    tag: str = "body"
    path: tuple[str, ...] = ()
    place: tuple[int, ...] = ()
    hidden: bool = False
    # Hidden inside a line that shows, which it does not break.
    beside: bool = False
    link: bool = False
    preformatted: bool = False
    lines: bool = False
    share: Share | None = None
    sheet: Sheet = NO_SHEET
    grid: Grid | None = None
    count: Count | None = None


class Collector:
    """Collects text into blocks.

    What is hidden beside a line (`aside`) is cut out of it, or makes blocks of its own.
    """

    def __init__(self, *, aside: bool = False) -> None:
        self.blocks: list[PageBlock] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.context = Context()
        # The number of the list item in hand, until its first text.
        self.number = ""
        # The row in hand with its cells, and the column of the cell in hand.
        self.row: Tag | None = None
        self.column = -1
        self._row_context = self.context
        self._cells: dict[int, str] = {}
        self._cut: list[str] = []
        # How many pieces there were when a reading was last cut.
        self._cut_at = -1
        self.aside = None if aside else Collector(aside=True)

    def side(self, context: Context) -> Collector:
        """Where the text of `context` goes: here, or aside."""
        return self.aside if context.beside and self.aside else self

    def add(self, text: str, context: Context) -> None:
        """Append running text; a paragraph's indent inside it starts a new block."""
        if context.beside and self.aside:
            self.aside.add(text, context)
            return
        indents = "\u3000" in text or "\u00a0" in text
        if not self.pieces:
            if text.isspace() and not indents:
                return
            self.context = context
        if self.row is not None:
            parts = [text]
        elif context.preformatted:
            parts = _LINES.split(text)
        else:
            parts = PARAGRAPH.split(text) if indents else [text]
        for number, part in enumerate(parts):
            if number:
                self.flush()
                self.context = context
                if not context.preformatted:
                    self.pieces.append("\u3000\u3000")
            self.pieces.append(part)
            if context.link:
                self.linked += len(collapse(part))

    def cut(self, text: str, context: Context) -> None:
        """Take note of the reading of a character (ruby), which is no part of the line."""
        side = self.side(context)
        if said := collapse(text):
            if side._cut_at == len(side.pieces) and side._cut:
                said = side._cut.pop() + said
            side._cut.append(said)
            side._cut_at = len(side.pieces)

    def raise_mark(self, mark: str, context: Context, *, linked: bool = False) -> bool:
        """Append a raised piece, or cut it where it is a note's mark.

        Of what is `linked` and not raised, only what looks like nothing but a mark is cut.
        Returns whether the piece was taken.
        """
        side = self.side(context)
        before = collapse("".join(side.pieces[-8:])[-_BEFORE:])
        if not before:
            # A note's own number: never side by side with the figure behind it.
            if not linked:
                self.add(f"{mark} ", context)
            return not linked
        if linked and mark.strip()[:1] not in _MARKS:
            return False
        written = write_raised(before, mark)
        if written is None or (linked and mark.strip() in "↩↑"):
            side._cut.append(collapse(mark))
        elif linked:
            return False
        else:
            self.add(written, context)
        return True

    def begin_row(self, row: Tag, context: Context) -> None:
        """The texts of cells are collected from now on."""
        self.row, self._row_context = row, context
        self._cells.clear()

    def end_cell(self) -> None:
        """The text in hand is a cell: that of `column`, of the next one where it is negative."""
        column = self.column if self.column >= 0 else len(self._cells)
        self._cells[column] = _read("".join(self.pieces))
        self.pieces.clear()

    def end_row(self, grid: Grid | None) -> None:
        """The row ends: one block of its cells; a lone text in a row of a layout is no row."""
        if "".join(self.pieces).strip():
            self.column = -1
            self.end_cell()
        filled = [text for text in self._cells.values() if text]
        if grid is None and len(filled) < 2:
            text, tag = "".join(filled), "td"
        else:
            columns = range(max([(grid or {}).get(id(self.row), 0), *(n + 1 for n in self._cells)]))
            text, tag = "\t".join(self._cells.get(n, "") for n in columns), "tr"
        self.pieces.clear()
        self.row = None
        if filled:
            self._row_context.tag = tag
            self._finish(text, self._row_context)
        self._end_aside(shown=bool(filled))
        self._clear()

    def flush(self) -> None:
        """End the block in hand, and what is hidden beside it."""
        aside = self.aside
        if not (self.pieces or self._cut or (aside and (aside.pieces or aside.blocks))):
            return
        raw = "".join(self.pieces)
        text = _read(raw)
        if text:
            added = ""
            if self.number and not self.context.hidden:
                text, added = numbered(self.number, text)
                self.number = ""
            self._finish(text, self.context, added, indented=INDENT.match(raw) is not None)
        elif self._cut:
            said = "".join(self._cut)
            self._cut.clear()
            self.blocks.append(PageBlock(said, hidden=True, place=self.context.place))
        self._end_aside(shown=bool(text))
        self._clear()

    def _clear(self) -> None:
        self.pieces.clear()
        self._cut.clear()
        self._cut_at = -1
        self.linked = 0

    def _finish(
        self, text: str, context: Context, added: str = "", *, indented: bool = False
    ) -> None:
        self.blocks.append(
            PageBlock(
                text=text,
                tag=context.tag,
                path=context.path,
                link_density=min(1.0, self.linked / len(text)),
                hidden=context.hidden,
                place=context.place,
                indented=indented,
                share=context.share,
                cut=tuple(self._cut),
                added=added,
            )
        )

    def _end_aside(self, *, shown: bool) -> None:
        """Put what is hidden beside the last line into its `cut`, or behind it as blocks."""
        aside = self.aside
        if aside is None or not (aside.pieces or aside.blocks):
            return
        aside.flush()
        blocks = aside.blocks
        if shown and blocks and all(len(block.text) <= MAX_DECOY for block in blocks):
            line = self.blocks[-1]
            cut = (*line.cut, *(text for b in blocks for text in (b.text, *b.cut)))
            self.blocks[-1] = replace(line, cut=cut)
        else:
            self.blocks.extend(blocks)
        blocks.clear()


def _read(raw: str) -> str:
    """A line or cell as it is stored; a space that was escaped twice is a space."""
    text = collapse(raw)
    return collapse(text) if "&" in text else text

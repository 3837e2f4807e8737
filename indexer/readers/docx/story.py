"""One story of a Word document (its body, a header, the notes) as blocks in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from indexer.page import PageBlock
from indexer.readers.docx.runs import (
    PARAGRAPH,
    PROPERTIES,
    REFERENCES,
    Piece,
    compose,
    read_runs,
)
from indexer.readers.docx.styles import Numbering, Properties, Styles, read_properties
from indexer.readers.docx.tables import TABLE, Row, read_table, within
from indexer.text import spacing
from indexer.text.spacing import INDENT, collapse

# A line of which this share leads to the headings is one of the table of contents.
_CONTENTS_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph as it is printed: its number, its text, the note marks cut from it.

    `hidden` is its text that is not printed.
    """

    stated: Properties
    pieces: list[Piece]
    number: str
    text: str
    cut: tuple[str, ...]
    hidden: str


class Story:
    """Reads containers of paragraphs into `blocks`, counting the automatic numbers.

    `embedded` gives the blocks of another part of the package by its relation's id.
    """

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        embedded: Callable[[str], tuple[PageBlock, ...]],
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self._embedded = embedded
        self._carried: list[Piece] = []
        self._path: tuple[str, ...] = ()
        self.blocks: list[PageBlock] = []

    def read(self, container: Any, path: tuple[str, ...] = ()) -> None:
        """Append the blocks of `container`, all under the words `path`."""
        self._path = path
        stack: list[Iterator[Any]] = [within(container)]
        while stack:
            item = next(stack[-1], None)
            if item is None:
                stack.pop()
            elif isinstance(item, Row):
                stack.append(iter(self._row(item)))
            elif item.tag == PARAGRAPH:
                line, behind = self._line(item)
                if line is not None:
                    self._append(line)
                stack.append(iter(behind))
            elif item.tag == TABLE:
                stack.append(read_table(item))
            elif item.tag in REFERENCES:
                self.blocks.extend(self._embedded(item.get(REFERENCES[item.tag], "")))
            else:
                stack.append(within(item))
        if self._carried:
            self._append(self._finish(Properties()))

    def _line(self, paragraph: Any) -> tuple[_Line | None, list[Any]]:
        """A paragraph as printed (None: it runs on in the next), and what is read behind it."""
        stated = read_properties(paragraph.find(PROPERTIES))
        pieces, behind = read_runs(paragraph, self._styles, stated)
        self._carried.extend(pieces)
        return None if stated.mark_deleted else self._finish(stated), behind

    def _finish(self, stated: Properties) -> _Line:
        """The line of all that was carried so far, set as `stated`."""
        pieces, self._carried = self._carried, []
        shown = [piece for piece in pieces if not piece.hidden]
        hidden = collapse("".join(piece.text for piece in pieces if piece.hidden))
        text, cut = compose(shown)
        return _Line(stated, shown, self._numbering.advance(stated), text, cut, hidden)

    def _hide(self, text: str) -> None:
        if text:
            self.blocks.append(PageBlock(text=text, path=self._path, hidden=True))

    def _append(self, read: _Line) -> None:
        stated, added, cut = read.stated, read.number, read.cut
        text = added + read.text.lstrip() if added else read.text
        length = len(text)
        contents = sum(len(piece.text) for piece in read.pieces if piece.contents)
        path = self._path
        if contents > _CONTENTS_SHARE * length or self._styles.is_contents(stated):
            path = (*path, "nav", "contents")
        tag = self._styles.tag(stated)
        indented = bool(self._styles.inherited(stated, "indented"))
        linked = sum(len(piece.text) for piece in read.pieces if piece.linked)
        for line in text.split("\n") if read.text.strip() else ():
            for number, part in enumerate(spacing.PARAGRAPH.split(line)):
                if plain := collapse(part):
                    opens = number > 0 or INDENT.match(line) is not None
                    self.blocks.append(
                        PageBlock(
                            text=plain,
                            tag=tag,
                            path=path,
                            link_density=min(1.0, linked / length),
                            indented=indented or opens,
                            cut=cut,
                            added=added.strip(),
                        )
                    )
                    # The number and the marks of a paragraph stand with its first part.
                    added, cut = "", ()
            # A forced line has no indent of its own.
            indented = False
        self._hide(read.hidden)

    def _row(self, row: Row) -> list[Any]:
        """Append a table's row as one block; what is read behind it."""
        texts: list[str] = []
        cut: list[str] = []
        hidden: list[str] = []
        behind: list[Any] = []
        added = ""
        for cell in row.cells:
            lines: list[_Line] = []
            for item in () if cell.element is None else within(cell.element):
                if item.tag != PARAGRAPH:
                    behind.append(item)
                    continue
                line, more = self._line(item)
                behind.extend(more)
                lines.extend(filter(None, (line,)))
            if self._carried:
                lines.append(self._finish(Properties()))
            text = collapse(" ".join(f"{x.number}{x.text}" for x in lines).replace("\n", " "))
            if lines and not any(texts):
                added = lines[0].number.strip()
            cut.extend(mark for line in lines for mark in line.cut)
            hidden.extend(line.hidden for line in lines)
            # Word does not show what stands in the lower part of a cell over several rows.
            hidden.append(text if cell.continues else "")
            texts.extend(("" if cell.continues else text, *[""] * (cell.span - 1)))
        if any(texts):
            self.blocks.append(
                PageBlock("\t".join(texts), "tr", self._path, cut=tuple(cut), added=added)
            )
        for text in hidden:
            self._hide(text)
        return behind

"""One story of a Word document (its body, a header, the notes) as blocks in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from indexer.page import RECORD_CELL, PageBlock
from indexer.readers.docx.runs import ALTERNATE, GONE, Piece, chosen, read_runs
from indexer.readers.docx.styles import Numbering, Properties, Styles, W, read_properties
from indexer.text.spacing import INDENT, PARAGRAPH, collapse

_PARAGRAPH = f"{W}p"
_PROPERTIES = f"{W}pPr"
_ROW = f"{W}tr"
_CELL = f"{W}tc"
_CHUNK = f"{W}altChunk"
_CHUNK_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SKIPPED = GONE | {f"{W}{name}" for name in ("tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr")}
# So many elements of a row are looked at to tell; a layout table's row has more.
_RECORD_SCAN = 2000
# A line of which this share leads to the headings is one of the table of contents.
_CONTENTS_SHARE = 0.8


class Story:
    """Reads containers of paragraphs into `blocks`, counting the automatic numbers.

    `chunk` gives the blocks of an embedded document by its relation's id.
    """

    def __init__(
        self, styles: Styles, numbering: Numbering, chunk: Callable[[str], tuple[PageBlock, ...]]
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self._chunk = chunk
        self._carried: list[Piece] = []
        self._path: tuple[str, ...] = ()
        self.blocks: list[PageBlock] = []

    def read(self, container: Any, path: tuple[str, ...] = ()) -> None:
        """Append the blocks of `container`, all under the words `path`."""
        self._path = path
        stack: list[Iterator[Any]] = [iter(container)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
            elif element.tag in _SKIPPED or not isinstance(element.tag, str):
                continue
            elif element.tag == _PARAGRAPH:
                stack.extend(iter(box) for box in reversed(self._paragraph(element)))
            elif element.tag == _CHUNK:
                self.blocks.extend(self._chunk(element.get(_CHUNK_ID, "")))
            elif element.tag == ALTERNATE:
                stack.append(chosen(element))
            elif element.tag == _ROW and _is_record(element):
                self._record(element)
            else:
                stack.append(iter(element))

    def _paragraph(self, paragraph: Any) -> list[Any]:
        """Append a paragraph's blocks; its text boxes, which come behind it."""
        stated = read_properties(paragraph.find(_PROPERTIES))
        pieces, boxes = read_runs(paragraph)
        self._carried.extend(pieces)
        if stated.mark_deleted:
            # Its text runs on in the next paragraph, which alone is one.
            return boxes
        pieces, self._carried = self._carried, []
        number = self._numbering.advance(stated)
        shown = [piece for piece in pieces if not piece.hidden]
        text = "".join(piece.text for piece in shown)
        if text.strip():
            self._append(stated, number + text.lstrip() if number else text, shown)
        hidden = collapse("".join(piece.text for piece in pieces if piece.hidden))
        if hidden:
            self.blocks.append(PageBlock(text=hidden, path=self._path, hidden=True))
        return boxes

    def _append(self, stated: Properties, text: str, pieces: list[Piece]) -> None:
        length = len(text)
        contents = sum(len(piece.text) for piece in pieces if piece.contents)
        path = self._path
        if contents > _CONTENTS_SHARE * length or self._styles.is_contents(stated):
            path = (*path, "nav", "contents")
        tag = self._styles.tag(stated)
        indented = self._styles.is_indented(stated)
        linked = sum(len(piece.text) for piece in pieces if piece.linked)
        for line in text.split("\n"):
            for number, part in enumerate(PARAGRAPH.split(line)):
                if plain := collapse(part):
                    opens = number > 0 or INDENT.match(line) is not None
                    self.blocks.append(
                        PageBlock(
                            text=plain,
                            tag=tag,
                            path=path,
                            link_density=min(1.0, linked / length),
                            indented=indented or opens,
                        )
                    )
            # A forced line has no indent of its own.
            indented = False

    def _record(self, row: Any) -> None:
        """Append a row of short cells as one block, with the numbers of its cells."""
        texts = []
        for paragraph in row.iter(_PARAGRAPH):
            number = self._numbering.advance(read_properties(paragraph.find(_PROPERTIES)))
            pieces, _ = read_runs(paragraph)
            text = "".join(piece.text for piece in pieces if not piece.hidden)
            texts.append(collapse(number + text))
        if line := collapse(" ".join(texts)):
            self.blocks.append(PageBlock(text=line, tag="tr", path=self._path))


def _is_record(row: Any) -> bool:
    """Whether a table row is a line of data: several short cells of one paragraph each."""
    cells = filled = length = 0
    for scanned, element in enumerate(row.iter()):
        if scanned > _RECORD_SCAN:
            return False
        name = element.tag
        if name in (f"{W}tbl", f"{W}txbxContent", _CHUNK, *GONE):
            return False
        if name == _CELL:
            cells += 1
            filled = length = 0
        elif name == _PARAGRAPH:
            filled += length > 0
            length = 0
            if filled or read_properties(element.find(_PROPERTIES)).mark_deleted:
                return False
        elif name == f"{W}t":
            length += len(element.text or "")
            if length > RECORD_CELL or filled:
                return False
    return cells > 1

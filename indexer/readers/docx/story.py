"""One story of a Word document (its body, a header, the notes) as blocks in reading order.

Trees are walked with an explicit stack: mark-up may nest deeper than Python's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from indexer.page import RECORD_CELL, PageBlock
from indexer.readers.docx.styles import Numbering, Properties, Styles, W, is_on, read_properties
from indexer.text.spacing import INDENT, PARAGRAPH, collapse

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ALTERNATE = f"{_MC}AlternateContent"
_BOX = f"{W}txbxContent"
_PARAGRAPH = f"{W}p"
_PROPERTIES = f"{W}pPr"
_CHUNK = f"{W}altChunk"
# What has left the document, or stands in it without being printed.
_GONE = frozenset((f"{W}del", f"{W}moveFrom"))
_SILENT = _GONE | {f"{W}{name}" for name in ("pPr", "rPr", "delText", "rt", "rubyPr", "sdtPr")}
_SKIPPED = _GONE | {
    f"{W}{name}" for name in ("tblPr", "trPr", "tcPr", "tblGrid", "sectPr", "sdtPr")
}
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_PAGE_BREAKS = ("page", "column")
# Symbols of the private range are drawn by a font of symbols: no character is meant.
_PRIVATE = range(0xE000, 0xF900)
# So many elements of a row are looked at to tell; a layout table's row has more.
_RECORD_SCAN = 2000
# A line of which this share leads to the headings is one of the table of contents.
_CONTENTS_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `linked`: inside a link; `contents`: one to a heading of the text."""

    text: str = ""
    hidden: bool = False
    linked: bool = False
    contents: bool = False


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
                self.blocks.extend(self._chunk(element.get(_RELATION, "")))
            elif element.tag == _ALTERNATE:
                stack.append(_chosen(element))
            elif element.tag == f"{W}tr" and _is_record(element):
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
        indented = bool(self._styles.inherited(stated, "indented"))
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
            texts.append(collapse(number + shown_text(paragraph)))
        if line := collapse(" ".join(texts)):
            self.blocks.append(PageBlock(text=line, tag="tr", path=self._path))


def _is_record(row: Any) -> bool:
    """Whether a table row is a line of data: several short cells of one paragraph each."""
    cells = filled = length = 0
    for scanned, element in enumerate(row.iter()):
        if scanned > _RECORD_SCAN:
            return False
        name = element.tag
        if name in (f"{W}tbl", _BOX, _CHUNK, *_GONE):
            return False
        if name == f"{W}tc":
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


def shown_text(paragraph: Any) -> str:
    """The text of a paragraph that is printed, its text boxes aside."""
    pieces, _ = read_runs(paragraph)
    return "".join(piece.text for piece in pieces if not piece.hidden)


def read_runs(paragraph: Any) -> tuple[list[Piece], list[Any]]:
    """The text of a paragraph in pieces, and its text boxes (to be read behind it)."""
    pieces: list[Piece] = []
    boxes: list[Any] = []
    # The open fields, each with whether its instruction is being read, and how many are: what
    # an instruction says is not printed.
    fields: list[bool] = []
    instructions = 0
    stack: list[tuple[Iterator[Any], Piece]] = [(iter(paragraph), Piece())]
    while stack:
        children, context = stack[-1]
        element = next(children, None)
        if element is None:
            stack.pop()
            continue
        name = element.tag
        if name in _SILENT or not isinstance(name, str):
            continue
        if name == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                fields.append(True)
                instructions += 1
            elif kind in ("separate", "end") and fields:
                instructions -= fields.pop()
                if kind == "separate":
                    fields.append(False)
        elif name == _BOX:
            boxes.append(element)
        elif name == _ALTERNATE:
            stack.append((_chosen(element), context))
        elif text := _text(element, name):
            if not instructions:
                pieces.append(replace(context, text=text))
        elif len(element):
            stack.append((iter(element), _enter(element, name, context)))
    return pieces, boxes


def _chosen(alternate: Any) -> Iterator[Any]:
    """The children of the form that a program of today shows; the others say the same."""
    forms = alternate.iterchildren(f"{_MC}Choice", f"{_MC}Fallback")
    return iter(next(forms, ()))


def _enter(element: Any, name: str, context: Piece) -> Piece:
    """The setting of what `element` holds."""
    if name == f"{W}r":
        hidden = context.hidden or is_on(element.find(f"{W}rPr"), "vanish")
        return replace(context, hidden=hidden)
    if name == f"{W}hyperlink":
        to_heading = (element.get(f"{W}anchor") or "").startswith("_Toc")
        return replace(context, linked=element.get(_RELATION) is not None, contents=to_heading)
    return context


def _text(element: Any, name: str) -> str:
    if name in (f"{W}t", _MATH_TEXT):
        return element.text or ""
    if name == f"{W}br":
        return "" if element.get(f"{W}type") in _PAGE_BREAKS else "\n"
    if name == f"{W}sym":
        try:
            code = int(element.get(f"{W}char", ""), 16)
        except ValueError:
            return ""
        return "" if code in _PRIVATE or not 0x20 <= code < 0xD800 else chr(code)
    return _SIGNS.get(name, "")

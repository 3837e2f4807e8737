"""The runs of a Word paragraph as text: what is printed, what is hidden, what was deleted.

The tree is walked with an explicit stack: mark-up may nest deeper than Python's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.readers.docx.styles import W, is_on

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ALTERNATE = f"{_MC}AlternateContent"
BOX = f"{W}txbxContent"
# What has left the document, or stands in it without being printed.
GONE = frozenset((f"{W}del", f"{W}moveFrom"))
_SILENT = GONE | {f"{W}{name}" for name in ("pPr", "rPr", "delText", "rt", "rubyPr", "sdtPr")}
_SIGNS = {f"{W}tab": " ", f"{W}ptab": " ", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_PAGE_BREAKS = ("page", "column")
# Symbols of the private range are drawn by a font of symbols: no character is meant.
_PRIVATE = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `linked`: inside a link; `contents`: one to a heading of the text."""

    text: str
    hidden: bool = False
    linked: bool = False
    contents: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    hidden: bool = False
    linked: bool = False
    contents: bool = False


def chosen(alternate: Any) -> Iterator[Any]:
    """The children of the form that a program of today shows; the others say the same."""
    for child in alternate.iterchildren(f"{_MC}Choice", f"{_MC}Fallback"):
        return iter(child)
    return iter(())


class _Fields:
    """The open fields of a paragraph, and in how many of them the instruction is being read."""

    def __init__(self) -> None:
        self._open: list[bool] = []
        self.instructions = 0

    def follow(self, kind: str | None) -> None:
        """Take note of the sign that begins a field, parts or ends it."""
        if kind == "begin":
            self._open.append(True)
            self.instructions += 1
        elif kind in ("separate", "end") and self._open:
            self.instructions -= self._open.pop()
            if kind == "separate":
                self._open.append(False)


def read_runs(paragraph: Any) -> tuple[list[Piece], list[Any]]:
    """The text of a paragraph in pieces, and its text boxes (to be read behind it)."""
    pieces: list[Piece] = []
    boxes: list[Any] = []
    fields = _Fields()
    stack: list[tuple[Iterator[Any], _Context]] = [(iter(paragraph), _Context())]
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
            fields.follow(element.get(f"{W}fldCharType"))
        elif name == BOX:
            boxes.append(element)
        elif name == ALTERNATE:
            stack.append((chosen(element), context))
        elif text := _text(element, name):
            if not fields.instructions:
                pieces.append(Piece(text, context.hidden, context.linked, context.contents))
        elif len(element):
            stack.append((iter(element), _enter(element, name, context)))
    return pieces, boxes


def _enter(element: Any, name: str, context: _Context) -> _Context:
    if name == f"{W}r":
        return _Context(
            context.hidden or is_on(element.find(f"{W}rPr"), "vanish"),
            context.linked,
            context.contents,
        )
    if name == f"{W}hyperlink":
        to_heading = (element.get(f"{W}anchor") or "").startswith("_Toc")
        return _Context(context.hidden, element.get(_RELATION) is not None, to_heading)
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

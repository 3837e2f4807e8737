"""The text of one Word paragraph: its runs in pieces, its note marks, what stands behind it.

Trees are walked with an explicit stack: mark-up may nest deeper than Python's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from indexer.readers.docx.styles import Properties, Styles, W
from indexer.text.raised import write_raised

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATION = f"{_OFFICE}id"
# What refers to another part of the package, and the attribute with its relation's id.
REFERENCES = {
    f"{W}altChunk": RELATION,
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": f"{_OFFICE}dm",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": RELATION,
    "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart": RELATION,
    "{urn:schemas-microsoft-com:office:office}OLEObject": RELATION,
}
ALTERNATE = f"{_MC}AlternateContent"
BOX = f"{W}txbxContent"
PARAGRAPH = f"{W}p"
PROPERTIES = f"{W}pPr"
# What has left the document.
GONE = frozenset((f"{W}del", f"{W}moveFrom"))
# That, and what stands in the document without being printed.
_SILENT = GONE | {f"{W}{name}" for name in ("pPr", "rPr", "delText", "rt", "rubyPr", "sdtPr")}
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_PAGE_BREAKS = ("page", "column")
# Symbols of the private range are drawn by a font of symbols: no character is meant.
_PRIVATE = range(0xE000, 0xF900)
_POWERS = (f"{_MATH}sSup", f"{_MATH}sSubSup")


class Piece(NamedTuple):
    """A stretch of text; `linked`: inside a link; `contents`: one to a heading of the text.

    `raised`: set above the line.
    """

    text: str = ""
    hidden: bool = False
    linked: bool = False
    contents: bool = False
    raised: bool = False


def shown_text(paragraph: Any, styles: Styles, stated: Properties) -> str:
    """The text of a paragraph that is printed, its text boxes aside."""
    pieces, _ = read_runs(paragraph, styles, stated)
    return compose([piece for piece in pieces if not piece.hidden])[0]


def compose(pieces: list[Piece]) -> tuple[str, tuple[str, ...]]:
    """The text of `pieces` on one line, and the note marks that were cut from it."""
    if all(piece.raised or not piece.text.strip() for piece in pieces):
        return "".join(piece.text for piece in pieces), ()
    text = ""
    cut: list[str] = []
    for raised, group in groupby(pieces, key=lambda piece: piece.raised):
        part = "".join(piece.text for piece in group)
        written = write_raised(text, part) if raised and part.strip() else part
        if written is None:
            cut.append(part.strip())
        else:
            text += written
    return text, tuple(cut)


def read_runs(paragraph: Any, styles: Styles, stated: Properties) -> tuple[list[Piece], list[Any]]:
    """The text of a paragraph in pieces; its boxes and references, to be read behind it."""
    pieces: list[Piece] = []
    behind: list[Any] = []
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
        elif name == BOX or name in REFERENCES:
            behind.append(element)
        elif name == ALTERNATE:
            stack.append((chosen(element), context))
        elif text := _text(element, name):
            if not instructions:
                pieces.append(context._replace(text=text))
        elif name == f"{W}r":
            run = styles.run_setting(element.find(f"{W}rPr"), stated)
            hidden = context.hidden or bool(run.hidden)
            stack.append((iter(element), context._replace(hidden=hidden, raised=bool(run.raised))))
        elif name == f"{W}hyperlink":
            to_heading = (element.get(f"{W}anchor") or "").startswith("_Toc")
            linked = element.get(RELATION) is not None
            stack.append((iter(element), context._replace(linked=linked, contents=to_heading)))
        elif len(element):
            stack.append((iter(element), context))
    return pieces, behind


def chosen(alternate: Any) -> Iterator[Any]:
    """The children of the form that a program of today shows; the others say the same."""
    forms: Iterable[Any] = alternate.iterchildren(f"{_MC}Choice", f"{_MC}Fallback")
    return iter(next(iter(forms), ()))


def _text(element: Any, name: str) -> str:
    if name in (f"{W}t", f"{_MATH}t"):
        return element.text or ""
    if name == f"{W}br":
        return "" if element.get(f"{W}type") in _PAGE_BREAKS else "\n"
    if name == f"{W}sym":
        try:
            code = int(element.get(f"{W}char", ""), 16)
        except ValueError:
            return ""
        return "" if code in _PRIVATE or not 0x20 <= code < 0xD800 else chr(code)
    if name in (f"{_MATH}sup", f"{_MATH}den"):
        # Without a sign between them an exponent and a denominator make another figure.
        text = "".join(element.itertext(f"{_MATH}t"))
        if name == f"{_MATH}den":
            return f"/{text}"
        return {"2": "²", "3": "³"}.get(text, f"^{text}") if _is_power(element) else text
    return _SIGNS.get(name, "")


def _is_power(element: Any) -> bool:
    return element.getparent().tag in _POWERS

"""Presentations (.pptx): slide after slide, what stands on each from the top down.

A slide's title heads what stands below it. Texts of groups, rows of tables and the speaker's
notes are read; charts and diagrams are said to be unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers.doc_title import choose_title
from indexer.readers.package import Package
from indexer.text.spacing import collapse, plain

_BOOK = "ppt/presentation.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TITLES = ("title", "ctrTitle")
# What the template prints on every slide.
_DECORATION = ("dt", "ftr", "sldNum", "hdr")
# Shapes whose tops are this near, in EMU (a third of an inch), stand beside one another.
_SAME_HEIGHT = 304_800
_NOTES, _FOOTER = ("notes",), ("page", "footer")


def read_slides(data: bytes, relative: str) -> Page:
    """The page of a presentation. Raises SourceError where it is damaged or has no text."""
    package = Package(data, relative)
    book = package.xml(_BOOK)
    if book is None:
        raise package.damaged(f"no {_BOOK}")
    relations = package.relations(_BOOK)
    blocks: list[PageBlock] = []
    unread = False
    for slide in book.iter("{*}sldId"):
        part = relations.get(slide.get(_RELATION, ""), ("", ""))[1]
        root = package.xml(part) if part else None
        if root is None:
            continue
        hidden = root.get("show") == "0"
        blocks += _shapes(root, hidden=hidden)
        unread = unread or next(root.iter("{*}chart", "{*}relIds"), None) is not None
        for kind, target in package.relations(part).values():
            notes = package.xml(target) if kind == "notesSlide" else None
            if notes is not None:
                blocks += (PageBlock(text, path=_NOTES, hidden=hidden) for text in _notes(notes))
    if not any(not block.path for block in blocks):
        raise SourceError("slides.empty", relative=relative)
    text = [block for block in blocks if not block.path]
    title = choose_title(None, ((b.text, b.tag == "h1") for b in text if not b.row))
    warnings = (ReadingWarning.UNREAD.value,) if unread else ()
    return Page(path=relative, blocks=tuple(blocks), title=title, warnings=warnings)


def _shapes(root: Any, *, hidden: bool) -> Iterator[PageBlock]:
    """Yield the texts of a slide: its title, then the others by their place."""
    tree = next(root.iter("{*}spTree"), None)
    placed = sorted(_placed(tree) if tree is not None else (), key=lambda one: one[0])
    for _, shape in placed:
        if shape.tag.endswith("}graphicFrame"):
            for row in shape.iter("{*}tr"):
                cells = [" ".join(_paragraphs(cell)) for cell in row.iter("{*}tc")]
                if any(cells):
                    yield PageBlock("\t".join(cells), tag="tr", hidden=hidden)
            continue
        role = _role(shape)
        lines = list(_paragraphs(shape))
        if role in _TITLES and lines:
            # A title on several lines is one.
            yield PageBlock("".join(lines), tag="h1", hidden=hidden)
            continue
        path = _FOOTER if role in _DECORATION else ()
        yield from (PageBlock(line, path=path, hidden=hidden) for line in lines)


def _placed(tree: Any, order: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the shapes with what sorts them: titles first, then from the top, from the left.

    A group stands where it is drawn, and its shapes in it likewise.
    """
    for number, shape in enumerate(tree):
        name = shape.tag.rpartition("}")[2] if isinstance(shape.tag, str) else ""
        if name not in ("sp", "grpSp", "graphicFrame"):
            continue
        offset = next(shape.iter("{*}off"), None)
        x, y = (int(offset.get(k, 0)) for k in "xy") if offset is not None else (0, 0)
        first = 0 if name == "sp" and _role(shape) in _TITLES else 1
        # What has no place of its own stands where the layout puts it: in the order of the file.
        key = (*order, first, y // _SAME_HEIGHT, x, number)
        if name == "grpSp":
            yield from _placed(shape, key)
        else:
            yield key, shape


def _role(shape: Any) -> str:
    """What a shape is by its placeholder: title, body, footer, …"""
    placeholder = next(shape.iter("{*}ph"), None)
    return placeholder.get("type", "body") if placeholder is not None else ""


def _paragraphs(shape: Any) -> Iterator[str]:
    """Yield the paragraphs of a shape or cell that are not empty."""
    for paragraph in shape.iter("{*}p"):
        runs = (
            (one.text or "") if one.tag.endswith("}t") else " "
            for one in paragraph.iter("{*}t", "{*}br", "{*}tab")
        )
        if text := collapse(plain("".join(runs))):
            yield text


def _notes(root: Any) -> Iterator[str]:
    """Yield the speaker's notes of a slide."""
    for shape in root.iter("{*}sp"):
        if _role(shape) == "body":
            yield from _paragraphs(shape)

"""DOCX as a page: what the document prints, in reading order, read from its XML.

Tracked changes are taken as accepted; hidden text becomes hidden blocks. Page headers and
footers stand once each before and behind the text, under the words `header` and `footer`
that the rules of the mark-up drop; a table of contents stands under `nav`. Footnotes and
endnotes come behind the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from indexer.page import Page, PageBlock
from indexer.readers.doc_title import choose_title
from indexer.readers.docx.package import Package
from indexer.readers.docx.story import Story, shown_text
from indexer.readers.docx.styles import Numbering, Styles, W, read_properties
from indexer.readers.html.reader import read_html
from indexer.readers.mhtml import looks_like_mhtml, read_mhtml
from indexer.readers.text import read_text
from indexer.text.spacing import collapse

_MAIN = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
# So many paragraphs, empty ones too, are searched for the opening lines.
_OPENING = 200
_NOTES = ("footnotes", "endnotes")
# Lines that part the notes from the text, in the form of notes.
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


def read_docx(data: bytes, relative: str, *, embedded: bool = False) -> Page:
    """The page of a Word document (.docx, .docm, .dotx).

    One that is `embedded` in another embeds none itself: a file may hold a copy of itself.
    Raises SourceError where it is damaged, encrypted, or beyond the limits of its package.
    """
    return _Document(Package(data, relative), relative, embedded=embedded).page()


class _Document:
    """A document's package with what its parts say of each other."""

    def __init__(self, package: Package, relative: str, *, embedded: bool) -> None:
        self._embedded = embedded
        self._package = package
        self._relative = relative
        self._chunks: set[str] = set()
        top = package.relations("")
        self._main = _target(top, "officeDocument") or _MAIN
        self._core = _target(top, "core-properties") or _PROPERTIES
        self._relations = package.relations(self._main)
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"), self._styles)

    def page(self) -> Page:
        """The page of the document."""
        document = self._package.xml(self._main)
        body = None if document is None else document.find(f"{W}body")
        if body is None:
            raise self._package.damaged(f"no text in {self._main}")
        story = self._story()
        story.read(body)
        for kind in _NOTES:
            notes = self._part(kind)
            for note in () if notes is None else notes:
                if note.get(f"{W}type") not in _SEPARATORS:
                    story.read(note, ("notes", kind))
        blocks = (*self._margins("header"), *story.blocks, *self._margins("footer"))
        core = self._package.xml(self._core)
        meta = {
            name: text
            for name in ("description", "subject", "creator")
            if (text := _dublin_core(core, name))
        }
        title = choose_title(_dublin_core(core, "title"), self._opening(body))
        return Page(path=self._relative, blocks=blocks, title=title, meta=meta)

    def _opening(self, body: Any) -> Iterator[tuple[str, bool]]:
        """Yield the first lines, each with whether it is set as a title."""
        for paragraph in islice(body.iter(f"{W}p"), _OPENING):
            if text := collapse(shown_text(paragraph)):
                stated = read_properties(paragraph.find(f"{W}pPr"))
                centred = self._styles.inherited(stated, "centred")
                yield text, bool(centred) or self._styles.is_title(stated)

    def _part(self, kind: str) -> Any | None:
        name = _target(self._relations, kind)
        return self._package.xml(name) if name else None

    def _story(self) -> Story:
        return Story(self._styles, self._numbering, self._chunk)

    def _margins(self, kind: str) -> list[PageBlock]:
        """The blocks of all page headers or footers; sections repeat them, here each is once."""
        names = [name for other, name in self._relations.values() if other == kind]
        found: dict[str, PageBlock] = {}
        for name in dict.fromkeys(names):
            part = self._package.xml(name)
            if part is not None:
                story = self._story()
                story.read(part, (kind, f"page-{kind}"))
                for block in story.blocks:
                    found.setdefault(block.text, block)
        return list(found.values())

    def _chunk(self, relation: str) -> tuple[PageBlock, ...]:
        """The blocks of an embedded page or text, once: programs wrap a whole web page so.

        What is in another form is a hidden block that says so.
        """
        _, name = self._relations.get(relation, ("", ""))
        if name not in self._package or name in self._chunks:
            return ()
        self._chunks.add(name)
        data = self._package.read(name)
        if looks_like_mhtml(data):
            return read_mhtml(data, self._relative).blocks
        if name.lower().endswith(".txt"):
            return read_text(data, self._relative).blocks
        if name.lower().endswith((".htm", ".html", ".xhtml", ".mht", ".mhtml")):
            return read_html(data, self._relative).blocks
        if name.lower().endswith((".docx", ".docm")) and not self._embedded:
            return read_docx(data, self._relative, embedded=True).blocks
        said = f"内嵌文件未读取：{name}"
        return (PageBlock(text=said, path=("embedded",), hidden=True),)


def _target(relations: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((name for other, name in relations.values() if other == kind), None)


def _dublin_core(core: Any | None, name: str) -> str | None:
    found = None if core is None else core.find(f"{_DUBLIN_CORE}{name}")
    return None if found is None else collapse("".join(found.itertext())) or None

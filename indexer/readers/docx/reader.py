"""DOCX as a page: what the document prints, in reading order, read from its XML.

Tracked changes are taken as accepted; hidden text becomes hidden blocks. Page headers and
footers stand once each before and behind the text, under the words `header` and `footer`
that the rules of the mark-up drop; a table of contents stands under `nav`. Footnotes and
endnotes come behind the text, comments are hidden. The words of diagrams are read; what a
chart, a picture or an embedded object shows is said to be unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers.doc_title import choose_title
from indexer.readers.docx.runs import ALTERNATE, shown_text
from indexer.readers.docx.story import Story
from indexer.readers.docx.styles import Numbering, Styles, W, read_properties
from indexer.readers.html.reader import read_html
from indexer.readers.mhtml import looks_like_mhtml, read_mhtml
from indexer.readers.package import Package
from indexer.readers.text import read_text
from indexer.text.spacing import collapse

_MAIN = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML = "{urn:schemas-microsoft-com:vml}"
_CHART_VALUES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}v",
    "{http://schemas.microsoft.com/office/drawing/2014/chartex}pt",
)
# What a drawing holds that shows no picture: shapes, text boxes, diagrams, charts.
_NO_PICTURE = frozenset(("wsp", "txbxContent", "relIds", "chart", "wgp", "wpc"))
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
# So many paragraphs, empty ones too, are searched for the opening lines.
_OPENING = 200
# Fewer characters of text than this are no document's.
_MIN_TEXT = 10
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
        self._warnings: set[ReadingWarning] = set()
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
        text = [*self._read(self._main, body), *self._notes("footnotes"), *self._notes("endnotes")]
        if pictures := _count_pictures(body):
            if sum(len(block.text) for block in text if not block.hidden) < _MIN_TEXT:
                self._warnings.add(ReadingWarning.PICTURES)
            text.append(_unread(f"图片 {pictures} 张，图中文字未读取"))
        comments = (replace(block, hidden=True) for block in self._notes("comments"))
        blocks = (*self._margins("header"), *text, *comments, *self._margins("footer"))
        core = self._package.xml(self._core)
        meta = {
            name: said
            for name in ("description", "subject", "creator")
            if (said := _dublin_core(core, name))
        }
        title = choose_title(_dublin_core(core, "title"), self._opening(body))
        warnings = tuple(sorted(self._warnings))
        return Page(self._relative, blocks, title=title, meta=meta, warnings=warnings)

    def _read(self, part: str, container: Any, path: tuple[str, ...] = ()) -> list[PageBlock]:
        """The blocks of a `container` that stands in the part called `part`."""
        relations = self._package.relations(part)
        story = Story(self._styles, self._numbering, partial(self._referred, relations))
        story.read(container, path)
        return story.blocks

    def _notes(self, kind: str) -> list[PageBlock]:
        name = _target(self._relations, kind) or ""
        notes = self._package.xml(name)
        if notes is None:
            return []
        for separator in [note for note in notes if note.get(f"{W}type") in _SEPARATORS]:
            notes.remove(separator)
        return self._read(name, notes, ("notes", kind))

    def _opening(self, body: Any) -> Iterator[tuple[str, bool]]:
        """Yield the first lines, each with whether it is set as a title."""
        for paragraph in islice(body.iter(f"{W}p"), _OPENING):
            stated = read_properties(paragraph.find(f"{W}pPr"))
            if text := collapse(shown_text(paragraph, self._styles, stated)):
                centred = self._styles.inherited(stated, "centred")
                yield text, bool(centred) or self._styles.is_title(stated)

    def _part(self, kind: str) -> Any | None:
        name = _target(self._relations, kind)
        return self._package.xml(name) if name else None

    def _margins(self, kind: str) -> list[PageBlock]:
        """The blocks of all page headers or footers; sections repeat them, here each is once."""
        names = [name for other, name in self._relations.values() if other == kind]
        found: dict[str, PageBlock] = {}
        for name in dict.fromkeys(names):
            part = self._package.xml(name)
            if part is not None:
                for block in self._read(name, part, (kind, f"page-{kind}")):
                    found.setdefault(block.text, block)
        return list(found.values())

    def _referred(
        self, relations: Mapping[str, tuple[str, str]], relation: str
    ) -> tuple[PageBlock, ...]:
        """The blocks of what a part refers to: a diagram's words, an embedded page or text.

        An embedded part is read once: programs wrap a whole web page so. What is in another
        form is a hidden block that says so.
        """
        kind, name = relations.get(relation, ("", ""))
        if name not in self._package or name in self._chunks:
            return ()
        self._chunks.add(name)
        if kind == "diagramData":
            return tuple(_drawn_text(self._package.xml(name)))
        if kind in ("chart", "chartEx"):
            self._warnings.add(ReadingWarning.UNREAD)
            chart = self._package.xml(name)
            values = " ".join(chart.itertext(*_CHART_VALUES)) if chart is not None else ""
            return (*_drawn_text(chart), _unread("图表未读取：", collapse(values) or name))
        data = self._package.read(name) if kind == "aFChunk" else b""
        if looks_like_mhtml(data):
            return read_mhtml(data, self._relative).blocks
        suffix = name.lower().rpartition(".")[2] if data else ""
        if suffix == "txt":
            return read_text(data, self._relative).blocks
        if suffix in ("htm", "html", "xhtml", "mht", "mhtml"):
            return read_html(data, self._relative).blocks
        if suffix in ("docx", "docm") and not self._embedded:
            return read_docx(data, self._relative, embedded=True).blocks
        self._warnings.add(ReadingWarning.UNREAD)
        return (_unread(f"内嵌文件未读取：{name}"),)


def _unread(said: str, text: str = "") -> PageBlock:
    """The hidden block that says what was not read, and which words and figures it has."""
    return PageBlock(text=said + text, path=("embedded",), hidden=True, added=said)


def _drawn_text(drawing: Any | None) -> Iterator[PageBlock]:
    """Yield the paragraphs of a diagram or chart."""
    for paragraph in () if drawing is None else drawing.iter(f"{_DRAWING}p"):
        if text := collapse("".join(paragraph.itertext(f"{_DRAWING}t"))):
            yield PageBlock(text=text, path=("diagram",))


def _count_pictures(body: Any) -> int:
    """How many pictures a text holds; what is drawn of shapes is none."""
    count = 0
    for element in body.iter(f"{W}drawing", f"{_VML}imagedata"):
        if element.tag != f"{W}drawing":
            # The older form of a drawing, or the preview of an object, says the same again.
            count += not any(element.iterancestors(ALTERNATE, f"{W}object"))
        else:
            inside = {etree.QName(child).localname for child in element.iter("{*}*")}
            count += not inside & _NO_PICTURE or "pic" in inside
    return count


def _target(relations: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((name for other, name in relations.values() if other == kind), None)


def _dublin_core(core: Any | None, name: str) -> str | None:
    found = None if core is None else core.find(f"{_DUBLIN_CORE}{name}")
    return None if found is None else collapse("".join(found.itertext())) or None

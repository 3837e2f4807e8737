"""From a parsed page to its blocks in reading order, cut as a browser would break lines.

The tree is walked with an explicit stack: a page may nest ten thousand levels deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString, PageElement, PreformattedString

from indexer.page import RECORD_CELL, PageBlock, Share
from indexer.readers.html.stylesheets import HIDDEN_STYLE, NO_SIZE
from indexer.text.spacing import INDENT, PARAGRAPH, collapse

_BLOCK_NAMES = (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu "
    "nav noscript ol option p pre section select summary table tbody td textarea tfoot th thead "
    "tr ul"
)
_SILENT_NAMES = (
    "audio canvas datalist embed iframe math meta object script style svg template title "
    "video link map"
)
# What a block's purpose is called by its element's name joins its class words.
_TELLING_NAMES = "aside button footer form header label menu nav noscript option select textarea"
_BLOCK = frozenset(_BLOCK_NAMES.split())
_NEVER_TEXT = frozenset(_SILENT_NAMES.split())
_TELLING = frozenset(_TELLING_NAMES.split())
_PREFORMATTED = frozenset(("pre", "textarea"))
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|table)|position\s*:\s*absolute", re.I)
_LINES = re.compile(r"\r\n|\r|\n")
# Places and class words are kept for this many levels; what nests deeper counts as there.
MAX_DEPTH = 64
# So many nodes of a row are looked at to tell whether it is one of a record.
_RECORD_SCAN = 120
_LAYOUT = frozenset(("table", "br", "ul", "ol", "div", "textarea", "pre", "h1", "h2"))


# Readers of document sites print one <span> a line: at least so many of one class side by
# side, of the length of printed lines. Runs of formatting are shorter, or stand in a <p>.
_MIN_LINES = 4
_LINE_LENGTHS = (8, 80)
_NONE: Mapping[int, Share] = {}


# Not frozen, which would triple the time to make one: there is one for nearly every element.
@dataclass(slots=True)
class _Context:
    """What an element hands down to what it holds."""

    tag: str = "body"
    path: tuple[str, ...] = ()
    place: tuple[int, ...] = ()
    hidden: bool = False
    link: bool = False
    preformatted: bool = False
    record: bool = False
    lines: bool = False
    share: Share | None = None
    # The words whose elements the page's own style sheet hides.
    concealed: frozenset[str] = frozenset()


class _Blocks:
    """Collects the text between two line breaks into blocks.

    What is hidden inside a line that shows (`aside`) makes a block of its own behind it.
    """

    def __init__(self, *, aside: bool = False) -> None:
        self.blocks: list[PageBlock] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.context = _Context()
        self.aside = None if aside else _Blocks(aside=True)

    def add(self, text: str, context: _Context) -> None:
        """Append running text; a paragraph's indent inside it starts a new block."""
        if context.hidden and self.aside:
            self.aside.add(text, context)
            return
        indents = "\u3000" in text or "\u00a0" in text
        if not self.pieces:
            if text.isspace() and not indents:
                return
            self.context = context
        if context.preformatted:
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

    def flush(self) -> None:
        """End the block in hand, and what is hidden beside it."""
        raw = "".join(self.pieces)
        if text := collapse(raw):
            context = self.context
            self.blocks.append(
                PageBlock(
                    text=text,
                    tag=context.tag,
                    path=context.path,
                    link_density=min(1.0, self.linked / len(text)),
                    hidden=context.hidden,
                    place=context.place,
                    indented=INDENT.match(raw) is not None,
                    share=context.share,
                )
            )
        self.pieces.clear()
        self.linked = 0
        if self.aside and (self.aside.pieces or self.aside.blocks):
            self.aside.flush()
            self.blocks.extend(self.aside.blocks)
            self.aside.blocks.clear()


def cut_blocks(
    soup: BeautifulSoup | Tag,
    shares: Mapping[int, Share] = _NONE,
    concealed: frozenset[str] = frozenset(),
) -> list[PageBlock]:
    """The blocks of `soup` in reading order, hidden ones flagged, `script` and such left out.

    `shares` are what a site profile says of elements, by their `id()`; an element hands
    its share down, and boilerplate inside the text stays so. `concealed` are the class and id
    words that the page's own style sheet hides.
    """
    out = _Blocks()
    places = 0
    stack: list[tuple[Iterator[PageElement], _Context, bool]] = [
        (iter(soup.contents), _Context(concealed=concealed), True)
    ]
    while stack:
        children, context, breaks = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if breaks:
                out.flush()
            elif context.record:
                out.add(" ", context)
            continue
        if isinstance(child, Tag):
            name = child.name
            if name in _NEVER_TEXT:
                continue
            if name == "br":
                out.flush()
                continue
            share = shares.get(id(child)) if shares else None
            opens = not context.record and (
                name in _BLOCK or share is not None or _is_line(child, context)
            )
            if opens:
                out.flush()
                places += 1
            inner = _enter(child, context, places if opens else 0)
            if share is not None and context.share is not Share.DROP:
                inner = replace(inner, share=share)
            stack.append((iter(child.contents), inner, opens))
        elif isinstance(child, NavigableString) and not isinstance(
            child, (Comment, PreformattedString)
        ):
            out.add(str(child), context)
    out.flush()
    return out.blocks


def _enter(tag: Tag, context: _Context, place: int) -> _Context:
    """The context inside `tag`; `place` is its number where it is a block, else 0."""
    name = tag.name
    # The tree keeps every value as the string that was written.
    attributes: Mapping[str, Any] = tag.attrs
    if not attributes and not place and name != "a" and not context.lines:
        return context
    words = _words(attributes) if "class" in attributes or "id" in attributes else ()
    if name in _TELLING:
        words = (name, *words)
    hidden = context.hidden
    if not hidden and attributes:
        hidden = (
            "hidden" in attributes
            or (len(words) > 0 and not context.concealed.isdisjoint(words))
            or ("style" in attributes and _hides(attributes["style"].lower(), tag))
        )
    # An anchor without an address that has a name is a place to jump to, not a link.
    link = context.link or (
        name == "a" and ("href" in attributes or not ("name" in attributes or "id" in attributes))
    )
    deep = len(context.place) >= MAX_DEPTH
    # In the order of the fields: to name them costs a third more.
    return _Context(
        name if place else context.tag,
        context.path + words if words and len(context.path) < MAX_DEPTH else context.path,
        (*context.place, place) if place and not deep else context.place,
        hidden or name == "noscript",
        link,
        context.preformatted or name in _PREFORMATTED,
        context.record or (name == "tr" and _is_record(tag)),
        name == "div" and _has_lines(tag),
        context.share,
        context.concealed,
    )


def _hides(style: str, tag: Tag) -> bool:
    """Whether a browser would not show `tag`, by its `style` in lower case."""
    if any(sign in style for sign in ("none", "hidden", "-")) and HIDDEN_STYLE.search(style):
        return True
    return "font-size" in style and NO_SIZE.search(style) is not None and tag.find(True) is None


def _words(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The class and id words of an element, lower case."""
    return tuple(f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split())


def _is_line(tag: Tag, context: _Context) -> bool:
    """Whether an inline element is printed as a line of its own."""
    if tag.name not in ("span", "font"):
        return False
    style = tag.attrs.get("style")
    return context.lines or (isinstance(style, str) and _BLOCK_STYLE.search(style) is not None)


def _has_lines(tag: Tag) -> bool:
    """Whether an element holds nothing but the printed lines of a page, one a `<span>`."""
    spans: list[Tag] = []
    for child in tag.contents:
        if isinstance(child, Tag):
            if child.name != "span":
                return False
            spans.append(child)
        elif isinstance(child, NavigableString) and not child.isspace():
            return False
    if len(spans) < _MIN_LINES or len({str(span.attrs.get("class")) for span in spans}) > 2:
        return False
    lengths = sorted(sum(len(text) for text in span.strings) for span in spans)
    shortest, longest = _LINE_LENGTHS
    return shortest <= lengths[len(lengths) // 2] and lengths[-1] <= longest


def _is_record(row: Tag) -> bool:
    """Whether a table row is a line of data (short cells) and not a page's layout."""
    cells = 0
    length = 0
    scanned = 0
    stack = [iter(row.contents)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        scanned += 1
        if scanned > _RECORD_SCAN:
            return False
        if isinstance(node, Tag):
            if node.name in _LAYOUT or (node.name == "p" and length):
                return False
            if node.name in ("td", "th"):
                cells += 1
                length = 0
            stack.append(iter(node.contents))
        elif isinstance(node, NavigableString):
            length += len(node.strip())
            if length > RECORD_CELL:
                return False
    return cells > 1

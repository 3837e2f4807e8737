"""From a parsed page to its blocks in reading order, cut as a browser would break lines.

The tree is walked with an explicit stack: a page may nest ten thousand levels deep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from indexer.page import PageBlock, Share
from indexer.readers.html.collector import MAX_DECOY, Collector, Context
from indexer.readers.html.frames import FRAMES, Frames
from indexer.readers.html.numbers import Count
from indexer.readers.html.stylesheets import Style, inline_style
from indexer.readers.html.tables import grid, is_record
from indexer.readers.html.tree import Tree, head

_BLOCK_NAMES = (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer foreignobject form frame frameset h1 h2 h3 h4 h5 h6 header "
    "hr html iframe legend li main menu nav noframes noscript ol option p pre section select "
    "summary svg table tbody td template textarea tfoot th thead tr ul"
)
# A browser shows none of these, save what frames and shadow roots hold.
_UNSHOWN_NAMES = (
    "audio canvas datalist defs desc embed frame iframe map metadata noframes noscript object "
    "symbol template video annotation"
)
# What a block's purpose is called by its element's name joins its class words.
_TELLING_NAMES = (
    "aside button footer form header label menu nav noscript option select svg template textarea"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_NEVER_TEXT = frozenset(("base", "link", "meta", "script", "style", "title"))
UNSHOWN = frozenset(_UNSHOWN_NAMES.split())
_TELLING = frozenset(_TELLING_NAMES.split())
# Signs between the parts of a formula, which are set above one another.
_FORMULA = {"msup": "^", "mfrac": "/"}
_PARTS = frozenset(("mi", "mn", "mo", "mrow", "mtext"))
_PREFORMATTED = frozenset(("pre", "textarea"))
_READINGS = frozenset(("rp", "rt"))
# Elements of a line that may be a note's mark.
_RAISED = frozenset(("a", "font", "small", "span", "sup"))
_SPECIAL = _NEVER_TEXT | _READINGS | _RAISED | _PARTS | {"br"}
_ENTERED = _BLOCK | UNSHOWN | {"a", "text", "tspan"}
_CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("li", "ol", "ul", "menu"))
_HOLDERS = FRAMES | {"textarea"}
_WHOLE = frozenset(("html", "body"))
_SHADOW = frozenset(("shadowrootmode", "shadowroot"))
# Places and class words are kept for this many levels; what nests deeper counts as there.
MAX_DEPTH = 64
_LONGEST_MARK = 12
# An element of so many nodes is no piece of a line.
_SHORT_NODES = 60

# Readers of document sites print one <span> a line: at least so many of one class side by
# side, of the length of printed lines. Runs of formatting are shorter, or stand in a <p>.
_MIN_LINES = 4
_LINE_LENGTHS = (8, 80)
_NONE: Mapping[int, Share] = {}
_PLAIN = inline_style("")
# What the end of an element ends.
_NOTHING, _LINE, _WORD, _CELL, _ROW, _ITEM = range(6)


@dataclass(frozen=True, slots=True)
class Cut:
    """A page in blocks.

    `roots` are the elements that hide what is in them, by their number in the blocks' places;
    `frames` are the numbers of frames; `revealed` says that hidden elements were shown that no
    profile knows.
    """

    blocks: list[PageBlock]
    roots: Mapping[int, Tag]
    frames: Set[int]
    revealed: bool


def cut_blocks(
    tree: Tree,
    shares: Mapping[int, Share] = _NONE,
    shown: frozenset[int] = frozenset(),
    frames: Frames | None = None,
    place: tuple[int, ...] = (),
) -> Cut:
    """The blocks of `tree` in reading order, hidden ones flagged, `script` and such left out.

    `shares` are what a site profile says of elements, by their `id()`; an element hands
    its share down, and boilerplate inside the text stays so. `shown` are elements, by their
    `id()`, that count as shown whatever hides them, as the page's body does and what a profile
    says holds its text; `frames` are the pages inside the page, `place` is where the page is.
    """
    return _Walk(shares, shown, frames or Frames()).cut(tree, place)


class _Walk:
    """One walk over a page and the pages inside it."""

    def __init__(self, shares: Mapping[int, Share], shown: frozenset[int], frames: Frames) -> None:
        self._shares, self._shown, self._frames = shares, shown, frames
        self._out = Collector()
        self._roots: dict[int, Tag] = {}
        self._places = 0
        self._framed: set[int] = set()
        self._revealed = False
        # Tables inside the row in hand, which follow it.
        self._later: list[Tag] = []
        self._svg_line: object = None
        self._stack: list[tuple[Iterator[PageElement], Context, int]] = []

    def cut(self, tree: Tree, place: tuple[int, ...]) -> Cut:
        out, stack = self._out, self._stack
        stack.append((iter(tree.soup.contents), Context(place=place, sheet=tree.sheet), _LINE))
        while stack:
            children, context, end = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if end:
                    self._end(context, end)
            elif isinstance(child, Tag):
                if child.name not in _SPECIAL or not self._is_taken(child, context):
                    self._enter(child, context)
            elif not isinstance(child, PreformattedString):
                out.add(str(child), context)
        out.flush()
        return Cut(out.blocks, self._roots, self._framed, self._revealed)

    def _is_taken(self, tag: Tag, context: Context) -> bool:
        """Whether an element of `_SPECIAL` is dealt with, and need not be entered."""
        name = tag.name
        if name in _NEVER_TEXT:
            return True
        side = self._out.side(context)
        if name in _PARTS:
            parent = tag.parent
            sign = _FORMULA.get(parent.name, "") if parent else ""
            if sign and any(isinstance(before, Tag) for before in tag.previous_siblings):
                side.add(sign, context)
            return False
        if name == "br":
            if side.row is not None:
                side.add(" ", context)
            else:
                side.flush()
            return True
        if name in _READINGS:
            self._out.cut("".join(tag.strings), context)
            return True
        attributes: Mapping[str, Any] = tag.attrs
        linked = name == "a" and str(attributes.get("href", "")).startswith("#")
        if not linked and name != "sup":
            style = attributes.get("style")
            if not style or not inline_style(style).raised:
                return False
        mark = _short(tag, _LONGEST_MARK)
        if mark is None or not mark.strip() or _is_numerator(tag):
            return False
        return self._out.raise_mark(mark, context, linked=linked)

    def _end(self, context: Context, end: int) -> None:
        """An element ends that broke the line, or a word, a cell, a row."""
        side = self._out.side(context)
        if end in (_LINE, _ITEM):
            side.flush()
            if end == _ITEM:
                side.number = ""
        elif end == _WORD:
            side.add(" ", context)
        elif end == _CELL:
            side.end_cell()
        elif end == _ROW and side.row is not None:
            side.end_row(context.grid)
            later, self._later = self._later, []
            self._stack.append((iter(later), context, _NOTHING))

    def _enter(self, tag: Tag, context: Context) -> None:
        """Go into `tag`: what it hands down, and what it breaks."""
        name = tag.name
        # The tree keeps every value as the string that was written.
        attributes: Mapping[str, Any] = tag.attrs
        if not attributes and name not in _ENTERED and not context.lines:
            self._stack.append((iter(tag.contents), context, _NOTHING))
            return
        style = inline_style(attributes["style"]) if "style" in attributes else _PLAIN
        words: tuple[str, ...] = ()
        if "class" in attributes or "id" in attributes:
            words = _words(attributes.get("class", ""), attributes.get("id", ""))
        page = self._frames.inside(tag) if name in _HOLDERS else None
        breaks = name in _BLOCK or (name in ("span", "font") and (style.breaks or context.lines))
        hidden, beside = context.hidden, context.beside
        may_hide = not hidden and (attributes or page is not None or name in UNSHOWN)
        hides = may_hide and self._hides(tag, context, style, words, page)
        if hides and self._is_shown(tag):
            hides = False
            # A profile knows that its site's script shows the text.
            self._revealed |= self._shares.get(id(tag)) is not Share.BODY
        if hides:
            hidden = True
            out = self._out
            if name not in _BLOCK:
                # It breaks no line, save where it is as long as a text and opens one.
                beside = bool(out.pieces) or _short(tag, MAX_DECOY) is not None
            else:
                beside = bool(out.pieces) and _goes_on(tag) and _short(tag, MAX_DECOY) is not None
            beside = beside or out.row is not None
            breaks = not beside
        side = self._out.aside if beside and self._out.aside else self._out
        end = _NOTHING
        share = self._shares.get(id(tag)) if self._shares else None
        if side.row is not None:
            if name == "table" and grid(tag) is not None:
                self._later.append(tag)
                side.add(" ", context)
                return
            if name in _CELLS and tag.parent is side.row:
                side.column = (context.grid or {}).get(id(tag), -1)
                end = _CELL
            elif breaks:
                end = _WORD
            breaks = False
        elif breaks or share is not None or (context.tag == "svg" and self._is_new_line(tag)):
            side.flush()
            # Texts of a drawing go on in the next one on the same line.
            end = _LINE if breaks or share is not None else _NOTHING
            breaks = True
        placed = breaks or hides or page is not None
        if placed:
            self._places += 1
            if hides:
                self._roots[self._places] = tag
        inner = self._inner(tag, context, words, placed)
        inner.hidden, inner.beside = hidden, beside
        if share is not None and context.share is not Share.DROP:
            inner.share = share
        if breaks:
            inner.tag = name
            if name == "li" and context.count is not None and not hidden:
                side.number = context.count.number(tag)
                end = _ITEM
            elif name == "tr" and self._is_row(tag, context):
                side.begin_row(tag, inner)
                end = _ROW
            elif name == "div":
                inner.lines = _has_lines(tag)
            elif name == "svg":
                self._svg_line = None
        contents = tag.contents
        if page is not None:
            inner.sheet, contents = page.sheet, page.soup.contents
            inner.preformatted = False
            if name in FRAMES:
                self._framed.add(self._places)
        self._stack.append((iter(contents), inner, end))

    def _inner(self, tag: Tag, context: Context, words: tuple[str, ...], placed: bool) -> Context:
        """What `tag` hands down, apart from what hides it and what a profile says of it."""
        name = tag.name
        attributes: Mapping[str, Any] = tag.attrs
        if name in _TELLING:
            words = (name, *words)
        # An anchor without an address that has a name is a place to jump to, not a link.
        link = context.link or (
            name == "a"
            and ("href" in attributes or not ("name" in attributes or "id" in attributes))
        )
        path, place, table, count = context.path, context.place, context.grid, context.count
        if words and len(path) < MAX_DEPTH:
            path = path + words
        if placed and len(place) < MAX_DEPTH:
            place = (*place, self._places)
        if name in _LISTS:
            count = Count(tag, context.sheet.lists) if name == "ol" else None
        elif name == "table":
            table = grid(tag)
        # In the order of the fields: to name them costs a third more.
        return Context(
            context.tag,
            path,
            place,
            False,
            False,
            link,
            context.preformatted or name in _PREFORMATTED,
            False,
            context.share,
            context.sheet,
            table,
            count,
        )

    def _hides(
        self,
        tag: Tag,
        context: Context,
        style: Style,
        words: tuple[str, ...],
        page: Tree | None,
    ) -> bool:
        """Whether a browser would not show what is in `tag`."""
        name = tag.name
        attributes: Mapping[str, Any] = tag.attrs
        if name in UNSHOWN and not (page and name in FRAMES) and not _is_shadow(tag):
            return True
        return (
            "hidden" in attributes
            or style.hides
            or (len(words) > 0 and not context.sheet.concealed.isdisjoint(words))
            or (style.no_size and tag.find(True) is None)
            # A script shows the page that is escaped in a form's field.
            or (name == "textarea" and page is not None)
        )

    def _is_shown(self, tag: Tag) -> bool:
        """Whether a script shows an element that is hidden: it is known to hold the text."""
        key = id(tag)
        stated = tag.name in _WHOLE or self._shares.get(key) is Share.BODY
        return stated or key in self._shown

    @staticmethod
    def _is_row(tag: Tag, context: Context) -> bool:
        if context.grid is not None:
            return id(tag) in context.grid
        return is_record(tag)

    def _is_new_line(self, tag: Tag) -> bool:
        """Whether a text of a drawing is printed below or above the one before it."""
        if tag.name not in ("text", "tspan"):
            return False
        attributes: Mapping[str, Any] = tag.attrs
        line = tuple(attributes.get(name) for name in ("y", "dy", "transform"))
        if tag.name == "tspan" and line[:2] == (None, None):
            return False
        before, self._svg_line = self._svg_line, line
        return line != before


def _is_shadow(tag: Tag) -> bool:
    """Whether a <template> is a shadow root, which a browser shows."""
    return tag.name == "template" and not _SHADOW.isdisjoint(tag.attrs)


def _is_numerator(tag: Tag) -> bool:
    """Whether a raised figure is the upper one of a fraction: <sup>1</sup>/<sub>3</sub>."""
    after = tag.next_sibling
    below = after.next_sibling if isinstance(after, NavigableString) else None
    return isinstance(below, Tag) and below.name == "sub" and str(after).strip() in ("/", "⁄", "∕")


def _goes_on(tag: Tag) -> bool:
    """Whether the line goes on behind `tag`."""
    after = tag.next_sibling
    return isinstance(after, NavigableString) and not after.isspace()


def _short(tag: Tag, longest: int) -> str | None:
    """The text of `tag`, None where it is longer than `longest`."""
    text = ""
    for count, node in enumerate(head(tag, _SHORT_NODES), 1):
        if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            text += node
        if count == _SHORT_NODES or (len(text) > longest and len(text.strip()) > longest):
            return None
    return text


@lru_cache(maxsize=4096)
def _words(classes: str, name: str) -> tuple[str, ...]:
    """The class and id words of an element, lower case."""
    return tuple(f"{classes} {name}".lower().split())


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

"""HTML as a BeautifulSoup tree, built straight from what lxml's parser reports.

BeautifulSoup's own way from the parser's events to its tree is made for any parser and any
markup: it reopens what was left open, tells namespaces apart, keeps lists of class words
and sets some twenty attributes on every element. lxml's parser for HTML has mended the
nesting before it reports anything, so that here an element is made, linked and no more.
The tree is the one that BeautifulSoup would have built (a test compares them), in a third
of the time: to build it was half of the time that reading a page took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import signature

from bs4 import BeautifulSoup, Tag
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import Comment, Doctype, NavigableString, PageElement, ProcessingInstruction
from lxml import etree  # type: ignore[import-untyped]

from indexer.readers.html.stylesheets import Sheet, read_sheets

# The elements in which a page says something beside its text.
_NAMED = ("meta", "link", "title", "script", "style", "template")
# What every element has of its own; all else that BeautifulSoup sets is the same for all
# elements of a name, and for nearly all names.
_OWN = ("name", "attrs", "contents", "parent", "previous_element", "previous_sibling")
_BLANK = " \n\t\f\r"


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed page: its tree, its elements of certain names in their order, its styles."""

    soup: BeautifulSoup
    named: Mapping[str, list[Tag]]
    sheet: Sheet


def parse(text: str) -> Tree:
    """The tree of the HTML `text`, without the limit of 256 levels that lxml has.

    Class words are left as they are written: one string.

    >>> parse("<p class='a b'>一<p>二").soup.select(".b")
    [<p class="a b">一</p>]
    """
    soup = BeautifulSoup.__new__(BeautifulSoup)
    vars(soup).update(_SOUP, attrs={}, contents=[])
    target = _Target(soup)
    parser = etree.HTMLParser(target=target, huge_tree=True)
    parser.feed(text.removeprefix("\ufeff"))
    parser.close()
    sheets = ("".join(map(str, style.contents)) for style in target.named["style"])
    return Tree(soup, target.named, read_sheets(sheets))


def head(tag: Tag, nodes: int) -> Iterator[PageElement]:
    """Yield the first `nodes` nodes inside `tag`, in their order; its size costs nothing."""
    stack = [iter(tag.contents)]
    while stack and nodes:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            continue
        nodes -= 1
        yield node
        if isinstance(node, Tag):
            stack.append(iter(node.contents))


_EMPTY = BeautifulSoup("", builder=LXMLTreeBuilder(multi_valued_attributes=None))
# What BeautifulSoup sets on every tree.
_SOUP = vars(_EMPTY)


def _element_class(name: str) -> type[Tag]:
    """An element class that holds what BeautifulSoup sets on every element of a name."""
    common = vars(Tag(_EMPTY, _EMPTY.builder, name))
    return type("Element", (Tag,), {key: common[key] for key in common if key not in _OWN})


_ELEMENT = _element_class("p")
_CONTAINERS = LXMLTreeBuilder.DEFAULT_STRING_CONTAINERS
_PARTICULAR = {
    name: _element_class(name)
    for name in (*_CONTAINERS, *(LXMLTreeBuilder.DEFAULT_EMPTY_ELEMENT_TAGS or ()))
}
_VERBATIM = LXMLTreeBuilder.DEFAULT_PRESERVE_WHITESPACE_TAGS


class _Target:
    """Takes the parser's events: elements and strings, each linked to those around it."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.named: dict[str, list[Tag]] = {name: [] for name in _NAMED}
        self._data: list[str] = []
        # The open elements, the innermost last, and how many of them keep their white space.
        self._open: list[Tag] = [soup]
        self._verbatim = 0
        self._last: PageElement = soup

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element opens."""
        if self._data:
            self._end_text()
        element = Tag.__new__(_PARTICULAR.get(tag, _ELEMENT))
        element.name = tag
        element.attrs = dict(attrib) if attrib else {}
        element.contents = []
        self._link(element)
        self._open.append(element)
        if tag in self.named:
            self.named[tag].append(element)
        elif tag in _VERBATIM:
            self._verbatim += 1

    # lxml asks for it with every page.
    start.__signature__ = signature(start)  # type: ignore[attr-defined]

    def end(self, tag: str) -> None:
        """An element closes; lxml closes what it opened, from the innermost outwards."""
        if self._data:
            self._end_text()
        del self._open[-1]
        if tag in _VERBATIM:
            self._verbatim -= 1

    def data(self, data: str) -> None:
        """A piece of running text."""
        self._data.append(data)

    def comment(self, text: str) -> None:
        """A comment."""
        self._string(text, Comment)

    def pi(self, target: str, data: str) -> None:
        """A processing instruction."""
        self._string(f"{target} {data}", ProcessingInstruction)

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """The document type."""
        self._string(Doctype._string_for_name_and_ids(name, pubid, system), Doctype)

    def close(self) -> None:
        """The text ends."""
        if self._data:
            self._end_text()
        # BeautifulSoup does not link the root with what it holds first.
        root = self._open[0]
        if root.contents:
            root.next_element = root.contents[0].previous_element = None

    def _end_text(self) -> None:
        text = "".join(self._data)
        self._data.clear()
        self._string(text, _CONTAINERS.get(self._open[-1].name, NavigableString))

    def _string(self, text: str, kind: type[NavigableString]) -> None:
        if self._data:
            self._end_text()
        if not self._verbatim and not text.strip(_BLANK):
            text = "\n" if "\n" in text else " "
        string = str.__new__(kind, text)
        string.hidden = False
        string.next_element = string.next_sibling = None
        self._link(string)

    def _link(self, node: PageElement) -> None:
        """Set `node` behind what was read last, as the last child of the open element."""
        parent = self._open[-1]
        node.parent = parent
        node.previous_element = self._last
        self._last.next_element = node
        self._last = node
        siblings = parent.contents
        if siblings:
            before = siblings[-1]
            node.previous_sibling = before
            before.next_sibling = node
        else:
            node.previous_sibling = None
        siblings.append(node)

"""Tables: which hold data, so that their rows are read across, and which only lay a page out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from indexer.page import RECORD_CELL
from indexer.readers.html.stylesheets import inline_style
from indexer.text import numbering

_CELLS = frozenset(("td", "th"))
_ROW_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BREAKS = _HEADINGS | {"p", "div", "br", "li", "section", "dd"}
_SILENT = frozenset(("script", "style", "template", "iframe"))
# A cell with so many lines, or so long, holds the text of a page and not of a table,
_BODY_BREAKS, _BODY_LENGTH = 4, 300
_LONGEST_CELL = 3000
# above all where it has most of the table's text.
_MAIN_SHARE = 0.6
# So many rows of the same width make a table that nothing marks as one.
_EVEN_SHARE = 0.6
_EVEN_ROWS = 2
# Between cells a table may have no more columns than this; beyond it, spans are not counted.
_MAX_COLUMNS = 200
_MAX_ROWSPAN = 65_534
_SPAN = re.compile(r"\s*(\d{1,6})")
# So many nodes of a row are looked at to tell whether it is one of a record.
_RECORD_SCAN = 120
_LAYOUT = frozenset(("table", "br", "ul", "ol", "div", "textarea", "pre", "h1", "h2"))
# The number of a chapter alone in its cell, its name in the next.
_DIVISION_STYLES = frozenset((numbering.Style.PART, numbering.Style.CHAPTER))


@dataclass(slots=True)
class _Cell:
    """A cell as the survey sees it: how long it is, how many lines, what is in it."""

    tag: Tag
    length: int = 0
    breaks: int = 0
    linked: int = 0
    nested: bool = False
    heading: bool = False

    @property
    def body(self) -> bool:
        """Whether it holds running text in several lines."""
        return (
            self.breaks >= _BODY_BREAKS and self.length >= _BODY_LENGTH
        ) or self.length > _LONGEST_CELL

    @property
    def menu(self) -> bool:
        """Whether it is a list of links."""
        return self.breaks >= _BODY_BREAKS - 1 and 2 * self.linked > self.length


# For each cell, by its id(): the number of its column; for each row: how many it has.
Grid = dict[int, int]


def grid(table: Tag) -> Grid | None:
    """The columns of a table of data, None where `table` lays out a page or is one column.

    A column is counted where some cell begins; the row's own entry, by its `id()`, is how many
    columns it covers, those of spanning cells included.
    """
    rows = [(row, [_look(cell) for cell in _cells(row)]) for row in _rows(table)]
    rows = [(row, found) for row, found in rows if found]
    told = _says_data(table, [found for _, found in rows])
    if told is False:
        return None
    columns = _columns(rows)
    return columns if told or _is_even(table, [columns[id(row)] for row, _ in rows]) else None


def _cells(row: Tag) -> Iterator[Tag]:
    """The cells of a table's row that are shown."""
    for child in row.contents:
        if isinstance(child, Tag) and child.name in _CELLS and "hidden" not in child.attrs:
            style = child.attrs.get("style")
            if not isinstance(style, str) or not inline_style(style).hides:
                yield child


def is_record(row: Tag) -> bool:
    """Whether a row of a layout table is a line of data: short cells, no lines in them."""
    found = 0
    length = 0
    scanned = 0
    first = ""
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
            if node.name in _CELLS:
                found += 1
                length = 0
            stack.append(iter(node.contents))
        elif isinstance(node, NavigableString):
            length += len(node.strip())
            if found <= 1:
                first += node
            if length > RECORD_CELL:
                return False
    # A chapter's number and its name, set apart by cells, are one heading.
    mark = numbering.leading(first.strip())
    division = mark and mark.style in _DIVISION_STYLES and mark.end == len(first.strip())
    return found > 1 and not division


def _rows(table: Tag) -> Iterator[Tag]:
    for child in table.contents:
        if isinstance(child, Tag):
            if child.name == "tr":
                yield child
            elif child.name in _ROW_GROUPS:
                yield from (r for r in child.contents if isinstance(r, Tag) and r.name == "tr")


def _look(tag: Tag) -> _Cell:
    """What is in a cell; tables inside it are not entered, so that no node is seen twice."""
    cell = _Cell(tag)
    stack = [(iter(tag.contents), False)]
    while stack:
        children, linked = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
        elif isinstance(child, Tag):
            name = child.name
            cell.breaks += name in _BREAKS
            cell.heading |= name in _HEADINGS
            if name == "table":
                cell.nested = True
            elif name not in _SILENT:
                stack.append((iter(child.contents), linked or "href" in child.attrs))
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            length = len(child.strip())
            cell.length += length
            cell.linked += length if linked else 0
    return cell


def _says_data(table: Tag, rows: list[list[_Cell]]) -> bool | None:
    """Whether its marks and cells say that a table holds data; None where they do not tell."""
    attributes: Mapping[str, Any] = table.attrs
    if attributes.get("role") in ("presentation", "none") or max(map(len, rows), default=0) < 2:
        return False
    found = [cell for row in rows for cell in row]
    total = sum(cell.length for cell in found)
    if any(cell.body and cell.length >= _MAIN_SHARE * total for cell in found):
        return False
    nested = sum(cell.nested for cell in found)
    if 2 * nested > len(found):
        return False
    heads = any(cell.tag.name == "th" for cell in found)
    if heads or any(isinstance(c, Tag) and c.name in ("caption", "thead") for c in table.contents):
        return True
    if nested or any(cell.menu or cell.heading for cell in found):
        return False
    if 3 * sum(cell.body for cell in found) >= len(rows):
        return False
    return None


def _is_even(table: Tag, widths: list[int]) -> bool:
    """Whether most rows have the same number of columns."""
    width, even = Counter(widths).most_common(1)[0]
    bordered = str(table.attrs.get("border") or "0").strip() != "0"
    enough = 1 if bordered and len(widths) > 1 else _EVEN_ROWS
    return width > 1 and even >= enough and even >= _EVEN_SHARE * len(widths)


def _columns(rows: list[tuple[Tag, list[_Cell]]]) -> Grid:
    """Where each cell stands, counting only columns in which some cell begins."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    # How many more rows a cell from above covers, by the place of its column.
    covered: dict[int, int] = {}
    for row, found in rows:
        at = 0
        below: dict[int, int] = {}
        for cell in found:
            while covered.get(at):
                at += 1
            starts[id(cell.tag)] = at
            wide = _span(cell.tag, "colspan")
            wide = wide if at + wide <= _MAX_COLUMNS else 1
            high = min(_span(cell.tag, "rowspan"), _MAX_ROWSPAN) - 1
            if high > 0 and at < _MAX_COLUMNS:
                below.update((place, high) for place in range(at, at + wide))
            at += wide
        ends[id(row)] = max([at, *(place + 1 for place in covered)])
        covered = {place: left - 1 for place, left in covered.items() if left > 1} | below
    places = sorted(set(starts.values()))
    return {key: bisect_left(places, place) for key, place in (starts | ends).items()}


def _span(tag: Tag, name: str) -> int:
    match = _SPAN.match(str(tag.attrs.get(name, "")))
    return max(1, int(match[1])) if match else 1

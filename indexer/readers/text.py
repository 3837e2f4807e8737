"""Plain text and Markdown as a page: one block a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from archive.errors import SourceError
from indexer.page import Page, PageBlock
from indexer.readers.encoding import decode_source
from indexer.text.spacing import INDENT, collapse

# Judging a line takes 0.3 ms; the longest text of a document site measured has 500 lines.
MAX_LINES = 50_000

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$|\s*(?:```|~~~)[\w-]*\s*$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_ITEM = re.compile(r"\s*(?:>\s*)+|\s*[-*+]\s+(?:\[[ xX]\]\s+)?")
_EMPHASIS = re.compile(r"(\*{1,3}|__|~~|`)(?=\S)([^*`\n]+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\(([^()\s]*)(?:\s+\"[^\"]*\")?\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
# What a .txt must hold to be read as Markdown: a heading, or the line below a table's heads.
_IS_MARKDOWN = re.compile(r"^#{1,6} \S|^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$", re.MULTILINE)
_MARKDOWN_SUFFIX = ".md"


def read_text(data: bytes, relative: str) -> Page:
    """The page of a plain text file; its title is left to what its head says.

    The marks of Markdown are read in .md, and in other files that have its headings or tables:
    what they mark are headings and rows. Consecutive lines with as many TABs are rows too.
    Raises SourceError where `data` is no text, or too long a one.
    """
    text, encoding = decode_source(data, relative)
    if text.count("\n") > MAX_LINES:
        raise SourceError("text.too_many_lines", relative=relative, max_lines=MAX_LINES)
    lines = text.replace("\x0c", "\n").splitlines()
    marked = relative.lower().endswith(_MARKDOWN_SUFFIX) or _IS_MARKDOWN.search(text) is not None
    blocks = _marked(lines) if marked else _plain(lines)
    return Page(path=relative, blocks=tuple(blocks), encoding=encoding)


def _plain(lines: list[str]) -> Iterator[PageBlock]:
    for tabs, group in groupby(lines, key=lambda line: line.rstrip("\r\n").count("\t")):
        rows = list(group)
        # A TAB in front is an indent; one line alone has no columns.
        if tabs and len(rows) > 1 and any(not row[:1].isspace() for row in rows):
            yield from filter(None, (_row(row.split("\t")) for row in rows))
        else:
            for raw in rows:
                if line := collapse(raw):
                    yield PageBlock(text=line, indented=INDENT.match(raw) is not None)


def _marked(lines: list[str]) -> Iterator[PageBlock]:
    """The blocks of Markdown; what stands in front of a list's items is no text."""
    for raw in lines:
        if _RULE.match(raw) or ("|" in raw and _TABLE_RULE.match(raw)):
            continue
        if heading := _HEADING.match(raw):
            yield from _block(heading[2], f"h{len(heading[1])}")
        elif _TABLE_ROW.match(raw):
            cells = _CELL_EDGE.split(raw.strip()[1:-1])
            if row := _row([_unmarked(cell)[0] for cell in cells]):
                yield row
        else:
            yield from _block(_ITEM.sub("", raw, count=1) if _ITEM.match(raw) else raw, "p")


def _block(raw: str, tag: str) -> Iterator[PageBlock]:
    text, cut = _unmarked(raw)
    if line := collapse(text):
        yield PageBlock(text=line, tag=tag, indented=INDENT.match(raw) is not None, cut=cut)


def _row(cells: list[str]) -> PageBlock | None:
    row = "\t".join(map(collapse, cells))
    return PageBlock(text=row, tag="tr") if row.strip() else None


def _unmarked(text: str) -> tuple[str, tuple[str, ...]]:
    """A line without the marks of Markdown, and the addresses of its links.

    >>> _unmarked(r"要**坚持**“`三个`一”，见[《办法》](a/1.html)，3\\*4")
    ('要坚持“三个一”，见《办法》，3*4', ('a/1.html',))
    """
    cut = tuple(link[2] for link in _LINK.finditer(text) if link[2])
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))), cut

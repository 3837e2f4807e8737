"""The text of a source, found without its reader: what `verify` compares a reading with.

A plain walk over the page or the Word file that knows no blocks, no hidden parts and no rules,
so that a fault of a reader cannot hide here as well. Only decoding is shared.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString
from lxml import etree  # type: ignore[import-untyped]

from archive.errors import SourceError
from archive.text.fold import fold
from indexer.readers.encoding import decode_source

_PAGES = (".html", ".htm", ".xhtml", ".shtml")
_WORD = (".docx", ".docm")
# What a browser never shows as text; a title and the choices of a form are no text of a document.
_NO_TEXT = frozenset(("script", "style", "title", "select", "datalist"))
_MARKUP = re.compile(r"<[a-z/!]", re.IGNORECASE)
_DATA_PAGE = re.compile(r"data:text/html[^,]*?(;base64)?,(.*)", re.IGNORECASE | re.DOTALL)
# Frames in frames are followed so deep.
_MAX_DEPTH = 4
_STORY = re.compile(
    r"word/(?:document|footnotes|endnotes|header\d*|footer\d*|diagrams/data\d*)\.xml"
)
_TEXT = "{*}t"
# What was moved away stands again where it was moved to.
_MOVED = "{*}moveFrom"
# Pieces that are shorter than this could stand anywhere.
_SHORTEST = 4
_SIGNS = re.compile(r"[^0-9\u3400-\u9fff\U00020000-\U0003ffff]+")


def key(text: str) -> str:
    """The ideographs and digits of `text`, folded: what no reading may lose or change."""
    return _SIGNS.sub("", fold(text))


def pieces(path: Path, relative: str) -> Iterator[str]:
    """Yield the keys of the pieces of text in a source, of `_SHORTEST` signs at least.

    A piece is a text node of a page, or a run of a Word file.
    Nothing for other types of file. Raises SourceError where the source cannot be decoded.
    """
    suffix = path.suffix.lower()
    found: Iterator[str] = iter(())
    if suffix in _PAGES:
        found = _page(decode_source(path.read_bytes(), relative)[0], 0)
    elif suffix in _WORD:
        found = _word(path.read_bytes())
    return (piece for piece in map(key, found) if len(piece) >= _SHORTEST)


def _page(text: str, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    for node in BeautifulSoup(text, "lxml").descendants:
        if isinstance(node, Tag):
            yield from _framed(node, depth)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            inside = {parent.name for parent in node.parents}
            if not inside & _NO_TEXT:
                yield from _page(node, depth + 1) if _MARKUP.search(node) else (node,)


def _framed(tag: Tag, depth: int) -> Iterator[str]:
    """The pages that an attribute or a script holds."""
    page = tag.get("srcdoc")
    data = _DATA_PAGE.match(str(tag.get("src") or tag.get("data") or ""))
    if isinstance(page, str):
        yield from _page(page, depth + 1)
    elif data:
        raw = unquote_to_bytes(data[2])
        try:
            content = base64.b64decode(raw) if data[1] else raw
            yield from _page(decode_source(content, "frame")[0], depth + 1)
        except (binascii.Error, SourceError):
            return
    elif tag.name == "script" and "ld+json" in str(tag.get("type")):
        try:
            yield from _articles(json.loads(tag.string or ""))
        except ValueError:
            return


def _articles(value: Any) -> Iterator[str]:
    """The article bodies of a page's statement of itself."""
    if isinstance(value, list):
        for item in value:
            yield from _articles(item)
    elif isinstance(value, dict):
        body = value.get("articleBody")
        if isinstance(body, str):
            yield from re.split(r"\s+", body)
        yield from _articles(value.get("@graph"))


def _word(data: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            for name in filter(_STORY.fullmatch, package.namelist()):
                tree = etree.fromstring(package.read(name), parser)
                for text in tree.iter(_TEXT):
                    if next(text.iterancestors(_MOVED), None) is None:
                        yield text.text or ""
    except (zipfile.BadZipFile, etree.XMLSyntaxError):
        return

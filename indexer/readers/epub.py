"""Electronic books (.epub): the documents of the book in their reading order, as HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page
from indexer.readers import MAX_CHARACTERS
from indexer.readers.doc_title import choose_title
from indexer.readers.html.reader import MAX_TAGS, read_html
from indexer.readers.package import Package

# Tags of a whole book; one of a thousand pages has 200,000.
MAX_BOOK_TAGS = 10 * MAX_TAGS

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_TYPES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")


def read_epub(data: bytes, relative: str) -> Page:
    """The page of a book: what its spine lists, one document after another.

    Raises SourceError where it is damaged, encrypted, without text, or beyond the limits.
    """
    package = Package(data, relative)
    container = package.xml(_CONTAINER)
    root = None if container is None else container.find(".//{*}rootfile")
    name = "" if root is None else root.get("full-path", "")
    book = package.xml(name)
    if book is None:
        raise package.damaged(f"no book in {_CONTAINER}")
    encrypted = _encrypted(package)
    pages: list[Page] = []
    unread = False
    tags = characters = 0
    for part, kind in dict.fromkeys(_spine(book, name)):
        if part.lower() in encrypted:
            raise SourceError("reader.encrypted", relative=relative)
        if kind not in _TYPES or part not in package:
            unread = True
            continue
        document = package.read(part)
        tags += document.count(b"<")
        if tags > MAX_BOOK_TAGS:
            raise SourceError("html.too_many_tags", relative=relative, max_tags=MAX_BOOK_TAGS)
        pages.append(read_html(document, relative, ()))
        characters += sum(len(block.text) for block in pages[-1].blocks)
        if characters > MAX_CHARACTERS:
            # More than a page may have, which is refused.
            break
    # The documents of a book stand beside one another: none is the place of its text alone.
    blocks = tuple(replace(block, place=()) for page in pages for block in page.blocks)
    if not blocks:
        raise SourceError("epub.no_text", relative=relative)
    warnings = [warning for page in pages for warning in page.warnings]
    # The cover is a picture.
    warnings = [warning for warning in warnings if warning != ReadingWarning.PICTURES]
    if unread:
        warnings.append(ReadingWarning.UNREAD.value)
    stated = next((title.text for title in book.iter("{*}title") if title.text), None)
    return Page(
        path=relative,
        blocks=blocks,
        encoding=pages[0].encoding,
        title=choose_title(stated, ((b.text, b.tag in ("h1", "h2")) for b in blocks if not b.row)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _spine(book: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a book in their reading order, each with its type."""
    items = {item.get("id"): item for item in book.iter("{*}item")}
    for reference in book.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None:
            part = unquote(item.get("href", "")).partition("#")[0]
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), part))
            yield path, item.get("media-type", "").lower()


def _encrypted(package: Package) -> frozenset[str]:
    """The parts that are encrypted; a book that anyone can read has fonts among them."""
    root = package.xml(_ENCRYPTION)
    found = () if root is None else root.iter("{*}CipherReference")
    names = (unquote(each.get("URI", "")).lstrip("/").lower() for each in found)
    return frozenset(map(posixpath.normpath, names))

"""Pages inside a page: frames that keep theirs in an attribute, texts escaped in a form field."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from bs4 import Tag

from indexer.readers.encoding import decode
from indexer.readers.html.tree import Tree, parse

# The attributes in which each element names or holds what it shows.
_SOURCES = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}
FRAMES = frozenset(_SOURCES)
_DATA = re.compile(r"\s*data:\s*(?:text/html|application/xhtml\+xml)([^,]*),", re.IGNORECASE)
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
MARKUP = re.compile(r"<(?:p|br|div|span|section|article|table|h\d|li)\b[^<>]*>", re.IGNORECASE)
# Frames of one page that are read, and their tags; measured pages have up to ten frames.
_MAX_FRAMES = 64
_MAX_TAGS = 100_000


class Frames:
    """The pages inside a page, each parsed once and kept, so that its elements keep their id."""

    def __init__(self) -> None:
        self.trees: dict[int, Tree] = {}
        # Some were not read, being too many.
        self.unread = False
        self._tags = 0

    def inside(self, tag: Tag) -> Tree | None:
        """The page that a frame or a form field holds, None where it holds none."""
        known = self.trees.get(id(tag))
        if known is not None:
            return known
        source = _held(tag)
        if source is None:
            return None
        self._tags += source.count("<")
        if len(self.trees) >= _MAX_FRAMES or self._tags > _MAX_TAGS:
            self.unread = True
            return None
        tree = self.trees[id(tag)] = parse(source)
        return tree


def _held(tag: Tag) -> str | None:
    """The source of the page in `tag`: srcdoc, a data address, or escaped in a <textarea>."""
    attributes: Mapping[str, Any] = tag.attrs
    if tag.name == "textarea":
        text = "".join(tag.strings)
        return text if MARKUP.search(text) else None
    srcdoc = attributes.get("srcdoc")
    if isinstance(srcdoc, str) and srcdoc.strip():
        return srcdoc
    address = attributes.get(_SOURCES[tag.name])
    if not isinstance(address, str) or not (match := _DATA.match(address)):
        return None
    data = unquote_to_bytes(address[match.end() :].encode("utf-8", "surrogatepass"))
    if ";base64" in match[1].lower():
        code = _NO_BASE64.sub("", data.decode("ascii", "ignore").replace("-", "+"))
        data = b64decode(code[: len(code) - (len(code) % 4 == 1)] + "===")
    return decode(data)[0]

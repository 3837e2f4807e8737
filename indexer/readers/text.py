"""Plain text as a page: one block a line."""

from __future__ import annotations

from indexer.page import Page, PageBlock
from indexer.readers.encoding import decode_source
from indexer.readers.spacing import INDENT, collapse


def read_text(data: bytes, relative: str) -> Page:
    """The page of a plain text file; its title is left to what its head says.

    Raises SourceError where `data` is no text.
    """
    text, encoding = decode_source(data, relative)
    blocks = tuple(
        PageBlock(text=line, indented=INDENT.match(raw) is not None)
        for raw in text.replace("\x0c", "\n").splitlines()
        if (line := collapse(raw))
    )
    return Page(path=relative, blocks=blocks, encoding=encoding)

"""Plain text as a page: one block a line."""

from __future__ import annotations

from archive.errors import SourceError
from indexer.page import Page, PageBlock
from indexer.readers.encoding import decode_source
from indexer.text.spacing import INDENT, collapse

# Judging a line takes 0.3 ms; the longest text of a document site measured has 500 lines.
MAX_LINES = 50_000


def read_text(data: bytes, relative: str) -> Page:
    """The page of a plain text file; its title is left to what its head says.

    Raises SourceError where `data` is no text, or too long a one.
    """
    text, encoding = decode_source(data, relative)
    if text.count("\n") > MAX_LINES:
        raise SourceError("text.too_many_lines", relative=relative, max_lines=MAX_LINES)
    blocks = tuple(
        PageBlock(text=line, indented=INDENT.match(raw) is not None)
        for raw in text.replace("\x0c", "\n").splitlines()
        if (line := collapse(raw))
    )
    return Page(path=relative, blocks=blocks, encoding=encoding)

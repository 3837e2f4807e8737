"""Readers: one stored file in, one Page out.

Each suffix has its reader. A reader decodes, cuts into blocks and says what the file states
of itself; it judges nothing but what a browser would not show.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.errors import SourceError
from indexer.page import Page
from indexer.readers.doc import read_doc
from indexer.readers.html import read_html
from indexer.readers.mhtml import read_mhtml
from indexer.readers.pdf import read_pdf
from indexer.readers.text import read_text

SUFFIXES: dict[str, Callable[[bytes, str], Page]] = {
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".shtml": read_html,
    ".txt": read_text,
    ".text": read_text,
    ".md": read_text,
    ".mhtml": read_mhtml,
    ".mht": read_mhtml,
    ".docx": read_doc,
    ".docm": read_doc,
    ".pdf": read_pdf,
    ".doc": read_doc,
    ".wps": read_doc,
    ".rtf": read_doc,
    ".odt": read_doc,
}
# The largest real compilation seen is under 2 MB; a text of this size takes some seconds.
MAX_BYTES = 32 * 1024 * 1024


def read_page(path: Path, relative: str) -> Page:
    """The page stored at `path`, under the name `relative` (to the corpus, with `/`).

    The suffix chooses the reader and must be one of `SUFFIXES`. Raises SourceError for a
    file that cannot be opened, is larger than `MAX_BYTES`, or is no text.
    """
    reader = SUFFIXES.get(path.suffix.lower())
    if reader is None:
        known = " ".join(sorted(SUFFIXES))
        raise SourceError(
            f"不支持的文件类型:{relative}。可以读取:{known}",
            f"unknown file type: {relative}; readable are {known}",
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(
                f"文件过大:{relative} 有 {size} 字节,上限 {MAX_BYTES}。请拆分后再导入",
                f"file too large: {relative} has {size} bytes, at most {MAX_BYTES}; split it",
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"无法读取文件:{relative}({error.strerror})。请检查文件和权限",
            f"cannot read {relative}: {error.strerror}; check the file and its permissions",
        ) from error
    return reader(data, relative)

"""Readers: one stored file in, one Page out.

Each suffix has its reader. A reader decodes, cuts into blocks and says what the file states
of itself; it judges nothing but what a browser would not show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from archive.errors import SourceError
from indexer.page import Page
from indexer.readers.doc import read_doc
from indexer.readers.html import read_html
from indexer.readers.mhtml import read_mhtml
from indexer.readers.pdf import read_pdf
from indexer.readers.profiles import Profile
from indexer.readers.text import read_text

# Pages of sites, which a site profile may know, and files of their own.
_SITE_READERS: dict[str, Callable[[bytes, str, Sequence[Profile] | None], Page]] = {
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".shtml": read_html,
    ".mhtml": read_mhtml,
    ".mht": read_mhtml,
}
_READERS: dict[str, Callable[[bytes, str], Page]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_text,
    ".docx": read_doc,
    ".docm": read_doc,
    ".pdf": read_pdf,
    ".doc": read_doc,
    ".wps": read_doc,
    ".rtf": read_doc,
    ".odt": read_doc,
}
SUFFIXES = (*_SITE_READERS, *_READERS)
# The largest real compilation seen is under 2 MB; a text of this size takes some seconds.
MAX_BYTES = 32 * 1024 * 1024


def read_page(path: Path, relative: str, profiles: Sequence[Profile] | None = None) -> Page:
    """The page stored at `path`, under the name `relative` (to the corpus, with `/`).

    The suffix chooses the reader and must be one of `SUFFIXES`; `profiles` are the site
    profiles to try (None: our own). Raises SourceError for a file that cannot be opened,
    is larger than `MAX_BYTES`, or is no text.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
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
    if suffix in _SITE_READERS:
        return _SITE_READERS[suffix](data, relative, profiles)
    return _READERS[suffix](data, relative)

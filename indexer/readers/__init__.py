"""Readers: one stored file in, one Page out.

Each suffix has its reader. A reader decodes, cuts into blocks and says what the file states
of itself; it labels nothing but what a browser would not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page, PageBlock
from indexer.readers.html.profiles import Profile
from indexer.text.mojibake import is_garbled

# Where each suffix's reader is: loaded when a file asks for it, since a run that reads one
# page has no use for the readers of printed documents.
# Pages of sites, which a site profile may know.
_SITE_PAGES = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), "indexer.readers.html.reader:read_html"),
    **dict.fromkeys((".mhtml", ".mht"), "indexer.readers.mhtml:read_mhtml"),
}
_OFFICE = (".docx", ".docm", ".doc", ".wps", ".rtf", ".odt")
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods")
_SLIDES = (".pptx", ".pptm")
_PICTURED = (*_OFFICE, *_SHEETS, *_SLIDES, ".pdf", ".ofd", ".epub")
_READERS = {
    **_SITE_PAGES,
    **dict.fromkeys((".txt", ".text", ".md"), "indexer.readers.text:read_text"),
    **dict.fromkeys(_OFFICE, "indexer.readers.office:read_doc"),
    ".pdf": "indexer.readers.pdf.reader:read_pdf",
    ".ofd": "indexer.readers.ofd:read_ofd",
    **dict.fromkeys(_SHEETS, "indexer.readers.sheet:read_sheet"),
    **dict.fromkeys(_SLIDES, "indexer.readers.slides:read_slides"),
    ".epub": "indexer.readers.epub:read_epub",
    ".eml": "indexer.readers.mail:read_mail",
}
SUFFIXES = tuple(_READERS)
# The largest real compilation seen is under 2 MB; a text of this size takes some seconds.
MAX_BYTES = 32 * 1024 * 1024
# Files whose readers bound their text themselves; most of such a file are its pictures.
_WITH_PICTURES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MAX_BYTES_WITH_PICTURES = 4 * MAX_BYTES
# Characters of text on one page, whatever they are packed in. A book of 1,000 pages has a
# million; the index needs up to 150 bytes of memory for each while it takes the page in.
MAX_CHARACTERS = 3_000_000
# Blocks of one page: judging one takes 0.1 to 0.3 ms. As many as a web page may have tags.
MAX_BLOCKS = 100_000


def read_page(path: Path, relative: str, profiles: Sequence[Profile] | None = None) -> Page:
    """The page stored at `path`, under the name `relative` (to the corpus, with `/`).

    The suffix chooses the reader and must be one of `SUFFIXES`; `profiles` are the site
    profiles to try (None: our own). Raises SourceError for a file that cannot be opened,
    is larger than `MAX_BYTES` (one that may hold pictures: `MAX_BYTES_WITH_PICTURES`), holds
    more than `MAX_CHARACTERS` or `MAX_BLOCKS`, or is no text.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = " ".join(sorted(SUFFIXES))
        raise SourceError("reader.unknown_type", relative=relative, known=known)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            pictured = suffix in _PICTURED and file.read(4).startswith(_WITH_PICTURES)
            limit = MAX_BYTES_WITH_PICTURES if pictured else MAX_BYTES
            if size > limit:
                raise SourceError("reader.too_large", relative=relative, size=size, limit=limit)
            file.seek(0)
            data = file.read()
    except OSError as error:
        said = error.strerror
        raise SourceError("reader.cannot_read", relative=relative, strerror=said) from error
    page = read_data(suffix, data, relative, profiles)
    check_amount(page.blocks, relative)
    return _doubted(page)


def read_data(
    suffix: str, data: bytes, relative: str, profiles: Sequence[Profile] | None = None
) -> Page:
    """The page that the reader of `suffix`, one of `SUFFIXES`, makes of `data`."""
    if not data and suffix in _PICTURED:
        raise SourceError("reader.empty", relative=relative)
    known_sites = (profiles,) if suffix in _SITE_PAGES else ()
    page: Page = resolve_name(_READERS[suffix])(data, relative, *known_sites)
    return page


def check_amount(blocks: Sequence[PageBlock], relative: str) -> None:
    """Raise SourceError where `blocks` are more than one page may have."""
    amount = sum(len(block.text) for block in blocks)
    if amount > MAX_CHARACTERS:
        limits = {"characters": amount, "max_characters": MAX_CHARACTERS}
        raise SourceError("reader.too_much_text", relative=relative, **limits)
    if (count := len(blocks)) > MAX_BLOCKS:
        limits = {"count": count, "max_blocks": MAX_BLOCKS}
        raise SourceError("reader.too_many_blocks", relative=relative, **limits)


def _doubted(page: Page) -> Page:
    """`page`, with the warnings that its text and its encoding give."""
    warnings = list(page.warnings)
    if "+" in (page.encoding or ""):
        warnings.append(ReadingWarning.MIXED)
    if is_garbled("\n".join(block.text for block in page.blocks if not block.hidden)):
        warnings.append(ReadingWarning.GARBLED)
    return replace(page, warnings=tuple(dict.fromkeys(map(str, warnings))))

"""PDF as a page: its text layer, printed lines put together to paragraphs.

Scans have no text layer; reading pictures is not done here. PDFium reads the file in a
process of its own (`child`), within limits of pages, characters, memory and time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.errors import SourceError
from archive.model import ReadingWarning
from indexer.page import Page
from indexer.readers.doc_title import choose_title
from indexer.readers.pdf.layout import sort_out
from indexer.readers.pdf.paragraphs import read_paragraphs
from indexer.text.mojibake import is_other_text

# Under the time that a whole task has; 800 pages take 13 seconds on a busy machine.
SECONDS = 90.0
# What the child may take beside the file itself, in bytes. Measured on documents of up to 500
# pages: under 200 MB. PDFium inflates a page's streams whole and ends its process where it
# gets no more.
MEMORY = 512 << 20
# A text layer of which more has no Unicode value is drawn in fonts that say nothing.
MAX_UNMAPPED = 0.3
# So many characters without a value make a text that a reader should compare with the original.
_GARBLED = 3
# Fewer characters of text than this on all pages together are no document's.
MIN_TEXT = 10

# What the child calls its failures.
_ERRORS = {
    "encrypted": "reader.encrypted_2",
    "large": "pdf.too_large",
    "damaged": "pdf.damaged",
}
_CHILD = Path(__file__).with_name("child.py")


def read_pdf(data: bytes, relative: str) -> Page:
    """The page of a PDF file with a text layer.

    Raises SourceError where it is damaged, encrypted, a scan, or beyond the limits.
    """
    about, pages = _extract(data, relative)
    return lay_out(pages, about["title"], relative)


def lay_out(pages: Sequence[dict[str, Any]], title: str, relative: str) -> Page:
    """The page of a printed document whose pages are described as the child describes them.

    `title` is that of its properties. Raises SourceError where it has no text or its text layer
    is not believed.
    """
    sheets = sort_out(pages)
    characters = sum(len(values[5]) for page in pages for values in page["lines"])
    unmapped = sum(page["unmapped"] for page in pages)
    blocks = read_paragraphs(sheets)
    text = [block for block in blocks if not block.path]
    lies = is_other_text("".join(block.text for block in text))
    if lies or unmapped > MAX_UNMAPPED * max(characters, 1):
        raise SourceError("pdf.unreadable_text", relative=relative)
    if sum(len(block.text) for block in text) < MIN_TEXT:
        raise SourceError("pdf.scan", relative=relative)
    warnings = []
    if unmapped >= _GARBLED:
        warnings.append(ReadingWarning.GARBLED.value)
    if any(
        page["pictured"] and sum(len(line.text) for line in sheet.lines) < MIN_TEXT
        for page, sheet in zip(pages, sheets, strict=True)
    ):
        warnings.append(ReadingWarning.PICTURES.value)
    printed = choose_title(title, ((b.text, b.tag == "h1") for b in text if not b.row))
    return Page(path=relative, blocks=blocks, title=printed, warnings=tuple(warnings))


def _extract(data: bytes, relative: str) -> tuple[dict[str, Any], Sequence[dict[str, Any]]]:
    """What the child process says of the document, and its pages."""
    # -P: what lies beside the program must not stand in for the standard library.
    command = [sys.executable, "-P", str(_CHILD), str(MEMORY)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SourceError("pdf.timeout", seconds=SECONDS, relative=relative) from error
    said: list[dict[str, Any]] = []
    # The last line may be cut short: the process died while writing.
    with suppress(ValueError):
        for line in done.stdout.splitlines():
            said.append(json.loads(line))
    if said and "error" in said[-1]:
        failed = said[-1]
        raise SourceError(_ERRORS[failed["error"]], relative=relative, said=failed["said"])
    if done.returncode < 0:
        signal, memory = f"signal {-done.returncode}", MEMORY >> 20
        raise SourceError("pdf.bomb", memory=memory, relative=relative, said=signal)
    if done.returncode or not said:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        last = last or f"exit {done.returncode}"
        raise SourceError("pdf.damaged", relative=relative, said=last)
    return said[0], said[1:]

"""The file that a document was read from, as it is: to be kept, never to be shown here."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flask import Blueprint, Response, send_file

from archive.errors import UnknownDocumentError
from archive.store.catalog import SourceState
from web.context import archive
from web.http.downloads import attachment

pages = Blueprint("originals", __name__)

# A saved page is another's: where a browser opens it after all, it has no origin, no script,
# and loads nothing.
POLICY = "sandbox; default-src 'none'"


@pages.get("/source/<document_id>")
def source(document_id: str) -> Response:
    """The source of a document, under its own name.

    A source of many documents (JSONL) comes whole: it is the file that can be checked.
    """
    path = archive().document(document_id).path
    record, _ = archive().source(path)
    if record is not None and record.state is SourceState.HELD:
        # The file has other documents that are held back.
        raise UnknownDocumentError("archive.source_held", path=path)
    stream = _open_inside(archive().home.corpus, path)
    if stream is None:
        raise UnknownDocumentError("archive.no_source", path=path)
    answer = send_file(stream, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = attachment(PurePosixPath(path).name)
    answer.content_length = os.fstat(stream.fileno()).st_size
    answer.headers["Content-Security-Policy"] = POLICY
    # The file may change while the generation stays.
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _open_inside(corpus: Path, path: str) -> BinaryIO | None:
    """Open a source for reading; None where it is gone, or leads out of the corpus."""
    try:
        root = corpus.resolve(strict=True)
        resolved = (corpus / path).resolve(strict=True)
        if not resolved.is_relative_to(root):
            return None
        # Between the look and the opening a link may have taken its place, or a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(resolved, flags | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError, RuntimeError):
        return None
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    return None

"""Complete results, sent while the archive is read; never so many that no thread is left.

A reader whose program has stopped reading holds the thread that sends to it, until the server
gives the connection up: some threads are kept for those who do read.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from urllib.parse import quote

from flask import Response
from werkzeug.http import dump_options_header

from archive.errors import ArchiveError

# Half of the threads that answer (web.server.serving.THREADS).
MAX_AT_ONCE = 4
# Bytes of a name, as file systems take it.
MAX_NAME = 255
# Seconds that one more waits for its turn: a whole archive of 100,000 paragraphs takes about ten.
TIME_BUDGET = 5.0
# Lines are sent together: a write of each would cost more than the line.
_TOGETHER = 200
# Control and format characters, half of a pair, ends of lines and of paragraphs.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_places = threading.BoundedSemaphore(MAX_AT_ONCE)


def download(lines: Iterable[str], name: str, mimetype: str) -> Response:
    """Return the answer that sends `lines` as a file `name`.

    The first two are read here, so that a refusal is still an answer. Raises ArchiveError
    where too many are being sent.
    """
    if not _places.acquire(timeout=TIME_BUDGET):
        raise ArchiveError("web.too_many_downloads", most_at_once=MAX_AT_ONCE)
    # Left once, however often it is closed.
    place = ExitStack()
    place.callback(_places.release)
    try:
        lines = iter(lines)
        first = list(islice(lines, 2))
    except BaseException:
        place.close()
        raise
    answer = Response(_joined(chain(first, lines), place), mimetype=mimetype)
    # Where nothing is sent (HEAD) the lines are never begun, nor ended.
    answer.call_on_close(place.close)
    answer.headers["Content-Disposition"] = attachment(name)
    return answer


def attachment(name: str) -> str:
    """The Content-Disposition (RFC 6266) of a file to be kept under `name`.

    What a header or a file name cannot hold, or what would show another name than it is,
    becomes a low line; a browser that knows no UTF-8 here gets one for each other character.

    >>> attachment("a\\r\\nb/c.html")
    'attachment; filename=a__b_c.html'
    """
    kept = "".join("_" if c in "/\\" or unicodedata.category(c) in _UNSAFE else c for c in name)
    stem, suffix = os.path.splitext(kept) if len(kept) - kept.rfind(".") < 10 else (kept, "")
    kept = stem.encode()[: MAX_NAME - len(suffix.encode())].decode(errors="ignore") + suffix
    options = {"filename": kept.encode("ascii", "replace").decode().replace("?", "_")}
    if not kept.isascii():
        options["filename*"] = f"UTF-8''{quote(kept, safe='')}"
    return dump_options_header("attachment", options)


def _joined(lines: Iterator[str], place: ExitStack) -> Iterator[str]:
    try:
        while run := list(islice(lines, _TOGETHER)):
            yield "".join(run)
    finally:
        place.close()

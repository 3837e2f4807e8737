"""The files that commands are given: plain ones, of any encoding."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import BinaryIO

from archive.errors import HomeError


def open_plain(path: Path) -> BinaryIO:
    """Open a file for reading. Raises HomeError where that may never end.

    Pipes and devices wait or have no end, and so have some of what only looks like a file: the
    system's own have no size.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise HomeError("command.not_plain", file=path)
        with ExitStack() as opened:
            stream = opened.enter_context(open(path, "rb", opener=_at_once))
            if not status.st_size and os.read(stream.fileno(), 1):
                raise HomeError("command.not_plain", file=path)
            opened.pop_all()
    except FileNotFoundError as error:
        raise HomeError("command.no_file", file=path) from error
    except OSError as error:
        raise HomeError("command.cannot_read_file", file=path, strerror=error.strerror) from error
    return stream


def _at_once(name: str, flags: int) -> int:
    """Open without waiting: what would have to be waited for is refused by the system."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def read_text(file: Path, limit: int) -> str:
    """The text of a file of at most `limit` MB, of standard input for `-`, in any encoding."""
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else open_plain(file) as stream:
        data = stream.read((limit << 20) + 1)
    if len(data) > limit << 20:
        raise HomeError("command.too_large", file=file, limit=limit)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What writes UTF-8 need not wait for what tells the others apart.
        from indexer.readers.encoding import decode_source

        return decode_source(data, str(file))[0]

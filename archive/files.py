"""Files that a crash leaves with their old or their new content, never with a part of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from glob import escape
from pathlib import Path


def write_atomically(
    path: Path, data: bytes | Iterable[bytes | memoryview[int]], *, mode: int = 0o666
) -> None:
    """Write a whole file and bring it to the disk, under its name only when it is complete.

    `mode` are its permissions before the umask. Raises OSError; the old file is then left.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        # What a process left that was killed at this. One that writes now fails, and says so.
        for left in path.parent.glob(f"{escape(path.name)}.{'[0-9a-f]' * 8}.tmp"):
            left.unlink(missing_ok=True)
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file, or which files a folder holds, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

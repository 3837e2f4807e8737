"""Files that a crash leaves with their old or their new content, and locks that it releases."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """Give an empty draft to write; when it is whole and on the disk, it takes the name `path`.

    `mode` are its permissions before the umask; its owner is that of the file it replaces, where
    the system lets us. What fails leaves the old file. Raises OSError.
    """
    path = path.resolve()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        # What a process left that was killed at this. One that writes now fails, and says so.
        for left in path.parent.glob(f"{escape(path.name)}.{'[0-9a-f]' * 8}.tmp"):
            left.unlink(missing_ok=True)
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)):
            pass
        yield draft
        _keep_owner(path, draft)
        sync(draft)
        os.replace(draft, path)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:
            error.filename = str(path)
        raise
    sync(path.parent)


def write_atomically(
    path: Path, data: bytes | Iterable[bytes | memoryview[int]], *, mode: int = 0o666
) -> None:
    """Write a whole file as `replacing` does."""
    with replacing(path, mode=mode) as draft, draft.open("wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)


def _keep_owner(path: Path, draft: Path) -> None:
    """Give a draft the owner of the file it replaces: who mends as root locks nobody out."""
    if os.name == "posix" and path.exists():
        old, new = path.stat(), draft.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            with suppress(PermissionError):
                os.chown(draft, old.st_uid, old.st_gid)


def sync(path: Path) -> None:
    """Bring a file, or, where the system can, which files a folder holds, to the disk."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_lock(path: Path) -> BaseFileLock:
    """Return the lock on a file, which then names the process that holds it.

    The system releases it when the process dies. Acquiring it raises OSError where the file
    cannot be locked. Any thread may release it.
    """
    # Only those who write need it: a search starts without.
    from filelock import FileLock

    return FileLock(path, thread_local=False, fallback_to_soft=False, on_acquired=_sign)


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())

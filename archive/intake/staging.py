"""Uploads: files on their way in, in a folder that no other process takes for left over."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.errors import HomeError
from archive.files import file_lock
from archive.store.home import Home

_LOCK = "lock"
# Held while a folder is made and locked, and while what was left over is looked for, so that
# nobody sees a folder whose owner has not locked it yet.
_GATE = "incoming.lock"


@dataclass(frozen=True, slots=True)
class Upload:
    """A whole file in a staging folder; `digest` is the SHA-256 of its bytes in hex."""

    path: Path
    size: int
    digest: str


class Staging:
    """A folder of uploads; leaving it closes those that were not finished."""

    def __init__(self, folder: Path, streams: contextlib.ExitStack) -> None:
        self._folder = folder
        self._names = itertools.count(1)
        self._streams = streams

    def open(self) -> IO[bytes]:
        """Open a new file, for writing and reading; its `name` is its path."""
        path = self._folder / str(next(self._names))
        return self._streams.enter_context(path.open("xb+"))

    def finish(self, stream: IO[bytes]) -> Upload:
        """Bring a file to the disk and close it."""
        with stream:
            stream.flush()
            os.fsync(stream.fileno())
        path = Path(stream.name)
        return Upload(path, path.stat().st_size, digest(path))


@contextlib.contextmanager
def staging(home: Home) -> Iterator[Staging]:
    """Give a folder for uploads, which is gone afterwards with all that was not taken.

    Raises HomeError where nothing can be written.
    """
    folder = home.incoming / secrets.token_hex(8)
    lock = file_lock(folder / _LOCK)
    try:
        home.incoming.mkdir(parents=True, exist_ok=True)
        with file_lock(home.state / _GATE):
            folder.mkdir()
            lock.acquire(timeout=0)
    except OSError as error:
        raise HomeError(
            "upload.cannot_store", incoming=home.incoming, strerror=error.strerror
        ) from error
    try:
        with contextlib.ExitStack() as streams:
            yield Staging(folder, streams)
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_over(home: Home) -> None:
    """Remove the uploads of processes that died; those of living ones are held and stay."""
    if not home.incoming.is_dir():
        return
    with contextlib.suppress(PermissionError), file_lock(home.state / _GATE):
        for folder in home.incoming.iterdir():
            # No folder of ours has no lock that could be taken.
            with contextlib.suppress(OSError):
                lock = file_lock(folder / _LOCK)
                try:
                    lock.acquire(timeout=0)
                except TimeoutError:
                    continue
                lock.release()
            shutil.rmtree(folder, ignore_errors=True)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

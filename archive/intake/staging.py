"""Drafts: files on their way in, in a folder that no other process takes for left over."""

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
from typing import IO, TYPE_CHECKING

from archive.errors import HomeError
from archive.store.home import Home
from archive.store.locks import file_lock

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = "lock"
# Held while a folder is made and locked, and while what was left over is looked for, so that
# nobody sees a folder whose owner has not locked it yet.
_GATE = "incoming.lock"


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole file in a staging folder; `digest` is the SHA-256 of its bytes in hex."""

    path: Path
    size: int
    digest: str


class Staging:
    """A folder of drafts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = itertools.count(1)
        self._opened: set[IO[bytes]] = set()

    def open(self) -> IO[bytes]:
        """Open a new draft, for writing and reading; its `name` is its path."""
        stream = (self._folder / str(next(self._names))).open("xb+")
        self._opened.add(stream)
        return stream

    def finish(self, stream: IO[bytes]) -> Draft:
        """Bring a draft to the disk and close it."""
        with stream:
            stream.flush()
            os.fsync(stream.fileno())
        self._opened.discard(stream)
        path = Path(stream.name)
        return Draft(path, path.stat().st_size, digest(path))

    def close(self) -> None:
        """Close the drafts that were not finished."""
        while self._opened:
            self._opened.pop().close()


@contextlib.contextmanager
def staging(home: Home) -> Iterator[Staging]:
    """Give a folder for drafts, which is gone afterwards with all that was not landed.

    Raises HomeError where nothing can be written.
    """
    folder = home.incoming / secrets.token_hex(8)
    lock = file_lock(folder / _LOCK)
    try:
        home.incoming.mkdir(parents=True, exist_ok=True)
        with _gate(home):
            folder.mkdir()
            lock.acquire(timeout=0)
    except OSError as error:
        raise HomeError(
            "upload.cannot_store", incoming=home.incoming, strerror=error.strerror
        ) from error
    try:
        with contextlib.closing(Staging(folder)) as opened:
            yield opened
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_over(home: Home) -> None:
    """Remove the drafts of processes that died; those of living ones are held and stay."""
    if not home.incoming.is_dir():
        return
    with contextlib.suppress(PermissionError), _gate(home):
        _clear(home)


def _clear(home: Home) -> None:
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


def _gate(home: Home) -> BaseFileLock:
    """Wait in it until no other process makes a folder of drafts or clears some."""
    return file_lock(home.state / _GATE)


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

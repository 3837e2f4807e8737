"""Locks on files, which the system lets go of when their process dies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


def file_lock(path: Path) -> BaseFileLock:
    """Return the lock on a file, which then names the process that holds it.

    Acquiring it raises OSError where the file cannot be locked. Any thread may release it.
    """
    # Only those who write need it: a search starts without.
    from filelock import FileLock

    return FileLock(path, thread_local=False, fallback_to_soft=False, on_acquired=_sign)


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())

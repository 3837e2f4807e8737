"""Advisory locks on open files, which the system lets go of when their process dies."""

from __future__ import annotations

import os
from typing import IO


def try_lock(handle: IO[str]) -> bool:
    """Take the advisory lock on an open file without waiting; whether it was free."""
    try:
        if os.name == "nt":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def take_lock(handle: IO[str]) -> None:
    """Wait for the advisory lock on an open file. Raises OSError where files have none."""
    if os.name == "nt":
        import msvcrt

        handle.seek(0)
        # Asks once a second, ten times.
        msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)

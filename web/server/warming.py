"""Making the archive ready before the first question, and after each reindex.

What is read of the index for the first time is compared with its checksums, and what all
questions need is put together at the first one: readers of a large archive would feel it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from archive import Archive
from archive.errors import ArchiveError, EngineError

# How often to look whether a reindex has published another generation, in seconds.
_INTERVAL = 2.0

_log = logging.getLogger(__name__)


def start_warming(archive: Archive) -> Callable[[], None]:
    """Keep `archive` ready from now on, in a thread of its own; returns what ends it."""
    ended = threading.Event()
    # As a daemon: the end of the server does not wait until a large archive is read.
    thread = threading.Thread(target=_keep, args=(archive, ended), name="warming", daemon=True)
    thread.start()
    return ended.set


def _keep(archive: Archive, ended: threading.Event) -> None:
    done = ""
    while not ended.is_set():
        try:
            generation = archive.generation
            if generation != done:
                done = generation
                archive.warm()
                # What every page answers from.
                archive.snapshot()
        except EngineError as error:
            # Found before anybody asks for it.
            _log.error("%s", error)
        except ArchiveError:
            # Of another version, or not to be read just now: every page says so itself.
            pass
        ended.wait(_INTERVAL)

"""Searches on their way into the history: written behind the answers, not before them.

Bringing a line to the disk takes longer than a search; a reader does not wait for it.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress

from archive.errors import NotesError
from archive.notes.searches import MOST_RECENT, Recent, Searches

# Seconds for which a search waits for others to be written with it: each time costs nearly
# a tenth of a page.
MOMENT = 0.5


class Remembering:
    """A line of searches that a thread of its own writes, those of a moment together.

    What a crash takes of it are the searches of the last moment. A search that cannot be
    written is no failure: the history's own page says why.
    """

    def __init__(self, searches: Searches) -> None:
        self._searches = searches
        # More than the history holds would push one another out.
        self._waiting: queue.Queue[Recent] = queue.Queue(MOST_RECENT)
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def put(self, search: Recent) -> None:
        """Have a search written; where too many wait already it is forgotten."""
        with suppress(queue.Full):
            self._waiting.put_nowait(search)
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write, daemon=True, name="history")
                self._writer.start()

    def settle(self) -> None:
        """Wait until all that was put is written."""
        self._wanted.set()
        self._waiting.join()
        self._wanted.clear()

    def _write(self) -> None:
        while True:
            asked = [self._waiting.get()]
            self._wanted.wait(MOMENT)
            with suppress(queue.Empty):
                while True:
                    asked.append(self._waiting.get_nowait())
            try:
                with suppress(NotesError):
                    self._searches.note(asked)
            finally:
                for _ in asked:
                    self._waiting.task_done()

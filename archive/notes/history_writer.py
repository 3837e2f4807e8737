"""The history writer: brings searches to the disk behind their answers, not before them.

Writing takes longer than a search; a reader does not wait for it.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress

from archive.errors import NotesError
from archive.notes.searches import MAX_RECENT, Recent, Searches

# Seconds for which a search waits for others to be written with it: each time costs nearly
# a tenth of a page.
MOMENT = 0.5


class HistoryWriter:
    """Writes searches in a thread of its own, those of a moment together.

    A crash loses the searches of the last moment. A search that cannot be written is no
    failure: the history's own page says why.
    """

    def __init__(self, searches: Searches) -> None:
        self._searches = searches
        # More than the history holds would push one another out.
        self._waiting: deque[Recent] = deque(maxlen=MAX_RECENT)
        self._timer: threading.Timer | None = None
        # Of the two above; and held while searches are written, which may take long.
        self._guard, self._writing = threading.Lock(), threading.Lock()

    def put(self, search: Recent) -> None:
        """Have a search written; where too many wait already the oldest is forgotten."""
        with self._guard:
            self._waiting.append(search)
            if self._timer is None:
                self._timer = threading.Timer(MOMENT, self.settle)
                self._timer.daemon = True
                self._timer.start()

    def settle(self) -> None:
        """Write all that was put; returns when it is written."""
        with self._writing:
            with self._guard:
                asked, self._timer = [*self._waiting], None
                self._waiting.clear()
            with suppress(NotesError):
                self._searches.note(asked)

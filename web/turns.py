"""Answers take turns: one thread at a time makes a page, unless it takes long."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds after which others no longer wait for an answer under way: some ordinary pages.
LONGEST = 0.05
# The shortest time to wait before looking again.
_MOMENT = 0.001


class Turns:
    """A WSGI application that begins one answer of another after the other.

    Threads share one interpreter. Each read of a file and each large step of numpy hands it
    to whoever waits, and the kernel has to bring it back: with four readers more than
    a hundred times a page, which made a page a fifth dearer. Here the others wait for their turn
    instead. An answer that takes longer than `LONGEST` seconds loses it and goes on beside
    the next, so that a hard question makes nobody wait for its end.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._guard = threading.Lock()
        # An answer's turn is a lock of its own, which is opened when the turn is given to it.
        self._holder: threading.Lock | None = None
        self._since = 0.0
        self._waiting: deque[threading.Lock] = deque()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer; what is streamed after that streams out of turn."""
        own = threading.Lock()
        own.acquire()
        self._wait(own)
        try:
            return self._app(environ, start)
        finally:
            self._pass_on(own)

    def _wait(self, own: threading.Lock) -> None:
        """Come back when it is `own` turn: the first who came is the first to go."""
        with self._guard:
            if self._holder is None:
                self._give(own)
                return
            self._waiting.append(own)
        while not own.acquire(timeout=max(self._left(), _MOMENT)):
            with self._guard:
                if self._holder is own:
                    return
                if self._waiting[0] is own and self._left() <= 0:
                    self._give(self._waiting.popleft())
                    return

    def _pass_on(self, own: threading.Lock) -> None:
        """Give the turn to whoever waits, unless it was lost."""
        with self._guard:
            if self._holder is not own:
                return
            self._holder = None
            if self._waiting:
                self._give(self._waiting.popleft())

    def _give(self, other: threading.Lock) -> None:
        self._holder, self._since = other, time.monotonic()
        other.release()

    def _left(self) -> float:
        """Seconds until the answer under way has taken too long."""
        return self._since + LONGEST - time.monotonic()

"""Answers take turns: one thread at a time makes a page, unless it takes long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Seconds after which others no longer wait for an answer under way: some ordinary pages.
LONGEST = 0.05


class Turns:
    """A WSGI application that begins one answer of another after the other.

    Threads share one interpreter. Each read of a file and each large step of numpy hands it
    to whoever waits, and the kernel has to bring it back: with four readers two hundred
    times a page, which made a page a fifth dearer. Here the others wait for their turn
    instead. An answer that takes longer than `LONGEST` seconds loses it and goes on beside
    the next, so that a hard question makes nobody wait for its end.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._holder: object = None
        self._since = 0.0

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer; what is streamed after that streams out of turn."""
        with self._turn():
            return self._app(environ, start)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        own = object()
        with self._changed:
            while self._holder is not None:
                left = self._since + LONGEST - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            self._holder, self._since = own, time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                if self._holder is own:
                    self._holder = None
                    self._changed.notify()

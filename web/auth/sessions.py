"""Sessions: who has given the password, until when."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from archive.store.access import Access, Watched, write_private

# Seconds: a working day, with its overtime.
LIFETIME = 12 * 3_600
# Sessions kept; the oldest gives way. An office has fewer people.
MAX_SESSIONS = 1_000


class Sessions:
    """The sessions of one home, kept through a restart in a file for its owner alone.

    The file has a keyed digest of each session's token and its end: reading it lets nobody
    in, and under a new password's secret no digest fits any more.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._file = Watched(path, _read)
        self._guard = threading.Lock()

    def begin(self, access: Access) -> str:
        """Begin a session; return the token to be given to the browser."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            ends = self._living()
            ends[_key(access, token)] = self._clock() + LIFETIME
            self._write(dict(list(ends.items())[-MAX_SESSIONS:]))
        return token

    def find(self, access: Access, token: str) -> str | None:
        """Return the key of a living session, None where the token opens nothing."""
        key = _key(access, token)
        return key if self._file.get().get(key, 0.0) > self._clock() else None

    def end(self, key: str) -> None:
        """End a session."""
        with self._guard:
            ends = self._living()
            if ends.pop(key, None) is not None:
                self._write(ends)

    def _living(self) -> dict[str, float]:
        now = self._clock()
        return {key: end for key, end in self._file.get().items() if end > now}

    def _write(self, ends: dict[str, float]) -> None:
        self._path.parent.mkdir(exist_ok=True)
        write_private(self._path, json.dumps(ends))


def _key(access: Access, token: str) -> str:
    given = token.encode("utf-8", "surrogatepass")
    return hmac.new(access.secret, given, hashlib.sha256).hexdigest()


def _read(path: Path) -> dict[str, float]:
    """The sessions in a file; a damaged one has none, and everyone gives the password again."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return {str(key): float(end) for key, end in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

"""The file of the readers' work: opened, kept whole, brought from one version to the next.

One SQLite file with a write-ahead log, written by several threads and processes at once. A
change is one transaction and is on the disk when it returns. Reading never makes the file:
where nobody has noted anything yet, there is none.
"""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from archive.errors import NotesError
from archive.notes.schema import STEPS

# How long a change waits for another one to end; changes take milliseconds.
WAIT_SECONDS = 5.0
# What is only nice to have, such as the history, does not keep a reader waiting.
SHORT_WAIT_SECONDS = 0.2

# Device, inode and so on: whether an open connection still has the file of that name.
_Identity = tuple[int, int]


class Store:
    """The file of one home; safe to share between threads, and between processes.

    Connections are kept open for the next caller, and given up when the file is replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[tuple[_Identity, sqlite3.Connection]] = []
        self._lock = Lock()
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close what is open; a later call opens it again."""
        with self._lock:
            _close_all(self._idle)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to read by, all from one state. Raises NotesError."""
        if not self.path.exists():
            # What nobody has written is empty, not missing.
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                _prepare(connection, self.path)
                yield connection
            return
        with self._connection(WAIT_SECONDS) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(
        self, *, shown: bool = True, budget: float = WAIT_SECONDS
    ) -> Iterator[sqlite3.Connection]:
        """Give a connection to change the file by: all of the change lands, or none.

        `shown` says that pages show what is changed, so that their copies no longer hold;
        `budget` how many seconds to wait for another writer. Raises NotesError.
        """
        with self._connection(budget) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            if shown:
                connection.execute(
                    "INSERT INTO settings VALUES ('revision', '1') "
                    "ON CONFLICT (name) DO UPDATE SET value = value + 1"
                )
            connection.execute("COMMIT")

    def revision(self) -> str:
        """A mark of what pages show of the file; another after every change of that."""
        if not self.path.exists():
            return ""
        with self.reading() as connection:
            return setting(connection, "revision")

    @contextmanager
    def _connection(self, budget: float) -> Iterator[sqlite3.Connection]:
        """An open connection; whatever it leaves unfinished is taken back."""
        try:
            identity, connection = self._take()
            try:
                connection.execute(f"PRAGMA busy_timeout = {int(budget * 1000)}")
                yield connection
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            except BaseException:
                # One that failed may be in any state: the next caller gets a fresh one.
                connection.close()
                raise
            with self._lock:
                self._idle.append((identity, connection))
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    def _take(self) -> tuple[_Identity, sqlite3.Connection]:
        """An idle connection to the file that has the name now, or a new one."""
        now = _identity(self.path)
        with self._lock:
            while self._idle:
                identity, connection = self._idle.pop()
                if identity == now:
                    return identity, connection
                connection.close()
        connection = sqlite3.connect(
            self.path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return _identity(self.path) or (0, 0), connection


def setting(connection: sqlite3.Connection, name: str, default: str = "") -> str:
    """A setting that readers have made."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return default if row is None else str(row[0])


def put_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a setting, in place of what it was."""
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def translated(error: sqlite3.Error, path: Path) -> NotesError:
    """What SQLite's `error` means for a reader, and what to do."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return NotesError("notes.locked", path=path)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return NotesError("notes.damaged", path=path)
    return NotesError("notes.cannot_use", path=path, error=error)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set a fresh connection up, and bring the file to this version's tables."""
    # What is saved must still be there after a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) < len(STEPS):
        _write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have done it meanwhile.
        version = _version(connection)
        if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise NotesError("notes.foreign", path=path)
        for step in STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    elif _version(connection) > len(STEPS):
        raise NotesError("notes.newer", path=path)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; readers then never wait for a writer, nor it for them."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait here where another process turns it on at the same time.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _identity(path: Path) -> _Identity | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _close_all(idle: list[tuple[_Identity, sqlite3.Connection]]) -> None:
    while idle:
        idle.pop()[1].close()

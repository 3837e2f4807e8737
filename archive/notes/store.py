"""The file of the readers' work: whole at every moment, brought from one version to the next.

`notes.sqlite` is read into memory, changed there, and written as a whole under its name (SQLite's
backup, a rename). So no log ever lies beside it: any copy of the file is whole, and a file that is
put in its place is what counts from then on. A change is on the disk when it returns. Changes are
made one after another, under a lock; reading needs none and never makes the file.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Lock
from time import sleep, time_ns

from archive.errors import NotesError
from archive.files import file_lock, replacing, write_atomically
from archive.notes.schema import STEPS

# How long a change waits for another one to end; changes take milliseconds.
WAIT_SECONDS = 5.0
# What is only nice to have, such as the history, does not keep a reader waiting.
SHORT_WAIT_SECONDS = 0.2

# For their owner alone: clips and searches say what somebody works on.
_PRIVATE = 0o600
# Seconds between two attempts to have the lock.
_PAUSE = 0.005
# So often a file is read that changes while it is read.
_TRIES = 5
# Where a file says by two bytes whether a write-ahead log belongs to it (2) or not (1).
_LOGGED_AT, _LOGGED, _ALONE = 18, b"\2\2", b"\1\1"

# Device, inode, size and time: whether what is in memory is what the file of that name holds.
_Identity = tuple[int, ...]


class Store:
    """The file of one home; safe to share between threads, and between processes.

    What is in memory is kept for the next caller, and given up when the file is another.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[tuple[_Identity | None, sqlite3.Connection]] = []
        self._guard = Lock()
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Give up what is in memory; a later call reads the file again."""
        with self._guard:
            _close_all(self._idle)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to read by, all from one state. Raises NotesError."""
        with _translating(self.path):
            identity, connection = self._take()
            with _closed_on_failure(connection):
                yield connection
            self._give(identity, connection)

    @contextmanager
    def writing(
        self, *, shown: bool = True, budget: float = WAIT_SECONDS
    ) -> Iterator[sqlite3.Connection]:
        """Give a connection to change the file by: all of the change lands, or none.

        `shown` says that pages show what is changed, so that their copies no longer hold;
        `budget` how many seconds to wait for another writer. Raises NotesError.
        """
        with _translating(self.path), self.locked(budget):
            identity, connection = self._take()
            with _closed_on_failure(connection):
                connection.execute("BEGIN")
                yield connection
                if shown:
                    # Drawn, not counted: no other file of this name has the same one.
                    put_setting(connection, "revision", token_hex(8))
                moment = time_ns()
                put_setting(connection, "written", str(moment))
                connection.execute("COMMIT")
                if _identity(self.path) != identity:
                    # Somebody who knows no lock is putting a backup in its place.
                    raise NotesError("notes.locked", path=self.path)
                save(connection, self.path, moment)
            self._give(_identity(self.path), connection)

    @contextmanager
    def locked(self, budget: float = WAIT_SECONDS) -> Iterator[None]:
        """Keep all others from changing the file. Raises NotesError."""
        path = self.path.with_name(".xianli") / "notes.lock"
        lock = file_lock(path)
        with _translating(self.path):
            path.parent.mkdir(exist_ok=True)
            lock.acquire(timeout=budget, poll_interval=_PAUSE)
        try:
            yield
        finally:
            lock.release()

    def revision(self) -> str:
        """A mark of what pages show of the file; another after every change of that."""
        with self.reading() as connection:
            mark, written = setting(connection, "revision"), setting(connection, "written")
        identity = _identity(self.path)
        # What others have changed or put in its place does not bear the time that it says.
        own = identity is None or str(identity[-1]) == written
        return mark if own else f"{mark} {identity}"

    def image(self) -> bytes:
        """The file as it would be written now, nothing beside it; "" where there is none.

        Raises NotesError, also where it is damaged in a place that nobody has read yet.
        """
        if not self.path.exists():
            return b""
        with self.reading() as connection, TemporaryDirectory() as folder:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise NotesError("notes.damaged", path=self.path)
            copy = Path(folder) / self.path.name
            save(connection, copy, time_ns())
            return copy.read_bytes()

    def replace(self, image: bytes) -> None:
        """Put a whole file in the place of what is there; an empty one: none. Raises NotesError."""
        with _translating(self.path), self.locked():
            if image:
                write_atomically(self.path, image, mode=_PRIVATE)
            else:
                self.path.unlink(missing_ok=True)
            _set_logs_aside(self.path)

    def _take(self) -> tuple[_Identity | None, sqlite3.Connection]:
        """A connection to what the file that has the name now holds."""
        now = _identity(self.path)
        with self._guard:
            while self._idle:
                identity, connection = self._idle.pop()
                if identity == now:
                    return identity, connection
                connection.close()
        for left in reversed(range(_TRIES)):
            now = _identity(self.path)
            try:
                connection = load(self.path)
            except (NotesError, OSError, sqlite3.Error):
                if not left:
                    raise
                # It may be about to be written by a copy.
                sleep(_PAUSE)
            else:
                if not left or _identity(self.path) == now:
                    break
                connection.close()
        return now, connection

    def _give(self, identity: _Identity | None, connection: sqlite3.Connection) -> None:
        with self._guard:
            self._idle.append((identity, connection))


def load(path: Path) -> sqlite3.Connection:
    """What a file holds, in memory, in this version's tables; nothing where there is no file.

    A log that lies beside is taken in where it belongs to the file: a version that kept one
    and was killed left it. Raises NotesError, sqlite3.Error, OSError.
    """
    connection = _in_memory()
    with _closed_on_failure(connection):
        if path.exists():
            status = path.stat()
            if not status.st_size:
                # What a copy leaves that found no room; an empty file is not "no notes yet".
                raise NotesError("notes.damaged", path=path)
            _copy(path, connection)
            if _has_log(path):
                connection = _with_log(path) or connection
            elif status.st_mode & ~_PRIVATE & 0o777:
                # A backup that was put here by hand.
                with suppress(OSError):
                    path.chmod(_PRIVATE)
        _prepare(connection, path)
    return connection


def save(connection: sqlite3.Connection, path: Path, moment: int) -> None:
    """Write what is in memory as a whole file of that moment; the caller has the lock."""
    with replacing(path, mode=_PRIVATE) as draft:
        with closing(sqlite3.connect(draft)) as file:
            # A draft that is not finished is no use to anybody; whole, it is synced as a file.
            file.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            connection.backup(file)
        with draft.open("r+b") as file:
            file.seek(_LOGGED_AT)
            file.write(_ALONE)
        # The system's own clock may say the same of two files.
        os.utime(draft, ns=(moment, moment))
    _set_logs_aside(path)


def _set_logs_aside(path: Path) -> None:
    """Take from a file's side what SQLite would apply to it and was not made for it."""
    for name in ("-wal", "-journal", "-shm"):
        log = path.with_name(path.name + name)
        if name == "-shm":
            log.unlink(missing_ok=True)
        elif log.exists():
            log.replace(log.with_name(f"{log.name}.old"))


def setting(connection: sqlite3.Connection, name: str, default: str = "") -> str:
    """A setting that readers have made."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return default if row is None else str(row[0])


def put_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a setting, in place of what it was."""
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say of the file into what it means for a reader."""
    try:
        yield
    except TimeoutError as error:
        raise NotesError("notes.locked", path=path) from error
    except OSError as error:
        raise NotesError("notes.cannot_use", path=path, error=error.strerror or error) from error
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise NotesError("notes.damaged", path=path) from error
        full = code == sqlite3.SQLITE_FULL
        said = os.strerror(errno.ENOSPC) if full else error
        raise NotesError("notes.cannot_use", path=path, error=said) from error


@contextmanager
def _closed_on_failure(connection: sqlite3.Connection) -> Iterator[None]:
    """Close a connection that something failed with: it may be in any state."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    return connection


def _text(stored: bytes) -> str | bytes:
    """A stored text; its bytes where it is damaged, which then costs its row and no other."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _copy(path: Path, into: sqlite3.Connection) -> None:
    """Read a file as it stands; without a look at anything beside it."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as file:
        file.backup(into)


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log lies beside a file that was there before it.

    One put in the place of another, by whatever means, came to its name after the log.
    """
    log = path.with_name(f"{path.name}-wal")
    with suppress(FileNotFoundError), path.open("rb") as file:
        written, came = log.stat(), path.stat()
        if written.st_size and max(came.st_mtime_ns, came.st_ctime_ns) <= written.st_mtime_ns:
            return file.read(_LOGGED_AT + 2)[_LOGGED_AT:] == _LOGGED
    return False


def _with_log(path: Path) -> sqlite3.Connection | None:
    """What a file holds with its write-ahead log; None where they do not go together."""
    connection = _in_memory()
    with TemporaryDirectory() as folder, suppress(sqlite3.Error):
        twin = Path(folder) / "notes"
        shutil.copyfile(path, twin)
        shutil.copyfile(path.with_name(f"{path.name}-wal"), twin.with_name("notes-wal"))
        with closing(sqlite3.connect(twin)) as file:
            if file.execute("PRAGMA quick_check").fetchall() == [("ok",)]:
                file.backup(connection)
                return connection
    connection.close()
    return None


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring what was read to this version's tables, in memory; a change writes it."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(STEPS):
        raise NotesError("notes.newer", path=path)
    if not version and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise NotesError("notes.foreign", path=path)
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    # Clips of a collection whose own row is gone are still somebody's.
    connection.execute(
        "INSERT OR IGNORE INTO collections SELECT DISTINCT collection_id, '#' || collection_id "
        "FROM clips WHERE typeof(collection_id) = 'integer' "
        "AND collection_id NOT IN (SELECT collection_id FROM collections)"
    )
    connection.execute("PRAGMA foreign_keys = ON")


def _identity(path: Path) -> _Identity | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _close_all(idle: list[tuple[_Identity | None, sqlite3.Connection]]) -> None:
    while idle:
        idle.pop()[1].close()

"""Backups of what readers and editors have made: their notes, the rules, the settings.

A backup is a ZIP file with a mark in it, whole or not there. Sources are not in it: they are
their owner's files. The password is not in it either: a backup may go where the archive does not.
"""

from __future__ import annotations

import datetime
import json
import logging
import threading
import time
import tomllib
import zipfile
import zlib
from contextlib import closing
from itertools import chain, count
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from archive.errors import ArchiveError, HomeError, NotesError
from archive.files import replacing, write_atomically
from archive.notes.store import Store
from archive.store.home import Home, read_settings

_MARK, _VERSION = "xianli-backup.json", 1
_SQLITE = b"SQLite format 3\0"
# More than any notes and rules come to; what unpacks to more is no backup of ours.
_MAX_BYTES = 1 << 30

# Daily backups that a server keeps, unless the settings say how many.
_KEPT, _MOST_KEPT = 14, 1_000
# Seconds between two looks whether it is another day.
_INTERVAL = 600.0

# By the name below the home, the content.
Content = dict[str, bytes]

_log = logging.getLogger(__name__)


def back_up(home: Home, path: Path) -> list[str]:
    """Write a backup, in place of an older one; return the names of what is in it.

    Raises ArchiveError, also where `path` is any other file than a backup.
    """
    if path.exists() and not _may_be_replaced(path):
        raise HomeError("backup.not_ours", path=path)
    with closing(Store(home.notes)) as store:
        notes = store.image()
    content = _content(home, notes)
    _write(path, content)
    return list(content)


def restore(home: Home, path: Path) -> tuple[list[str], Path | None]:
    """Put a backup, or a copy of a notes.sqlite, in the place of what the home has.

    Nothing is replaced before all of it is known to be whole. Returns the names of what was
    restored, and where what it replaced is kept (None: there was nothing). Raises ArchiveError.
    """
    content = _read(path)
    name = home.notes.name
    if notes := content.get(name):
        _check_notes(path, name, notes)
    alone = _MARK not in content
    content.pop(_MARK, None)
    kept = _keep(home)
    try:
        if not alone:
            _replace_others(home, content)
        with closing(Store(home.notes)) as store:
            store.replace(content.get(name, b""))
    except (OSError, NotesError) as error:
        said = error if isinstance(error, NotesError) else error.strerror
        raise HomeError("backup.half_restored", error=said, kept=kept or "–") from error
    return list(content), kept


def back_up_daily(home: Home) -> Path | None:
    """Write today's backup unless there is one or nothing has changed; remove the oldest.

    Raises ArchiveError, and then removes none.
    """
    most = read_settings(home.root).get("backups", _KEPT)
    if type(most) is not int or not 0 <= most <= _MOST_KEPT:
        raise HomeError("backup.setting", path=home.settings, most=_MOST_KEPT)
    today = f"daily-{datetime.date.today()}"
    if not most or (home.backups / f"{today}.zip").exists():
        return None
    with closing(Store(home.notes)) as store:
        content = _content(home, store.image())
    older = sorted(home.backups.glob("daily-*.zip"), reverse=True)
    if older and _same(older[0], content):
        return None
    path = _write_here(home, today, content)
    # Whatever the clock says: the one just made stays.
    for old in older[most - 1 :] if path else ():
        old.unlink(missing_ok=True)
    return path


def start_daily_backups(home: Home) -> None:
    """Keep daily backups from now on, in a thread that ends with the process."""

    def keep() -> None:
        while True:
            try:
                back_up_daily(home)
            except ArchiveError as error:
                _log.error("%s", error)
            time.sleep(_INTERVAL)

    threading.Thread(target=keep, name="backups", daemon=True).start()


def _may_be_replaced(path: Path) -> bool:
    """Whether a file is a backup of ours, or empty, as one that was made to be filled."""
    if not path.is_file():
        return False
    try:
        return not path.stat().st_size or _MARK in zipfile.ZipFile(path).namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _content(home: Home, notes: bytes) -> Content:
    """What there is to back up, with these notes. Raises HomeError."""
    rules = sorted(path for path in home.rules.rglob("*") if path.is_file())
    found = {home.notes.name: notes} if notes else {}
    for path in (*rules, *([home.settings] if home.settings.exists() else ())):
        try:
            found[path.relative_to(home.root).as_posix()] = path.read_bytes()
        except OSError as error:
            raise HomeError("backup.cannot_read", path=path, error=error.strerror) from error
    return found


def _write(path: Path, content: Content) -> None:
    """Write a backup whole, for its owner alone. Raises HomeError."""
    mark = json.dumps({"version": _VERSION, "made": datetime.datetime.now().isoformat()})
    try:
        path.parent.mkdir(exist_ok=True)
        with (
            replacing(path, mode=0o600) as draft,
            zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            for name, data in {_MARK: mark.encode(), **content}.items():
                packed.writestr(name, data)
    except (OSError, ValueError) as error:
        # A ValueError: a rule has a name that no archive can hold.
        said = getattr(error, "strerror", None) or error
        raise HomeError("backup.cannot_write", path=path, error=said) from error


def _read(path: Path) -> Content:
    """The content of a backup with its mark, or of a bare copy of notes. Raises HomeError."""
    if not path.is_file():
        raise HomeError("backup.not_ours", path=path)
    name = "?"
    try:
        with path.open("rb") as file:
            if file.read(len(_SQLITE)) == _SQLITE:
                return {"notes.sqlite": path.read_bytes()}
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if _MARK not in packed.namelist() or sum(m.file_size for m in members) > _MAX_BYTES:
                raise HomeError("backup.not_ours", path=path)
            content: Content = {}
            for member in members:
                name = member.filename
                content[name] = packed.read(member)
                if name.endswith(".toml"):
                    tomllib.loads(content[name].decode())
        name = _MARK
        if json.loads(content[name])["version"] > _VERSION or not all(map(_is_known, content)):
            raise HomeError("backup.newer", path=path)
    except zipfile.BadZipFile as error:
        key = "backup.not_ours" if name == "?" else "backup.damaged"
        raise HomeError(key, path=path, name=name) from error
    except OSError as error:
        raise HomeError("backup.cannot_read", path=path, error=error.strerror) from error
    except (ValueError, TypeError, LookupError, RuntimeError, EOFError, zlib.error) as error:
        raise HomeError("backup.damaged", path=path, name=name) from error
    return content


def _is_known(name: str) -> bool:
    """Whether a name is one that a backup has: none leads out of the home."""
    path = PurePosixPath(name)
    inside = path.as_posix() == name and ".." not in path.parts and not set(name) & {"\\", ":"}
    return name in (_MARK, "notes.sqlite", "settings.toml") or (
        inside and len(path.parts) > 1 and path.parts[0] == "rules"
    )


def _check_notes(path: Path, name: str, notes: bytes) -> None:
    """Make sure that notes can be used by this version. Raises ArchiveError."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / name
        copy.write_bytes(notes)
        try:
            with closing(Store(copy)) as store:
                store.image()
        except NotesError as error:
            key = "backup.newer" if error.key == "notes.newer" else "backup.damaged"
            raise HomeError(key, path=path, name=name) from error


def _keep(home: Home) -> Path | None:
    """Keep what a restore is going to replace, whatever state it is in."""
    try:
        content = _content(home, home.notes.read_bytes() if home.notes.exists() else b"")
    except OSError as error:
        raise HomeError("backup.cannot_read", path=home.notes, error=error.strerror) from error
    return _write_here(home, f"replaced-{datetime.datetime.now():%Y-%m-%d-%H%M%S}", content)


def _write_here(home: Home, stem: str, content: Content) -> Path | None:
    """Write a backup into the home's own folder of them, if it holds anything."""
    if not content:
        return None
    with closing(Store(home.notes)) as store, store.locked():
        # What a process left that was killed at this.
        for left in home.backups.glob("*.tmp"):
            left.unlink(missing_ok=True)
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        paths = (home.backups / f"{name}.zip" for name in names)
        path = next(path for path in paths if not path.exists())
        _write(path, content)
    return path


def _replace_others(home: Home, content: Content) -> None:
    """Have rules and settings be those of a backup. Raises OSError."""
    here = [home.settings, *(path for path in home.rules.rglob("*") if path.is_file())]
    for path in here:
        if path.relative_to(home.root).as_posix() not in content:
            path.unlink(missing_ok=True)
    for name, data in content.items():
        path = home.root / name
        if path != home.notes and not (path.is_file() and path.read_bytes() == data):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data)


def _same(path: Path, content: Content) -> bool:
    try:
        return {name: data for name, data in _read(path).items() if name != _MARK} == content
    except HomeError:
        return False

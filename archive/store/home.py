"""A home: the folder of an archive, its generations, and the switch from one to the next.

    corpus/                      the sources; never changed
    rules/                       the user's own rules, which extend ours
    .xianli/                     all that can be rebuilt from them; safe to delete
        current                  the name of the generation that answers, and its mark
        lock                     held by the process that writes
        incoming/                what is being received; cleared when nobody holds it
        incoming.lock            held while a folder in it is made, or some are cleared
        notes.lock               held while notes.sqlite is changed
        generations/000007/      one whole state of the archive
            stamp.json           schema, analyzer and rules it was made with
            catalog.sqlite       sources, documents, labelled blocks
            index/               the engine's files
            near/                near-duplicate signatures
            templates.json       what recurs on each site's pages, with the evidence
            sums.json            the checksums of all these (archive.store.checksums)
    settings.toml                engine = "…", where not the embedded one is used; backups = N
    notes.sqlite                 the readers' own work
    backups/                     the server's daily backups, and what a restore replaced
    access.json                  the password's hash and the sessions' secret

A generation is built beside the one that answers and becomes current by one rename. It
starts as hard links to the files of its predecessor, so a small change costs little; that
is why no part of a generation may change a file in place.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.engines.registry import EXAMPLE
from archive.errors import EngineError, HomeError, LockedError, StaleIndexError
from archive.files import file_lock, sync, write_atomically
from archive.store import checksums

# Raised whenever a generation's files change their meaning.
SCHEMA_VERSION = 5

# Where a home says which engine it uses, if not the embedded one.
SETTINGS = "settings.toml"
ENGINE_VARIABLE = "XIANLI_ENGINE"

# The generation that answers, and the one before it, for readers that still have it open.
KEPT_GENERATIONS = 2

# What `current` holds: a name and, since schema 2, the mark of that generation.
_CURRENT = re.compile(rb"(\d{6,12})(?: ([0-9a-f]{8})\n)?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a generation was made with; another value of any field makes it stale.

    `schema` covers this package's files, `analyzer` tokens and folding, `rules` how pages
    are read. Readers refuse another schema or analyzer; other rules concern the indexer
    alone, which then reads every source again.
    """

    schema: str
    analyzer: str
    rules: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole state of an archive, in a folder of its own.

    `engine` is the address of the engine that holds its index, "" where its folder does.
    `mark` tells it from any other that had its name; "" until it is published.
    """

    folder: Path
    engine: str = ""
    mark: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The folder's name; later generations have greater names."""
        return self.folder.name

    @property
    def identity(self) -> str:
        """What no other generation of this home has, not even one that had its name."""
        return f"{self.name}-{self.mark}"

    @property
    def index(self) -> Path:
        """The engine's folder."""
        return self.folder / "index"

    @property
    def near(self) -> Path:
        """The folder of the near-duplicate signatures."""
        return self.folder / "near"

    @property
    def templates(self) -> Path:
        """The file of what was learned of the sites' templates."""
        return self.folder / "templates.json"

    @property
    def catalog(self) -> Path:
        """The catalog's file."""
        return self.folder / "catalog.sqlite"

    def stamp(self) -> Stamp:
        """What the generation was made with.

        Raises StaleIndexError where that cannot be read.
        """
        try:
            return Stamp(**json.loads((self.folder / "stamp.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise _stale(self.folder / "stamp.json") from error

    def write_stamp(self, stamp: Stamp) -> None:
        """Record what the generation was made with."""
        write_atomically(self.folder / "stamp.json", json.dumps(asdict(stamp)).encode())

    def check(self, stamp: Stamp, *, whole: bool = False) -> None:
        """Make sure that readers under `stamp` can use the generation; `whole`: all its files.

        Catalog and templates are otherwise checked when they are opened. Raises
        StaleIndexError where another version made it, EngineError where a file is damaged.
        """
        found = checksums.mark(self.folder)
        if found:
            checksums.check(self.folder / "stamp.json")
        own = self.stamp()
        if (own.schema, own.analyzer) != (stamp.schema, stamp.analyzer):
            raise _stale(self.folder)
        if not found:
            raise EngineError("file.missing", path=self.folder / checksums.SUMS)
        if found != self.mark:
            raise EngineError("file.damaged", path=self.folder.parent.with_name("current"))
        checksums.check_all(self.folder, "*" if whole else "index/*")


class Home:
    """The folder of one archive."""

    def __init__(self, root: Path, engine: str = "") -> None:
        self.root = root
        self.engine = engine
        self.corpus = root / "corpus"
        self.rules = root / "rules"
        self.state = root / ".xianli"
        self.notes = root / "notes.sqlite"
        self.settings = root / SETTINGS
        self.backups = root / "backups"
        self.access = root / "access.json"
        self.incoming = self.state / "incoming"
        self._generations = self.state / "generations"
        self._current = self.state / "current"

    @classmethod
    def open(cls, root: str | Path) -> Home:
        """Return the home in the existing folder `root`. Raises HomeError where there is none."""
        path = Path(root)
        try:
            if not path.is_dir():
                raise HomeError("home.no_folder", path=path)
            os.listdir(path)
        except PermissionError as error:
            raise HomeError("home.no_permission", path=path) from error
        return cls(path.resolve(), _engine(path))

    def current(self) -> Generation | None:
        """The generation that answers. Raises StaleIndexError where its folder is gone."""
        while (named := self._named()) is not None:
            name, mark = named
            generation = Generation(self._generations / name, self.engine, mark)
            if generation.folder.is_dir():
                return generation
            # Two others may have been published since, with which its folder goes.
            if named == self._named():
                raise StaleIndexError(
                    "home.index_missing", current=self._current, folder=generation.folder
                )
        return None

    def identity(self) -> str:
        """The identity of the generation that answers; empty where nothing was indexed yet."""
        return "-".join(self._named() or ())

    def _named(self) -> tuple[str, str] | None:
        """The name and the mark of the generation that answers."""
        try:
            # Every question looks: unbuffered it takes a third of the time.
            with open(self._current, "rb", buffering=0) as file:
                found = _CURRENT.fullmatch(file.read())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise HomeError("home.pointer_unreadable", current=self._current) from error
        if found is None:
            raise HomeError("home.pointer_damaged", current=self._current)
        name, mark = found.groups(b"")
        return name.decode(), mark.decode()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for writing; the system releases it when the process dies.

        Raises LockedError, naming the holder, where another process has it, HomeError
        where nothing can be written here.
        """
        path = self.state / "lock"
        lock = file_lock(path)
        try:
            self.state.mkdir(exist_ok=True)
            lock.acquire(timeout=0)
        except TimeoutError as error:
            holder = path.read_text("utf-8").strip() or "?"
            raise LockedError("home.locked", root=self.root, holder=holder) from error
        except OSError as error:
            raise HomeError(
                "home.cannot_write", state=self.state, strerror=error.strerror
            ) from error
        try:
            yield
        finally:
            lock.release()

    def begin(self, *, empty: bool) -> Generation:
        """Make the folder of the next generation, `empty` or holding what the current one holds.

        The caller holds the lock. What a killed run left behind is removed first, and what
        is of no use where nothing says which generation answers.
        """
        current = self._answering()
        names = [path.name for path in self._generations.glob("*")]
        number = 1 + max((int(name) for name in names if name.isdigit()), default=0)
        self._remove_all_but({current} if current else set())
        generation = Generation(self._generations / f"{number:06d}", self.engine)
        generation.folder.mkdir(parents=True)
        if current and not empty:
            _link_tree(self._generations / current, generation.folder)
        generation.index.mkdir(exist_ok=True)
        generation.near.mkdir(exist_ok=True)
        return generation

    def publish(self, generation: Generation) -> None:
        """Make a whole generation the one that answers; the caller holds the lock."""
        sums = checksums.seal(generation.folder).encode()
        write_atomically(generation.folder / checksums.SUMS, sums)
        _sync_tree(generation.folder)
        before = self._answering()
        named = f"{generation.name} {checksums.mark(generation.folder)}\n"
        write_atomically(self._current, named.encode())
        kept = {generation.name} | ({before} if before else set())
        if len(kept) >= KEPT_GENERATIONS:
            self._remove_all_but(kept)

    def discard(self, generation: Generation) -> None:
        """Remove a generation that was not published; one that answers already stays."""
        if self._answering() != generation.name:
            shutil.rmtree(generation.folder, ignore_errors=True)

    def _answering(self) -> str | None:
        """The name of the generation that answers; None also where that cannot be read."""
        try:
            named = self._named()
        except HomeError:
            return None
        return None if named is None else named[0]

    def _remove_all_but(self, kept: set[str]) -> None:
        for folder in self._generations.glob("*"):
            if folder.name not in kept:
                # Where a file is still open (Windows), the next run tries again.
                shutil.rmtree(folder, ignore_errors=True)


def _engine(root: Path) -> str:
    """The engine that the environment or the settings name; the environment comes first."""
    named = os.environ.get(ENGINE_VARIABLE)
    if named is not None:
        return named.strip()
    found = read_settings(root).get("engine", "")
    if not isinstance(found, str):
        raise HomeError("home.engine_setting", path=root / SETTINGS, example=EXAMPLE)
    return found.strip()


def read_settings(root: Path) -> dict[str, Any]:
    """The settings of the home in the folder `root`. Raises HomeError."""
    path = root / SETTINGS
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise HomeError("home.settings", path=path, error=error) from error


def _link_tree(source: Path, target: Path) -> None:
    """Fill `target` with the files of `source`: hard links where the file system has them.

    Checksums are of the source as a whole, and left out.
    """
    for path in sorted(p for p in source.rglob("*") if p != source / checksums.SUMS):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(exist_ok=True)
        elif path.suffix == ".sqlite":
            # SQLite writes in place: a link would change the old generation too.
            shutil.copyfile(path, copy)
        else:
            try:
                os.link(path, copy)
            except OSError:
                shutil.copyfile(path, copy)


def _sync_tree(folder: Path) -> None:
    """Bring every file of a generation to the disk before it is named current."""
    for path in (*folder.rglob("*"), folder):
        # A file with further links was brought there by the generation that wrote it.
        if path.is_dir() or path.stat().st_nlink == 1:
            sync(path)


def _stale(path: Path) -> StaleIndexError:
    return StaleIndexError("home.old_index", path=path)

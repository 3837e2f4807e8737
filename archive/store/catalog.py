"""The catalog of one generation: its sources, its documents, their labelled blocks.

One SQLite file. The indexer writes it while it builds the generation; afterwards it is
only read. A paragraph's text is in the engine, not here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Self

from archive.errors import EngineError, allowing, unwritable
from archive.model import Block, Document
from archive.serializers import Printed
from archive.store import references
from archive.store.checksums import check
from archive.store.source_groups import Sources
from archive.store.text_sizes import Profile, TextSizes
from archive.stored import from_stored, to_stored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, read_ns INTEGER, digest TEXT,
    state TEXT NOT NULL, chinese TEXT, english TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    document_id TEXT PRIMARY KEY, path TEXT NOT NULL, site TEXT, articles INTEGER NOT NULL,
    kept TEXT NOT NULL, blocks BLOB, characters INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_by_path ON documents (path);
CREATE TABLE IF NOT EXISTS source_groups (
    document_id TEXT NOT NULL, first INTEGER NOT NULL, source TEXT NOT NULL,
    PRIMARY KEY (document_id, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS profiles (number INTEGER PRIMARY KEY, profile TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS lengths (
    document_id TEXT NOT NULL, number INTEGER NOT NULL, characters INTEGER NOT NULL,
    PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

_TABLES = frozenset(re.findall(r"TABLE IF NOT EXISTS (\w+)", _SCHEMA))

# What SQLite says where the system refuses: rights, devices, locks.
_REFUSED = (
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
)
# Attributes of a document that have columns of their own.
_APART = ("document_id", "path", "blocks")

# The fact that says what readers' corrections each source was read with: digests by path.
CORRECTIONS = "corrections"

# The fact that says which sources were read because they are allowed: their digests.
ALLOWED = "allowed"

# The fact that says how many pages each site had when templates were learned (JSON).
SITES_LEARNED = "sites learned"


class SourceState(StrEnum):
    """What became of a source."""

    READ = "read"
    SKIPPED = "skipped"
    FAILED = "failed"
    # It, or a document of it, bears a mark of secrecy and was not read.
    HELD = "held"

    @property
    def taken(self) -> bool:
        """Whether a run dealt with it, so that it is left alone until it changes."""
        return self in (SourceState.READ, SourceState.HELD)


@dataclass(frozen=True, slots=True)
class SourceRecord(Printed):
    """One file under corpus/ and what became of it.

    `path` is relative to the corpus, with `/`. `size` in bytes, `mtime_ns` and `read_ns`
    (when it was read) in nanoseconds since the epoch, `digest` the SHA-256 of its bytes
    in hex. `chinese` and `english` give the reason where it was skipped, failed or held back,
    or why parts of it were not read.
    """

    json_keys: ClassVar = ("path", "state", "reason")

    path: str
    size: int
    mtime_ns: int
    read_ns: int
    digest: str
    state: SourceState
    chinese: str = ""
    english: str = ""

    @property
    def reason(self) -> str:
        """Why it is not in the archive, in both languages; empty where all of it is."""
        return f"{self.chinese} ({self.english})" if self.chinese else ""

    def fact(self, language: str) -> str:
        """The reason in one language, without the command that lets it be read."""
        said = self.chinese if language.startswith("zh") else self.english
        return said.removesuffix(allowing(language))

    @property
    def lacks(self) -> bool:
        """Whether the archive lacks all or some of it although it should hold it."""
        return bool(self.chinese) and self.state not in (SourceState.SKIPPED, SourceState.HELD)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a generation holds; `characters` counts the paragraphs' text."""

    documents: int
    articles: int
    characters: int


@dataclass(frozen=True, slots=True)
class Warned:
    """A document whose reading is uncertain; `warnings` are values of ReadingWarning."""

    document_id: str
    path: str
    title: str
    warnings: tuple[str, ...]


class Catalog:
    """The catalog in one file, for reading, or, `writable`, for the indexer.

    Every method raises EngineError where the file cannot be used, or is not as published.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._path = path
        self._names = references.Names(self._execute)
        if not writable:
            # SQLite notices little of what happens to a file: a changed byte in a title is one.
            check(path)
        with _translating(path):
            if writable:
                self._connection = sqlite3.connect(path)
                self._connection.executescript(_SCHEMA + references.SCHEMA)
            else:
                # Immutable: a published generation never changes, so no lock is needed.
                address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
                self._connection = sqlite3.connect(address, uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        with contextlib.closing(self._connection), _translating(self._path):
            if kind is None:
                self._connection.commit()

    def put_source(self, source: SourceRecord) -> None:
        """Record a source, in place of what was known of its path."""
        self._execute("INSERT OR REPLACE INTO sources VALUES (?,?,?,?,?,?,?,?)", *astuple(source))

    def remove_source(self, path: str) -> list[str]:
        """Forget a source and its documents; return their ids."""
        gone = self.document_ids(path)
        self._names.remove(path)
        self._execute(
            "DELETE FROM lengths WHERE document_id IN "
            "(SELECT document_id FROM documents WHERE path = ?)",
            path,
        )
        self._execute("DELETE FROM documents WHERE path = ?", path)
        self._execute("DELETE FROM sources WHERE path = ?", path)
        return gone

    def put_document(self, document: Document, characters: int) -> None:
        """Record a document and its labelled blocks."""
        blocks = [astuple(block) for block in document.blocks]
        self._execute(
            "INSERT OR REPLACE INTO documents VALUES (?,?,?,?,?,?,?)",
            document.document_id,
            document.path,
            document.site,
            len(document.articles),
            json.dumps(to_stored(document, but=_APART), ensure_ascii=False),
            zlib.compress(json.dumps(blocks, ensure_ascii=False).encode(), 1) if blocks else None,
            characters,
        )
        self._names.put(document)

    def document(self, document_id: str) -> Document | None:
        """Return a document with its blocks, None where there is no such id."""
        return self._document(document_id, "blocks")

    def _document(self, document_id: str, blocks_of: str) -> Document | None:
        row = self._execute(
            f"SELECT path, kept, {blocks_of} FROM documents WHERE document_id = ?", document_id
        ).fetchone()
        if row is None:
            return None
        path, kept, blocks = row
        try:
            labelled = json.loads(zlib.decompress(blocks)) if blocks else []
            return from_stored(
                Document,
                json.loads(kept),
                document_id=document_id,
                path=path,
                blocks=tuple(replace(Block(*own), cut=tuple(own[-1])) for own in labelled),
            )
        except (ValueError, zlib.error) as error:
            raise EngineError("file.damaged", path=self._path) from error

    def references(self, document: Document) -> references.References:
        """Return what a document names, and what names it."""
        return references.references(self._names, document, lambda one: self._document(one, "NULL"))

    def document_ids(self, path: str) -> list[str]:
        """Return the ids of the documents that came from the source at `path`."""
        rows = self._execute("SELECT document_id FROM documents WHERE path = ?", path)
        return [document_id for (document_id,) in rows]

    def all_document_ids(self) -> list[str]:
        """Return the ids of all documents, in order."""
        rows = self._execute("SELECT document_id FROM documents ORDER BY document_id")
        return [document_id for (document_id,) in rows]

    def sources(self) -> Iterator[SourceRecord]:
        """Yield every source, by path."""
        yield from map(_source, self._execute("SELECT * FROM sources ORDER BY path"))

    def source(self, path: str) -> SourceRecord | None:
        """Return what became of the source at `path`, None where it is not known."""
        row = self._execute("SELECT * FROM sources WHERE path = ?", path).fetchone()
        return None if row is None else _source(row)

    def held(self) -> tuple[SourceRecord, ...]:
        """Return the sources that are held back, wholly or in part, by path."""
        return tuple(source for source in self.sources() if source.state is SourceState.HELD)

    def totals(self) -> Totals:
        """Count what the generation holds."""
        row = self._execute(
            "SELECT COUNT(*), COALESCE(SUM(articles), 0), COALESCE(SUM(characters), 0) "
            "FROM documents"
        ).fetchone()
        return Totals(*row)

    def pages_by_site(self) -> dict[str, int]:
        """Count the documents of each site that came from pages."""
        rows = self._execute(
            "SELECT site, COUNT(*) FROM documents "
            "WHERE site IS NOT NULL AND blocks IS NOT NULL GROUP BY site ORDER BY site"
        )
        return dict(rows.fetchall())

    def warned(self) -> list[Warned]:
        """Return the documents whose reading is uncertain, by id."""
        rows = self._execute(
            "SELECT document_id, path, json_extract(kept, '$.title'), "
            "json_extract(kept, '$.record.warnings') AS warnings "
            "FROM documents WHERE warnings IS NOT NULL ORDER BY document_id"
        )
        return [
            Warned(document_id, path, title, tuple(json.loads(codes)))
            for document_id, path, title, codes in rows
        ]

    def set_independence(self, sources: Sources) -> None:
        """Replace which articles are of one source, for the whole archive."""
        rows = [
            (document_id, first, source)
            for document_id, articles in sources.items()
            for first, source in articles
        ]
        self._execute("DELETE FROM source_groups")
        with _translating(self._path):
            self._connection.executemany("INSERT INTO source_groups VALUES (?,?,?)", rows)

    def source_groups(self) -> Sources:
        """Return for each document its articles' first ordinals and their sources."""
        found: dict[str, list[tuple[int, str]]] = {}
        for document_id, first, source in self._execute(
            "SELECT document_id, first, source FROM source_groups ORDER BY document_id, first"
        ):
            found.setdefault(document_id, []).append((first, source))
        return {document_id: tuple(articles) for document_id, articles in found.items()}

    def put_text_sizes(self, document_id: str, sizes: TextSizes) -> None:
        """Record how much text of each profile a document has."""
        for profile, characters in sizes.items():
            key = json.dumps(dict(profile), ensure_ascii=False)
            self._execute("INSERT OR IGNORE INTO profiles (profile) VALUES (?)", key)
            self._execute(
                "INSERT INTO lengths SELECT ?, number, ? FROM profiles WHERE profile = ?",
                document_id,
                characters,
                key,
            )

    def text_sizes(self) -> TextSizes:
        """Return how much text of each profile there is."""
        found: dict[Profile, int] = {}
        for key, characters in self._execute(
            "SELECT profile, SUM(characters) FROM lengths JOIN profiles USING (number) "
            "GROUP BY number"
        ):
            found[tuple((name, tuple(own)) for name, own in json.loads(key).items())] = characters
        return found

    def put_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Record named facts about the generation, such as when it was built."""
        for name, value in facts:
            self._execute("INSERT OR REPLACE INTO facts VALUES (?,?)", name, value)

    def fact(self, name: str) -> str | None:
        """Return a recorded fact, None where it is not known."""
        row = self._execute("SELECT value FROM facts WHERE name = ?", name).fetchone()
        return None if row is None else str(row[0])

    def _execute(self, statement: str, *values: str | int | bytes | None) -> sqlite3.Cursor:
        with _translating(self._path):
            return self._connection.execute(statement, values)


def _source(row: tuple[Any, ...]) -> SourceRecord:
    path, size, mtime_ns, read_ns, digest, state, *reason = row
    return SourceRecord(path, size, mtime_ns, read_ns, digest, SourceState(state), *reason)


@contextlib.contextmanager
def _translating(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file into our errors; a wrong statement is none of them."""
    try:
        yield
    except sqlite3.Error as error:
        # The lower byte; the others say more closely what it was.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
        # A table of ours that is not there was taken away, and the file sealed again.
        gone = str(error).removeprefix("no such table: ") in _TABLES
        if gone or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise EngineError("file.damaged", path=path) from error
        if code == sqlite3.SQLITE_FULL:
            raise unwritable(path, os.strerror(errno.ENOSPC)) from error
        if code in _REFUSED:
            raise unwritable(path, str(error)) from error
        raise

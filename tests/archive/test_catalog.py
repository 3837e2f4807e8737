"""What SQLite says of the catalog's file, told as what it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from errno import ENOSPC
from pathlib import Path

import pytest

from archive.errors import EngineError
from archive.model import Document
from archive.store.catalog import _TABLES, Catalog
from archive.store.checksums import seal
from archive.store.home import Home
from tests.fixtures.commands import xianli

LONG = Document("a.txt", "a.txt", "题" * 100_000, "0" * 64)


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with Catalog(path, writable=True) as catalog:
        catalog._execute("PRAGMA max_page_count = 20")
        with pytest.raises(EngineError, match=os.strerror(ENOSPC)) as said:
            catalog.put_document(LONG, 1)
    assert "check disk space" in said.value.english
    assert "damaged" not in said.value.english


def test_a_disk_that_is_full_at_the_end_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A connection that finds no room for what it has to keep."""

        def __init__(self, own: sqlite3.Connection) -> None:
            self.execute, self.close = own.execute, own.close

        def commit(self) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    catalog = Catalog(tmp_path / "catalog.sqlite", writable=True)
    monkeypatch.setattr(catalog, "_connection", Full(catalog._connection))
    with pytest.raises(EngineError, match=os.strerror(ENOSPC)), catalog:
        catalog.put_document(LONG, 1)


def test_what_cannot_be_opened_is_no_damage(tmp_path: Path) -> None:
    for writable in (False, True):
        with pytest.raises(EngineError, match="unable to open") as said:
            Catalog(tmp_path / "none" / "catalog.sqlite", writable=writable)
        assert "damaged" not in said.value.english


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\1" * 8192])
def test_what_is_no_database_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(content)
    with pytest.raises(EngineError, match="reindex --full") as said, Catalog(path) as catalog:
        catalog.totals()
    assert "damaged" in said.value.english


def test_a_wrong_statement_is_a_fault_of_the_program(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.sqlite", writable=True) as catalog:
        for wrong in ("SELECT nothing FROM nowhere", "SELECT ?", "no statement"):
            with pytest.raises(sqlite3.Error):
                catalog._execute(wrong)


@pytest.mark.parametrize("table", sorted(_TABLES))
def test_a_table_that_was_taken_away_is_damage(tmp_path: Path, table: str) -> None:
    """Sealed again, the file passes its checksum: what asked for the table ended with a fault."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("云溪县教育工作总结\n\n推进均衡发展。\n", "utf-8")
    assert xianli("reindex", home=tmp_path).returncode == 0
    generation = Home.open(tmp_path).current()
    assert generation
    with closing(sqlite3.connect(generation.catalog)) as connection:
        connection.execute(f"DROP TABLE {table}")
    seal(generation.folder)
    refused = 0
    for command in (("search", "均衡"), ("stats",), ("wording", "均衡"), ("verify",), ("reindex",)):
        done = xianli(*command, home=tmp_path)
        assert done.returncode in (0, 1)
        if done.returncode:
            assert "damaged" in done.stderr
            assert "xianli reindex --full" in done.stderr
            refused += 1
    assert refused
    assert xianli("reindex", "--full", home=tmp_path).returncode == 0

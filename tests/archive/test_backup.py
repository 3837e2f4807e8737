"""Backups of the readers' work: taken at any moment, by any means, and put back."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import ArchiveError, HomeError, NotesError
from archive.model import Dating
from archive.notes import Clips, Corrections, Searches, Store, backup
from archive.notes.anchors import Anchor, Source
from archive.notes.backup import back_up, back_up_daily, restore
from archive.notes.clips import DEFAULT
from archive.notes.corrections import Correction
from archive.notes.searches import Answer, Recent
from archive.store.home import Home
from tests.fixtures.commands import started, xianli


@pytest.fixture
def home(tmp_path: Path) -> Home:
    root = tmp_path / "home"
    (root / "corpus").mkdir(parents=True)
    return Home.open(root)


def clip(home: Home, *texts: str) -> None:
    with closing(Store(home.notes)) as store:
        for text in texts:
            source = Source("题", "a.txt", "", 0, Dating())
            Clips(store).toggle(Anchor(f"a:{len(text)}", text), source, "000001")


def clipped(home: Home) -> list[str]:
    with closing(Store(home.notes)) as store:
        return [one.anchor.text for one in Clips(store).listed(DEFAULT)]


# A program that takes five clips, one after another, and is killed with the file in its hands.
KILLED = """
import os, sys
from pathlib import Path
from archive.model import Dating
from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
store = Store(Path(sys.argv[1]))
for n in range(5):
    Clips(store).toggle(
        Anchor(f"a:{n}", f"第{n}条"), Source("题", "a.txt", "", n, Dating()), "1")
os.kill(os.getpid(), 9)
"""


def killed(home: Home) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(home.notes)], check=False)


def test_a_plain_copy_is_whole_while_others_have_the_file(home: Home, tmp_path: Path) -> None:
    with closing(Store(home.notes)) as store:
        source = Source("题", "a.txt", "", 0, Dating())
        Clips(store).toggle(Anchor("b:0", "甲"), source, "1")
        copy = tmp_path / "copy.sqlite"
        shutil.copyfile(home.notes, copy)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT text FROM clips").fetchall() == [("甲",)]
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    killed(home)
    assert sorted(path.name for path in home.root.glob("notes*")) == ["notes.sqlite"]
    assert len(clipped(home)) == 6


@pytest.mark.parametrize("how", ["copy", "move", "copy with its times"])
@pytest.mark.parametrize("log", [False, True])
def test_a_backup_put_in_place_by_hand_is_what_the_archive_shows(
    home: Home, tmp_path: Path, how: str, log: bool
) -> None:
    clip(home, "甲", "乙乙")
    saved = tmp_path / "saved.sqlite"
    shutil.copy2(home.notes, saved)
    with closing(Store(home.notes)) as serving:
        kept = Clips(serving)
        kept.make("总结")
        clip(home, "丙丙丙")
        assert len(kept.listed(2)) == 1
        if log:
            leave_log(home, tmp_path)
        if how == "move":
            saved.replace(home.notes)
        else:
            (shutil.copyfile if how == "copy" else shutil.copy2)(saved, home.notes)
        # The server that has it open, and a program that starts.
        assert [one.anchor.text for one in kept.listed(DEFAULT)] == ["甲", "乙乙"]
        assert [one.name for one in kept.collections()] == [""]
    assert clipped(home) == ["甲", "乙乙"]
    clip(home, "丁丁丁丁")
    assert clipped(home) == ["甲", "乙乙", "丁丁丁丁"]
    with closing(sqlite3.connect(home.notes)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT COUNT(*) FROM clips").fetchone() == (3,)


def leave_log(home: Home, tmp_path: Path) -> None:
    """Leave what a version that kept a log left when it was killed."""
    work = tmp_path / "work.sqlite"
    shutil.copyfile(home.notes, work)
    with closing(sqlite3.connect(work)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE clips SET text = '旧' || text")
        writer.commit()
        for log in ("-wal", "-shm"):
            shutil.copyfile(f"{work}{log}", f"{home.notes}{log}")


def test_what_an_older_version_left_in_its_log_is_taken_in(home: Home, tmp_path: Path) -> None:
    clip(home, "甲", "乙乙")
    with closing(sqlite3.connect(home.notes)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE clips SET text = '新' || text")
        writer.commit()
        # As after a kill: file and log as they lie.
        twin = Home.open(tmp_path)
        for log in ("", "-wal", "-shm"):
            shutil.copyfile(f"{home.notes}{log}", f"{twin.notes}{log}")
    assert clipped(twin) == ["新甲", "新乙乙"]
    clip(twin, "丙丙丙")
    assert clipped(twin) == ["新甲", "新乙乙", "丙丙丙"]
    assert sorted(path.name for path in tmp_path.glob("notes*")) == [
        "notes.sqlite",
        "notes.sqlite-wal.old",
    ]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_notes_and_backups_are_for_their_owner_alone(home: Home, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        clip(home, "甲")
        back_up(home, tmp_path / "b")
        daily = back_up_daily(home)
        by_hand = home.notes.read_bytes()
        home.notes.unlink()
        home.notes.write_bytes(by_hand)
        assert clipped(home) == ["甲"]
    finally:
        os.umask(before)
    assert daily
    for path in (home.notes, tmp_path / "b", daily):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_mark_of_what_pages_show_is_that_of_no_other_file(home: Home) -> None:
    with closing(Store(home.notes)) as serving:
        clip(home, "甲")
        first = serving.revision()
        Searches(serving).note([Recent("/search?q=a", "a", 1, "2026-01-01T00:00:00+00:00")])
        assert serving.revision() == first
        saved = home.notes.read_bytes()
        home.notes.unlink()
        clip(home, "乙乙")
        second = serving.revision()
        assert second not in ("", first)
        home.notes.write_bytes(saved)
        third = serving.revision()
        assert third != second
        with closing(sqlite3.connect(home.notes)) as other:
            other.execute("UPDATE clips SET note = '旁人'")
            other.commit()
        assert serving.revision() != third


@pytest.mark.parametrize("name", ["b.zip", "备 份", "-x", "b'\"?#.sqlite"])
def test_a_backup_brings_notes_rules_and_settings_back(
    home: Home, tmp_path: Path, name: str
) -> None:
    clip(home, "甲", "乙乙")
    (home.rules / "sub").mkdir(parents=True)
    (home.rules / "removed.toml").write_text("removed = []\n", "utf-8")
    (home.rules / "sub" / "own.toml").write_text("a = '一'\n", "utf-8")
    home.settings.write_text("backups = 3\n", "utf-8")
    saved = tmp_path / name
    made = xianli("backup", "--", str(saved), home=home.root)
    assert (made.returncode, made.stderr) == (0, "")
    # Again, under the same name.
    assert xianli("backup", "--", str(saved), home=home.root).returncode == 0
    clip(home, "丙丙丙")
    (home.rules / "removed.toml").write_text("removed = ['a.txt']\n", "utf-8")
    (home.rules / "later.toml").write_text("", "utf-8")
    home.settings.unlink()
    with closing(Store(home.notes)) as serving:
        assert len(Clips(serving).listed(DEFAULT)) == 3
        put_back = xianli("restore", "--", str(saved), home=home.root)
        assert (put_back.returncode, put_back.stderr) == (0, "")
        assert len(Clips(serving).listed(DEFAULT)) == 2
    assert clipped(home) == ["甲", "乙乙"]
    assert (home.rules / "removed.toml").read_text("utf-8") == "removed = []\n"
    assert not (home.rules / "later.toml").exists()
    assert home.settings.read_text("utf-8") == "backups = 3\n"
    (kept,) = home.backups.iterdir()
    assert str(kept) in put_back.stdout
    assert xianli("restore", str(kept), home=home.root).returncode == 0
    assert len(clipped(home)) == 3
    assert (home.rules / "later.toml").exists()
    assert not home.settings.exists()
    assert len(list(home.backups.iterdir())) == 2


def test_an_archive_without_notes_is_backed_up_and_restored(home: Home, tmp_path: Path) -> None:
    saved = tmp_path / "empty"
    saved.touch()
    assert xianli("backup", str(saved), home=home.root).returncode == 0
    assert xianli("restore", str(saved), home=home.root).returncode == 0
    assert not home.backups.exists()
    clip(home, "甲")
    assert xianli("restore", str(saved), home=home.root).returncode == 0
    assert clipped(home) == []
    (kept,) = home.backups.iterdir()
    restore(home, kept)
    assert clipped(home) == ["甲"]


def test_a_damaged_file_of_notes_is_replaced_by_a_backup_and_kept(
    home: Home, tmp_path: Path
) -> None:
    clip(home, "甲")
    back_up(home, tmp_path / "b")
    for damage in (b"", b"SQLite format 3\0" + b"x" * 5_000, home.notes.read_bytes()[:5_000]):
        home.notes.write_bytes(damage)
        with pytest.raises(NotesError, match="xianli restore"):
            clipped(home)
        with pytest.raises(NotesError, match="xianli restore"):
            back_up(home, tmp_path / "c")
        with pytest.raises(NotesError):
            back_up_daily(home)
        _, kept = restore(home, tmp_path / "b")
        assert clipped(home) == ["甲"]
        assert (not damage) or kept
        if kept:
            assert zipfile.ZipFile(kept).read("notes.sqlite") == damage
    assert not (tmp_path / "c").exists()


def test_a_bare_copy_of_the_notes_is_restored_too(home: Home, tmp_path: Path) -> None:
    clip(home, "甲")
    home.rules.mkdir()
    (home.rules / "own.toml").write_text("", "utf-8")
    shutil.copyfile(home.notes, tmp_path / "copy")
    clip(home, "乙乙")
    restore(home, tmp_path / "copy")
    assert clipped(home) == ["甲"]
    assert (home.rules / "own.toml").exists()


def packed(path: Path, **members: str | bytes) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


def test_what_is_no_whole_backup_changes_nothing(home: Home, tmp_path: Path) -> None:
    clip(home, "甲")
    before = home.notes.read_bytes()
    good = tmp_path / "good"
    back_up(home, good)
    bad = tmp_path / "bad"
    mark = {"xianli-backup.json": '{"version": 1}'}
    newer = {"xianli-backup.json": '{"version": 2}'}
    content = good.read_bytes()
    flipped = bytearray(content)
    flipped[content.index(b"notes.sqlite") + 40] ^= 1
    for what in (
        b"", b"text", content[:-30], bytes(flipped), before[:5_000],
        {"other.txt": "x"}, {**mark, "notes.sqlite": b"SQLite format 3\0"}, newer,
        {**mark, "rules/a.toml": "= broken"}, {**mark, "rules/../x": ""}, {**mark, "/x": ""},
        {**mark, "corpus/a.txt": ""}, {"xianli-backup.json": "[]"},
    ):  # fmt: skip
        if isinstance(what, bytes):
            bad.write_bytes(what)
        else:
            packed(bad, **what)
        answer = xianli("restore", str(bad), home=home.root)
        assert answer.returncode == 1, what
        assert len(answer.stderr.splitlines()) == 1
        assert home.notes.read_bytes() == before
    assert not home.backups.exists()
    for missing in (tmp_path / "none", tmp_path):
        assert xianli("restore", str(missing), home=home.root).returncode == 1
    # What is no backup is not written over.
    for other in (home.notes, tmp_path):
        assert xianli("backup", str(other), home=home.root).returncode == 1
    assert home.notes.read_bytes() == before
    answer = xianli("backup", str(tmp_path / "no" / "such" / "b"), home=home.root)
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)


def test_a_backup_is_kept_each_day_on_which_something_changed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert back_up_daily(home) is None
    home.settings.write_text("backups = 3\n", "utf-8")
    # The clock goes back, and far ahead once.
    days = ["2026-03-01", "2026-03-02", "1970-01-01", "2026-03-03", "2099-01-01", "2026-03-04"]
    for day in days:

        class Day(datetime.date):
            @classmethod
            def today(cls, day: str = day) -> datetime.date:  # type: ignore[override]
                return datetime.date.fromisoformat(day)

        monkeypatch.setattr(backup.datetime, "date", Day)
        clip(home, day)
        made = back_up_daily(home)
        assert made
        assert made.name == f"daily-{day}.zip"
        assert made.exists()
        assert back_up_daily(home) is None
        assert len(list(home.backups.iterdir())) <= 3
        monkeypatch.setattr(Day, "today", classmethod(lambda _: datetime.date(2100, 1, 1)))
        if day == days[-1]:
            break
    home.settings.write_text("backups = 0\n", "utf-8")
    assert back_up_daily(home) is None
    for wrong in ("-1", "'viele'", "true", "1.5"):
        home.settings.write_text(f"backups = {wrong}\n", "utf-8")
        with pytest.raises(HomeError, match=r"settings\.toml"):
            back_up_daily(home)


def test_nothing_new_makes_no_backup(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    clip(home, "甲")
    first = back_up_daily(home)
    assert first
    first.rename(home.backups / "daily-2020-01-01.zip")
    assert back_up_daily(home) is None
    clip(home, "乙乙")
    assert back_up_daily(home) == first


# Every table with a row, and what a row that is damaged may hold.
TABLES = {
    "clips": (
        "paragraph_id",
        "text",
        "start",
        "source",
        "note",
        "added",
        "generation",
        "place",
    ),
    "corrections": ("path", "title", "kind", "year", "blocks"),
    "searches": ("name", "args", "total", "seen", "looked"),
}
ODD = (b"\xff\xfe", "", "{", '{"title": 3}', "[[]]", -1, 1 << 62)


@pytest.mark.parametrize("table", TABLES)
def test_a_damaged_row_costs_that_row_and_is_named(home: Home, table: str) -> None:
    clip(home, "甲", "乙乙")
    with closing(Store(home.notes)) as store:
        for path in ("a.txt", "b.txt"):
            (home.corpus / path).write_text("文", "utf-8")
            Corrections(store).put(Correction(path, path, "", title=f"题{path}"))
            Searches(store).keep(path, "q=a", Answer(1, None, "1"))
    sound = home.notes.read_bytes()

    def counts() -> dict[str, int]:
        with closing(Store(home.notes)) as store:
            return {
                "clips": len(Clips(store).listed(DEFAULT)),
                "corrections": len(Corrections(store).all()),
                "searches": len(Searches(store).kept()),
            }

    assert set(counts().values()) == {2}
    named = 0
    for column in TABLES[table]:
        for odd in ODD:
            home.notes.write_bytes(sound)
            with closing(sqlite3.connect(home.notes)) as file:
                file.execute(
                    f"UPDATE {table} SET {column} = ? WHERE rowid = 1"
                    if table != "corrections"
                    else f"UPDATE {table} SET {column} = ? WHERE document_id = 'a.txt'",
                    (odd,),
                )
                file.commit()
            left = counts()
            assert left[table] in (1, 2), (column, odd)
            assert {n for name, n in left.items() if name != table} == {2}
            said = xianli("notes", "--json", home=home.root)
            assert said.stderr == ""
            damaged = json.loads(said.stdout)["damaged"]
            assert len(damaged) == 2 - left[table], (column, odd)
            named += len(damaged)
            if damaged:
                assert said.returncode == 1
                assert xianli("clips", home=home.root).returncode == 0
    assert named > len(TABLES[table])


def test_a_collection_that_is_damaged_costs_none_of_its_clips(home: Home) -> None:
    with closing(Store(home.notes)) as store:
        Clips(store).make("总结")
    clip(home, "甲")
    with closing(sqlite3.connect(home.notes)) as file:
        file.execute("DELETE FROM collections WHERE collection_id = 2")
        file.commit()
    with closing(Store(home.notes)) as store:
        kept = Clips(store)
        assert [(one.name, one.count) for one in kept.collections()] == [("", 0), ("#2", 1)]
        assert [one.anchor.text for one in kept.listed(2)] == ["甲"]
        assert kept.damaged() == []
    with closing(sqlite3.connect(home.notes)) as file:
        file.execute("UPDATE clips SET collection_id = 'null'")
        file.commit()
    with closing(Store(home.notes)) as store:
        assert [one.count for one in Clips(store).collections()] == [0]
        assert ["甲" in said for said in Clips(store).damaged()] == [True]


@pytest.mark.skipif(os.name != "posix", reason="/dev/full")
def test_a_full_disk_is_told_as_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    clip(home, "甲")

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NotesError, match="No space left"):
            clip(home, "乙乙")
        with pytest.raises(ArchiveError, match="No space left"):
            back_up_daily(home)
    assert clipped(home) == ["甲"]
    assert [path.name for path in home.root.glob("notes*")] == ["notes.sqlite"]


@pytest.mark.skipif(os.name != "posix", reason="pipes and /dev/full are POSIX")
@pytest.mark.parametrize("command", [["--help"], ["stats", "--json"], ["clips"]])
def test_output_that_nobody_takes_is_no_failure_and_a_full_disk_is(
    home: Home, command: list[str]
) -> None:
    assert started("reindex", home=home.root).returncode == 0
    line = [sys.executable, "-m", "archive", "--home", str(home.root), *command]
    reading, writing = os.pipe()
    os.close(reading)
    gone = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (gone.returncode, gone.stderr) == (0, b"")
    with open("/dev/full", "wb") as device:
        full = subprocess.run(line, stdout=device, stderr=subprocess.PIPE, check=False)
    assert full.returncode == 1
    assert b"No space left" in full.stderr
    assert len(full.stderr.splitlines()) == 1

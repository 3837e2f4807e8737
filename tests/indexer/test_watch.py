"""Watching the corpus: what comes to rest is read, what is gone is forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive import open_archive
from archive.errors import StaleIndexError
from archive.store.home import Home, Stamp
from indexer.run.reindex import Options, reindex
from indexer.run.watch import MAX_NAMED, Watch, watch

ROOT = Path(__file__).parent.parent.parent


def text(n: int) -> str:
    return f"第{n}号通知\n各学校要落实安全责任第{n}条，开展安全检查，消除隐患。\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    return Home.open(tmp_path)


class Watched:
    """A watch with what it said, and a hand to put files."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.lines: list[str] = []
        self.watch = Watch(home, 1, lambda _, english: self.lines.append(english))
        self.watch.begin()

    def put(self, name: str, content: str) -> None:
        (self.home.corpus / name).write_text(content, "utf-8")

    def settle(self) -> None:
        self.watch.look()
        self.watch.look()

    def titles(self) -> int:
        with open_archive(self.home.root) as archive:
            return archive.stats().documents


@pytest.fixture
def watched(home: Home) -> Watched:
    made = Watched(home)
    made.put("1.txt", text(1))
    made.settle()
    assert made.titles() == 1
    made.lines.clear()
    return made


def test_a_file_is_read_when_it_has_come_to_rest(watched: Watched) -> None:
    watched.put("2.txt", text(2)[:5])
    assert watched.watch.look() is None
    watched.put("2.txt", text(2))
    assert watched.watch.look() is None
    report = watched.watch.look()
    assert report
    assert (report.new, report.changed, report.removed) == (1, 0, 0)
    assert len(watched.lines) == 1
    assert "2.txt" in watched.lines[0]
    assert watched.watch.look() is None


def test_a_growing_file_holds_no_other_up(watched: Watched) -> None:
    watched.put("2.txt", text(2))
    for n in range(3):
        watched.put("growing.txt", text(3) * (n + 1))
        watched.watch.look()
    assert watched.titles() == 2


def test_changes_and_removals_are_followed(watched: Watched) -> None:
    watched.put("1.txt", text(7))
    watched.put("2.txt", text(2))
    watched.settle()
    (watched.home.corpus / "1.txt").unlink()
    watched.settle()
    assert watched.titles() == 1
    assert "removed 1" in watched.lines[-1]


def test_what_went_while_nobody_watched_is_noticed_and_the_rest_is_not_read_again(
    watched: Watched,
) -> None:
    watched.put("2.txt", text(2))
    watched.put("skip.png", "x")
    watched.settle()
    (watched.home.corpus / "1.txt").unlink()
    again = Watched(watched.home)
    again.settle()
    again.settle()
    assert len(again.lines) == 1
    assert again.titles() == 1
    last = Watched(watched.home)
    last.settle()
    assert last.lines == []


def test_a_failing_file_is_said_once_and_the_others_land(watched: Watched) -> None:
    (watched.home.corpus / "bad.pdf").write_bytes(b"no pdf")
    watched.put("2.txt", text(2))
    for _ in range(4):
        watched.watch.look()
    assert watched.titles() == 2
    assert sum("failed: bad.pdf" in line for line in watched.lines) == 1
    watched.put("3.txt", text(3))
    watched.settle()
    assert sum("failed: bad.pdf" in line for line in watched.lines) == 1


def test_a_held_lock_is_waited_for_and_said_once(watched: Watched) -> None:
    watched.put("2.txt", text(2))
    with watched.home.lock():
        for _ in range(3):
            watched.watch.look()
    assert len(watched.lines) == 1
    watched.watch.look()
    assert watched.titles() == 2


@pytest.mark.parametrize("empty", [True, False])
def test_a_share_that_went_away_empties_nothing(watched: Watched, empty: bool) -> None:
    corpus, away = watched.home.corpus, watched.home.root / "away"
    corpus.rename(away)
    if empty:
        corpus.mkdir()
    for _ in range(3):
        watched.watch.look()
    assert len(watched.lines) == 1
    assert watched.titles() == 1
    if empty:
        corpus.rmdir()
    away.rename(corpus)
    watched.put("2.txt", text(2))
    watched.settle()
    assert watched.titles() == 2


def test_many_files_make_one_line(watched: Watched) -> None:
    for n in range(MAX_NAMED + 2):
        watched.put(f"many{n}.txt", text(n + 10))
    watched.put("a\nb.txt", text(99))
    watched.settle()
    assert len(watched.lines) == 1
    assert "…" in watched.lines[0]
    assert "\n" not in watched.lines[0]


def test_an_index_of_another_version_is_for_the_user_to_decide(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.run.reindex.current_stamp", lambda *_: Stamp("0", "0", "0"))
    watched.put("2.txt", text(2))
    with pytest.raises(StaleIndexError, match="--full"):
        watched.settle()


def test_a_disk_that_is_full_for_a_while_ends_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def fail(_: Watch) -> None:
        nonlocal looks
        looks += 1
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Watch, "look", fail)
    said: list[str] = []
    watch(home, 1, lambda _, english: said.append(english), lambda: looks == 3)
    assert looks == 3
    assert "No space" in said[0]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_reads_what_comes_and_ends_cleanly(home: Home, ending: int) -> None:
    (home.corpus / "1.txt").write_text(text(1), "utf-8")
    reindex(home, Options(jobs=1))
    # Where the tests run in the background, Ctrl+C is ignored, by what they start as well.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "--home", str(home.root), "watch", "--interval", "0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LANG": "en_GB", "LC_ALL": ""},
    )
    signal.signal(signal.SIGINT, before)
    try:
        assert process.stdout
        assert "watching" in process.stdout.readline()
        (home.corpus / "2.txt").write_text(text(2), "utf-8")
        assert "new 1" in process.stdout.readline()
    finally:
        time.sleep(0.2)
        process.send_signal(ending)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out.strip().endswith("ended")
    assert err == ""

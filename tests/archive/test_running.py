"""A reindex run in a process of its own: what it reports, and what its end costs."""

from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from archive import open_archive
from archive.commands import running
from archive.commands.running import reindex_apart, stop_runs
from archive.errors import EngineError, HomeError, LockedError
from archive.store.home import Home


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "通知.txt").write_text(
        "关于校园安全的通知\n各学校要落实安全责任，开展检查。\n", "utf-8"
    )
    return tmp_path


def die(root: Path, paths: tuple[str, ...], pipe: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(root: Path, paths: tuple[str, ...], pipe: Connection) -> None:
    pipe.send((1, 2))
    time.sleep(60)


def ignore(done: int, total: int) -> None:
    pass


def test_a_run_reports_progress_and_what_it_did(root: Path) -> None:
    told: list[tuple[int, int]] = []
    report = reindex_apart(root, ["通知.txt"], lambda *pair: told.append(pair))
    assert (report["new"], report["failed"]) == (1, [])
    assert told
    assert told[-1][0] == told[-1][1]
    with open_archive(root) as archive:
        assert archive.search("安全责任").total == 1


def test_errors_come_back_as_they_were_raised(root: Path) -> None:
    with Home.open(root).lock(), pytest.raises(LockedError, match=str(os.getpid())):
        reindex_apart(root, [], ignore)
    (root / "corpus" / "通知.txt").unlink()
    (root / "corpus").rmdir()
    with pytest.raises(HomeError, match="corpus"):
        reindex_apart(root, [], ignore)


def test_a_run_that_dies_costs_the_run_and_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_run", die)
    with pytest.raises(EngineError, match="-9"):
        reindex_apart(root, [], ignore)


def test_a_run_that_hangs_is_ended(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_run", hang)
    monkeypatch.setattr(running, "SILENCE", 3.0)
    with pytest.raises(EngineError, match="no progress"):
        reindex_apart(root, [], ignore)


def test_a_server_that_ends_takes_its_run_along(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_run", hang)
    begun = threading.Event()
    ended: list[BaseException] = []

    def run() -> None:
        try:
            reindex_apart(root, [], lambda *_: begun.set())
        except EngineError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    stop_runs()
    thread.join(timeout=20)
    assert len(ended) == 1

"""A server makes its archive ready by itself, and says what is damaged before anybody asks."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from archive.errors import HomeError
from archive.store import library
from archive.store.home import Home, Stamp
from archive.store.library import Archive
from tests.fixtures.home import publish
from web.server import warming
from web.server.warming import start_warming

MAX_LENGTH = 60.0


class Watched(Archive):
    """An archive that tells when it has been made ready."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.warmed: list[str] = []
        self.done = threading.Event()

    def warm(self) -> None:
        try:
            super().warm()
        finally:
            self.warmed.append(self.generation)
            self.done.set()

    def wait(self) -> None:
        assert self.done.wait(MAX_LENGTH)
        self.done.clear()


def test_each_generation_is_made_ready_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_INTERVAL", 0.01)
    publish(tmp_path)
    archive = Watched(Home.open(tmp_path))
    end = start_warming(archive)
    archive.wait()
    first = archive.generation
    publish(tmp_path)
    archive.wait()
    end()
    assert archive.warmed == [first, archive.generation]
    assert first != archive.generation


def test_an_index_of_another_version_is_left_to_the_pages_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(tmp_path)
    monkeypatch.setattr(library, "current_stamp", lambda *_: Stamp("0", "", ""))
    archive = Watched(Home.open(tmp_path))
    end = start_warming(archive)
    archive.wait()
    end()
    with pytest.raises(HomeError):
        archive.search("教育")
    assert not caplog.records


def test_a_pointer_that_cannot_be_read_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_INTERVAL", 0.01)
    publish(tmp_path)
    pointer = Home.open(tmp_path).state / "current"
    content = pointer.read_bytes()
    pointer.write_bytes(b"?")
    archive = Watched(Home.open(tmp_path))
    end = start_warming(archive)
    assert not archive.done.wait(0.2)
    pointer.write_bytes(content)
    archive.wait()
    end()
    assert archive.warmed == [archive.generation]


def test_damage_is_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    publish(tmp_path)
    current = Home.open(tmp_path).current()
    assert current
    path = next(current.index.glob("*.arrays"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    archive = Watched(Home.open(tmp_path))
    with caplog.at_level(logging.ERROR):
        end = start_warming(archive)
        archive.wait()
        end()
        while not caplog.records:
            threading.Event().wait(0.01)
    assert path.name in caplog.text
    assert "xianli reindex --full" in caplog.text

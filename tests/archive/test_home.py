"""Homes and generations: the switch, what a crash leaves, who may write."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from archive.errors import HomeError, LockedError, StaleIndexError
from archive.store.home import Home, Stamp

STAMP = Stamp("1", "a", "r")


def test_a_missing_home_is_refused_with_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="--home"):
        Home.open(tmp_path / "nowhere")


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(HomeError):
        Home.open(tmp_path / "file")


def test_a_fresh_home_has_no_generation(tmp_path: Path) -> None:
    assert Home.open(tmp_path).current() is None


def test_a_generation_answers_only_once_it_is_published(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        generation = home.begin(empty=True)
        (generation.index / "a").write_text("one")
        assert home.current() is None
        home.publish(generation)
    assert home.current() == generation


def test_a_generation_starts_with_the_files_of_the_one_before(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        first = home.begin(empty=True)
        (first.index / "a").write_text("one")
        first.catalog.write_bytes(b"rows")
        home.publish(first)
        second = home.begin(empty=False)
    assert (second.index / "a").read_text() == "one"
    assert second.name > first.name
    # The catalog is written in place, so it must be a copy.
    assert second.catalog.stat().st_ino != first.catalog.stat().st_ino


def test_changing_the_new_generation_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        first = home.begin(empty=True)
        (first.index / "a").write_text("one")
        home.publish(first)
        second = home.begin(empty=False)
        (second.index / "b").write_text("two")
        os.replace(second.index / "b", second.index / "a")
    assert (first.index / "a").read_text() == "one"


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        first = home.begin(empty=True)
        home.publish(first)
        abandoned = home.begin(empty=False)
        (abandoned.index / "half").write_text("x")
    with home.lock():
        again = home.begin(empty=False)
    assert not (again.index / "half").exists()
    assert home.current() == first


def test_the_generation_before_the_current_one_is_kept_for_its_readers(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    made = []
    with home.lock():
        for _ in range(3):
            made.append(home.begin(empty=False))
            home.publish(made[-1])
    assert [g.folder.is_dir() for g in made] == [False, True, True]


def _hold(root: str, held: object, leave: object) -> None:
    with Home.open(root).lock():
        held.set()  # type: ignore[attr-defined]
        leave.wait(30)  # type: ignore[attr-defined]


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), held, leave))
    other.start()
    try:
        assert held.wait(30)
        with pytest.raises(LockedError, match=str(other.pid)), Home.open(tmp_path).lock():
            pass
    finally:
        leave.set()
        other.join(30)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), held, leave))
    other.start()
    assert held.wait(30)
    other.kill()
    other.join(30)
    with Home.open(tmp_path).lock():
        pass


def test_an_index_of_another_version_is_refused_with_the_command(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        generation = home.begin(empty=True)
        generation.write_stamp(Stamp("1", "another dictionary", "r"))
        home.publish(generation)
    with pytest.raises(StaleIndexError, match="reindex --full"):
        generation.check(STAMP)


def test_other_reading_rules_do_not_stop_readers(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        generation = home.begin(empty=True)
        generation.write_stamp(Stamp("1", "a", "other rules"))
        home.publish(generation)
    published = home.current()
    assert published is not None
    published.check(STAMP)


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 1}', "\x00"])
def test_a_damaged_stamp_is_refused_with_the_command(tmp_path: Path, content: str) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        generation = home.begin(empty=True)
    (generation.folder / "stamp.json").write_text(content)
    with pytest.raises(StaleIndexError, match="reindex --full"):
        generation.check(STAMP)


def test_a_generation_that_is_named_but_gone_is_said(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        home.publish(home.begin(empty=True))
    (home.state / "current").write_text("000099")
    with pytest.raises(StaleIndexError, match="reindex --full"):
        home.current()


def test_a_generation_that_answers_is_never_discarded(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    with home.lock():
        generation = home.begin(empty=True)
        home.publish(generation)
        # As a run does that is interrupted right behind the switch.
        home.discard(generation)
    assert home.current() == generation

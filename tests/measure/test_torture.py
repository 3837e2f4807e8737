"""A part of `make torture`: crashes, refusals and damage at some of all places."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from archive.engines.whoosh.arrays import ArrayFile
from tests.measure.torture import corruption, homes, meeting, notes, running, values
from tests.measure.torture.crashes import crash, scenarios
from tests.measure.torture.faults import Fault
from tests.measure.torture.peak import measured
from tests.measure.torture.trial import BrokenError, Scenario, in_fork, points, trial

# Of all trials: about thirty. `make torture` makes them all.
SHARE = 0.012
CORRUPTIONS = 6


def test_nothing_is_lost_wherever_a_change_is_struck(tmp_path: Path) -> None:
    figures = crash(list(scenarios(tmp_path)), tmp_path, SHARE, random.Random(7))
    assert figures.kills
    assert figures.faults
    # What only SQLite writes has no points, and is struck at moments.
    assert sum(count > 20 for count in figures.points.values()) >= 6


def test_what_is_damaged_is_named_and_mended_and_never_answers(tmp_path: Path) -> None:
    corruption.build(tmp_path / "home")
    figures = corruption.corrupt(tmp_path / "home", CORRUPTIONS, random.Random(7))
    assert figures.corruptions.total() >= CORRUPTIONS // 2
    assert figures.refusals
    assert figures.mended


def test_of_two_runs_at_once_the_second_is_refused(tmp_path: Path) -> None:
    running.two_at_once(tmp_path)


def test_a_reader_is_never_told_anything_else_while_the_archive_changes(tmp_path: Path) -> None:
    assert running.reader_during_reindexes(tmp_path, 3, random.Random(7))


def test_sources_that_move_and_a_clock_that_goes_back_leave_no_difference(tmp_path: Path) -> None:
    assert running.sources_that_move(tmp_path / "moving", 1, random.Random(7))
    running.clock_that_goes_back(tmp_path / "clock")


def test_a_reading_process_that_is_killed_costs_a_page_at_most(tmp_path: Path) -> None:
    running.killed_reader(tmp_path / "home", random.Random(7))


def test_a_damaged_row_of_the_notes_fails_no_page(tmp_path: Path) -> None:
    assert notes.damaged_rows(tmp_path / "rows", 0.02, random.Random(7)) > 1
    assert notes.damaged_bytes(tmp_path / "bytes", 6, random.Random(7))[0] == 6


def test_notes_are_whole_while_they_are_backed_up_and_restored(tmp_path: Path) -> None:
    copies, read = notes.under_load(tmp_path, 15, random.Random(7))
    assert copies == 15
    assert read


def test_what_a_killed_front_has_acknowledged_is_there(tmp_path: Path) -> None:
    _, acknowledged = notes.killed_at_work(tmp_path, 2, random.Random(7))
    assert acknowledged


def test_odd_values_in_any_field_are_read_or_refused_by_name(tmp_path: Path) -> None:
    chance = random.Random(11)
    values.strike(tmp_path, 2 * len(values.LINE) + 18, chance, values.files(chance))


def test_nothing_is_lost_where_all_meet(tmp_path: Path) -> None:
    figures = meeting.meet(tmp_path, requests=120, reindexes=1, sockets=320)
    assert figures["uploads"]


# The harness itself: what strikes nothing, or notices nothing, would pass everything.


def careless(home: Path) -> int:
    """A change that is not made whole: two files, one after the other."""
    for name in ("一", "二"):
        with (home / name).open("w", encoding="utf-8") as file:
            file.write("新")
    return 0


def both(home: Path) -> str:
    return "".join(sorted(path.name for path in home.iterdir()))


def test_a_change_in_two_steps_is_found_out(tmp_path: Path) -> None:
    home = tmp_path / "careless"
    home.mkdir()
    scenario = Scenario("careless", home, careless, careless, both, lambda home: [])
    assert [line.split()[1] for line in points(scenario, tmp_path)] == ["open", "open"]
    with pytest.raises(BrokenError, match="neither the old state nor the new one"):
        trial(scenario, Fault("kill-before", 1), tmp_path, ("", "一二"))


@pytest.mark.parametrize("act", ["ENOSPC", "EIO", "EACCES"])
def test_a_refusal_that_is_not_explained_is_found_out(tmp_path: Path, act: str) -> None:
    home = tmp_path / "careless"
    home.mkdir()
    scenario = Scenario("careless", home, careless, careless, both, lambda home: [])
    with pytest.raises(BrokenError, match="no clean end"):
        trial(scenario, Fault(act, 0), tmp_path, ("", "一二"))  # type: ignore[arg-type]


def test_a_limit_on_files_and_a_moment_do_strike(tmp_path: Path) -> None:
    file = tmp_path / "file"

    def write() -> int:
        file.write_text("字" * 100, "utf-8")
        return 0

    def wait() -> int:
        while True:
            pass

    assert "File too large" in in_fork(write, tmp_path, Fault("limit", 10)).said
    assert in_fork(wait, tmp_path, Fault("moment", 50_000)).code < 0


def test_what_readers_see_tells_homes_apart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    homes.build(home)
    assert homes.seen(home) == "nothing"
    assert in_fork(lambda: homes.xianli(home, "reindex"), home).code == 0
    before = homes.seen(home)
    (home / "corpus" / "丁.txt").write_text(homes.NEW, "utf-8")
    assert "verify" in "".join(homes.wrong(home))
    assert in_fork(lambda: homes.xianli(home, "reindex"), home).code == 0
    assert homes.seen(home) != before
    assert homes.wrong(home) == []


def test_an_answer_from_a_damaged_file_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    corruption.build(home)
    truth = corruption.answers(home)
    monkeypatch.setattr(ArrayFile, "_check_blocks", lambda file, first, last: None)
    path = next(path for path in corruption.files(home) if path.name.startswith("MAIN_"))
    content = path.read_bytes()
    # The name of a topic or a character of a text: nothing but a checksum can tell.
    path.write_bytes(content.replace("质量".encode(), "质里".encode()))
    with pytest.raises(BrokenError, match="answered otherwise"):
        corruption.compare("unchecked", path, truth, corruption.answers(home))


def test_the_memory_of_a_command_is_its_own_and_not_that_of_who_asks() -> None:
    """A bomb takes more to make than to refuse, and counted as the reindex's."""
    held = b"x" * (300 << 20)
    little = measured([sys.executable, "-c", "pass"], 60)
    assert little.code == 0
    assert little.memory < len(held) // 3
    much = measured([sys.executable, "-c", "print(len(b'x' * (200 << 20)))"], 60)
    assert much.said.split() == [str(200 << 20)]
    assert much.memory > 200 << 20
    assert measured([sys.executable, "-c", "import time; time.sleep(60)"], 0.2).code is None

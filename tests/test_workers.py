"""Workers: no single task hangs, kills or silences the run."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator

import pytest

from archive.errors import SourceError
from indexer.workers import Failure, run


def double(task: int) -> int:
    return 2 * task


def sometimes(task: str) -> str:
    """Do what the task's name says."""
    match task:
        case "refuse":
            raise SourceError("读不了", "cannot be read")
        case "fail":
            raise KeyError("a fault of ours")
        case "deny":
            raise PermissionError(13, "Permission denied")
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(60)
    return task.upper()


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_task_is_done_once(jobs: int) -> None:
    assert sorted(run(double, range(20), jobs)) == [(n, 2 * n) for n in range(20)]


def test_no_tasks_is_no_trouble() -> None:
    assert list(run(double, [], 2)) == []


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("bad", ["refuse", "fail", "deny"])
def test_a_task_that_fails_costs_itself_alone(jobs: int, bad: str) -> None:
    outcomes = dict(run(sometimes, ["a", bad, "b"], jobs))
    assert (outcomes["a"], outcomes["b"]) == ("A", "B")
    assert isinstance(outcomes[bad], Failure)


def test_a_task_that_kills_its_process_costs_itself_alone() -> None:
    outcomes = dict(run(sometimes, ["a", "die", "b", "c"], 2))
    failure = outcomes.pop("die")
    assert isinstance(failure, Failure)
    assert "died" in failure.error.english
    assert outcomes == {"a": "A", "b": "B", "c": "C"}


def test_a_process_that_is_killed_while_it_waits_costs_nothing() -> None:
    def tasks() -> Iterator[int]:
        yield 1
        # The first worker has its task; the second one waits for this.
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        yield 2
        yield 3

    outcomes = dict(run(double, tasks(), 2))
    # The task in hand may have been done before.
    assert outcomes[1] == 2 or isinstance(outcomes[1], Failure)
    assert (outcomes[2], outcomes[3]) == (4, 6)


def test_a_task_that_hangs_is_given_up() -> None:
    started = time.monotonic()
    # Room for a slow machine to start a process, far below the task's own minute.
    outcomes = dict(run(sometimes, ["hang", "a", "b"], 2, seconds=8))
    assert time.monotonic() - started < 40
    failure = outcomes.pop("hang")
    assert isinstance(failure, Failure)
    assert "given up" in failure.error.english
    assert outcomes == {"a": "A", "b": "B"}


def test_leaving_early_stops_the_workers() -> None:
    runner = run(double, range(1000), 2)
    next(runner)
    runner.close()

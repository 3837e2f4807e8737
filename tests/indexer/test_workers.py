"""Workers: no single task hangs, kills or silences the run."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator

import pytest

from archive.errors import SourceError
from indexer.run import pool
from indexer.run.workers import Failure, run


def double(task: int) -> int:
    return 2 * task


def sometimes(task: str) -> str:
    """Do what the task's name says."""
    match task:
        case "refuse":
            raise SourceError("reader.not_text", relative="a.txt")
        case "fail":
            raise KeyError("a fault of ours")
        case "deny":
            raise PermissionError(13, "Permission denied")
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(60)
    return task.upper()


def kind(task: object) -> str:
    return type(task).__name__


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


class Unreadable:
    """A task that the process which takes it cannot unpickle."""

    def __init__(self) -> None:
        self.state = 1

    def __setstate__(self, state: object) -> None:
        raise MemoryError


def test_a_task_that_never_arrives_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SLACK", 0.0)
    bad = Unreadable()
    outcomes = dict(run(kind, [1, bad, 2, 3], 2, seconds=10))
    assert isinstance(outcomes.pop(bad), Failure)
    assert outcomes == {1: "int", 2: "int", 3: "int"}


def test_a_pool_that_cannot_start_costs_its_tasks_and_ends() -> None:
    failures = dict(run(double, [1, 2, 3], 2, memory=1))
    assert len(failures) == 3
    assert all(isinstance(failure, Failure) for failure in failures.values())


def test_tasks_are_taken_when_their_turn_comes() -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for n in range(10):
            taken.append(n)
            yield n

    for done, _ in enumerate(run(double, tasks(), 2)):
        assert len(taken) <= done + 4


def test_a_task_that_hangs_is_given_up() -> None:
    # Room for a slow machine to start a process, far below the task's own minute.
    outcomes = dict(run(sometimes, ["hang", "a", "b"], 2, seconds=8))
    failure = outcomes.pop("hang")
    assert isinstance(failure, Failure)
    assert "given up" in failure.error.english
    assert outcomes == {"a": "A", "b": "B"}


def test_leaving_early_stops_the_workers() -> None:
    runner = run(sometimes, ["a", *["hang"] * 1000], 2)
    assert next(runner) == ("a", "A")
    started = multiprocessing.active_children()
    assert started
    runner.close()
    assert not any(process.is_alive() for process in started)
    assert not multiprocessing.active_children()

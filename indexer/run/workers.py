"""Doing many tasks in several processes, so that no single one can hang or kill the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from archive.errors import ArchiveError, SourceError

T = TypeVar("T")
R = TypeVar("R")

# The slowest honest page measured takes under three seconds; a task that takes this long
# hangs.
TASK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that gave no result, and why."""

    error: ArchiveError


def run(
    function: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int,
    seconds: float = TASK_SECONDS,
    memory: int | None = None,
) -> Iterator[tuple[T, R | Failure]]:
    """Yield each task with its result, as they finish.

    `function` is a module's own function; tasks and results travel between processes. With
    one job everything happens here, without a time limit. A task that raises ArchiveError,
    crashes its process, takes longer than `seconds` or more than `memory` bytes of its
    process yields a Failure; at most one task a job is taken from `tasks` ahead of its turn.
    """
    if jobs <= 1:
        for task in tasks:
            yield task, attempt(function, task)
        return
    # A small run works in its own process and need not load what starts others.
    from indexer.run.pool import Pool

    pool = Pool(partial(attempt, function), jobs, seconds, memory)
    waiting = iter(tasks)
    try:
        pool.fill(waiting)
        while pool.tasks:
            outcomes = pool.collect()
            # The next tasks are handed out before the results are dealt with.
            pool.fill(waiting)
            yield from outcomes
    finally:
        pool.stop()


def as_failure(error: Exception) -> Failure:
    """What a task that ended with `error` comes to."""
    if isinstance(error, ArchiveError):
        return Failure(error)
    if isinstance(error, MemoryError | RecursionError):
        return Failure(SourceError("worker.too_large", name=type(error).__name__))
    if isinstance(error, OSError):
        return Failure(SourceError("worker.cannot_read", strerror=error.strerror))
    # A fault of ours on one page is no reason to lose the others.
    said = f"{type(error).__name__}: {error}"
    return Failure(SourceError("worker.failed", said=said))


def attempt(function: Callable[[T], R], task: T) -> R | Failure:
    """Do a task; a Failure where that raises."""
    try:
        return function(task)
    except Exception as error:
        return as_failure(error)

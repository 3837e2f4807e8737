"""Doing many tasks in several processes, so that no single one can hang or kill the run.

A pool of the standard library dies as a whole with any of its workers and cannot stop a
task that hangs. Here each worker has a pipe of its own: one that crashes or outlasts its
time costs the task it had, and a fresh one takes its place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from archive.errors import ArchiveError, SourceError
from indexer.memory import limit

if TYPE_CHECKING:
    # A small run works in its own process and need not load what starts others.
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

T = TypeVar("T")
R = TypeVar("R")

# The slowest honest page measured takes under three seconds; a task that takes this long
# hangs.
TASK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that gave no result, and why."""

    error: ArchiveError


@dataclass(slots=True)
class _Worker(Generic[T]):
    # Makes a process and our end of its pipe.
    start: Callable[[], tuple[SpawnProcess, Connection]]
    process: SpawnProcess
    pipe: Connection
    # The task in hand, in a list of one; empty while it has none.
    task: list[T] = field(default_factory=list)
    deadline: float = 0.0


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
            yield task, _attempt(function, task)
        return
    waiting = iter(tasks)
    start = partial(_start, function, memory)
    workers: list[_Worker[T]] = [_Worker(start, *start()) for _ in range(jobs)]
    try:
        busy = [worker for worker in workers if _give(worker, waiting, seconds)]
        while busy:
            for worker in _ready(busy):
                task = worker.task[0]
                outcome, alive = _collect(worker, seconds)
                busy.remove(worker)
                if not alive:
                    _revive(worker)
                # The next task is handed out before the result is dealt with.
                if _give(worker, waiting, seconds):
                    busy.append(worker)
                yield task, outcome
    finally:
        for worker in workers:
            _stop(worker)


def as_failure(error: Exception) -> Failure:
    """What a task that ended with `error` comes to."""
    if isinstance(error, ArchiveError):
        return Failure(error)
    if isinstance(error, MemoryError | RecursionError):
        return Failure(
            SourceError(
                f"内容过于庞大或嵌套过深（{type(error).__name__}），已跳过",
                f"too large or too deeply nested ({type(error).__name__}): left out",
            )
        )
    if isinstance(error, OSError):
        return Failure(
            SourceError(
                f"无法读取：{error.strerror}，请检查文件权限",
                f"cannot be read ({error.strerror}): check the file's permissions",
            )
        )
    # A fault of ours on one page is no reason to lose the others.
    said = f"{type(error).__name__}: {error}"
    return Failure(
        SourceError(
            f"读取时程序出错（{said}），已跳过；请把此文件反馈给开发者",
            f"the program failed on it ({said}): left out; please report this file",
        )
    )


def _attempt(function: Callable[[T], R], task: T) -> R | Failure:
    try:
        return function(task)
    except Exception as error:
        return as_failure(error)


def _serve(function: Callable[[T], R], pipe: Connection, memory: int | None) -> None:
    """The life of a worker: tasks in, outcomes out, until the pipe closes."""
    if memory is not None:
        limit(memory)
    while True:
        try:
            task = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        pipe.send(_attempt(function, task))


def _start(function: Callable[[T], R], memory: int | None) -> tuple[SpawnProcess, Connection]:
    import multiprocessing

    # Spawned, not forked: the parent may have threads (the web front) and open indexes.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(function, theirs, memory), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _revive(worker: _Worker[T]) -> None:
    """Put a fresh process in the place of a dead one."""
    _stop(worker, at_once=True)
    worker.process, worker.pipe = worker.start()


def _give(worker: _Worker[T], waiting: Iterator[T], seconds: float) -> bool:
    """Hand the next task to a worker; whether there was one."""
    for task in waiting:
        worker.task = [task]
        worker.deadline = time.monotonic() + seconds
        try:
            worker.pipe.send(task)
        except OSError:
            # Killed while it had nothing to do: no fault of the task's.
            _revive(worker)
            # One that cannot live at all is found dead when its outcome is collected.
            with suppress(OSError):
                worker.pipe.send(task)
        return True
    worker.task = []
    return False


def _ready(busy: list[_Worker[T]]) -> list[_Worker[T]]:
    """Wait until a worker has an outcome, is dead, or has run out of time."""
    from multiprocessing.connection import wait

    remaining = min(worker.deadline for worker in busy) - time.monotonic()
    by_pipe = {id(worker.pipe): worker for worker in busy}
    ready = wait([worker.pipe for worker in busy], max(0.0, remaining))
    if ready:
        return [by_pipe[id(pipe)] for pipe in ready]
    now = time.monotonic()
    return [worker for worker in busy if worker.deadline <= now]


def _collect(worker: _Worker[T], seconds: float) -> tuple[R | Failure, bool]:
    """The outcome of a worker's task, and whether the worker lives on."""
    if not worker.pipe.poll():
        _stop(worker, at_once=True)
        return Failure(
            SourceError(
                f"读取超过 {seconds:.0f} 秒，已放弃", f"given up after {seconds:.0f} seconds"
            )
        ), False
    try:
        outcome: R | Failure = worker.pipe.recv()
    except (EOFError, OSError):
        _stop(worker, at_once=True)
        return Failure(
            SourceError(
                f"读取时进程异常退出（{worker.process.exitcode}），已跳过",
                f"its process died while reading it ({worker.process.exitcode}): left out",
            )
        ), False
    return outcome, True


def _stop(worker: _Worker[T], *, at_once: bool = False) -> None:
    worker.pipe.close()
    if at_once:
        worker.process.kill()
    worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()

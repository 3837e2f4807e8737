"""The processes of `indexer.run.workers`: pebble's pool, and what to do where that breaks."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Generic, TypeVar

from pebble import ProcessPool

from archive.errors import SourceError
from indexer.run.memory import limit
from indexer.run.workers import Failure

T = TypeVar("T")
R = TypeVar("R")

# A task is given up so long after its time limit where the pool says nothing of it: its
# process died after it took the task and before it said so.
SLACK = 60.0


class Pool(Generic[T, R]):
    """A pool of processes with one task each; another takes its place where it breaks.

    A pool breaks where a process is killed while none has a task.
    """

    def __init__(
        self, function: Callable[[T], R | Failure], jobs: int, seconds: float, memory: int | None
    ) -> None:
        self._function, self._jobs, self._seconds, self._memory = function, jobs, seconds, memory
        self._pool = self._start()
        # The tasks under way, and whether each is tried again.
        self.tasks: dict[Future[R | Failure], tuple[T, bool]] = {}
        self._lost: deque[T] = deque()

    def fill(self, waiting: Iterator[T]) -> None:
        """Take as many tasks as there are processes without one.

        Tasks that a pool lost are tried again, each alone: one that ends its process
        before it says so can take the others with it.
        """
        if not self._lost:
            for task in islice(waiting, self._jobs - len(self.tasks)):
                self._give(task, again=False)
        elif not self.tasks:
            self._give(self._lost.popleft(), again=True)

    def collect(self) -> list[tuple[T, R | Failure]]:
        """Wait until tasks end; return each with its outcome."""
        outcomes: list[tuple[T, R | Failure]] = []
        done, _ = wait(self.tasks, self._seconds + SLACK, FIRST_COMPLETED)
        if not done:
            self._renew()
        for future in done or list(self.tasks):
            task, again = self.tasks.pop(future)
            lost = future not in done or isinstance(future.exception(), BrokenProcessPool)
            if lost and not again:
                self._lost.append(task)
            else:
                outcomes.append((task, self._outcome(future)))
        return outcomes

    def stop(self) -> None:
        """End the processes, whatever they do."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _give(self, task: T, *, again: bool) -> None:
        try:
            future = self._pool.schedule(self._function, (task,), timeout=self._seconds)
        except RuntimeError:
            self._renew()
            future = self._pool.schedule(self._function, (task,), timeout=self._seconds)
        self.tasks[future] = task, again

    def _renew(self) -> None:
        self.stop()
        self._pool = self._start()

    def _start(self) -> ProcessPool:
        # Spawned, not forked: the parent may have threads (the web front) and open indexes.
        return ProcessPool(
            self._jobs,
            initializer=None if self._memory is None else limit,
            initargs=(self._memory,),
            context=multiprocessing.get_context("spawn"),
        )

    def _outcome(self, future: Future[R | Failure]) -> R | Failure:
        try:
            return future.result(0)
        except TimeoutError:
            return Failure(SourceError("worker.timeout", seconds=self._seconds))
        except (OSError, BrokenProcessPool) as error:
            code = getattr(error, "exitcode", "?")
            return Failure(SourceError("worker.died", code=code))

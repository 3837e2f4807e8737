"""How long a question may take: measured in work done for it, not by the clock on the wall.

Eight threads answer at once and share one processor: by the wall's clock a question would be
refused because of what the others ask. A thread's own processor time says how much work the
question itself is; waiting, for a disk or for the others, ends much later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self

# Seconds of waiting for each of work: for threads that answer at once, and for a slow disk.
_WAITING = 10.0


class TimeBudget:
    """What is left for a question; the thread that made it is the one that asks.

    Inside `limited` it is never more than what is left there.

    >>> TimeBudget(60).is_over, TimeBudget(-1).is_over
    (False, True)
    """

    def __init__(self, seconds: float) -> None:
        """Begin now; `seconds` are of processor time."""
        self._work = time.thread_time() + seconds
        self._wait = time.monotonic() + seconds * _WAITING
        if around := _AROUND.get():
            self._work = min(self._work, around._work)
            self._wait = min(self._wait, around._wait)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.thread_time() > self._work or time.monotonic() > self._wait

    @classmethod
    @contextmanager
    def limited(cls, seconds: float) -> Iterator[Self]:
        """Give no more than `seconds` to all that is asked inside together.

        >>> with TimeBudget.limited(-1):
        ...     TimeBudget(60).is_over
        True
        """
        budget = cls(seconds)
        token = _AROUND.set(budget)
        try:
            yield budget
        finally:
            _AROUND.reset(token)


_AROUND: ContextVar[TimeBudget | None] = ContextVar("_AROUND", default=None)

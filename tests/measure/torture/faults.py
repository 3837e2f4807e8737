"""Faults at chosen points: the process dies, or the system refuses what it was asked.

A point is a call by which files change: opening one for writing, bringing it to the disk,
renaming, linking, removing. Points are counted, so that a run can be struck at each of
them in turn, before or after the call. What SQLite and numpy write does not pass here: a
limit on the size of files strikes that, and death at a random moment everything else.
"""

from __future__ import annotations

import builtins
import errno
import functools
import io
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Act = Literal["count", "kill-before", "kill-after", "ENOSPC", "EIO", "EACCES", "limit", "moment"]
# What strikes a point; the others strike a size or a moment.
AT_POINT: tuple[Act, ...] = ("kill-before", "kill-after", "ENOSPC", "EIO", "EACCES")

_CALLS = (
    "replace", "rename", "link", "symlink", "fsync", "mkdir", "rmdir", "unlink", "remove",
    "truncate", "ftruncate", "chmod",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens and where.

    `at` is the number of the point, for `limit` the bytes that no file may outgrow, for
    `moment` the microseconds after which the process dies.
    """

    act: Act
    at: int = 0

    def __str__(self) -> str:
        return f"{self.act} {self.at}"


@dataclass
class _Points:
    """Counts the points of this process and strikes at the chosen one."""

    fault: Fault
    log: Path | None
    passed: int = field(default=0, init=False)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, with a point before and after it."""

        @functools.wraps(call)
        def struck(*arguments: Any, **options: Any) -> Any:
            here = self.passed
            self.passed += 1
            if self.log is not None:
                with _real_open(self.log, "a", encoding="utf-8") as log:
                    log.write(f"{here} {name} {arguments[0] if arguments else ''}\n")
            chosen = here == self.fault.at
            if chosen and self.fault.act == "kill-before":
                os.kill(os.getpid(), signal.SIGKILL)
            if chosen and self.fault.act in ("ENOSPC", "EIO", "EACCES"):
                code = getattr(errno, self.fault.act)
                raise OSError(code, os.strerror(code), *map(str, arguments[:1]))
            result = call(*arguments, **options)
            if chosen and self.fault.act == "kill-after":
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return struck


_real_open = builtins.open


def install(fault: Fault, within: Path, log: Path | None = None) -> None:
    """Strike this process, which is a fork made for it, by `fault` from now on.

    Only files under `within` count. With `log` each point passed is written there.
    """
    if fault.act == "limit":
        # Without the signal a write beyond the limit fails with EFBIG.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault.at, fault.at))
        return
    if fault.act == "moment":
        # Nobody handles the alarm, so the process dies of it at once.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(fault.at, 1) / 1_000_000)
        return
    points = _Points(fault, log)
    for name in _CALLS:
        setattr(os, name, _only(within, points.around(name, getattr(os, name)), getattr(os, name)))
    os.open = _opening(within, points.around("os.open", os.open), os.open)  # type: ignore[assignment]
    opening = _opening(within, points.around("open", _real_open), _real_open)
    builtins.open = io.open = opening


def _only(
    within: Path, struck: Callable[..., Any], plain: Callable[..., Any]
) -> Callable[..., Any]:
    """`struck` for files under `within` (and open files, whose names are not known)."""

    @functools.wraps(plain)
    def call(*arguments: Any, **options: Any) -> Any:
        first = arguments[0] if arguments else None
        mine = isinstance(first, int) or _is_under(first, within)
        return (struck if mine else plain)(*arguments, **options)

    return call


def _opening(
    within: Path, struck: Callable[..., Any], plain: Callable[..., Any]
) -> Callable[..., Any]:
    """`struck` for files under `within` that are opened to be written."""

    @functools.wraps(plain)
    def call(file: Any, mode: Any = "r", *arguments: Any, **options: Any) -> Any:
        writes = (
            bool(mode & _WRITING) if isinstance(mode, int) else not set("wax+").isdisjoint(mode)
        )
        mine = writes and _is_under(file, within)
        return (struck if mine else plain)(file, mode, *arguments, **options)

    return call


def _is_under(path: Any, folder: Path) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    return os.fsdecode(path).startswith(str(folder))

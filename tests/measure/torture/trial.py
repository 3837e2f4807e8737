"""One trial: a copy of a home, a command struck by a fault, and what must hold afterwards."""

from __future__ import annotations

import io
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.measure.torture.faults import Fault, install

# What a process ends with when it leaves by an exception that nobody handled.
UNHANDLED = 70


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), and what it said."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A change to a home that may be struck.

    `act` makes the change and returns an exit code; it runs in a process of its own, as
    does `again`, what a user would do next, which must succeed. `state` describes all
    that a reader of the home sees: before the change, after it, and nothing between.
    """

    name: str
    home: Path
    act: Callable[[Path], int]
    again: Callable[[Path], int]
    state: Callable[[Path], str]
    # What is wrong with a home at rest; empty where nothing is.
    faults: Callable[[Path], list[str]]


class BrokenError(AssertionError):
    """A promise that was not kept; the message says by which trial."""


def in_fork(
    call: Callable[[], int], within: Path, fault: Fault | None = None, log: Path | None = None
) -> Ended:
    """Call in a fork of this process, struck by `fault` under the folder `within`."""
    sys.stdout.flush()
    sys.stderr.flush()
    # What it says comes through a pipe, which no limit on files concerns.
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        # Whoever called may have put something else in their place.
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8")
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8")
        _live(call, within, fault, log)
    os.close(writing)
    with open(reading, encoding="utf-8", errors="replace") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), said)


def _live(call: Callable[[], int], within: Path, fault: Fault | None, log: Path | None) -> None:
    """The fork's whole life."""
    code = UNHANDLED
    try:
        if fault is not None:
            install(fault, within, log)
        code = call()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def points(scenario: Scenario, base: Path) -> list[str]:
    """Run the scenario unharmed and return its points, as `number call path`.

    What only SQLite writes has none.
    """
    home = _copy(scenario, base)
    log = base / "points.txt"
    log.unlink(missing_ok=True)
    ended = in_fork(lambda: scenario.act(home), home, Fault("count", -1), log)
    if ended.code != 0:
        raise BrokenError(f"{scenario.name} fails without a fault:\n{ended.said}")
    return log.read_text("utf-8").splitlines() if log.exists() else []


def trial(scenario: Scenario, fault: Fault, base: Path, states: tuple[str, str]) -> Ended:
    """Strike a copy of the scenario's home and check every promise. Raises BrokenError.

    `states` are what readers see before and after the change.
    """
    home = _copy(scenario, base)
    label = f"{scenario.name}, {fault}"
    ended = in_fork(lambda: scenario.act(home), home, fault)
    if ended.code in (UNHANDLED, 2) or "Traceback" in ended.said:
        raise BrokenError(f"{label}: no clean end, exit {ended.code}\n{ended.said}")
    if ended.code == 1 and len(ended.said.strip().splitlines()) != 1:
        raise BrokenError(f"{label}: not one line of error\n{ended.said}")
    if scenario.state(home) not in states:
        raise BrokenError(f"{label}: neither the old state nor the new one")
    if ended.code == 0 and scenario.state(home) != states[1]:
        raise BrokenError(f"{label}: ended well without its effect")
    after = in_fork(lambda: scenario.again(home), home)
    if after.code != 0:
        raise BrokenError(f"{label}: the next run fails, exit {after.code}\n{after.said}")
    if scenario.state(home) != states[1]:
        raise BrokenError(f"{label}: the next run does not finish the work")
    if wrong := scenario.faults(home):
        raise BrokenError(f"{label}: " + "; ".join(wrong))
    return ended


def states(scenario: Scenario, base: Path) -> tuple[str, str]:
    """What readers see before the scenario's change and after it."""
    home = _copy(scenario, base)
    before = scenario.state(home)
    ended = in_fork(lambda: scenario.act(home), home)
    after = scenario.state(home)
    if ended.code != 0 or before == after:
        raise BrokenError(f"{scenario.name} changes nothing, exit {ended.code}\n{ended.said}")
    return before, after


def _copy(scenario: Scenario, base: Path) -> Path:
    """A fresh copy of the scenario's home."""
    home = base / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(scenario.home, home, symlinks=True)
    return home

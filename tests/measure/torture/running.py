"""Processes that meet: two runs at once, a reader all the while, a reading process killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from archive.query.query import Query
from archive.store.home import Home
from archive.store.library import Archive
from tests.measure.torture import homes
from tests.measure.torture.faults import Fault
from tests.measure.torture.trial import BrokenError, in_fork

# Reindexes under a reader, and runs of which a reading process is killed.
_SWITCHES, _KILLED_RUNS = 60, 20
# How long anything here may take on a busy machine, in seconds.
_SECONDS = 120.0
# A run in several processes, however small its corpus.
_IN_PROCESSES = (
    "import indexer.run.reindex; indexer.run.reindex.SMALL_RUN = 0; "
    "from archive.cli import main; main()"
)  # fmt: skip
_PAGES = 40


def part(base: Path, share: float, chance: random.Random) -> dict[str, object]:
    """The part of the torture that this is."""
    two_at_once(base)
    switches = max(4, int(_SWITCHES * share))
    asked = reader_during_reindexes(base, switches, chance)
    moves = sources_that_move(base / "moving", max(2, int(_SWITCHES * share)), chance)
    clock_that_goes_back(base / "clock")
    killed = max(2, int(_KILLED_RUNS * share))
    failed = sum(killed_reader(base / f"killed-{number}", chance) for number in range(killed))
    return {
        "switches": f"{switches} under a reader that asked {asked} times",
        "moved": f"{moves} sources renamed, deleted or put back while they were read",
        "killed": f"{killed} reading processes, {failed} with a page in hand",
    }


def two_at_once(base: Path) -> None:
    """Make sure that of two runs the second is refused, by the process that holds the home."""
    home = base / "two"
    homes.build(home)
    first = _started("-m", "archive", "--home", str(home), "reindex")
    lock = home / ".xianli" / "lock"
    _wait_for(lambda: lock.exists() and lock.read_text("utf-8") == str(first.pid))
    # Held where it is, so that the second one meets it whatever the machine is busy with.
    os.kill(first.pid, signal.SIGSTOP)
    try:
        if first.poll() is not None:
            raise BrokenError("the first run is over before the second begins")
        second = _started("-m", "archive", "--home", str(home), "reindex")
        _, said = second.communicate(timeout=_SECONDS)
    finally:
        os.kill(first.pid, signal.SIGCONT)
    lines = said.strip().splitlines()
    if second.returncode != 1 or len(lines) != 1 or str(first.pid) not in said:
        raise BrokenError(f"the second run ends with {second.returncode}\n{said}")
    _, said = first.communicate(timeout=_SECONDS)
    if first.returncode or (wrong := homes.wrong(home)):
        raise BrokenError(f"the first run ends with {first.returncode}\n{said}{wrong}")


def reader_during_reindexes(base: Path, switches: int, chance: random.Random) -> int:
    """Switch an archive between two states, now and then killed; how often a reader asked.

    Raises BrokenError where an answer is not of one of the states, or where there is none.
    """
    home = base / "read"
    homes.build(home)
    truth = []
    for state in (0, 1):
        _turn(home, state)
        _must(home, "reindex")
        with Archive(Home.open(home)) as archive:
            truth.append(_answer(archive))
    stop, report = base / "stop", base / "report"
    child = os.fork()
    if not child:
        _read_until(stop, report, home, truth)
    try:
        for number in range(switches):
            _turn(home, number % 2)
            fault = Fault("moment", chance.randrange(300_000)) if chance.random() < 0.5 else None
            ended = in_fork(lambda: homes.xianli(home, "reindex"), home, fault)
            if ended.code > 0:
                raise BrokenError(f"a reindex under a reader ends with {ended.code}\n{ended.said}")
        _must(home, "reindex")
    finally:
        stop.touch()
        os.waitpid(child, 0)
    asked, error = json.loads(report.read_text("utf-8"))
    if error or not asked:
        raise BrokenError(f"a reader was told something else after {asked} answers: {error}")
    return int(asked)


def sources_that_move(home: Path, runs: int, chance: random.Random) -> int:
    """Rename, delete and bring back sources while they are read; how many.

    Each run must end well or name what it could not read, and the last one agree with all files.
    """
    homes.build(home)
    texts = {f"{number:02d}.txt": f"{number}{homes.NEW}" for number in range(_PAGES)}
    for name, text in texts.items():
        (home / "corpus" / name).write_text(text, "utf-8")
    moves = 0
    for _ in range(runs):
        run = _started("-m", "archive", "--home", str(home), "reindex", "--full")
        while run.poll() is None:
            path = home / "corpus" / chance.choice(list(texts))
            match chance.randrange(3):
                case 0 if path.exists():
                    path.unlink()
                case 1 if path.exists():
                    path.rename(path.with_name(chance.choice(list(texts))))
                case _:
                    path.write_text(texts[path.name], "utf-8")
            moves += 1
            time.sleep(chance.random() / 20)
        out, said = run.communicate(timeout=_SECONDS)
        if run.returncode not in (0, 1) or "Traceback" in out + said:
            raise BrokenError(f"sources that move: a run ends with {run.returncode}\n{out}{said}")
    _must(home, "reindex")
    if wrong := homes.wrong(home):
        raise BrokenError(f"sources that move: {wrong}")
    return moves


def clock_that_goes_back(home: Path) -> None:
    """Read and change sources while the clock goes back a year, and forth again."""
    homes.build(home)
    year = 365 * 86_400
    text = homes.PAGES["乙.txt"]
    for number, hours in enumerate((0, -year, -2 * year, 0)):
        path = home / "corpus" / "乙.txt"
        path.write_text(text.replace("30次", f"3{number}次"), "utf-8")
        moment = time.time() + hours
        os.utime(path, (moment, moment))
        ended = in_fork(lambda: _at(hours, home), home)  # noqa: B023
        wrong = homes.wrong(home)
        if ended.code or wrong:
            raise BrokenError(f"a clock {hours} s off: {ended.code} {ended.said} {wrong}")


def _at(offset: int, home: Path) -> int:
    """Reindex in this process, a fork, with a clock that is so many seconds off."""
    true, true_ns = time.time, time.time_ns
    time.time, time.time_ns = lambda: true() + offset, lambda: true_ns() + offset * 10**9
    return homes.xianli(home, "reindex")


def killed_reader(home: Path, chance: random.Random) -> bool:
    """Kill a process that reads pages for a run; whether it had one in hand.

    The run must end, say which page it left out if any, and the next one must finish.
    """
    (home / "corpus").mkdir(parents=True)
    for number in range(_PAGES):
        text = homes.PAGES["甲.txt"] + f"\n第{number}号文件。" * 200
        (home / "corpus" / f"{number:02d}.txt").write_text(text, "utf-8")
    command = ("-c", _IN_PROCESSES, "--home", str(home), "reindex", "--jobs", "2")
    run = _started(*command)
    _wait_for(lambda: bool(_readers(run.pid)) or run.poll() is not None)
    time.sleep(chance.random() * 2)
    for reader in _readers(run.pid)[:1]:
        os.kill(reader, signal.SIGKILL)
    out, said = run.communicate(timeout=_SECONDS)
    failed = run.returncode == 1
    if run.returncode not in (0, 1) or failed != ("died while reading" in out + said):
        raise BrokenError(f"a killed reader: the run ends with {run.returncode}\n{out}{said}")
    _must(home, "reindex")
    with Archive(Home.open(home)) as archive:
        if (found := archive.stats()).documents != _PAGES or found.failed:
            raise BrokenError("a killed reader: the next run does not finish the work")
    if wrong := homes.wrong(home):
        raise BrokenError(f"a killed reader: {wrong}")
    return failed


def _turn(home: Path, state: int) -> None:
    """Have every page of the corpus say that it is of this state."""
    for name, text in homes.PAGES.items():
        path = home / "corpus" / name
        path.write_text(text.replace("工作", f"第{state}版工作"), "utf-8")


def _answer(archive: Archive) -> str:
    answer = archive.search(Query(limit=100)).to_dict()
    del answer["took_ms"]
    return json.dumps(answer, ensure_ascii=False, sort_keys=True)


def _read_until(stop: Path, report: Path, home: Path, truth: list[str]) -> None:
    """The whole life of a reader: ask until told to stop, then report what went wrong."""
    asked, error = 0, ""
    try:
        with Archive(Home.open(home)) as archive:
            while not stop.exists() and not error:
                if (given := _answer(archive)) not in truth:
                    error = given
                archive.stats()
                archive.document("甲.txt")
                asked += 1
    except BaseException as failure:
        error = repr(failure)
    finally:
        report.write_text(json.dumps([asked, error]), "utf-8")
        os._exit(0)


def _readers(pid: int) -> list[int]:
    """The reading processes of a run."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [int(c) for c in children if "spawn_main" in Path(f"/proc/{c}/cmdline").read_text()]
    except OSError:
        return []


def _started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise BrokenError("what was waited for does not happen")
        time.sleep(0.002)


def _must(home: Path, *arguments: str) -> None:
    ended = in_fork(lambda: homes.xianli(home, *arguments), home)
    if ended.code:
        raise BrokenError(f"{arguments} ends with {ended.code}\n{ended.said}")

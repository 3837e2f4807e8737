"""Processes one after another, each watched for the memory that is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[3]
# Often enough that no peak of an index build is missed by much; reading costs microseconds.
EVERY = 0.05


class StoppedError(Exception):
    """A stage that failed or was not done in its time; says why."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a process said, how long it took, and its peak anonymous memory in bytes."""

    said: str
    seconds: float
    memory: int


def stage(task: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Run a stage of `worker`; its outcome with `memory` added. Raises StoppedError."""
    command = [sys.executable, "-m", "tests.measure.bench.worker", json.dumps(task)]
    done = run(command, seconds)
    outcome: dict[str, Any] = json.loads(done.said)
    return {**outcome, "memory": done.memory}


def run(command: list[str], seconds: float) -> Finished:
    """Run a command to its end, watching it and its children. Raises StoppedError."""
    if seconds <= 0:
        raise StoppedError("no time left")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as wrong:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=wrong, cwd=ROOT)
        with Watch(process.pid) as watch:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired as error:
                raise StoppedError(f"not done in {seconds:.0f} s") from error
            finally:
                spent = time.perf_counter() - started
                process.kill()
                process.wait()
        out.seek(0)
        wrong.seek(0)
        if process.returncode:
            lines = wrong.read().decode(errors="replace").strip().splitlines()
            raise StoppedError(lines[-1] if lines else f"exit {process.returncode}")
        return Finished(out.read().decode(), spent, watch.peak)


class Watch:
    """Looks at a process from a thread of ours; `peak` is its largest anonymous memory."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.peak = max(self.peak, anonymous(self._pid))


def anonymous(pid: int) -> int:
    """The anonymous memory of a process and its children, in bytes; 0 where it is gone.

    What is mapped from files is not counted: the system takes it back when it is needed.
    """
    total = 0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                total += int(line.split()[1]) * 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(map(anonymous, map(int, (task / "children").read_text().split())))
    except OSError:
        return total
    return total

"""Processes one after another, each watched for the memory that is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
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
    command = [sys.executable, "-m", "tests.bench.worker", json.dumps(task)]
    done = run(command, seconds)
    outcome: dict[str, Any] = json.loads(done.said)
    return {**outcome, "memory": done.memory}


def run(command: list[str], seconds: float) -> Finished:
    """Run a command to its end, watching it and its children. Raises StoppedError."""
    if seconds <= 0:
        raise StoppedError("no time left")
    started = time.perf_counter()
    peak = 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as wrong:
        process = subprocess.Popen(command, stdout=out, stderr=wrong, cwd=ROOT)
        try:
            while process.poll() is None:
                peak = max(peak, anonymous(process.pid))
                if time.perf_counter() - started > seconds:
                    raise StoppedError(f"not done in {seconds:.0f} s")
                time.sleep(EVERY)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        spent = time.perf_counter() - started
        out.seek(0)
        wrong.seek(0)
        if process.returncode:
            lines = wrong.read().decode(errors="replace").strip().splitlines()
            raise StoppedError(lines[-1] if lines else f"exit {process.returncode}")
        return Finished(out.read().decode(), spent, peak)


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

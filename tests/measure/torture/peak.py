"""The most memory that a command takes, whatever whoever asks has taken before.

Linux counts for a program what the process that became it held until then, and a fork holds
all that its parent does: what is measured is started by a small process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.measure.torture.server import ROOT


@dataclass(frozen=True, slots=True)
class Peak:
    """How a command ended, and what it took.

    `memory` is that of the largest of its processes, in bytes, `processor` of all together,
    in seconds. `code` is None where it did not end in its time.
    """

    code: int | None
    said: str
    complained: str
    memory: int
    processor: float


def measured(command: Sequence[str], seconds: float) -> Peak:
    """Run a command for at most `seconds`."""
    launcher = [sys.executable, "-m", "tests.measure.torture.peak", str(seconds), *command]
    done = subprocess.run(launcher, cwd=ROOT, capture_output=True, text=True, check=True)
    return Peak(**json.loads(done.stdout))


def _launch(seconds: float, command: Sequence[str]) -> Peak:
    code, said, complained = None, "", ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        code, said, complained = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Peak(code, said, complained, used.ru_maxrss << 10, used.ru_utime)


if __name__ == "__main__":
    ended = _launch(float(sys.argv[1]), sys.argv[2:])
    sys.stdout.write(json.dumps({name: getattr(ended, name) for name in Peak.__slots__}))

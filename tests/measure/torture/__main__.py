"""`python -m tests.measure.torture [SHARE [PART…]]`: torture an archive, print what was done to it.

SHARE is how much of all trials is made, 1 by default; PARTS are all by default.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.measure.torture import (
    bombs,
    corruption,
    crashes,
    fuzz,
    load,
    meeting,
    notes,
    running,
    values,
)
from tests.measure.torture.trial import BrokenError

# A part makes a share of its trials in a folder of its own, says what it did by name, and
# raises BrokenError at the first promise that is not kept.
Part = Callable[[Path, float, random.Random], Mapping[str, object]]

PARTS: dict[str, Part] = {
    "crashes": crashes.part,
    "corruption": corruption.part,
    "running": running.part,
    "notes": notes.part,
    "load": load.part,
    "fuzz": fuzz.part,
    "bombs": bombs.part,
    "values": values.part,
    "meeting": meeting.part,
}


def main() -> None:
    """Run the parts; leave with an error at the first promise that is broken."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[2:] or PARTS:
            base = Path(folder) / name
            base.mkdir()
            started = time.monotonic()
            try:
                figures = PARTS[name](base, share, random.Random(1))
            except BrokenError as broken:
                sys.exit(f"{name}: {broken}")
            print(name)  # noqa: T201
            seconds = f"{time.monotonic() - started:.0f}"
            for figure, value in {**figures, "seconds": seconds}.items():
                print(f"  {figure:<12}{value}")  # noqa: T201
    print("lost          0")  # noqa: T201


if __name__ == "__main__":
    main()

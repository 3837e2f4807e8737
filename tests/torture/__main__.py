"""`python -m tests.torture [SHARE]`: torture an archive and print what was done to it."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.torture.crashes import crash, scenarios


def main() -> None:
    """Run everything; leave with an error at the first promise that is broken."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        figures = crash(list(scenarios(room)), room, share, random.Random(1))
    print(f"points   {figures.points}")  # noqa: T201
    print(f"kills    {figures.kills}")  # noqa: T201
    print(f"faults   {figures.faults}")  # noqa: T201
    print(f"seconds  {figures.seconds:.0f}")  # noqa: T201
    print("lost     0")  # noqa: T201


if __name__ == "__main__":
    main()

"""Where the time of reading goes, stage by stage, in whichever process it is spent."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

# Processor seconds of this process by stage, since they were last taken.
_SPENT: defaultdict[str, float] = defaultdict(float)


@contextmanager
def spent(stage: str) -> Iterator[None]:
    """Count the processor time inside for `stage`."""
    started = time.process_time()
    try:
        yield
    finally:
        _SPENT[stage] += time.process_time() - started


def take() -> dict[str, float]:
    """Return the processor seconds by stage, and begin anew."""
    taken = dict(_SPENT)
    _SPENT.clear()
    return taken

"""How much a run may hold in memory: the shares of its parts.

What is counted is anonymous memory, the run's own and that of its processes: what is mapped
from files the system takes back when it is needed. The figures were read off /proc while
381,000 paragraphs were imported.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from archive.errors import HomeError

MIB = 1 << 20

# The program itself: its modules, rules, the tokenizer's dictionary, the catalog's cache.
_OWN = 150 * MIB
# A process that reads pages: as much again, and the tree of a large page. One that needs
# more fails on that page, which is then reported.
_READER = 200 * MIB
# Bytes that the writer holds for each character of a batch while it inverts it.
_PER_CHARACTER = 50
# The smallest batch that is worth a segment of its own, and the largest of use.
_MIN_BATCH = 1_000_000
_MAX_BATCH = 16_000_000

MIN_MEMORY = -(-(_OWN + _MIN_BATCH * _PER_CHARACTER) // MIB)


@dataclass(frozen=True, slots=True)
class Shares:
    """What a run may use: `jobs` processes, `reader` bytes each, `batch` characters at once.

    `reader` is None where nothing was asked.
    """

    jobs: int
    batch: int = _MAX_BATCH
    reader: int | None = None


def shares(megabytes: int | None, jobs: int) -> Shares:
    """Divide `megabytes` (None: as much as is of use) among the parts of a run.

    Fewer processes than `jobs` where they would take what a batch needs. Raises HomeError
    where the program itself needs more.

    >>> shares(None, 8).jobs, shares(2000, 8).jobs, shares(300, 8).jobs
    (8, 8, 1)
    >>> shares(300, 8).batch
    3145728
    """
    if megabytes is None:
        return Shares(jobs)
    if megabytes < MIN_MEMORY:
        raise HomeError("command.memory", megabytes=megabytes, least=MIN_MEMORY)
    left = megabytes * MIB - _OWN
    # One process alone reads in the run's own, where the batch it has read waits as well.
    possible = max(1, min(jobs, (left - _MIN_BATCH * _PER_CHARACTER) // _READER))
    if possible > 1:
        left -= possible * _READER
    return Shares(possible, min(left // _PER_CHARACTER, _MAX_BATCH), _READER)


def limit(size: int) -> None:
    """Let this process have no more than `size` bytes: it raises MemoryError before."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size, size))

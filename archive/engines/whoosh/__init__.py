"""The Whoosh engine: an index that Whoosh keeps and arrays answer.

Whoosh does the keeping: schema, segments, table of contents, lock, commits; a codec of ours
decides how a segment lies on disk, so Whoosh's own readers, matchers and query parser work
on it. The engine evaluates queries on the same arrays, exactly and at the speed of numpy.
This package is the only one that imports Whoosh.
"""

from __future__ import annotations

from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.whoosh.backend import WhooshBackend
from archive.engines.whoosh.index import ensure_index, open_view
from archive.engines.whoosh.writer import WhooshWriter

# Raised whenever an index written before would answer otherwise than one written now.
SCHEMA = "7"


class WhooshEngine(Engine):
    """One generation of an archive in a folder of its own."""

    def __init__(self, folder: Path, batch: int | None = None) -> None:
        """Open the index in `folder`, making an empty one where there is none.

        A writer's batch becomes a segment at `batch` characters at the latest. Raises
        EngineError where the files there are damaged or not an index.
        """
        self._folder = folder
        self._batch = batch
        ensure_index(folder)
        super().__init__(self._open())

    def writer(self) -> WhooshWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return WhooshWriter(self._folder, self._reopen, self._batch)

    def _open(self) -> WhooshBackend:
        return WhooshBackend(open_view(self._folder))

    def _reopen(self) -> None:
        self._backend = self._open()


def open_engine(folder: Path, address: str, batch: int | None) -> WhooshEngine:
    """Open the index in `folder`; there is no address."""
    return WhooshEngine(folder, batch)

"""WhooshEngine: an index in a folder, kept by Whoosh, evaluated on arrays."""

from __future__ import annotations

from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.whoosh.backend import WhooshBackend
from archive.engines.whoosh.index import create_index, has_index, open_view
from archive.engines.whoosh.writer import WhooshWriter


class WhooshEngine(Engine):
    """One generation of an archive in a folder of its own."""

    def __init__(self, folder: Path, batch: int | None = None) -> None:
        """Open the index in `folder`, making an empty one where there is none.

        A writer's batch becomes a segment at `batch` characters at the latest. Raises
        EngineError where the files there are damaged or not an index.
        """
        self._folder = folder
        self._batch = batch
        if not has_index(folder):
            create_index(folder)
        super().__init__(self._open())

    def writer(self) -> WhooshWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return WhooshWriter(self._folder, self._reopen, self._batch)

    def _open(self) -> WhooshBackend:
        return WhooshBackend(open_view(self._folder))

    def _reopen(self) -> None:
        self._backend = self._open()

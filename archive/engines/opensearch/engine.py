"""OpenSearchEngine: an archive in a cluster, open at one generation."""

from __future__ import annotations

from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.memory import MemoryBackend
from archive.engines.opensearch.address import parse_address
from archive.engines.opensearch.client import Cluster
from archive.engines.opensearch.reader import Reader
from archive.engines.opensearch.state import (
    State,
    alive,
    answering,
    read_pointer,
    write_pointer,
)
from archive.engines.opensearch.writer import KEPT_GENERATIONS, OpenSearchWriter
from archive.search.backend import Backend


class OpenSearchEngine(Engine):
    """One generation of an archive in a cluster.

    With a `folder`, that of a home's generation, the engine opens what is noted there;
    without one, what the archive's alias names. Where there is nothing it is empty. Of
    former generations one is kept: a reader that is further behind is told so.
    """

    def __init__(
        self, address: str, folder: Path | None = None, kept: int = KEPT_GENERATIONS
    ) -> None:
        """Open the archive that `address` names.

        Raises HomeError where the address cannot be read, EngineError where the cluster
        does not answer.
        """
        self._cluster = Cluster(parse_address(address))
        self._folder = folder
        self._kept = kept
        super().__init__(self._open(self._committed()))

    def writer(self) -> OpenSearchWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return OpenSearchWriter(self._cluster, self._committed(), self._take, self._kept)

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._cluster.close()

    def _committed(self) -> State | None:
        noted = answering(self._cluster) if self._folder is None else read_pointer(self._folder)
        if noted is None:
            return None
        index, generation = noted
        return State(index, generation, self._cluster.count(index, alive(generation)))

    def _open(self, state: State | None) -> Backend:
        if state is None:
            return MemoryBackend({}, {})
        return Reader(self._cluster, state, self._kept)

    def _take(self, state: State) -> None:
        """Note and open what a writer of this engine has committed."""
        if self._folder is not None:
            write_pointer(self._folder, state.index, state.generation)
        self._backend = self._open(state)

"""OpenSearchEngine: an archive in a cluster, open at one generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from archive.engines import Term
from archive.engines.memory import MemoryEngine
from archive.engines.nearness import Clue, Nearest
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
from archive.errors import EngineError, closed
from archive.model import Paragraph
from archive.query import Query
from archive.results import Results


class OpenSearchEngine:
    """One generation of an archive in a cluster; any number of threads may ask.

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
        self._state = self._committed()
        self._opened: Reader | MemoryEngine | None = self._open(self._state)

    @property
    def _reader(self) -> Reader | MemoryEngine:
        """What answers from the generation. Raises EngineError after `close`."""
        if self._opened is None:
            raise closed()
        return self._opened

    @property
    def count(self) -> int:
        """The number of paragraphs."""
        return self._reader.count

    def search(self, query: Query) -> Results:
        """Answer `query`. Raises QueryError, and EngineError where the answer is not whole."""
        results = self._reader.search(query)
        self._check_kept()
        return results

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order."""
        yield from self._reader.scan(query)
        self._check_kept()

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order; empty where there is no such document."""
        found = self._reader.paragraphs(document_id)
        self._check_kept()
        return found

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""
        found = self._reader.lookup(paragraph_ids)
        self._check_kept()
        return found

    def terms(self, prefix: str, limit: int = 20) -> Sequence[Term]:
        """Return tokens that begin with `prefix` (folded), most frequent first."""
        found = self._reader.terms(prefix, limit)
        self._check_kept()
        return found

    def nearest(self, drafts: Sequence[Sequence[Clue]], limit: int) -> Sequence[Nearest]:
        """For each draft the passages that hold most of its clues."""
        found = self._reader.nearest(drafts, limit)
        self._check_kept()
        return found

    def writer(self) -> OpenSearchWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return OpenSearchWriter(self._cluster, self._committed(), self._take, self._kept)

    def warm(self) -> None:
        """The nodes keep ready what they need."""

    def check(self) -> None:
        """Read everything that is kept. Raises EngineError where it is not as it was written."""
        self._reader.check()
        self._check_kept()

    def close(self) -> None:
        """Close the connections; every later question raises EngineError."""
        self._opened = None
        self._cluster.close()

    def _committed(self) -> State | None:
        noted = answering(self._cluster) if self._folder is None else read_pointer(self._folder)
        if noted is None:
            return None
        index, generation = noted
        return State(index, generation, self._cluster.count(index, alive(generation)))

    def _open(self, state: State | None) -> Reader | MemoryEngine:
        return MemoryEngine() if state is None else Reader(self._cluster, state)

    def _take(self, state: State) -> None:
        """Note and open what a writer of this engine has committed."""
        if self._folder is not None:
            write_pointer(self._folder, state.index, state.generation)
        self._state, self._opened = state, self._open(state)

    def _check_kept(self) -> None:
        """Raise EngineError where paragraphs of this generation may be gone already.

        Asked after an answer: what is removed by then was removed by a later generation.
        """
        state = self._state
        if state is None:
            return
        now = answering(self._cluster)
        if now is None or now[0] != state.index:
            return
        if now[1] >= state.generation + self._kept:
            raise EngineError(
                f"档案已更新到第 {now[1]} 代，第 {state.generation} 代不再保留，请再试一次",
                f"the archive is at generation {now[1]}, {state.generation} is no longer kept: "
                "ask again",
            )

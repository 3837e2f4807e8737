"""Engines: what keeps paragraphs and finds them. The protocols, and how to open one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Protocol, Self

from archive.engines.nearness import Clue, Nearest
from archive.errors import EngineError
from archive.model import Clusters, Paragraph
from archive.query import Query
from archive.results import Results


@dataclass(frozen=True, slots=True)
class Term:
    """A token of the index, and in how many paragraphs it occurs."""

    text: str
    count: int


class Writer(Protocol):
    """One batch of changes: all of it lands, or none.

    Called by the indexer alone, as a context manager: any number of `add` and `remove`,
    then at most one `set_clusters`; leaving the block commits, leaving it by an exception
    rolls back. Readers that were open before go on seeing the state they opened.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Add one document's paragraphs, in order of their ordinals.

        They take the place of all that was kept under the same document id. Each
        document is added at most once in a batch. Raises EngineError where the index
        cannot be written.
        """

    def remove(self, document_id: str) -> None:
        """Remove a document's paragraphs; one that is not there is no error."""

    def set_clusters(self, clusters: Clusters) -> None:
        """Replace the near-duplicate clusters of the whole archive.

        Every member named is a paragraph that is kept after this batch.
        """


class Engine(Protocol):
    """A generation of an archive, open for reading. Safe to share between threads.

    The Archive calls `search` for every page, `scan` for exports and wording, `paragraphs`
    for a document page, `terms` for completion. Each answer comes from one committed
    state: the one that was opened, or what a writer of this engine has committed since.
    """

    @property
    def count(self) -> int:
        """The number of paragraphs."""

    def search(self, query: Query) -> Results:
        """Answer `query`.

        Raises QueryError where it asks for more than the engine can do, EngineError where
        the index is damaged.
        """

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order, without folding or paging."""

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order; empty where there is no such document."""

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""

    def terms(self, prefix: str, limit: int = 20) -> Sequence[Term]:
        """Return tokens that begin with `prefix` (folded), most frequent first."""

    def nearest(self, drafts: Sequence[Sequence[Clue]], limit: int) -> Sequence[Nearest]:
        """For each draft the passages that hold most of its clues, best first, at most `limit`.

        Near-duplicates are folded. archive.engines.nearness says what a score is; engines
        differ in its last digits.
        """

    def warm(self) -> None:
        """Make ready what the first questions would wait for.

        Where that reads files, they are checked. Raises EngineError where one is damaged.
        """

    def check(self) -> None:
        """Read everything that is kept. Raises EngineError where it is not as it was written."""

    def writer(self) -> Writer:
        """Open a batch of changes. Raises LockedError where another one is open."""

    def close(self) -> None:
        """Give back files and memory. Every later question raises EngineError.

        A `scan` that is under way goes on, or raises EngineError.
        """


def engine_schema(engine: str = "") -> str:
    """Return the version of what `open_engine` reads and writes, another for each engine."""
    if engine:
        return f"opensearch.{_cluster_engine().SCHEMA_VERSION}"
    from archive.engines.whoosh import SCHEMA_VERSION

    return str(SCHEMA_VERSION)


def open_engine(folder: Path, batch: int | None = None, engine: str = "") -> Engine:
    """Open the index in `folder`, making an empty one where there is none.

    `engine` is the address of a cluster that holds it (archive.engines.opensearch), "" for
    the embedded engine, whose writer holds text of up to `batch` characters (None: as much
    as is of use) before it writes them. Raises EngineError where the files there are damaged
    or not an index, or the cluster does not answer; HomeError over an address that is none.
    """
    if engine:
        opened: Engine = _cluster_engine().OpenSearchEngine(engine, folder)
        return opened
    # Imported here: whoever uses the memory engine alone need not load Whoosh.
    from archive.engines.whoosh import WhooshEngine

    return WhooshEngine(folder, batch)


def _cluster_engine() -> ModuleType:
    """The package of the cluster's engine, which needs an extra."""
    try:
        import archive.engines.opensearch as package
    except ModuleNotFoundError as error:
        raise EngineError(
            f"使用集群需要 {error.name}，请运行 pip install 'xianli[opensearch]'",
            f"a cluster needs {error.name}: run pip install 'xianli[opensearch]'",
        ) from error
    return package

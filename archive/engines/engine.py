"""An engine as its callers see it: the answers of its Backend, and the way to a Writer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from archive.errors import EngineError
from archive.model import Paragraph
from archive.query.query import Query
from archive.search.answer import answer
from archive.search.backend import Backend, WeightedTerm, Writer
from archive.search.more_like_this import Nearest, more_like_this
from archive.search.results import Results

T = TypeVar("T")


class Engine(ABC):
    """A generation of an archive, open for reading. Safe to share between threads.

    The Archive calls `search` for every page, `count` and `doc_freqs` for numbers alone,
    `scan` for exports and wording, `paragraphs` for a document page, `nearest` for
    precedents. Each answer comes from one committed state: the one that was opened, or what
    a writer of this engine has committed since. Every call raises EngineError where the
    index is damaged, or the engine was closed.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend: Backend | None = backend

    @property
    def backend(self) -> Backend:
        """The state that answers. Raises EngineError after `close`."""
        if self._backend is None:
            raise EngineError("index.closed")
        return self._backend

    @property
    def size(self) -> int:
        """The number of paragraphs."""
        return self.backend.size

    def search(self, query: Query) -> Results:
        """Answer `query`. Raises QueryError where it asks for more than the engine can do."""
        return self._ask(lambda backend: answer(backend, query))

    def count(self, query: Query) -> int:
        """Return the total of `search(query)`, without its hits. Raises QueryError alike."""
        return self._ask(lambda backend: backend.count(query))

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order, without folding or paging."""
        backend = self.backend
        with backend.guard():
            yield from backend.scan(query)

    def first_of_documents(self, query: Query, limit: int) -> Sequence[Paragraph]:
        """Return the first paragraph found of each of the first documents: `Found.documents`."""
        return self._ask(lambda backend: backend.match(query).documents(limit))

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        """Return how many paragraphs hold each of these tokens, all folded."""
        return self._ask(lambda backend: backend.doc_freqs(tokens))

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order; empty where there is no such document."""
        return self._ask(lambda backend: backend.paragraphs(document_id))

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""
        return self._ask(lambda backend: backend.lookup(tuple(paragraph_ids)))

    def nearest(self, drafts: Sequence[Sequence[WeightedTerm]], limit: int) -> Sequence[Nearest]:
        """Return for each draft the passages that hold most of its terms: `more_like_this`."""
        return self._ask(lambda backend: more_like_this(backend, drafts, limit))

    def warm(self) -> None:
        """Make ready what the first questions would wait for, and check what that reads."""
        self.backend.warm()

    def check(self) -> None:
        """Read everything that is kept. Raises EngineError where it is not as it was written."""
        self._ask(lambda backend: backend.check())

    def close(self) -> None:
        """Give back files and memory. Every later call raises EngineError.

        A `scan` that has begun continues, or raises EngineError.
        """
        self._backend = None

    def _ask(self, question: Callable[[Backend], T]) -> T:
        backend = self.backend
        with backend.guard():
            return question(backend)

    @abstractmethod
    def writer(self) -> Writer:
        """Open a batch of changes. Raises LockedError where another one is open."""

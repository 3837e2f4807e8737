"""What an engine alone can do: the protocols Backend (reading) and Writer.

archive.search makes the answers of these, the same for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

from archive.model import Clusters, Paragraph
from archive.query.query import Query
from archive.search.matching import Subject

# A paragraph or a near-duplicate cluster, as an engine names it to itself.
Key = int | str


class Candidate(NamedTuple):
    """A hit as the engine places it: its text is not verified yet.

    `cluster` is the label of its near-duplicate cluster, None for none; `variants` are the
    ids of the other members that match, cleanest first, empty where the query does not fold.
    """

    subject: Subject
    score: float
    cluster: str | None = None
    variants: tuple[str, ...] = ()


class Counts(NamedTuple):
    """How many paragraphs have each value of a facet; `unlisted` further values are left out."""

    values: Mapping[str, int]
    unlisted: int = 0


class Found(Protocol):
    """The set that a query matches, held by the engine that found it.

    `answer` asks for the page, then for the numbers; for counts when a reader wants them.
    """

    @property
    def total(self) -> int:
        """The number of paragraphs that match."""

    @property
    def clusters(self) -> int | None:
        """The number of entries of the list, collapsed where the query folds.

        None where the engine cannot count them.
        """

    def page(self) -> Sequence[Candidate]:
        """Return the query's page of the list.

        The order is the query's: by tier, body text before headings, score and id; or by
        year, day of issue and id, where what has no year, or in its year no day, comes last.
        Where the query folds, the cleanest member that matches stands for its cluster, at its
        own place. Does no work for a page of no hits.
        """

    def documents(self, limit: int) -> Sequence[Paragraph]:
        """Return the first paragraph found of each of the first `limit` documents.

        Asked of queries without terms, whose order is by day.
        """

    def counts(self, name: str) -> Counts:
        """Count the values of one facet; its own selections and exclusions are ignored.

        Years are the values of `year`, and `unknown`.
        """


@dataclass(frozen=True, slots=True)
class WeightedTerm:
    """Folded strings, none empty, of which a passage holds any; what that is worth at most.

    The rarer the term in the archive, the more of `weight` counts. A `word` has one string,
    which is looked for among the tokens of a passage; the more often it stands there, the
    more it counts, as in BM25. Other terms count once.
    """

    options: tuple[str, ...]
    weight: float
    word: bool = False


class Scored(NamedTuple):
    """The score of a paragraph, and its near-duplicate cluster, None for none."""

    paragraph: Key
    score: float
    cluster: Key | None


class Held(Protocol):
    """Which paragraphs hold some terms, as the engine keeps it."""

    @property
    def counts(self) -> Sequence[int]:
        """The number of paragraphs that hold each term."""

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Iterable[Scored]]:
        """Return for each draft the `limit` paragraphs of the highest scores, ties by id.

        A draft is a list of terms by their number, each with its worth above 0. A score is
        the sum of the worth of the terms that the paragraph holds, each multiplied by the
        `bm25` of its frequency (1 but for words). Paragraphs that hold none are left out, and
        so are rows of tables.
        """


class Backend(Protocol):
    """One committed state of an index, open for reading. Safe to share between threads.

    Called through `archive.engines.engine.Engine`, each time inside `guard`. What is
    written later does not change its answers.
    """

    def guard(self) -> AbstractContextManager[None]:
        """Return the context in which the methods below and those of `Found` are called.

        Inside it, whatever shows that the files are damaged, or that the state is no longer
        kept, becomes an EngineError.
        """

    @property
    def size(self) -> int:
        """The number of paragraphs."""

    def match(self, query: Query) -> Found:
        """Find what a query matches. Raises QueryError where that takes too much work."""

    def count(self, query: Query) -> int:
        """Return `match(query).total`, without work on anything else."""

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order, without folding or paging."""

    def sharing(self, query: Query, tokens: Sequence[str], limit: int) -> Sequence[Candidate]:
        """Return the paragraphs that hold any of `tokens` and pass the query's selections.

        The `limit` first by score and id; a score is that of `query`, whose terms the
        tokens are. Asked where nothing matches.
        """

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        """Return how many paragraphs hold each of these tokens, all folded."""

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order; empty where there is no such document."""

    def lookup(self, paragraph_ids: Sequence[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""

    def held(self, terms: Sequence[WeightedTerm]) -> Held:
        """Find the paragraphs that hold each of these terms; their weights are ignored."""

    def cleanest(self, found: Sequence[Scored]) -> Sequence[tuple[Paragraph, Sequence[str]]]:
        """Return of each one's cluster the cleanest member, and the others' ids by rank.

        Of one without a cluster, itself.
        """

    def warm(self) -> None:
        """Make ready what the first questions would wait for.

        Where that reads files, they are checked. Raises EngineError where one is damaged.
        """

    def check(self) -> None:
        """Read everything that is kept. Raises EngineError where it is not as it was written."""


class Writer(Protocol):
    """One batch of changes: all of it lands, or none.

    Called by the indexer alone, as a context manager: any number of `add` and `remove`,
    then at most one `set_clusters`; leaving the block commits, leaving it by an exception
    rolls back. Readers that were open before go on seeing the state they opened.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None: ...

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

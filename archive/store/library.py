"""Archive: an open archive, the one object that readers and the front hold."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Self, TypeVar

from archive.engines.engine import Engine
from archive.engines.registry import engine_schema, open_engine
from archive.errors import EngineError, HomeError, UnknownDocumentError
from archive.fields import UNKNOWN
from archive.fields import digest as table_digest
from archive.model import Document, Paragraph
from archive.query.arguments import (
    YearFilter,
    read_filters,
    read_number,
    read_query,
    read_sort,
    read_switch,
    read_years,
)
from archive.query.query import Query, Sort
from archive.search.backend import WeightedTerm
from archive.search.more_like_this import Nearest
from archive.search.results import Facet, Facets, Results
from archive.store.catalog import SITES_LEARNED, Catalog, SourceRecord, SourceState
from archive.store.home import SCHEMA_VERSION, Generation, Home, Stamp
from archive.store.references import References
from archive.store.source_groups import Sources
from archive.store.stats import Stats, outgrown
from archive.store.text_sizes import TextSizes
from archive.text.tokenize import analyzer_stamp

T = TypeVar("T")


class _Opened:
    """One generation, open. Its engine closes when the last reader releases it."""

    def __init__(self, generation: Generation) -> None:
        generation.check(current_stamp("", generation.engine))
        self.generation = generation
        self.engine: Engine = open_engine(generation.index, engine=generation.engine)
        weakref.finalize(self, self.engine.close)

    @cached_property
    def sources(self) -> Sources:
        """Which articles are copies of one another (read when first asked for)."""
        with Catalog(self.generation.catalog) as catalog:
            return catalog.source_groups()

    @cached_property
    def text_sizes(self) -> TextSizes:
        """How much text of each profile there is (read when first asked for)."""
        with Catalog(self.generation.catalog) as catalog:
            return catalog.text_sizes()

    def facet(self, results: Results, name: str) -> Facet:
        """A facet of an answer; a bound method of this keeps the engine open."""
        return results.facet(name)

    def stats(self) -> Stats:
        """The state of the archive."""
        with Catalog(self.generation.catalog) as catalog:
            sources = list(catalog.sources())
            totals = catalog.totals()
            built = catalog.fact("built") or ""
            learned = json.loads(catalog.fact(SITES_LEARNED) or "{}")
            stale = outgrown(learned, catalog.pages_by_site())
            warned = tuple(catalog.warned())
        everything = self.engine.search(Query(limit=0, fold=False))
        sites, kinds = everything.facet("site"), everything.facet("kind")
        return Stats(
            generation=self.generation.name,
            built=built,
            sources=sum(source.state is SourceState.READ for source in sources),
            documents=totals.documents,
            articles=totals.articles,
            paragraphs=self.engine.size,
            characters=totals.characters,
            years=tuple(
                (None if b.value == UNKNOWN else int(b.value), b.count)
                for b in everything.facet("year").buckets
            ),
            sites=tuple((b.value, b.count) for b in sites.buckets),
            kinds=tuple((b.value, b.count) for b in kinds.buckets),
            sites_more=sites.more,
            kinds_more=kinds.more,
            skipped=tuple(s for s in sources if s.state is SourceState.SKIPPED),
            failed=tuple(s for s in sources if s.lacks),
            held=tuple(s for s in sources if s.state is SourceState.HELD),
            stale_templates=stale,
            warned=warned,
        )


class Archive(AbstractContextManager["Archive"]):
    """An archive open for reading; safe to share between threads.

    Every call answers from one generation. When a reindex has published a new one, the
    next call uses it; calls under way finish on the old.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._opened: _Opened | None = None
        self._snapshot: _Snapshot | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def generation(self) -> str:
        """The identity of the generation that answers; empty where nothing was indexed yet."""
        return self.home.identity()

    def search(
        self,
        query: Query | str,
        *,
        year: YearFilter | Sequence[YearFilter] | None = None,
        sort: Sort | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        fold: bool | None = None,
        **filters: str | Sequence[str],
    ) -> Results:
        """Answer a query, given as a Query or in our grammar.

        `limit` hits are returned from `offset` on; `fold` shows one hit for each cluster of
        near-duplicates. `filters` are selections by the parameters of archive.fields
        (`section`, `topic`, …), each one value or several. What is left out stays as the query
        has it. Raises QueryError, which names the argument, HomeError where nothing was indexed
        yet, EngineError where the index is damaged.
        """
        asked = read_filters(filters, read_query(query))
        if year is not None:
            asked = asked.select("year", read_years(year))
        if sort is not None:
            asked = replace(asked, sort=read_sort(sort))
        if fold is not None:
            asked = replace(asked, fold=read_switch("fold", fold))
        asked = replace(
            asked,
            limit=asked.limit if limit is None else read_number("limit", limit),
            offset=asked.offset if offset is None else read_number("offset", offset),
        )

        def answer(opened: _Opened) -> Results:
            results = opened.engine.search(asked)
            facets = Facets(partial(opened.facet, results))
            return replace(results, generation=opened.generation.identity, facets=facets)

        return self._ask(answer)

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order, all from one generation."""
        # Held until the last paragraph is read: the engine closes when it is released.
        opened = self._state()
        yield from opened.engine.scan(query)

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order."""
        return self._ask(lambda opened: opened.engine.paragraphs(document_id))

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""
        wanted = tuple(paragraph_ids)
        return self._ask(lambda opened: opened.engine.lookup(wanted))

    def count(self, query: Query) -> int:
        """Return the number of paragraphs that match: the total of `search`, and nothing else."""
        return self._ask(lambda opened: opened.engine.count(query))

    def first_of_documents(self, query: Query, limit: int) -> Sequence[Paragraph]:
        """Return the first paragraph found of each of the first `limit` documents, newest first.

        `query` has no words, only fields.
        """
        return self._ask(lambda opened: opened.engine.first_of_documents(query, limit))

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        """Return how many paragraphs hold each of these tokens, all folded."""
        return self._ask(lambda opened: opened.engine.doc_freqs(tokens))

    def nearest(self, drafts: Sequence[Sequence[WeightedTerm]], limit: int) -> Sequence[Nearest]:
        """Return for each draft the passages that hold most of its terms, best first."""
        return self._ask(lambda opened: opened.engine.nearest(drafts, limit))

    def sources(self) -> Sources:
        """Return which articles are of one source, to count independent sources by."""
        return self._ask(lambda opened: opened.sources)

    def text_sizes(self) -> TextSizes:
        """Return how much text of each profile there is."""
        return self._ask(lambda opened: opened.text_sizes)

    def snapshot(self) -> Archive:
        """Return this archive as it is now, for one answer that takes several calls.

        What is published meanwhile is not seen. While nothing is, it is the same object.
        """
        while True:
            opened = self._state()
            kept = self._snapshot
            if kept is not None and kept.holds(opened):
                return kept
            with self._unless_replaced(opened.generation):
                self._snapshot = kept = _Snapshot(self.home, opened)
                return kept

    def document(self, document_id: str) -> Document:
        """Return a document with its labelled blocks. Raises UnknownDocumentError."""

        def answer(opened: _Opened) -> Document | None:
            with Catalog(opened.generation.catalog) as catalog:
                return catalog.document(document_id)

        document = self._ask(answer)
        if document is None:
            raise UnknownDocumentError("archive.no_document", document_id=document_id)
        return document

    def references(self, document: Document) -> References:
        """Return what a document names, by number or title, and what names it."""

        def answer(opened: _Opened) -> References:
            with Catalog(opened.generation.catalog) as catalog:
                return catalog.references(document)

        return self._ask(answer)

    def source(self, path: str) -> tuple[SourceRecord | None, Sequence[str]]:
        """Return what became of the source at `path`, and the ids of its documents."""

        def answer(opened: _Opened) -> tuple[SourceRecord | None, Sequence[str]]:
            with Catalog(opened.generation.catalog) as catalog:
                return catalog.source(path), catalog.document_ids(path)

        return self._ask(answer)

    def held(self) -> Sequence[SourceRecord]:
        """Return the sources that are held back, wholly or in part, by path."""

        def answer(opened: _Opened) -> Sequence[SourceRecord]:
            with Catalog(opened.generation.catalog) as catalog:
                return catalog.held()

        return self._ask(answer)

    def stats(self) -> Stats:
        """Describe the state of the archive."""
        return self._ask(_Opened.stats)

    def warm(self) -> None:
        """Make ready what the first questions to the current generation would wait for."""
        self._ask(lambda opened: opened.engine.warm())

    def close(self) -> None:
        """Release the open generation; a later call opens it again."""
        self._opened = self._snapshot = None

    def _state(self) -> _Opened:
        """The current generation, opened. Two threads may open it at once; one stays."""
        opened = self._opened
        if opened is not None and opened.generation.identity == self.home.identity():
            return opened
        while True:
            generation = self.home.current()
            if generation is None:
                raise HomeError("home.not_indexed", root=self.home.root)
            with self._unless_replaced(generation):
                opened = _Opened(generation)
                # The snapshot would keep the former generation open.
                self._opened, self._snapshot = opened, None
                return opened

    def _ask(self, question: Callable[[_Opened], T]) -> T:
        """Return the answer of one generation, which stays open until the answer is complete."""
        while True:
            opened = self._state()
            with self._unless_replaced(opened.generation):
                return question(opened)

    @contextmanager
    def _unless_replaced(self, generation: Generation) -> Iterator[None]:
        """Pass over what goes wrong with a generation that no longer answers.

        Its files are gone when two others were published since.
        """
        try:
            yield
        except (HomeError, EngineError):
            if generation.identity == self.home.identity():
                raise


class _Snapshot(Archive):
    """An archive that answers from the generation it was made of, whatever comes after."""

    def __init__(self, home: Home, opened: _Opened) -> None:
        super().__init__(home)
        self._held = opened
        # The engine has its files open; the catalog's may go with the generation's folder.
        _ = opened.sources, opened.text_sizes

    @property
    def generation(self) -> str:
        return self._held.generation.identity

    def holds(self, opened: _Opened) -> bool:
        """Whether it answers from `opened`."""
        return self._held is opened

    def snapshot(self) -> Archive:
        """Return this archive, which stays as it is already."""
        return self

    def _state(self) -> _Opened:
        return self._held

    @contextmanager
    def _unless_replaced(self, generation: Generation) -> Iterator[None]:
        """There is no other generation to ask: say so where this one's files are gone."""
        try:
            yield
        except (HomeError, EngineError) as error:
            if generation.folder.exists():
                raise
            raise EngineError("index.closed") from error


def open_archive(home: str | Path) -> Archive:
    """Open the archive in the folder `home`. Raises HomeError where there is no such folder."""
    return Archive(Home.open(home))


def current_stamp(rules: str, engine: str = "") -> Stamp:
    """The stamp of a generation made by this version with an engine and the indexer's rules.

    `rules` is the indexer's digest of them.
    """
    schema = f"{SCHEMA_VERSION}.{engine_schema(engine)}.{table_digest()}"
    return Stamp(schema, analyzer_stamp(), rules)

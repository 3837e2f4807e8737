"""OpenSearchEngine: an archive in a cluster, open at one generation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.memory import MemoryBackend
from archive.engines.opensearch.address import parse_address
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import any_of, every, node_filter, selection, token
from archive.engines.opensearch.found import ClusterFound, members
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.scoring import BY_SCORE, HeldTerms, ranked
from archive.engines.opensearch.snapshot import SHOWN, Snapshot
from archive.engines.opensearch.state import (
    KEPT_GENERATIONS,
    State,
    alive,
    answering,
    read_pointer,
    write_pointer,
)
from archive.engines.opensearch.writer import OpenSearchWriter
from archive.errors import EngineError
from archive.model import Paragraph
from archive.query.query import Query
from archive.search.backend import Backend, Candidate, Scored, WeightedTerm
from archive.search.matching import Subject, matches


class OpenSearchEngine(Engine):
    """One generation of an archive in a cluster.

    With a `folder`, that of a home's generation, the engine opens what is noted there;
    without one, what the archive's alias names. Where there is nothing it is empty. Of
    former generations one is kept: a reader that is further behind is told so.
    """

    def __init__(self, address: str, folder: Path | None = None) -> None:
        """Open the archive that `address` names.

        Raises HomeError where the address cannot be read, EngineError where the cluster
        does not answer.
        """
        self._cluster = Cluster(parse_address(address))
        self._folder = folder
        super().__init__(self._open(self._committed()))

    def writer(self) -> OpenSearchWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return OpenSearchWriter(self._cluster, self._committed(), self._take)

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
        return MemoryBackend({}, {}) if state is None else Reader(self._cluster, state)

    def _take(self, state: State) -> None:
        """Note and open what a writer of this engine has committed."""
        if self._folder is not None:
            write_pointer(self._folder, state.index, state.generation)
        self._backend = self._open(state)


class Reader:
    """Answers from one generation that does not change, as archive.search.backend describes."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._snapshot = Snapshot(cluster, state)
        self._state = state
        self.size = state.count

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raise EngineError where paragraphs of this generation may be gone already.

        Asked after an answer: what is removed by then was removed by a later generation.
        """
        yield
        index, own = self._state.index, self._state.generation
        now = answering(self._snapshot.cluster)
        if now is not None and now[0] == index and now[1] >= own + KEPT_GENERATIONS:
            raise EngineError("cluster.generation_gone", now=now[1], generation=own)

    def match(self, query: Query) -> ClusterFound:
        return ClusterFound(self._snapshot, query)

    def count(self, query: Query) -> int:
        return self.match(replace(query, fold=False)).total

    def scan(self, query: Query) -> Iterator[Paragraph]:
        filters = [node_filter(query.node), *selection(query)]
        for paragraph in self._snapshot.fetch(every(filters)):
            if matches(query.node, Subject(paragraph)):
                yield paragraph

    def sharing(self, query: Query, tokens: Sequence[str], limit: int) -> Sequence[Candidate]:
        having = any_of([token(text) for text in tokens])
        filters = [self._snapshot.alive, having, *selection(query)]
        body: Dsl = {
            "size": limit,
            "query": ranked(query, filters, self._snapshot),
            "sort": BY_SCORE,
            "_source": SHOWN,
        }
        rows = self._snapshot.search(body)["hits"]["hits"]
        return [Candidate(Subject(read_paragraph(r["_source"])), r["_score"]) for r in rows]

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        return self._snapshot.counts(map(token, tokens))

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        return list(self._snapshot.fetch({"term": {"document": document_id}}))

    def lookup(self, paragraph_ids: Sequence[str]) -> Sequence[Paragraph]:
        by_id = self._snapshot.by_id(paragraph_ids)
        return [by_id[i] for i in paragraph_ids if i in by_id]

    def held(self, terms: Sequence[WeightedTerm]) -> HeldTerms:
        return HeldTerms(self._snapshot, terms)

    def cleanest(self, found: Sequence[Scored]) -> Sequence[tuple[Paragraph, Sequence[str]]]:
        labels = {str(one.cluster) for one in found if one.cluster is not None}
        of = members(self._snapshot, self._snapshot.alive, labels)
        groups = [of.get(str(one.cluster)) or [str(one.paragraph)] for one in found]
        by_id = self._snapshot.listed([first for first, *_ in groups])
        return [(by_id[first], others) for first, *others in groups]

    def warm(self) -> None:
        """The nodes keep ready what they need."""

    def check(self) -> None:
        """Read everything. Raises EngineError where it is not what was committed."""
        index, count = self._state.index, self._state.count
        read = sum(1 for _ in self._snapshot.fetch({"match_all": {}}))
        if read != count:
            raise EngineError("cluster.paragraphs_missing", index=index, count=count, read=read)

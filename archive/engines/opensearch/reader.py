"""The backend of one generation in a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from archive.engines.opensearch.candidates import resolve
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import any_of, every, node_filter, selection, superset, token
from archive.engines.opensearch.folding import members
from archive.engines.opensearch.found import ClusterFound
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.nearest import HeldClues
from archive.engines.opensearch.scoring import BY_SCORE, ranked
from archive.engines.opensearch.snapshot import SHOWN, Snapshot
from archive.engines.opensearch.state import State, answering
from archive.errors import EngineError
from archive.ids import parse_paragraph_id
from archive.model import Paragraph
from archive.query.query import Query
from archive.search.backend import Candidate, Clue, Scored
from archive.search.matching import Subject, matches


class Reader:
    """Answers from one generation that does not change, as archive.search.backend describes."""

    def __init__(self, cluster: Cluster, state: State, kept: int) -> None:
        """`kept` is the number of generations that the cluster keeps beside the newest."""
        self._snapshot = Snapshot(cluster, state)
        self._state = state
        self._kept = kept
        self.size = state.count

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raise EngineError where paragraphs of this generation may be gone already.

        Asked after an answer: what is removed by then was removed by a later generation.
        """
        yield
        state = self._state
        now = answering(self._snapshot.cluster)
        if now is None or now[0] != state.index:
            return
        if now[1] >= state.generation + self._kept:
            raise EngineError("cluster.generation_gone", now=now[1], generation=state.generation)

    def match(self, query: Query) -> ClusterFound:
        return ClusterFound(self._snapshot, query)

    def count(self, query: Query) -> int:
        matching = node_filter(query.node, resolve(self._snapshot, query.node))
        return self._snapshot.count(every([self._state.alive, matching, *selection(query)]))

    def scan(self, query: Query) -> Iterator[Paragraph]:
        filters = [superset(query.node), *selection(query)]
        for paragraph in self._snapshot.fetch(every(filters)):
            if matches(query.node, Subject(paragraph)):
                yield paragraph

    def sharing(self, query: Query, tokens: Sequence[str], limit: int) -> Sequence[Candidate]:
        having = any_of([token(text) for text in tokens])
        filters = [self._state.alive, having, *selection(query)]
        body: Dsl = {
            "size": limit,
            "query": ranked(query, filters, self._snapshot),
            "sort": BY_SCORE,
            "_source": SHOWN,
        }
        rows = self._snapshot.search(body)["hits"]["hits"]
        return [Candidate(Subject(read_paragraph(r["_source"])), r["_score"]) for r in rows]

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        counts = self._snapshot.counts((f"token {text}", token(text)) for text in tokens)
        return [counts[f"token {text}"] for text in tokens]

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        return list(self._snapshot.fetch({"term": {"document": document_id}}))

    def lookup(self, paragraph_ids: Sequence[str]) -> Sequence[Paragraph]:
        wanted = [i for i in paragraph_ids if _is_id(i)]
        by_id = self._snapshot.by_id(wanted)
        return [by_id[i] for i in wanted if i in by_id]

    def held(self, clues: Sequence[Clue]) -> HeldClues:
        return HeldClues(self._snapshot, clues)

    def cleanest(self, found: Sequence[Scored]) -> Sequence[tuple[Paragraph, Sequence[str]]]:
        labels = {str(one.cluster) for one in found if one.cluster is not None}
        of = members(self._snapshot, self._state.alive, labels)
        groups = [of.get(str(one.cluster)) or [str(one.paragraph)] for one in found]
        by_id = self._snapshot.listed([first for first, *_ in groups])
        return [(by_id[first], others) for first, *others in groups]

    def warm(self) -> None:
        """The nodes keep ready what they need."""

    def check(self) -> None:
        """Read everything. Raises EngineError where it is not what was committed."""
        read = sum(1 for _ in self._snapshot.fetch({"match_all": {}}))
        if read != self._state.count:
            raise EngineError(
                "cluster.paragraphs_missing",
                index=self._state.index,
                count=self._state.count,
                read=read,
            )


def _is_id(paragraph_id: str) -> bool:
    try:
        return bool(parse_paragraph_id(paragraph_id))
    except ValueError:
        return False

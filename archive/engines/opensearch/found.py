"""What one query matches in a generation: its numbers, its list, the counts of its facets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import islice

from archive.engines.opensearch.candidates import resolve
from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import every, node_filter, selection, without
from archive.engines.opensearch.facets import facet_aggregations, read_counts
from archive.engines.opensearch.folding import (
    PLACE,
    Place,
    counting_clusters,
    heads,
    members,
    place,
    read_clusters,
)
from archive.engines.opensearch.scoring import order, ranked
from archive.engines.opensearch.snapshot import Snapshot
from archive.query.query import Query, Sort
from archive.search.backend import Candidate, Counts
from archive.search.matching import Subject, is_loose

# Places fetched at least: a page of twenty, and room for what is folded away.
_LEAST_RUN = 100
_MOST_RUN = 5_000


class ClusterFound:
    """The paragraphs that a query matches, as a filter."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        """Find what the patterns match. Raises QueryError over one too broad."""
        self._snapshot = snapshot
        self._query = query
        self._resolved = resolve(snapshot, query.node)
        filters = [snapshot.state.alive, node_filter(query.node, self._resolved)]
        self._matching = every(filters)
        self._filter = every([*filters, *selection(query)])

    @property
    def total(self) -> int:
        return int(self._counted["hits"]["total"]["value"])

    @property
    def clusters(self) -> int | None:
        return read_clusters(self._counted["aggregations"]) if self._query.fold else self.total

    def page(self) -> Sequence[Candidate]:
        if not self._query.limit:
            return ()
        # Counting and listing want nothing of each other.
        _, listed = self._snapshot.cluster.both(lambda: self._counted, self._listed)
        return listed

    def counts(self, name: str) -> Counts:
        """Count the values of one facet; the first one asked for counts all in one request."""
        answer = self._facets["aggregations"][name]
        return read_counts(self._snapshot, self._query, name, self._matching, answer)

    @cached_property
    def _counted(self) -> Dsl:
        """The answer that holds the numbers."""
        asked = counting_clusters() if self._query.fold else {}
        body: Dsl = {"size": 0, "track_total_hits": True, "query": self._filter, "aggs": asked}
        return self._snapshot.search(body, less="aggregations.clusters.buckets")

    @cached_property
    def _facets(self) -> Dsl:
        """The answer that holds the first counts of every facet."""
        asked = facet_aggregations(self._query)
        body: Dsl = {"size": 0, "query": self._matching, "aggs": asked}
        return self._snapshot.search(body)

    def _listed(self) -> Sequence[Candidate]:
        query = self._query
        wanted = query.offset + query.limit
        tiers: list[list[Dsl]] = [[]]
        # Only relevance has tiers; by year one list holds both.
        if query.order is Sort.RELEVANCE and is_loose(query.node):
            literal = node_filter(query.node, self._resolved, literally=True)
            tiers = [[literal], [without(literal)]]
        chosen: list[Place] = []
        for tier in tiers:
            if len(chosen) == wanted:
                break
            scored = ranked(query, [self._filter, *tier], self._snapshot)
            chosen.extend(islice(self._places(scored, wanted), wanted - len(chosen)))
        return self._candidates(chosen[query.offset :])

    def _places(self, scored: Dsl, wanted: int) -> Iterator[Place]:
        """The list in its order, folded where the query folds."""
        size = min(max(2 * wanted, _LEAST_RUN), _MOST_RUN)
        body: Dsl = {
            "query": scored,
            "sort": order(self._query.order),
            "track_scores": True,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        rows = self._snapshot.rows(body, size)
        while run := [place(dict(row)) for row in islice(rows, size)]:
            yield from heads(self._snapshot, self._filter, run) if self._query.fold else run

    def _candidates(self, chosen: Sequence[Place]) -> Sequence[Candidate]:
        folding = self._query.fold
        labels = {p.cluster for p in chosen if p.cluster is not None} if folding else set()
        of, by_id = self._snapshot.cluster.both(
            partial(members, self._snapshot, self._filter, labels),
            partial(self._snapshot.listed, [p.paragraph_id for p in chosen]),
        )
        candidates = []
        for own in chosen:
            variants = (i for i in of.get(own.cluster or "", ()) if i != own.paragraph_id)
            subject = Subject(by_id[own.paragraph_id])
            candidates.append(Candidate(subject, own.score, own.cluster, tuple(variants)))
        return candidates

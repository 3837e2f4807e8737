"""What one query matches in a generation: its numbers, its list, the counts of its facets.

Where a query folds, only the near-duplicate clusters that a page meets are looked at: of each,
the cleanest member that matches stands in the list, at its own place; the others are its
variants. Each facet is an aggregation under the selections of all others, exact to the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import chain, islice

from archive.engines.opensearch.client import Dsl, runs
from archive.engines.opensearch.dsl import (
    Resolved,
    candidates,
    every,
    has_pattern,
    node_filter,
    patterns,
    selection,
    without,
)
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.scoring import order, ranked
from archive.engines.opensearch.snapshot import IN_ID_ORDER, PLACE, SHOWN, Place, Snapshot, place
from archive.errors import EngineError, QueryError
from archive.fields import FACETS, UNKNOWN, named
from archive.model import Paragraph
from archive.query.ast import And, Node
from archive.query.patterns import Pattern, occurs
from archive.query.query import Query, Sort
from archive.search.backend import Candidate, Counts
from archive.search.matching import Subject, is_loose
from archive.search.results import MAX_BUCKETS

# Candidates of a pattern whose texts are fetched for a counted answer: some two seconds' worth.
# The cluster takes 65,536 ids in a filter. Scanning (export, wording) has no such bound.
MAX_CANDIDATES = 20_000
# Places fetched at least: a page of twenty, and room for what is collapsed.
_MIN_RUN = 100
_MAX_RUN = 5_000
# Values that a shard may list. The cluster refuses 65,536 buckets in one answer.
_SHARD_VALUES = 50_000
# More years than any calendar of four figures has. Ordered values are never cut.
_ORDERED = 10_000
# What `distinct` lists for its number.
_LISTED = "aggregations.values.buckets"


class ClusterFound:
    """The paragraphs that a query matches, as a filter."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        """Find what the patterns match. Raises QueryError over one too broad."""
        self._snapshot = snapshot
        self._query = query
        self._resolved = _resolved(snapshot, query.node)
        filters = [snapshot.alive, node_filter(query.node, self._resolved)]
        self._matching = every(filters)
        self._filter = every([*filters, *selection(query)])

    @property
    def total(self) -> int:
        return int(self._counted["hits"]["total"]["value"])

    @property
    def clusters(self) -> int | None:
        if not self._query.fold:
            return self.total
        found = self._counted["aggregations"]
        listed = found["values"]
        if listed["sum_other_doc_count"] or listed["doc_count_error_upper_bound"]:
            return None
        return int(found["alone"]["doc_count"]) + int(found["number"]["count"])

    def page(self) -> Sequence[Candidate]:
        if not self._query.limit:
            return ()
        # Counting and listing are independent.
        _, listed = self._snapshot.cluster.both(lambda: self._counted, self._listed)
        return listed

    def documents(self, limit: int) -> Sequence[Paragraph]:
        body: Dsl = {
            "size": limit,
            "query": self._filter,
            "sort": order(self._query.order),
            "collapse": {"field": "document"},
            "_source": SHOWN,
        }
        rows = self._snapshot.search(body)["hits"]["hits"]
        return [read_paragraph(row["_source"]) for row in rows]

    def counts(self, name: str) -> Counts:
        """Count the values of one facet; the first one asked for counts all in one request."""
        answer = self._facets["aggregations"][name]
        return _read_counts(self._snapshot, self._query, name, self._matching, answer)

    @cached_property
    def _counted(self) -> Dsl:
        """The answer that holds the numbers."""
        body: Dsl = {"size": 0, "track_total_hits": True, "query": self._filter}
        if self._query.fold:
            body["aggs"] = _distinct("cluster") | {"alone": {"missing": {"field": "cluster"}}}
        return self._snapshot.search(body, less=_LISTED)

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
        places = chain.from_iterable(self._places(tier, wanted) for tier in tiers)
        return self._candidates(list(islice(places, query.offset, wanted)))

    def _places(self, tier: Sequence[Dsl], wanted: int) -> Iterator[Place]:
        """One tier of the list in its order, collapsed where the query folds."""
        size = min(max(2 * wanted, _MIN_RUN), _MAX_RUN)
        body: Dsl = {
            "query": ranked(self._query, [self._filter, *tier], self._snapshot),
            "sort": order(self._query.order),
            "track_scores": True,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        for run in runs(map(place, self._snapshot.rows(body, size)), size):
            yield from _collapsed(self._snapshot, self._filter, run) if self._query.fold else run

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


def _resolved(snapshot: Snapshot, node: Node | None) -> Resolved:
    """What each pattern of the tree matches, as a filter: the texts are looked at here.

    Where patterns are wanted together with other things, only what has those is looked at.
    Raises QueryError where too many texts would have to be.
    """
    together = node.children if isinstance(node, And) else (node,)
    plain = [node_filter(child) for child in together if not has_pattern(child)]
    return {
        pattern: _matching(snapshot, pattern, plain) for pattern in dict.fromkeys(patterns(node))
    }


def _matching(snapshot: Snapshot, pattern: Pattern, plain: Sequence[Dsl]) -> Dsl:
    search = every([snapshot.alive, candidates(pattern), *plain])
    count = snapshot.count(search)
    if count > MAX_CANDIDATES:
        raise QueryError(
            "pattern.too_broad_for_cluster",
            text=pattern.text,
            count=count,
            most_candidates=MAX_CANDIDATES,
        )
    body: Dsl = {"query": search, "sort": IN_ID_ORDER, "_source": ["kept.text"]}
    found = [
        row["_id"].rpartition("@")[0]
        for row in snapshot.rows(body)
        if occurs(pattern, row["_source"]["kept"]["text"])
    ]
    return {"terms": {"paragraph": found}}


def _collapsed(snapshot: Snapshot, search: Dsl, places: Sequence[Place]) -> list[Place]:
    """Those of the places that stand for their cluster among all that `search` finds.

    Raises EngineError where one of the clusters is there no more.
    """
    labels = sorted({place.cluster for place in places if place.cluster is not None})
    if not labels:
        return list(places)
    terms = {"field": "cluster", "include": labels, "size": len(labels)}
    cleanest = {"terms": terms, "aggs": {"rank": {"min": {"field": "rank"}}}}
    query = every([search, {"terms": {"cluster": labels}}])
    body = {"size": 0, "query": query, "aggs": {"values": cleanest}}
    buckets = snapshot.search(body)["aggregations"]["values"]["buckets"]
    least = {bucket["key"]: int(bucket["rank"]["value"]) for bucket in buckets}
    if len(least) < len(labels):
        raise snapshot.gone()
    return [p for p in places if p.cluster is None or p.rank == least[p.cluster]]


def members(snapshot: Snapshot, search: Dsl, labels: Iterable[str]) -> dict[str, list[str]]:
    """For each of these clusters the ids of the members that `search` finds, by rank."""
    found: dict[str, list[Place]] = {label: [] for label in sorted(labels)}
    if found:
        body: Dsl = {
            "query": every([search, {"terms": {"cluster": list(found)}}]),
            "sort": IN_ID_ORDER,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        for own in map(place, snapshot.rows(body)):
            found[str(own.cluster)].append(own)
    return {
        label: [own.paragraph_id for own in sorted(places, key=lambda own: own.rank)]
        for label, places in found.items()
    }


def facet_aggregations(query: Query) -> Dsl:
    """The aggregations that count every facet of a query."""
    asked: Dsl = {}
    for field in FACETS:
        terms = _terms_by_count(field.name, _ORDERED if field.ordered else MAX_BUCKETS)
        filters = every(selection(query, field.name))
        asked[field.name] = {"filter": filters, "aggs": {"values": terms}}
    return asked


def _read_counts(snapshot: Snapshot, query: Query, name: str, matching: Dsl, answer: Dsl) -> Counts:
    """The counts of a facet: `answer` is that of its aggregation, over `matching`.

    Where a facet has more values than are listed, what is selected and how many are left
    out are asked for in further requests.
    """
    found = answer["values"]
    counts = _counts(found)
    if named(name).ordered:
        return Counts({**counts, UNKNOWN: answer["doc_count"] - sum(counts.values())})
    if not found["sum_other_doc_count"]:
        return Counts(counts)
    search = every([matching, *selection(query, name)])
    if bound := found["doc_count_error_upper_bound"]:
        counts = _recounted(snapshot, search, name, list(counts))
        # A value that is not listed may count as many as the bound.
        if len(counts) >= MAX_BUCKETS and min(counts.values()) <= bound:
            raise EngineError("cluster.too_many_values")
    listed = len(counts)
    chosen = set(query.named(name)) - set(counts)
    if chosen:
        counts |= _recounted(snapshot, search, name, sorted(chosen))
    body = {"size": 0, "query": search, "aggs": _distinct(name)}
    answer = snapshot.search(body, less=_LISTED)
    values = int(answer["aggregations"]["number"]["count"])
    beyond = sum(1 for value in chosen if counts.get(value))
    return Counts(counts, max(0, values - listed - beyond))


def _distinct(field: str) -> Dsl:
    """The aggregations that count a field's values, up to _SHARD_VALUES."""
    counting = {"stats_bucket": {"buckets_path": "values>_count"}}
    return {"values": _terms_by_count(field, _SHARD_VALUES), "number": counting}


def _recounted(snapshot: Snapshot, search: Dsl, field: str, values: list[str]) -> dict[str, int]:
    """The exact counts of these values of a field; those that do not occur are left out."""
    terms = {"terms": {"field": field, "include": values, "size": len(values)}}
    body = {"size": 0, "query": search, "aggs": {"values": terms}}
    found = snapshot.search(body)["aggregations"]["values"]
    if found["doc_count_error_upper_bound"] or found["sum_other_doc_count"]:
        raise EngineError("cluster.inexact_count", field=field)
    return _counts(found)


def _terms_by_count(field: str, size: int) -> Dsl:
    """A terms aggregation over a field, most frequent first, ties by value."""
    by = [{"_count": "desc"}, {"_key": "asc"}]
    return {"terms": {"field": field, "size": size, "shard_size": _SHARD_VALUES, "order": by}}


def _counts(found: Dsl) -> dict[str, int]:
    return {str(b.get("key_as_string", b["key"])): int(b["doc_count"]) for b in found["buckets"]}

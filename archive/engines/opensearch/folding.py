"""Folding by near-duplicate clusters: which hits stand for theirs, and what they stand for.

Only the clusters that a page meets are looked at: of each, the cleanest member that matches
stands in the list, at its own place; the others are its variants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import every
from archive.engines.opensearch.error_mapping import gone
from archive.engines.opensearch.facets import SHARD_VALUES, terms_by_count
from archive.engines.opensearch.snapshot import IN_ID_ORDER, Snapshot
from archive.ids import build_paragraph_id

# What a row needs to be placed: its cluster and rank; its id is in its sort values.
PLACE = ["cluster", "rank"]


@dataclass(frozen=True, slots=True)
class Place:
    """A hit as it is found, before its text is fetched."""

    paragraph_id: str
    score: float
    cluster: str | None
    rank: int


def place(row: Dsl) -> Place:
    """A row of a search with docvalue_fields PLACE that is sorted by id in the end."""
    fields = row.get("fields", {})
    document, ordinal = row["sort"][-2:]
    cluster = fields["cluster"][0] if "cluster" in fields else None
    score = row["_score"] or 0.0
    rank = int(fields["rank"][0]) if "rank" in fields else 0
    return Place(build_paragraph_id(document, int(ordinal)), score, cluster, rank)


def counting_clusters() -> Dsl:
    """The aggregations that count the folded list."""
    return {
        "clusters": terms_by_count("cluster", SHARD_VALUES),
        "number": {"stats_bucket": {"buckets_path": "clusters>_count"}},
        "alone": {"missing": {"field": "cluster"}},
    }


def read_clusters(found: Dsl) -> int | None:
    """The length of the folded list; None where the clusters are too many to be counted."""
    listed = found["clusters"]
    if listed["sum_other_doc_count"] or listed["doc_count_error_upper_bound"]:
        return None
    return int(found["alone"]["doc_count"]) + int(found["number"]["count"])


def heads(snapshot: Snapshot, search: Dsl, places: Sequence[Place]) -> list[Place]:
    """Those of the places that stand for their cluster among all that `search` finds.

    Raises EngineError where one of the clusters is there no more.
    """
    labels = sorted({place.cluster for place in places if place.cluster is not None})
    if not labels:
        return list(places)
    terms = {"field": "cluster", "include": labels, "size": len(labels)}
    cleanest = {"terms": terms, "aggs": {"rank": {"min": {"field": "rank"}}}}
    query = every([search, {"terms": {"cluster": labels}}])
    body = {"size": 0, "query": query, "aggs": {"clusters": cleanest}}
    buckets = snapshot.search(body)["aggregations"]["clusters"]["buckets"]
    least = {bucket["key"]: int(bucket["rank"]["value"]) for bucket in buckets}
    if len(least) < len(labels):
        raise gone(snapshot.state.index)
    return [p for p in places if p.cluster is None or p.rank == least[p.cluster]]


def members(snapshot: Snapshot, search: Dsl, labels: Iterable[str]) -> dict[str, list[str]]:
    """For each of these clusters the ids of the members that `search` finds, by rank."""
    wanted = sorted(labels)
    found: dict[str, list[tuple[int, str]]] = {label: [] for label in wanted}
    if wanted:
        body: Dsl = {
            "query": every([search, {"terms": {"cluster": wanted}}]),
            "sort": IN_ID_ORDER,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        for row in snapshot.rows(body):
            own = place(dict(row) | {"_score": 0.0})
            found[str(own.cluster)].append((own.rank, own.paragraph_id))
    return {label: [i for _, i in sorted(ranked)] for label, ranked in found.items()}

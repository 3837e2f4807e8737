"""Facets: one aggregation each, under the selections of all the others, exact to the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import every, selection
from archive.errors import EngineError
from archive.fields import FACETS, UNKNOWN, named
from archive.query import Query
from archive.results import MOST_BUCKETS, Facet, make_facet

# Values that a shard may list. The cluster refuses 65,536 buckets in one answer.
SHARD_VALUES = 50_000
# More years than any calendar of four figures has. Ordered values are never cut.
_ORDERED = 10_000


def facet_aggregations(query: Query) -> Dsl:
    """The aggregations that count every facet of a query."""
    asked: Dsl = {}
    for field in FACETS:
        terms = terms_by_count(field.name, _ORDERED if field.ordered else MOST_BUCKETS)
        filters = every(selection(query, field.name))
        asked[field.name] = {"filter": filters, "aggs": {"values": terms}}
    return asked


def read_facets(
    cluster: Cluster, index: str, asked: tuple[Query, Dsl], found: Dsl
) -> tuple[Facet, ...]:
    """The facets that an answer holds; `asked` is the query and its filter without selections.

    Where a facet has more values than are listed, what is selected and how many are left
    out are asked for in a second request.
    """
    query, matching = asked
    names = (field.name for field in FACETS)
    return tuple(_read(cluster, index, query, (name, matching, found[name])) for name in names)


def top_values(
    cluster: Cluster, index: str, search: Dsl, wanted: tuple[Dsl, int]
) -> list[tuple[str, int]]:
    """The most frequent values, with exact counts; `wanted` is a terms aggregation, its size.

    A shard lists its most frequent values alone. Where it may have left one out that
    counts, the values found are counted again, by name.
    """
    terms, size = wanted
    body = {"size": 0, "query": search, "aggs": {"values": terms}}
    found = cluster.search(index, body)["aggregations"]["values"]
    counts = _counts(found)
    if found["doc_count_error_upper_bound"]:
        counts = _recounted(cluster, index, search, (terms["terms"]["field"], list(counts)))
        _check_certain(counts, found["doc_count_error_upper_bound"], size)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]


def _read(cluster: Cluster, index: str, query: Query, counted: tuple[str, Dsl, Dsl]) -> Facet:
    name, matching, answer = counted
    found = answer["values"]
    counts = _counts(found)
    if named(name).ordered:
        counts[UNKNOWN] = answer["doc_count"] - sum(counts.values())
        return make_facet(query, name, counts)
    if not found["sum_other_doc_count"]:
        return make_facet(query, name, counts)
    search = every([matching, *selection(query, name)])
    if found["doc_count_error_upper_bound"]:
        counts = _recounted(cluster, index, search, (name, list(counts)))
        _check_certain(counts, found["doc_count_error_upper_bound"], MOST_BUCKETS)
    listed = len(counts)
    chosen = set(query.named(name)) - set(counts)
    if chosen:
        counts |= _recounted(cluster, index, search, (name, sorted(chosen)))
    values = _distinct(cluster, index, search, name)
    beyond = sum(1 for value in chosen if counts.get(value))
    return make_facet(query, name, counts, max(0, values - listed - beyond))


def _distinct(cluster: Cluster, index: str, search: Dsl, name: str) -> int:
    """How many values there are; of more than SHARD_VALUES, at least so many."""
    counting = {
        "values": terms_by_count(name, SHARD_VALUES),
        "number": {"stats_bucket": {"buckets_path": "values>_count"}},
    }
    body = {"size": 0, "query": search, "aggs": counting}
    answer = cluster.search(index, body, less="aggregations.values.buckets")
    return int(answer["aggregations"]["number"]["count"])


def _recounted(
    cluster: Cluster, index: str, search: Dsl, wanted: tuple[str, list[str]]
) -> dict[str, int]:
    """The exact counts of these values of a field; those that do not occur are left out."""
    field, values = wanted
    if not values:
        return {}
    terms = {"terms": {"field": field, "include": values, "size": len(values)}}
    body = {"size": 0, "query": search, "aggs": {"values": terms}}
    found = cluster.search(index, body)["aggregations"]["values"]
    if found["doc_count_error_upper_bound"] or found["sum_other_doc_count"]:
        raise EngineError(
            f"集群无法准确计数 {field}，请查看集群状态",
            f"the cluster cannot count {field} exactly: check its health",
        )
    return _counts(found)


def _check_certain(counts: dict[str, int], bound: int, size: int) -> None:
    """Refuse a list that may lack a value: one left out counts `bound` at most."""
    if len(counts) >= size and min(counts.values()) <= bound:
        raise EngineError(
            "分面的值太多，集群无法准确排出最常见的；请加条件缩小范围，或减少分片",
            "a facet has too many values to tell the most frequent ones exactly: narrow the "
            "query, or use fewer shards",
        )


def terms_by_count(field: str, size: int) -> Dsl:
    """A terms aggregation over a field, most frequent first, ties by value."""
    by: Sequence[Any] = [{"_count": "desc"}, {"_key": "asc"}]
    # The cluster wants a shard to list no fewer than are asked for.
    listed = max(SHARD_VALUES, size)
    return {"terms": {"field": field, "size": size, "shard_size": listed, "order": by}}


def _counts(found: Dsl) -> dict[str, int]:
    return {str(b.get("key_as_string", b["key"])): int(b["doc_count"]) for b in found["buckets"]}

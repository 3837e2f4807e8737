"""Facets: one aggregation each, under the selections of all the others, exact to the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import every, selection
from archive.engines.opensearch.snapshot import Snapshot
from archive.errors import EngineError
from archive.fields import FACETS, UNKNOWN, named
from archive.query.query import Query
from archive.search.backend import Counts
from archive.search.results import MOST_BUCKETS

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


def read_counts(snapshot: Snapshot, query: Query, name: str, matching: Dsl, answer: Dsl) -> Counts:
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
    if found["doc_count_error_upper_bound"]:
        counts = _recounted(snapshot, search, name, list(counts))
        _check_certain(counts, found["doc_count_error_upper_bound"])
    listed = len(counts)
    chosen = set(query.named(name)) - set(counts)
    if chosen:
        counts |= _recounted(snapshot, search, name, sorted(chosen))
    values = _distinct(snapshot, search, name)
    beyond = sum(1 for value in chosen if counts.get(value))
    return Counts(counts, max(0, values - listed - beyond))


def _distinct(snapshot: Snapshot, search: Dsl, name: str) -> int:
    """How many values there are; of more than SHARD_VALUES, at least so many."""
    counting = {
        "values": terms_by_count(name, SHARD_VALUES),
        "number": {"stats_bucket": {"buckets_path": "values>_count"}},
    }
    body = {"size": 0, "query": search, "aggs": counting}
    answer = snapshot.search(body, less="aggregations.values.buckets")
    return int(answer["aggregations"]["number"]["count"])


def _recounted(snapshot: Snapshot, search: Dsl, field: str, values: list[str]) -> dict[str, int]:
    """The exact counts of these values of a field; those that do not occur are left out."""
    if not values:
        return {}
    terms = {"terms": {"field": field, "include": values, "size": len(values)}}
    body = {"size": 0, "query": search, "aggs": {"values": terms}}
    found = snapshot.search(body)["aggregations"]["values"]
    if found["doc_count_error_upper_bound"] or found["sum_other_doc_count"]:
        raise EngineError("cluster.inexact_count", field=field)
    return _counts(found)


def _check_certain(counts: dict[str, int], bound: int) -> None:
    """Refuse a list that may lack a value: one left out counts `bound` at most."""
    if len(counts) >= MOST_BUCKETS and min(counts.values()) <= bound:
        raise EngineError("cluster.too_many_values")


def terms_by_count(field: str, size: int) -> Dsl:
    """A terms aggregation over a field, most frequent first, ties by value."""
    by: Sequence[Any] = [{"_count": "desc"}, {"_key": "asc"}]
    # The cluster wants a shard to list no fewer than are asked for.
    listed = max(SHARD_VALUES, size)
    return {"terms": {"field": field, "size": size, "shard_size": listed, "order": by}}


def _counts(found: Dsl) -> dict[str, int]:
    return {str(b.get("key_as_string", b["key"])): int(b["doc_count"]) for b in found["buckets"]}

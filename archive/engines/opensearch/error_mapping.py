"""A cluster's errors in our words: one place, one table, at the border where they arise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opensearchpy import exceptions

from archive.engines.opensearch.address import Address
from archive.errors import EngineError, QueryError

# Refusals that pass by themselves: a full queue, a node that starts or has just left.
PASSING = frozenset({429, 502, 503, 504})
# A node that dies between finding and fetching, a shard that has just moved: said with any
# status, gone at the next try.
_TORN = frozenset(
    {
        "already_closed_exception",
        "illegal_index_shard_state_exception",
        "node_closed_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
        "search_context_missing_exception",
        "shard_not_found_exception",
    }
)
# A search that broke; the error names the shard that broke it, except where a node just left.
_BROKEN = "search_phase_execution_exception"
_BLOCKED = "cluster_block_exception"

# What the cluster calls an error → the sentence that says what it means for the reader.
_KNOWN = {
    "index_not_found_exception": "cluster.index_gone",
    "too_many_clauses": "cluster.too_many_clauses",
    "too_many_nested_clauses": "cluster.too_many_clauses",
    "circuit_breaking_exception": "cluster.memory",
    "cluster_manager_not_discovered_exception": "cluster.no_manager",
    _BROKEN: "cluster.shards_silent",
    "no_shard_available_action_exception": "cluster.no_shard",
    "unavailable_shards_exception": "cluster.no_primary",
}
# The same for a block, by words of its reason.
_BLOCKS = {
    "flood-stage": "cluster.disk_full",
    "read-only-allow-delete": "cluster.disk_full",
    "no cluster-manager": "cluster.no_manager",
    "not recovered": "cluster.no_manager",
}


def passes(error: exceptions.OpenSearchException) -> bool:
    """Whether the error is a refusal that passes by itself."""
    return isinstance(error, exceptions.TransportError) and is_passing(
        error.status_code, error.info
    )


def is_passing(status: object, error: object) -> bool:
    """Whether a refusal passes by itself; `error` is the cluster's own account of it.

    A block for lack of disk is sent as 429, and stays.
    """
    named = set(_kinds(error))
    if _BLOCKED in named:
        return False
    broken = _cause(error).get("type") == _BROKEN and isinstance(status, int) and status >= 500
    return status in PASSING or broken or not named.isdisjoint(_TORN)


def from_exception(
    error: exceptions.OpenSearchException, address: Address
) -> EngineError | QueryError:
    """The error that tells a reader what failed, on which cluster, and what to do."""
    at = address.shown
    if isinstance(error, exceptions.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return EngineError("cluster.untrusted", at=at)
    if isinstance(error, exceptions.ConnectionTimeout):
        return EngineError("cluster.timeout", at=at)
    if isinstance(error, exceptions.ConnectionError):
        return EngineError("cluster.unreachable", at=at)
    if isinstance(error, exceptions.TransportError):
        return from_answer(error.status_code, error.info, address)
    return EngineError("cluster.unreadable", at=at, error=error)


def from_answer(status: object, info: object, address: Address) -> EngineError | QueryError:
    """The error for a refusal with an HTTP status and the cluster's own account of it."""
    cause = _cause(info)
    kind, reason = str(cause.get("type", "")), str(cause.get("reason", info))
    if status == 401:
        key = "cluster.unauthorized"
    elif kind == _BLOCKED:
        key = next((key for words, key in _BLOCKS.items() if words in reason), "cluster.blocked")
    elif status == 403:
        key = "cluster.forbidden"
    elif kind in _KNOWN:
        key = _KNOWN[kind]
    else:
        key = "cluster.busy" if status in PASSING else "cluster.refused"
    refused = QueryError if key == "cluster.too_many_clauses" else EngineError
    values: dict[str, Any] = {"status": status, "kind": kind, "reason": reason}
    values |= {"said": f"{status} {reason}".rstrip(), "name": str(cause.get("index", ""))}
    return refused(key, at=address.shown, **values)


def _kinds(error: object) -> Iterator[str]:
    """The type of an error, and those of all that it names as its causes."""
    if isinstance(error, list):
        for one in error:
            yield from _kinds(one)
    elif isinstance(error, Mapping):
        if isinstance(kind := error.get("type"), str):
            yield kind
        for place in ("error", "root_cause", "failed_shards", "reason", "caused_by"):
            yield from _kinds(error.get(place))


def _cause(info: object) -> Mapping[str, Any]:
    """The innermost error that names itself."""
    if not isinstance(info, Mapping):
        return {}
    error = info.get("error", info)
    if not isinstance(error, Mapping):
        return {"reason": error}
    roots = error.get("root_cause")
    if isinstance(roots, list) and roots and isinstance(roots[0], Mapping):
        return roots[0]
    return error

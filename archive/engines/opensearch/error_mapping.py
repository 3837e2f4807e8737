"""A cluster's errors in our words: one place, one table, at the border where they arise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opensearchpy.exceptions import (
    ConnectionError as NotReached,
)
from opensearchpy.exceptions import (
    ConnectionTimeout,
    OpenSearchException,
    SSLError,
    TransportError,
)

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
# A search that broke; which shard broke it is named beside it, except where a node just went.
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


def is_passing(status: object, error: object) -> bool:
    """Whether a refusal passes by itself; `error` is the cluster's own account of it.

    A block for lack of disk is sent as 429, and stays.
    """
    named = set(_kinds(error))
    if _BLOCKED in named:
        return False
    broken = _cause(error).get("type") == _BROKEN and isinstance(status, int) and status >= 500
    return status in PASSING or broken or not named.isdisjoint(_TORN)


def from_exception(error: OpenSearchException, address: Address) -> EngineError | QueryError:
    """The error that tells a reader what failed, on which cluster, and what to do."""
    at = address.shown
    if isinstance(error, SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return EngineError("cluster.untrusted", at=at)
    if isinstance(error, ConnectionTimeout):
        return EngineError("cluster.timeout", at=at)
    if isinstance(error, NotReached):
        return EngineError("cluster.unreachable", at=at)
    if isinstance(error, TransportError):
        return from_answer(error.status_code, error.info, address)
    return EngineError("cluster.unreadable", at=at, error=error)


def from_answer(status: object, info: object, address: Address) -> EngineError | QueryError:
    """The error for a refusal with an HTTP status and the cluster's own account of it."""
    at = address.shown
    cause = _cause(info)
    kind, reason = str(cause.get("type", "")), str(cause.get("reason", info))
    if status == 401:
        return EngineError("cluster.unauthorized", at=at)
    if kind == _BLOCKED:
        return _blocked(reason, at)
    if status == 403:
        return EngineError("cluster.forbidden", at=at, reason=reason)
    if kind in _KNOWN:
        refused = QueryError if kind.startswith("too_many") else EngineError
        said = f"{status} {reason}".rstrip()
        return refused(_KNOWN[kind], at=at, name=str(cause.get("index", "")), said=said)
    if status in PASSING:
        return EngineError("cluster.busy", at=at, status=status)
    return EngineError("cluster.refused", at=at, status=status, kind=kind, reason=reason)


def partial(address: Address, what: str) -> EngineError:
    """The error for an answer that is not whole; `what` is the cluster's own account."""
    at = address.shown
    return EngineError("cluster.incomplete", at=at, what=what)


def _blocked(reason: str, at: str) -> EngineError:
    if "flood-stage" in reason or "read-only-allow-delete" in reason:
        return EngineError("cluster.disk_full", at=at)
    if "no cluster-manager" in reason or "not recovered" in reason:
        return EngineError(_KNOWN[_MANAGERLESS], at=at)
    return EngineError("cluster.blocked", at=at, reason=reason)


_MANAGERLESS = "cluster_manager_not_discovered_exception"


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


def gone(index: str) -> EngineError:
    """The error for paragraphs that were removed between being listed and being fetched."""
    return EngineError("cluster.paragraphs_gone", index=index)

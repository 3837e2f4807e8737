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

# What the cluster calls an error → what it means for the reader, in both languages.
_KNOWN = {
    "index_not_found_exception": (
        "索引 {name} 已不在集群里：可能已被更新的一代取代（请再试一次），否则请运行 "
        "xianli reindex --full",
        "the index {name} is no longer there: a newer generation may have replaced it (try "
        "again), else run xianli reindex --full",
    ),
    "too_many_clauses": (
        "检索式的条件太多，集群无法回答；请写得更短",
        "the query has more clauses than the cluster answers: make it shorter",
    ),
    "too_many_nested_clauses": (
        "检索式的条件太多，集群无法回答；请写得更短",
        "the query has more clauses than the cluster answers: make it shorter",
    ),
    "circuit_breaking_exception": (
        "集群的内存不足以回答；请加条件缩小范围，或增加内存",
        "the cluster lacks memory for this answer: narrow the query, or give its nodes more",
    ),
    "cluster_manager_not_discovered_exception": (
        "集群没有主节点，请检查多数节点是否在运行",
        "the cluster has no manager: check that most of its nodes run",
    ),
    _BROKEN: (
        "有分片没有回答（{said}），结果不完整，因此不显示；请查看集群状态",
        "some shards did not answer ({said}); a partial result is not shown: check the "
        "cluster's health",
    ),
    "no_shard_available_action_exception": (
        "有分片不可用；请检查是否有节点停机",
        "a shard is not available: check whether a node is down",
    ),
    "unavailable_shards_exception": (
        "有主分片不可用，无法写入；请检查是否有节点停机",
        "a primary shard is not available, nothing can be written: check whether a node is down",
    ),
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
        return EngineError(
            f"集群 {at} 的证书不是由所信任的机构签发，未发送任何内容；请检查地址里的 ca=",
            f"the certificate of {at} is not from a trusted authority, nothing was sent: "
            "check ca= in the address",
        )
    if isinstance(error, ConnectionTimeout):
        return EngineError(
            f"集群 {at} 没有及时回答；请查看它的负载，稍后再试",
            f"{at} did not answer in time: look at its load, and try again",
        )
    if isinstance(error, NotReached):
        return EngineError(
            f"连不上集群 {at}；请检查它是否在运行、地址是否正确",
            f"cannot reach {at}: check that it runs and that the address is right",
        )
    if isinstance(error, TransportError):
        return from_answer(error.status_code, error.info, address)
    return EngineError(f"集群 {at} 的回答无法识别：{error}", f"cannot read what {at} says: {error}")


def from_answer(status: object, info: object, address: Address) -> EngineError | QueryError:
    """The error for a refusal with an HTTP status and the cluster's own account of it."""
    at = address.shown
    cause = _cause(info)
    kind, reason = str(cause.get("type", "")), str(cause.get("reason", info))
    if status == 401:
        return EngineError(
            f"集群 {at} 不接受用户名或密码；请检查地址里的用户和 XIANLI_OPENSEARCH_PASSWORD",
            f"{at} does not accept the user or password: check the user in the address and "
            "XIANLI_OPENSEARCH_PASSWORD",
        )
    if kind == _BLOCKED:
        return _blocked(reason, at)
    if status == 403:
        return EngineError(
            f"集群 {at} 不允许这个用户这样做：{reason}",
            f"{at} does not allow this user to do that: {reason}",
        )
    if kind in _KNOWN:
        chinese, english = _KNOWN[kind]
        told = {"name": str(cause.get("index", "")), "said": f"{status} {reason}".rstrip()}
        refused = QueryError if kind.startswith("too_many") else EngineError
        return refused(f"{chinese.format(**told)}（{at}）", f"{english.format(**told)} ({at})")
    if status in PASSING:
        return EngineError(
            f"集群 {at} 忙不过来（{status}），请稍后再试", f"{at} is too busy ({status}): try again"
        )
    return EngineError(
        f"集群 {at} 拒绝了请求（{status} {kind}）：{reason}",
        f"{at} refused ({status} {kind}): {reason}",
    )


def partial(address: Address, what: str) -> EngineError:
    """The error for an answer that is not whole; `what` is the cluster's own account."""
    at = address.shown
    return EngineError(
        f"集群 {at} 的回答不完整（{what}），因此不显示；请查看集群状态",
        f"the answer of {at} is not whole ({what}) and is not shown: check the cluster's health",
    )


def _blocked(reason: str, at: str) -> EngineError:
    if "flood-stage" in reason or "read-only-allow-delete" in reason:
        return EngineError(
            f"集群 {at} 的磁盘将满，索引已变为只读；请腾出空间或增加节点，然后再运行一次",
            f"the disks of {at} are nearly full, the index has become read-only: make room or "
            "add a node, then run this again",
        )
    if "no cluster-manager" in reason or "not recovered" in reason:
        return EngineError(*(s.format(name="") for s in _KNOWN[_MANAGERLESS]))
    return EngineError(
        f"集群 {at} 上的索引不可写：{reason}；请由管理员解除",
        f"the index on {at} is blocked: {reason}; its administrator can lift that",
    )


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
    return EngineError(
        f"索引 {index} 里这一代的段落已不再保留，请再试一次",
        f"the index {index} no longer keeps paragraphs of this generation: ask again",
    )

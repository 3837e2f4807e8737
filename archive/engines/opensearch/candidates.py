"""Patterns: the cluster finds what holds their strings, their texts are looked at here."""

from __future__ import annotations

from collections.abc import Sequence

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import candidate, every, has_pattern, node_filter
from archive.engines.opensearch.snapshot import IN_ID_ORDER, Snapshot
from archive.errors import QueryError
from archive.query.ast import Node, conjuncts, walk
from archive.query.patterns import Pattern, occurs

# Candidates whose texts are fetched for a counted answer: some two seconds' worth. The
# cluster takes 65,536 ids in a filter. Scanning (export, wording) has no such bound.
MOST_CANDIDATES = 20_000


def resolve(snapshot: Snapshot, node: Node | None) -> dict[Pattern, Dsl]:
    """What each pattern of the tree matches, as a filter.

    Where patterns are wanted together with other things, only what has those is looked at.
    Raises QueryError where too many texts would have to be.
    """
    plain = [node_filter(child, {}) for child in conjuncts(node) if not has_pattern(child)]
    patterns = dict.fromkeys(part for part in walk(node) if isinstance(part, Pattern))
    return {pattern: _matching(snapshot, pattern, plain) for pattern in patterns}


def _matching(snapshot: Snapshot, pattern: Pattern, plain: Sequence[Dsl]) -> Dsl:
    search = every([snapshot.state.alive, candidate(pattern), *plain])
    count = snapshot.count(search)
    if count > MOST_CANDIDATES:
        raise QueryError(
            "pattern.too_broad_for_cluster",
            text=pattern.text,
            count=count,
            most_candidates=MOST_CANDIDATES,
        )
    body: Dsl = {"query": search, "sort": IN_ID_ORDER, "_source": ["kept.text"]}
    found = [
        row["_id"].rpartition("@")[0]
        for row in snapshot.rows(body)
        if occurs(pattern, row["_source"]["kept"]["text"])
    ]
    return {"terms": {"paragraph": found}}

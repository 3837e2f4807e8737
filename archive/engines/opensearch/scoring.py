"""Relevance in the cluster, to the formula of archive.search.ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import any_of, token
from archive.engines.opensearch.mapping import LONGEST_KEY
from archive.engines.opensearch.snapshot import IN_ID_ORDER, Snapshot
from archive.query.ast import term_texts
from archive.query.query import Query, Sort
from archive.search.ranking import CONTEXT_WEIGHT, K1, B, idf
from archive.text.fold import fold
from archive.text.tokenize import words

# `_score` is the token's frequency: the mapping's similarity says so.
_SATURATED = (
    "params.weight * _score * (params.k1 + 1)"
    " / (_score + params.k1 * (1 - params.b + params.b * doc['length'].value / params.average))"
)
# `_score` is the sum of the clues that the paragraph holds and that count once.
_DAMPED = (
    "_score * (params.k1 + 1)"
    " / (1 + params.k1 * (1 - params.b + params.b * doc['length'].value / params.average))"
)

BY_SCORE: list[Any] = [{"_score": "desc"}, *IN_ID_ORDER]


def ranked(query: Query, filters: Sequence[Dsl], snapshot: Snapshot) -> Dsl:
    """A search for what passes the filters, scored by the query's tokens."""
    texts = (text for term in query.terms for text in term_texts(term))
    tokens = list(dict.fromkeys(t[:LONGEST_KEY] for text in texts for t in words(fold(text))))
    counts = snapshot.counts((f"token {text}", token(text)) for text in tokens)
    clauses: list[Dsl] = []
    for text in tokens:
        weight = idf(snapshot.state.count, counts[f"token {text}"])
        clauses.append(saturated(text, weight, snapshot))
        around = {"filter": {"term": {"around": text}}, "boost": weight * CONTEXT_WEIGHT}
        clauses.append({"constant_score": around})
    return {"bool": {"filter": list(filters), "should": clauses, "minimum_should_match": 0}}


def saturated(text: str, weight: float, snapshot: Snapshot) -> Dsl:
    """What has a token, scored by how often: BM25 times `weight`."""
    script = _script(_SATURATED, snapshot, weight=weight)
    return {"script_score": {"query": token(text), "script": script}}


def damped(clues: Sequence[tuple[Dsl, float]], snapshot: Snapshot) -> Dsl:
    """What passes any of the clues, scored by the sum of their weights and its length."""
    clauses = [{"constant_score": {"filter": f, "boost": boost}} for f, boost in clues]
    return {"script_score": {"query": any_of(clauses), "script": _script(_DAMPED, snapshot)}}


def order(sort: Sort) -> list[Any]:
    """The sort of a result list; within one tier for relevance."""
    if sort is Sort.RELEVANCE:
        return [{"beside": "asc"}, *BY_SCORE]
    direction = "asc" if sort is Sort.OLDEST else "desc"
    return [{"year": {"order": direction, "missing": "_last"}}, *IN_ID_ORDER]


def _script(source: str, snapshot: Snapshot, **more: float) -> Dsl:
    params = {"k1": K1, "b": B, "average": snapshot.average, **more}
    return {"source": source, "params": params}

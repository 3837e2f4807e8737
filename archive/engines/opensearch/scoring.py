"""Relevance and more-like-this in the cluster, to the formulas of archive.search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import any_of, held, token
from archive.engines.opensearch.mapping import MAX_KEY_LENGTH, folded_name
from archive.engines.opensearch.snapshot import IN_ID_ORDER, PLACE, Snapshot, place
from archive.fields import named
from archive.model import Form
from archive.query.ast import term_texts
from archive.query.query import ORDERED_BY, Query, Sort
from archive.search.backend import Scored, WeightedTerm
from archive.search.ranking import CONTEXT_WEIGHT, K1, B, idf
from archive.text.fold import fold
from archive.text.tokenize import words

# OpenSearch answers 1,024 terms in a query as it comes (indices.query.bool.max_clause_count);
# the rest is for the generation's filter. A draft of some 500 characters has as many weighted
# terms: of a longer one the commonest are left out of the score, which says the least.
MAX_TERMS = 1_000

# `_score` is the token's frequency: the mapping's similarity says so.
_SATURATED = (
    "params.weight * _score * (params.k1 + 1)"
    " / (_score + params.k1 * (1 - params.b + params.b * doc['length'].value / params.average))"
)
# `_score` is the sum of the weights that the paragraph holds and that count once.
_DAMPED = (
    "_score * (params.k1 + 1)"
    " / (1 + params.k1 * (1 - params.b + params.b * doc['length'].value / params.average))"
)

BY_SCORE: list[Any] = [{"_score": "desc"}, *IN_ID_ORDER]


def order(sort: Sort) -> list[Any]:
    """The sort of a result list; within one tier for relevance."""
    if sort is Sort.RELEVANCE:
        return [{"not_body": "asc"}, *BY_SCORE]
    direction = "asc" if sort is Sort.OLDEST else "desc"
    by = [{name: {"order": direction, "missing": "_last"}} for name in ORDERED_BY]
    return [*by, *IN_ID_ORDER]


def ranked(query: Query, filters: Sequence[Dsl], snapshot: Snapshot) -> Dsl:
    """A search for what passes the filters, scored by the query's tokens."""
    texts = (text for term in query.terms for text in term_texts(term))
    tokens = list(dict.fromkeys(t[:MAX_KEY_LENGTH] for text in texts for t in words(fold(text))))
    clauses: list[Dsl] = []
    for text, count in zip(tokens, snapshot.counts(map(token, tokens)), strict=True):
        weight = idf(snapshot.state.count, count)
        clauses.append(_saturated(text, weight, snapshot))
        context = {"filter": {"term": {"context": text}}, "boost": weight * CONTEXT_WEIGHT}
        clauses.append({"constant_score": context})
    return {"bool": {"filter": list(filters), "should": clauses, "minimum_should_match": 0}}


class HeldTerms:
    """How many paragraphs of a generation hold each of some weighted terms."""

    def __init__(self, snapshot: Snapshot, terms: Sequence[WeightedTerm]) -> None:
        self._snapshot = snapshot
        self._terms = terms
        self.counts = snapshot.counts(map(_filter, terms))

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Sequence[Scored]]:
        return self._snapshot.cluster.together(
            partial(self._best, [(self._terms[number], worth) for number, worth in draft], limit)
            for draft in drafts
        )

    def _best(self, worth: list[tuple[WeightedTerm, float]], limit: int) -> Sequence[Scored]:
        if not (worth and limit):
            return ()
        clauses, once = [], []
        for term, weight in _most_telling(worth):
            if term.word:
                clauses.append(_saturated(term.options[0], weight, self._snapshot))
            else:
                once.append({"constant_score": {"filter": _filter(term), "boost": weight}})
        if once:
            script = _script(_DAMPED, self._snapshot)
            clauses.append({"script_score": {"query": any_of(once), "script": script}})
        alive = {
            "filter": [self._snapshot.alive],
            "must_not": {"term": {folded_name(named("form")): Form.ROW.value}},
        }
        body: Dsl = {
            "size": limit,
            "query": {"bool": {**alive, "should": clauses, "minimum_should_match": 1}},
            "sort": BY_SCORE,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        found = map(place, self._snapshot.search(body)["hits"]["hits"])
        return [Scored(one.paragraph_id, one.score, one.cluster) for one in found]


def _most_telling(worth: list[tuple[WeightedTerm, float]]) -> list[tuple[WeightedTerm, float]]:
    """The terms of the greatest weights, as many as the cluster takes in one query."""
    room = MAX_TERMS
    taken = []
    for term, weight in sorted(worth, key=lambda one: -one[1]):
        # A word is one term, a string as many as it has pairs of characters.
        room -= 1 if term.word else sum(max(1, len(option) - 1) for option in term.options)
        if room < 0:
            break
        taken.append((term, weight))
    return taken


def _filter(term: WeightedTerm) -> Dsl:
    return token(term.options[0]) if term.word else any_of([held(one) for one in term.options])


def _saturated(text: str, weight: float, snapshot: Snapshot) -> Dsl:
    """What has a token, scored by how often: BM25 times `weight`."""
    script = _script(_SATURATED, snapshot, weight=weight)
    return {"script_score": {"query": token(text), "script": script}}


def _script(source: str, snapshot: Snapshot, **more: float) -> Dsl:
    params = {"k1": K1, "b": B, "average": snapshot.average, **more}
    return {"source": source, "params": params}

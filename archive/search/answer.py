"""The answer to a query: Results, made of what a Backend finds, the same for every engine."""

from __future__ import annotations

import time

from archive.errors import EngineError
from archive.query.ast import Phrase, Word
from archive.query.query import Query
from archive.search.backend import Backend, Candidate
from archive.search.matching import is_loose, loosened, matches, spans
from archive.search.ranking import Tier
from archive.search.results import MAX_NEAREST, Facet, Facets, Hit, Results, make_facet


def answer(backend: Backend, query: Query) -> Results:
    """Return the results of `query`. Facets are counted when they are first read.

    Raises QueryError over a query that takes too much work, EngineError over a hit that does
    not match: nothing is shown that its stored text does not prove.
    """
    started = time.perf_counter()
    found = backend.match(query)
    loose = is_loose(query.node)
    hits = tuple([_hit(query, candidate, loose) for candidate in found.page()])
    total = found.total

    def facet(name: str) -> Facet:
        with backend.guard():
            return make_facet(query, name, *found.counts(name))

    return Results(
        query=query,
        total=total,
        clusters=found.clusters,
        hits=hits,
        facets=Facets(facet),
        nearest=() if total else _nearest(backend, query),
        took_ms=(time.perf_counter() - started) * 1000,
    )


def _hit(query: Query, candidate: Candidate, loose: bool) -> Hit:
    """The hit, verified and marked. `loose`: words may match by their tokens alone."""
    subject, score, cluster, variants = candidate
    node, marked = query.node, spans(query, subject)
    literal = not loose or matches(node, subject, literally=True)
    # What matches literally matches, and so does a single term that is marked.
    proved = (loose and literal) or (marked and isinstance(node, Word | Phrase))
    if not (proved or matches(node, subject)):
        raise EngineError("index.no_match", paragraph_id=subject.paragraph.paragraph_id)
    tier = Tier.LITERAL if literal else Tier.TOKENS
    return Hit(subject.paragraph, score, tier, marked, cluster, variants)


def _nearest(backend: Backend, query: Query) -> tuple[Hit, ...]:
    """The passages under the same filters that share most of the query's tokens."""
    loose = loosened(query)
    tokens = [term.text for term in loose.terms if isinstance(term, Word)]
    near = backend.sharing(loose, tokens, MAX_NEAREST) if tokens else ()
    return tuple(
        Hit(subject.paragraph, score, Tier.TOKENS, spans(loose, subject))
        for subject, score, *_ in near
    )

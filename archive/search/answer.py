"""The answer to a query: Results, made of what a Backend finds, the same for every engine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import EngineError
from archive.fields import named
from archive.model import Paragraph
from archive.query.ast import And, FieldFilter, Phrase, Word, conjuncts, joined
from archive.query.patterns import Pattern
from archive.query.query import Query, Sort
from archive.search.backend import Backend, Candidate
from archive.search.matching import is_loose, loosened, matches, spans
from archive.search.ranking import Tier
from archive.search.results import (
    MAX_NEAREST,
    MAX_OFFERED,
    Facet,
    Facets,
    Hit,
    Offered,
    Offers,
    Results,
    make_facet,
)
from archive.text.document_numbers import is_number

# Documents looked at whose number contains the one asked for.
_OF_NUMBER = 20


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

    def offered() -> tuple[Offered, ...]:
        with backend.guard():
            return _offered(backend, query)

    return Results(
        query=query,
        total=total,
        clusters=found.clusters,
        hits=hits,
        facets=Facets(facet),
        nearest=() if total else _nearest(backend, query),
        offers=Offers(offered),
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


def _offered(backend: Backend, query: Query) -> tuple[Offered, ...]:
    """The documents of the query's number, then those with all its words in a title.

    Only where the query is words, and fields that both must have.
    """
    parts = conjuncts(query.node)
    fields = tuple(part for part in parts if isinstance(part, FieldFilter))
    words = [
        part.text
        for part in parts
        # A number is a pattern: the choice of its forms.
        if isinstance(part, Word | Phrase) or (isinstance(part, Pattern) and is_number(part.text))
    ]
    if query.offset or not (query.limit and words) or len(fields) + len(words) < len(parts):
        return ()

    def having(*wanted: FieldFilter, limit: int) -> Sequence[Paragraph]:
        node = joined(And, (*fields, *wanted))
        asked = replace(query, text="", node=node, sort=Sort.NEWEST, fold=False)
        return backend.match(asked).documents(limit)

    found: list[Paragraph] = []
    written = " ".join(words)
    if is_number(written):
        number, key = named("number"), named("number").normalised(written)
        found += having(FieldFilter("number", written), limit=_OF_NUMBER)
        # A number that another begins with, such as that of a country's decree, comes behind.
        found.sort(key=lambda p: key not in map(number.normalised, number.values(p)))
    found += having(*(FieldFilter("title", word) for word in words), limit=MAX_OFFERED)
    documents: dict[str, Paragraph] = {}
    for paragraph in found:
        documents.setdefault(paragraph.document_id, paragraph)
    return tuple(map(Offered, documents.values()))[:MAX_OFFERED]


def _nearest(backend: Backend, query: Query) -> tuple[Hit, ...]:
    """The passages under the same filters that share most of the query's tokens."""
    loose = loosened(query)
    tokens = [term.text for term in loose.terms if isinstance(term, Word)]
    near = backend.sharing(loose, tokens, MAX_NEAREST) if tokens else ()
    return tuple(
        Hit(subject.paragraph, score, Tier.TOKENS, spans(loose, subject))
        for subject, score, *_ in near
    )

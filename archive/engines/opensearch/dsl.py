"""Query nodes as the cluster's filters, to the meaning of archive.matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.analysis import words
from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.mapping import LONGEST_KEY
from archive.nodes import (
    VALUE_FACETS,
    And,
    FacetName,
    InYears,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    ValueFacet,
    Where,
    Word,
    Years,
)
from archive.patterns import Pattern
from archive.query import Query
from archive.text import fold

ALL: Dsl = {"match_all": {}}
NONE: Dsl = {"match_none": {}}
# What each pattern of a query was found to match.
Resolved = Mapping[Pattern, Dsl]


def every(filters: Sequence[Dsl]) -> Dsl:
    """What passes all the filters."""
    return {"bool": {"filter": list(filters)}} if filters else ALL


def any_of(filters: Sequence[Dsl]) -> Dsl:
    """What passes any of the filters; nothing passes where there are none."""
    return {"bool": {"should": list(filters), "minimum_should_match": 1}} if filters else NONE


def without(unwanted: Dsl) -> Dsl:
    """What does not pass the filter."""
    return {"bool": {"must_not": [unwanted]}}


def containing(field: str, needle: str) -> Dsl:
    """What holds exactly these folded characters in a field of characters.

    >>> containing("text", "均")
    {'term': {'text.single': '均'}}
    >>> containing("text", "均衡发")
    {'match_phrase': {'text': '均衡发'}}
    """
    if not needle:
        return {"exists": {"field": field}}
    if len(needle) == 1:
        return {"term": {f"{field}.single": needle}}
    return {"match_phrase": {field: needle}}


def held(needle: str) -> Dsl:
    """What holds these folded characters in its text; every text holds the empty string."""
    return containing("text", needle) if needle else ALL


def token(text: str) -> Dsl:
    """What has this token."""
    return {"term": {"tok": text[:LONGEST_KEY]}}


def candidate(pattern: Pattern) -> Dsl:
    """What holds the pattern's strings, in any order: all that it may match."""
    return every([any_of([held(one) for one in options]) for options in pattern.required])


def node_filter(node: Node | None, resolved: Resolved, *, literally: bool = False) -> Dsl:
    """The filter of a tree; `literally` takes each word by its characters alone."""
    match node:
        case None:
            return ALL
        case Word(text):
            return _word(fold(text), literally)
        case Phrase(text):
            return held(fold(text))
        case Pattern():
            return resolved[node]
        case Title(text):
            return containing("titles", fold(text)) if text else ALL
        case Where(facet, value):
            return has_value(facet, value)
        case InYears(years):
            return _in_years(years)
        case Not(child):
            return without(node_filter(child, resolved, literally=True))
        case And(children):
            return every([node_filter(c, resolved, literally=literally) for c in children])
        case Or(children):
            return any_of([node_filter(c, resolved, literally=literally) for c in children])


def superset(node: Node | None) -> Dsl:
    """A filter that misses nothing that the tree matches, patterns unlooked at."""
    match node:
        case Pattern():
            return candidate(node)
        case And(children):
            return every([superset(child) for child in children])
        case Or(children):
            return any_of([superset(child) for child in children])
        case Not() if has_pattern(node):
            return ALL
        case _:
            return node_filter(node, {})


def has_pattern(node: Node | None) -> bool:
    """Whether there is a pattern in the tree."""
    if isinstance(node, And | Or):
        return any(map(has_pattern, node.children))
    return has_pattern(node.child) if isinstance(node, Not) else isinstance(node, Pattern)


def selection(query: Query, but: FacetName | None = None) -> list[Dsl]:
    """The filters of what is selected and excluded, those of one facet left aside."""
    filters = [
        any_of([has_value(facet, value) for value in query.values(facet)])
        for facet in VALUE_FACETS
        if facet != but and query.values(facet)
    ]
    if but != "year" and query.year:
        filters.append(any_of([_in_years(years) for years in query.year]))
    unwanted = (clause for clause in query.excluded if clause.facet != but)
    return filters + [without(node_filter(clause, {})) for clause in unwanted]


def has_value(facet: ValueFacet, value: str) -> Dsl:
    """What has a value of a facet, after folding; see archive.matching.has_value."""
    if facet != "section":
        return {"term": {f"{facet}_folded": fold(value)[:LONGEST_KEY]}}
    if not value.startswith("="):
        return containing("headings", fold(value))
    wanted = fold(value[1:])[:LONGEST_KEY]
    own: Dsl = {"term": {"section_folded": wanted}}
    return own if wanted else any_of([own, without({"exists": {"field": "section"}})])


def _word(folded: str, literally: bool) -> Dsl:
    literal = held(folded)
    tokens = list(dict.fromkeys(words(folded)))
    if literally or not tokens or tokens == [folded]:
        return literal
    return any_of([literal, every([token(text) for text in tokens])])


def _in_years(years: Years) -> Dsl:
    known: Dsl = {"exists": {"field": "year"}}
    if years.unknown:
        return without(known)
    ends = {"gte": years.first, "lte": years.last}
    given = {end: year for end, year in ends.items() if year is not None}
    return {"range": {"year": given}} if given else known

"""Query nodes as the cluster's filters, to the meaning of archive.search.matching."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.mapping import MAX_KEY_LENGTH, folded_name
from archive.fields import Wanted, named
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word, walk
from archive.query.patterns import Pattern
from archive.query.query import Query
from archive.ranges import Range
from archive.text.fold import fold
from archive.text.tokenize import words

ALL: Dsl = {"match_all": {}}
# What each pattern of a query was found to match.
Resolved = Mapping[Pattern, Dsl]


def every(filters: Sequence[Dsl]) -> Dsl:
    """What passes all the filters."""
    return {"bool": {"filter": list(filters)}} if filters else ALL


def any_of(filters: Sequence[Dsl]) -> Dsl:
    """What passes any of the filters; nothing passes where there are none."""
    either: Dsl = {"bool": {"should": list(filters), "minimum_should_match": 1}}
    return either if filters else {"match_none": {}}


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
    return {"term": {"tok": text[:MAX_KEY_LENGTH]}}


def candidates(pattern: Pattern) -> Dsl:
    """What holds the pattern's strings, in any order: all that it may match."""
    return every([any_of([held(one) for one in options]) for options in pattern.required])


def node_filter(
    node: Node | None, resolved: Resolved | None = None, *, literally: bool = False
) -> Dsl:
    """The filter of a tree; `literally` takes each word by its characters alone.

    Without `resolved` its patterns are not looked at: it misses nothing that the tree matches.
    """
    match node:
        case None:
            return ALL
        case Word(text):
            return _word(fold(text), literally)
        case Phrase(text):
            return held(fold(text))
        case Pattern():
            return candidates(node) if resolved is None else resolved[node]
        case FieldFilter(field, value):
            return _has_value(field, value)
        case Not(child) if resolved is None and has_pattern(child):
            return ALL
        case Not(child):
            return without(node_filter(child, resolved, literally=True))
        case And(children):
            return every([node_filter(c, resolved, literally=literally) for c in children])
        case Or(children):
            return any_of([node_filter(c, resolved, literally=literally) for c in children])


def patterns(node: Node | None) -> Iterator[Pattern]:
    """Yield the patterns of a tree."""
    return (part for part in walk(node) if isinstance(part, Pattern))


def has_pattern(node: Node | None) -> bool:
    """Whether there is a pattern in the tree."""
    return any(True for _ in patterns(node))


def selection(query: Query, but: str | None = None) -> list[Dsl]:
    """The filters of what is selected and excluded, those of one field left aside."""
    filters = [
        any_of([_has_value(field, value) for value in selected])
        for field, selected in query.filters.items()
        if field != but
    ]
    unwanted = (no for no in query.excluded if no.field != but)
    return filters + [without(_has_value(no.field, no.value)) for no in unwanted]


def _has_value(name: str, wanted: Wanted) -> Dsl:
    """What has a value of a field, after folding; see archive.fields.Field.holds."""
    if isinstance(wanted, Range):
        return _in_range(name, wanted)
    field = named(name)
    if field.match == "contains":
        return containing(folded_name(field), field.normalised(wanted))
    return {"term": {folded_name(field): field.normalised(wanted)[:MAX_KEY_LENGTH]}}


def _word(folded: str, literally: bool) -> Dsl:
    literal = held(folded)
    tokens = list(dict.fromkeys(words(folded)))
    if literally or not tokens or tokens == [folded]:
        return literal
    return any_of([literal, every([token(text) for text in tokens])])


def _in_range(name: str, wanted: Range) -> Dsl:
    known: Dsl = {"exists": {"field": name}}
    if wanted.unknown:
        return without(known)
    given = {end: at for end, at in zip(("gte", "lte"), wanted.ends, strict=True) if at is not None}
    return {"range": {name: given}} if given else known

"""Facets and conditions as the result page shows them: labels, counts, links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from archive.fields import FACETS, UNKNOWN, Wanted, named
from archive.notes.citation import export_words
from archive.query.ast import And, FieldFilter
from archive.query.query import Query
from archive.ranges import written_day
from archive.search.results import Bucket, Facet, Results
from archive.text.fold import fold
from web.i18n import Language
from web.urls.links import Links

ORDER = tuple(field.name for field in FACETS)
# The years have a chart, and forms, of their own.
YEAR = "year"
# Values listed beside the results; the page of the facet has the rest.
MAX_LISTED = 6


class Value(NamedTuple):
    """One value of a facet, and where its link leads.

    `state` is "on" where it is selected, "off" where it is excluded: the link then undoes
    that; elsewhere it selects. `key` is the value that a form sends to exclude it.
    """

    label: str
    counted: str
    href: str
    state: str
    key: str


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet with the values to show, selected and excluded ones first.

    `others` values are not shown here; `href` is the page that lists all. `parameter` is what
    a form sends a value under.
    """

    name: str
    parameter: str
    values: tuple[Value, ...]
    others: int
    href: str

    @property
    def used(self) -> bool:
        """Whether any value is selected or excluded."""
        return any(value.state for value in self.values)

    @property
    def chosen(self) -> bool:
        """Whether any value is selected: the others are then left out already."""
        return any(value.state == "on" for value in self.values)

    @property
    def translated(self) -> bool:
        """Whether the values are words of ours, in the reader's language."""
        return is_ours(self.name)


@dataclass(frozen=True, slots=True)
class Condition:
    """An active condition, the query without it, and the address of its results."""

    label: str
    query: Query
    href: str


def facet_view(facet: Facet, links: Links, most: int | None = MAX_LISTED) -> FacetView:
    """Return a facet with its selected values and its `most` frequent others (None: all)."""
    name, query = facet.name, links.query
    known = query.excluding(name)
    off = {b.value for b in facet.buckets if known and query.is_excluded(name, b.value)}
    used = [bucket for bucket in facet.buckets if bucket.selected or bucket.value in off]
    rest = [b for b in facet.buckets if not b.selected and b.value not in off]
    listed = [*used, *(rest if most is None else rest[: max(0, most - len(used))])]
    return FacetView(
        name=name,
        parameter=named(name).parameter,
        values=tuple(facet_value(name, bucket, links, bucket.value in off) for bucket in listed),
        others=len(facet.buckets) - len(listed) + facet.more,
        href=links.facet(facet.name),
    )


def side_facets(results: Results, links: Links) -> list[FacetView]:
    """Return the facets of the side column, in order; the years have their own chart."""
    return [facet_view(results.facet(name), links) for name in ORDER if name != YEAR]


def plain_values(name: str, counts: Iterable[tuple[str, int]], links: Links) -> list[Value]:
    """Return counted values of a facet where nothing is selected."""
    return [facet_value(name, Bucket(value, count), links, off=False) for value, count in counts]


def conditions(query: Query, links: Links) -> list[Condition]:
    """Return every active condition beside the words, each with the way to drop it."""
    words = links.language
    dropped: list[tuple[str, Query]] = []
    for name, selected in query.filters.items():
        for value in selected:
            left = query.select(name, [other for other in selected if other != value])
            dropped.append((_pair(name, value, words), left))
    for no in query.excluded:
        label = words("facet.without", pair=_pair(no.field, no.value, words))
        dropped.append((label, query.letting_in(no)))
    if not query.fold:
        dropped.append((words("search.unfolded"), replace(query, fold=True, offset=0)))
    return [Condition(label, other, links.search(other)) for label, other in dropped]


def finding(query: Query, name: str, find: str) -> Query:
    """Return the query that counts the values of a facet which contain `find`.

    The engines count the most frequent values of a long facet alone. Sections are by far
    the longest, and a section that contains some characters has them in its heading path.
    """
    query = replace(query, limit=0, offset=0, fold=False)
    if name != "section" or not find:
        return query
    clause = FieldFilter("heading", find)
    return replace(query, node=clause if query.node is None else And((query.node, clause)))


def found_values(facet: Facet, find: str, words: Language) -> Facet:
    """Return a facet with those of its values whose words contain `find`."""
    wanted = fold(find)
    kept = [b for b in facet.buckets if wanted in fold(label_of(facet.name, b.value, words))]
    return replace(facet, buckets=tuple(kept))


def is_ours(name: str) -> bool:
    """Whether a field's values are labels of ours, with words in each language."""
    field = named(name)
    return field.ordered or bool(field.vocabulary)


def label_of(name: str, value: str, words: Language) -> str:
    """What a reader sees for a value: our own labels are translated, the archive's are not."""
    field = named(name)
    if name == YEAR:
        return _years_label(value, words)
    if field.ordered:
        if value == UNKNOWN:
            return words("facet.unknown")
        if ".." in value:
            return value.replace("..", "–")
        return day_label(value, words)
    return words(f"{name}.{value}") if field.vocabulary else value


def day_label(day: str, words: Language) -> str:
    """A day as it is written in the reader's language, in exports too."""
    return written_day(day, export_words(words.code)["day"])


def facet_value(name: str, bucket: Bucket, links: Links, off: bool) -> Value:
    value = bucket.value
    label = label_of(name, value, links.language) if is_ours(name) else value
    href = links.exclude(name, value) if off else links.toggle(name, value)
    state = "off" if off else "on" if bucket.selected else ""
    return Value(label, f"{bucket.count:,}", href, state, value)


def _pair(name: str, value: Wanted, words: Language) -> str:
    """A condition in words: the field's name and its value."""
    shown = label_of(name, str(value), words)
    if named(name).match == "contains":
        shown = words("facet.contains", value=shown)
    return words("facet.pair", name=words(f"field.{name}"), value=shown)


def _years_label(value: str, words: Language) -> str:
    if value == UNKNOWN:
        return words("facet.unknown_year")
    first, dots, last = value.partition("..")
    if not dots:
        return words("year.one", year=first)
    if first and last:
        return f"{first}–{words('year.one', year=last)}"
    return words("year.since", first=first) if first else words("year.until", last=last)

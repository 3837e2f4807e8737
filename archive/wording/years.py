"""A wording through the years: raw and by a million characters of each year's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from archive.query.ast import And, Node, Term, joined, walk
from archive.query.query import Query
from archive.serializers import Printed
from archive.store.library import Archive
from archive.store.text_sizes import by_year
from archive.wording.matches import Kept
from archive.wording.opening import narrowed

MILLION = 1_000_000

# Characters of text by year; None for texts without one.
Characters = Mapping[int | None, int]

# Selections whose characters are kept in memory, for each archive: a reader goes to and fro.
_MAX_KEPT = 64


@dataclass(frozen=True, slots=True)
class YearCount(Printed):
    """The matches of one year (None: texts without a year) among so many characters."""

    json_keys: ClassVar = ("year", "count", "per_million", "characters", "query")

    year: int | None
    count: int
    characters: int
    query: str

    @property
    def per_million(self) -> float:
        """Matches in a million characters of that year's text."""
        return self.count * MILLION / self.characters if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class Life(Printed):
    """The life of a wording: first and last year, the year with most matches.

    `peak` has the most matches, `peak_per_million` the most in a million characters; of
    equal years the first. `archive_last` is the last year of which the archive has text
    under the same filters: where `last` is earlier, the wording was last seen in `last`.
    `undated` counts the matches in texts without a year.
    """

    json_keys: ClassVar = ("first", "last", "peak", "peak_per_million", "last_seen", "undated")

    first: int | None
    last: int | None
    peak: int | None
    peak_per_million: int | None
    archive_last: int | None
    undated: int

    @property
    def last_seen(self) -> int | None:
        """The last year, where the archive has later text without the wording; else None."""
        gone = self.last is not None and self.archive_last is not None
        return self.last if gone and self.last != self.archive_last else None


def year_counts(
    archive: Archive, query: Query, counts: Mapping[int | None, int]
) -> tuple[YearCount, ...]:
    """Return every year that has text, in order, with its number of matches; no year is last."""
    characters = characters_by_year(archive, query)
    ordered = sorted({*characters, *counts}, key=lambda year: (year is None, year or 0))
    return tuple(
        YearCount(
            year,
            counts.get(year, 0),
            characters.get(year, 0),
            narrowed(query, f"年:{'unknown' if year is None else year}"),
        )
        for year in ordered
    )


def life(years: tuple[YearCount, ...]) -> Life:
    """Return the life that the counts tell."""
    dated = [year for year in years if year.year is not None]
    seen = [year for year in dated if year.count]
    return Life(
        first=seen[0].year if seen else None,
        last=seen[-1].year if seen else None,
        peak=max(seen, key=lambda y: y.count).year if seen else None,
        peak_per_million=max(seen, key=lambda y: y.per_million).year if seen else None,
        archive_last=dated[-1].year if dated else None,
        undated=sum(year.count for year in years if year.year is None),
    )


_kept: Kept[Query, Characters] = Kept()


def characters_by_year(archive: Archive, query: Query) -> Characters:
    """Return the characters of each year's text under the query's filters, exactly.

    Headings and titles have no record of their characters: their first question reads the
    paragraphs. The answer is kept as long as the archive answers from the same generation.
    """
    filters = filters_of(query)
    kept = _kept.of(archive)
    if filters not in kept:
        if len(kept) >= _MAX_KEPT:
            kept.clear()
        kept[filters] = _counted(archive, filters)
    return kept[filters]


def _counted(archive: Archive, filters: Query) -> Characters:
    recorded = by_year(archive.text_sizes(), filters)
    if recorded is not None:
        return recorded
    counted: Counter[int | None] = Counter()
    for paragraph in archive.scan(filters):
        counted[paragraph.year] += len(paragraph.text)
    return counted


def filters_of(query: Query) -> Query:
    """Return the query without its words and patterns: the text that its matches are of.

    >>> from archive.query.query import parse
    >>> filters_of(parse("均衡 年:2019.. -专题:德育")).node
    And(children=(FieldFilter(field='year', value=Range(first=2019, last=None, unknown=False)), \
Not(child=FieldFilter(field='topic', value='德育'))))
    """
    node = _filters(query.node)
    return Query(node=node, filters=query.filters, excluded=query.excluded, limit=0)


def _filters(node: Node | None) -> Node | None:
    if isinstance(node, And):
        kept = [child for child in map(_filters, node.children) if child is not None]
        return joined(And, kept) if kept else None
    # Of a choice, one side that asks for words leaves the others no limit.
    return None if any(isinstance(part, Term) for part in walk(node)) else node

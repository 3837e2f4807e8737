"""Two to five wordings side by side, by year and by independent sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import QueryError
from archive.query.query import Query
from archive.search.time_budget import TimeBudget
from archive.serializers import Printed
from archive.wording.matches import Readable, matches, time_limit
from archive.wording.origins import OriginTally
from archive.wording.years import Life, YearCount, YearTally, characters_by_year, life

FEWEST = 2
MOST = 5


@dataclass(frozen=True, slots=True)
class Compared(Printed):
    """One of the wordings compared: matches, where they stand, and when."""

    query: Query
    total: int
    paragraphs: int
    documents: int
    sources: int
    years: tuple[YearCount, ...]
    life: Life


@dataclass(frozen=True, slots=True)
class Comparison(Printed):
    """Wordings in the order they were asked for; under equal filters their years agree."""

    wordings: tuple[Compared, ...]


def compare(archive: Readable, queries: Sequence[Query]) -> Comparison:
    """Compare two to five wordings.

    Raises QueryError for fewer or more, and as `wording` does; the time limit is for all
    together.
    """
    if not FEWEST <= len(queries) <= MOST:
        raise QueryError("wording.compare_count", fewest=FEWEST, most=MOST, count=len(queries))
    budget = time_limit(len(queries))
    return Comparison(tuple(counted(archive, query, budget) for query in queries))


def counted(archive: Readable, query: Query, budget: TimeBudget) -> Compared:
    """Count one wording while there is `budget`. Raises QueryError as `wording` does."""
    years = YearTally()
    origins = OriginTally(archive.sources())
    total = paragraphs = 0
    for found in matches(archive, query, budget):
        origins.add(found.paragraph)
        years.add(found)
        total += len(found.spans)
        paragraphs += 1
    by_year = years.years(query, characters_by_year(archive, query))
    return Compared(
        query, total, paragraphs, origins.documents, origins.sources, by_year, life(by_year)
    )

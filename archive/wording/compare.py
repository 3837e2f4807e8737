"""Wordings counted: two to five side by side, or many from a file.

For each how often it stands, in how many texts and from how many independent sources, and
since when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.errors import QueryError
from archive.query.query import Query, parse
from archive.search.export import csv_line
from archive.search.time_budget import TimeBudget
from archive.serializers import Printed
from archive.store.library import Archive
from archive.store.source_groups import source_of
from archive.wording.matches import Found, matches, time_limit
from archive.wording.years import Life, YearCount, life, year_counts

MIN_COMPARED = 2
MAX_COMPARED = 5

_COUNTS = ("total", "paragraphs", "documents", "sources")
_COLUMNS = ("query", *_COUNTS, "first_year", "last_year", "peak_year", "error")


@dataclass(frozen=True, slots=True)
class Compared(Printed):
    """A wording counted: matches, where they stand, and when.

    `total` counts matches, `sources` the independent sources of the documents.
    """

    query: Query
    total: int
    paragraphs: int
    documents: int
    sources: int
    years: tuple[YearCount, ...]
    life: Life

    def counts(self) -> dict[str, Any]:
        """The query and its counts in the words of `--json`."""
        return {"query": self.query.text, **{name: getattr(self, name) for name in _COUNTS}}


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of a file with what was counted of it, or why that was not possible."""

    text: str
    counted: Compared | None = None
    error: QueryError | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line as an object; `error` is there only where it could not be answered."""
        if self.counted is None:
            return {"query": self.text, "error": str(self.error)}
        life = self.counted.life
        years = {"first_year": life.first, "last_year": life.last, "peak_year": life.peak}
        return {**self.counted.counts(), **years}


class CountTally:
    """Counts the matches of a wording, the texts that they stand in, and their years."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._groups = archive.sources()
        self._paragraphs = 0
        self._documents: set[str] = set()
        self._sources: set[str] = set()
        self._by_year: Counter[int | None] = Counter()

    def add(self, found: Found) -> str:
        """Take in the matches of one more paragraph; return the name of its source."""
        paragraph = found.paragraph
        source = source_of(self._groups, paragraph.document_id, paragraph.ordinal)
        self._paragraphs += 1
        self._documents.add(paragraph.document_id)
        self._sources.add(source)
        self._by_year[paragraph.year] += len(found.spans)
        return source

    def compared(self, query: Query) -> Compared:
        """Return what was counted of the query's matches."""
        years = year_counts(self._archive, query, self._by_year)
        return Compared(
            query,
            self._by_year.total(),
            self._paragraphs,
            len(self._documents),
            len(self._sources),
            years,
            life(years),
        )


def compare(archive: Archive, queries: Sequence[Query]) -> tuple[Compared, ...]:
    """Compare two to five wordings, in their order; under equal filters their years agree.

    Raises QueryError for fewer or more, and as `wording` does; the time limit is for all
    together.
    """
    if not MIN_COMPARED <= len(queries) <= MAX_COMPARED:
        raise QueryError(
            "wording.compare_count", fewest=MIN_COMPARED, most=MAX_COMPARED, count=len(queries)
        )
    budget = time_limit(len(queries))
    return tuple(_counted(archive, query, budget) for query in queries)


def batch(
    archive: Archive, lines: Iterable[str], filters: Query, budget: TimeBudget | None = None
) -> Iterator[Answered]:
    """Answer each line, a wording or pattern, under the same filters; empty lines are none.

    A line that cannot be read, or that is too common to be counted within the time limit
    of a page (for all lines together: while there is `budget`), is answered with its
    error, and the next line is read.
    """
    for line in lines:
        text = line.strip().removeprefix("\ufeff")
        if not text:
            continue
        try:
            asked = parse(text)
            query = replace(filters, text=asked.text, node=asked.node)
            yield Answered(text, _counted(archive, query, budget or time_limit()))
        except QueryError as error:
            yield Answered(text, error=error)


def batch_rows(answers: Iterable[Answered]) -> Iterator[str]:
    """Yield the answers as the lines of a CSV file, with a header line."""
    yield "\ufeff" + csv_line(_COLUMNS)
    for answer in answers:
        fields = answer.to_dict()
        yield csv_line(fields.get(column) for column in _COLUMNS)


def _counted(archive: Archive, query: Query, budget: TimeBudget) -> Compared:
    """Count one wording while there is `budget`. Raises QueryError as `wording` does."""
    tally = CountTally(archive)
    for found in matches(archive, query, budget):
        tally.add(found)
    return tally.compared(query)

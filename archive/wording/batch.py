"""Many wordings from a file: for each how often, in whose texts, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from archive.errors import QueryError
from archive.query.query import Query, parse
from archive.search.export import csv_line
from archive.search.time_budget import TimeBudget
from archive.wording.compare import Compared, counted
from archive.wording.matches import Readable, time_limit

_COLUMNS = (
    "query",
    "total",
    "paragraphs",
    "documents",
    "sources",
    "first_year",
    "last_year",
    "peak_year",
    "error",
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of the file with what was counted of it, or why that was not possible."""

    text: str
    counted: Compared | None = None
    error: QueryError | None = None

    def to_dict(self) -> dict[str, Any]:
        """The line as an object; `error` is there only where it could not be answered."""
        if self.counted is None:
            return {"query": self.text, "error": str(self.error)}
        life = self.counted.life
        return {
            "query": self.text,
            "total": self.counted.total,
            "paragraphs": self.counted.paragraphs,
            "documents": self.counted.documents,
            "sources": self.counted.sources,
            "first_year": life.first,
            "last_year": life.last,
            "peak_year": life.peak,
        }


def batch(
    archive: Readable, lines: Iterable[str], filters: Query, budget: TimeBudget | None = None
) -> Iterator[Answered]:
    """Answer each line, a wording or pattern, under the same filters; empty lines are none.

    A line that cannot be read, or that is too common to be counted within the time limit
    of a page (for all lines together: while there is `budget`), is answered with its
    error; the others go on.
    """
    for line in lines:
        text = line.strip().removeprefix("\ufeff")
        if not text:
            continue
        try:
            asked = parse(text)
            query = replace(filters, text=asked.text, node=asked.node)
            yield Answered(text, counted(archive, query, budget or time_limit()))
        except QueryError as error:
            yield Answered(text, error=error)


def batch_rows(answers: Iterable[Answered]) -> Iterator[str]:
    """Yield the answers as the lines of a CSV file, with a header line."""
    yield "\ufeff" + csv_line(_COLUMNS)
    for answer in answers:
        fields = answer.to_dict()
        yield csv_line(fields.get(column) for column in _COLUMNS)

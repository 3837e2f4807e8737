"""All that is told of a wording, from one reading of its matches."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from archive.query.query import Query
from archive.serializers import Printed
from archive.wording.collocates import Collocate, CollocateTally
from archive.wording.context import Contexts
from archive.wording.lines import Line, Page
from archive.wording.matches import Readable, matches, time_limit
from archive.wording.options import Options
from archive.wording.origins import OriginTally
from archive.wording.variants import Group, GroupTally
from archive.wording.years import Life, YearCount, YearTally, characters_by_year, life

DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Wording(Printed):
    """A wording in the archive.

    `total` counts matches, each a line; `lines` are those of the query's page. `groups`
    and `collocates` are the foremost; `group_count` counts all groups.
    """

    json_keys: ClassVar = (
        *("query", "total", "paragraphs", "documents", "sources", "took_ms", "lines", "groups"),
        *("group_count", "collocates", "years", "life"),
    )

    query: Query
    options: Options
    total: int
    paragraphs: int
    documents: int
    sources: int
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    group_count: int
    collocates: tuple[Collocate, ...]
    years: tuple[YearCount, ...]
    life: Life
    took_ms: float


def wording(archive: Readable, query: Query, options: Options = DEFAULT) -> Wording:
    """Return what the archive shows of a wording: lines, groups, collocates, years, life.

    Raises QueryError where the query has no word or pattern, or matches so much that
    counting takes longer than WORDING_SECONDS.
    """
    started = time.perf_counter()
    contexts = Contexts(options.window)
    page = Page(options.sort, query.offset, query.limit)
    groups = GroupTally(slots=options.slots)
    collocates = CollocateTally(options)
    years = YearTally()
    origins = OriginTally(archive.sources())
    total = paragraphs = 0
    for found, sides in contexts.around(matches(archive, query, time_limit())):
        page.add(found, sides)
        groups.add(found, origins.add(found.paragraph))
        collocates.add(sides)
        years.add(found)
        total += len(found.spans)
        paragraphs += 1
    by_year = years.years(query, characters_by_year(archive, query))
    return Wording(
        query=query,
        options=options,
        total=total,
        paragraphs=paragraphs,
        documents=origins.documents,
        sources=origins.sources,
        lines=page.lines(),
        groups=groups.groups(query),
        group_count=len(groups),
        collocates=collocates.collocates(archive, query),
        years=by_year,
        life=life(by_year),
        took_ms=(time.perf_counter() - started) * 1000,
    )

"""All that is told of a wording, from one reading of its matches."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from archive.model import Form
from archive.query.query import Query
from archive.store.library import Archive
from archive.stored import attributes
from archive.wording.collocates import Collocate, CollocateTally
from archive.wording.compare import Compared, CountTally
from archive.wording.context import Contexts
from archive.wording.lines import Line, Page
from archive.wording.matches import matches, time_limit
from archive.wording.options import DEFAULT, Options
from archive.wording.variants import Group, GroupTally


@dataclass(frozen=True, slots=True)
class Wording(Compared):
    """A wording in the archive.

    Each of its `total` matches is a line; `lines` are those of the query's page. `groups`
    and `collocates` are the foremost; `group_count` counts all groups.
    """

    json_keys: ClassVar = (
        *("query", "total", "paragraphs", "documents", "sources", "took_ms", "lines", "groups"),
        *("group_count", "collocates", "years", "life"),
    )

    options: Options
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    group_count: int
    collocates: tuple[Collocate, ...]
    took_ms: float


def wording(archive: Archive, query: Query, options: Options = DEFAULT) -> Wording:
    """Return what the archive shows of a wording: lines, groups, collocates, years, life.

    Raises QueryError where the query has no word or pattern, or matches so much that
    counting takes longer than WORDING_SECONDS.
    """
    started = time.perf_counter()
    contexts = Contexts(options.window)
    page = Page(options.sort, query.offset, query.limit)
    groups = GroupTally(slots=options.slots)
    collocates = CollocateTally(options)
    counts = CountTally(archive)
    for found, sides in contexts.around(matches(archive, query, time_limit())):
        page.add(found, sides)
        groups.add(found, counts.add(found))
        # What stands in the cells beside it says nothing of how a word is used.
        if found.paragraph.form is not Form.ROW:
            collocates.add(sides)
    return Wording(
        **attributes(counts.compared(query)),
        options=options,
        lines=page.lines(),
        groups=groups.groups(query),
        group_count=len(groups),
        collocates=collocates.collocates(archive, query),
        took_ms=(time.perf_counter() - started) * 1000,
    )

"""How much text an archive has of each sort, to count a wording per million characters.

Kept by profile: the values of all sized fields. A selection by these is then a sum over some
thousands of profiles, and no paragraph is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from archive.fields import SIZED, named
from archive.model import Paragraph
from archive.query.ast import And, FieldFilter, Node, Not, Or
from archive.query.query import Query

# The values of each sized field that has any, by its name.
Profile = tuple[tuple[str, tuple[str, ...]], ...]

# Characters of text by profile.
TextSizes = Mapping[Profile, int]

_SIZED = frozenset(field.name for field in SIZED)


def measure(paragraphs: Iterable[Paragraph]) -> TextSizes:
    """Return the characters of the paragraphs' text, by profile.

    >>> measure([Paragraph("a", 0, "均衡发展", topics=("义务教育",)), Paragraph("a", 1, "均衡")])
    {(('topic', ('义务教育',)), ('form', ('body',)), ('basis', ('unknown',))): 4, \
(('form', ('body',)), ('basis', ('unknown',))): 2}
    """
    counted: Counter[Profile] = Counter()
    for paragraph in paragraphs:
        own = ((field.name, field.values(paragraph)) for field in SIZED)
        counted[tuple((name, values) for name, values in own if values)] += len(paragraph.text)
    return dict(counted)


def by_year(sizes: TextSizes, query: Query) -> Mapping[int | None, int] | None:
    """Return the characters of each year under a query that has filters alone.

    None where the query asks for what a profile does not tell: headings, titles, words.
    """
    selected = (
        Or(tuple(FieldFilter(field, value) for value in values))
        for field, values in query.filters.items()
    )
    own = () if query.node is None else (query.node,)
    asked = And((*own, *selected, *map(Not, query.excluded)))
    counted: Counter[int | None] = Counter()
    try:
        for profile, characters in sizes.items():
            values = dict(profile)
            if _matches(asked, values):
                year = values.get("year")
                counted[int(year[0]) if year else None] += characters
    except _UntoldError:
        return None
    return counted


class _UntoldError(Exception):
    """What is asked for is in no profile."""


def _matches(node: Node, values: Mapping[str, tuple[str, ...]]) -> bool:
    match node:
        case FieldFilter(field, value) if field in _SIZED:
            return named(field).holds(values.get(field, ()), value)
        case Not(child):
            return not _matches(child, values)
        case And(children):
            return all(_matches(child, values) for child in children)
        case Or(children):
            return any(_matches(child, values) for child in children)
    raise _UntoldError

"""The arguments of Archive.search, checked: each wrong one is a QueryError that names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from archive.errors import QueryError
from archive.fields import FIELDS
from archive.query.query import Query, Sort, parse
from archive.ranges import Range

# A year, or an inclusive range with either end open.
YearFilter = int | tuple[int | None, int | None]


def read_query(given: object) -> Query:
    """Return the query that is given as such, or in our grammar."""
    if isinstance(given, Query):
        return given
    if isinstance(given, str):
        return parse(given)
    raise QueryError("query.argument_query", shown=_shown("query", given))


def read_sort(given: object) -> Sort:
    """Return an order of hits, given as such or by its name."""
    if isinstance(given, str) and given in list(Sort):
        return Sort(given)
    raise QueryError("query.argument_sort", shown=_shown("sort", given), names=", ".join(Sort))


def read_number(name: str, given: object) -> int:
    """Return a whole number; its bounds are the query's to know."""
    if not _is_number(given):
        raise QueryError("query.argument_number", shown=_shown(name, given))
    return given


def read_switch(name: str, given: object) -> bool:
    """Return True or False."""
    if not isinstance(given, bool):
        raise QueryError("query.argument_switch", shown=_shown(name, given))
    return given


def read_years(given: object) -> tuple[Range, ...]:
    """Return the years that are given as a number, as a pair of ends, or as several of these.

    >>> read_years(2021), read_years((2019, None))
    ((Range(first=2021, last=2021, unknown=False),), (Range(first=2019, last=None, unknown=False),))
    >>> [str(years) for years in read_years([2019, (2021, 2023)])]
    ['2019', '2021..2023']
    """
    if _is_number(given):
        return (_range(given, given, given),)
    if isinstance(given, tuple) and len(given) == 2:
        first, last = given
        if (first is None or _is_number(first)) and (last is None or _is_number(last)):
            return (_range(first, last, given),)
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return tuple(years for one in given for years in read_years(one))
    raise QueryError("query.argument_year", shown=_shown("year", given))


def read_filters(given: Mapping[str, object], query: Query) -> Query:
    """Return the query with the values that are `given` for each parameter selected."""
    fields = {field.parameter: field.name for field in FIELDS}
    for name, values in given.items():
        if name not in fields:
            names = ", ".join(fields)
            raise QueryError("query.no_argument", name=name, names=names)
        query = query.select(fields[name], _values(name, values))
    return query


def _values(name: str, given: object) -> tuple[str, ...]:
    listed = (given,) if isinstance(given, str) else given
    if isinstance(listed, Sequence) and not isinstance(listed, bytes):
        values = [value for value in listed if isinstance(value, str) and value.strip()]
        if len(values) == len(listed):
            return tuple(values)
    raise QueryError("query.argument_values", shown=_shown(name, given))


def _range(first: int | None, last: int | None, given: object) -> Range:
    ends = [end for end in (first, last) if end is not None]
    if not ends or not all(1000 <= end <= 9999 for end in ends):
        raise QueryError("query.argument_year", shown=_shown("year", given))
    if ends[0] > ends[-1]:
        raise QueryError("query.year_argument_backwards", given=given, last=last, first=first)
    return Range(first, last)


def _is_number(given: object) -> TypeGuard[int]:
    """Whether it is an int, and not a truth value, which Python counts among them."""
    return isinstance(given, int) and not isinstance(given, bool)


def _shown(name: str, given: object) -> str:
    return f"{name}={given!r:.100}"

"""What the small forms of a result page ask for: a range of years, words within the results.

A form can only add parameters to an address; the address that says the same as one query is
worked out here, and the reader is sent there.
"""

from __future__ import annotations

from flask import request

from archive.errors import QueryError
from archive.fields import named
from archive.query.query import Query
from archive.ranges import Range
from web.urls.links import Links


def typed(links: Links) -> str | None:
    """Return the address that the form sent with this request asks for; None without one.

    Raises QueryError where what was typed cannot be read.
    """
    if "from" in request.args or "to" in request.args:
        return _years(links, *(request.args.get(end, "").strip() for end in ("from", "to")))
    if "within" in request.args:
        return links.search(_within(links.query, request.args["within"].strip()))
    return None


def range_of(query: Query) -> tuple[str, str]:
    """Return what the two fields of the years show: the selected range, if there is one."""
    ranges = query.ranges("year")
    if len(ranges) != 1 or ranges[0].unknown:
        return "", ""
    return str(ranges[0].first or ""), str(ranges[0].last or "")


def _years(links: Links, first: str, last: str) -> str:
    if not first and not last:
        return links.search(links.query.select("year", ()))
    years = named("year").read(first if first == last else f"{first}..{last}")
    assert isinstance(years, Range)
    return links.years(years)


def _within(query: Query, text: str) -> Query:
    try:
        return query.within(text)
    except QueryError as error:
        # Its place is in words that the box of the page does not show.
        raise QueryError(
            "wording.refused", text=text, chinese=error.chinese, english=error.english
        ) from error

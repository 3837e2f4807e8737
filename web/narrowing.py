"""What the small forms of a result page ask for: a range of years, words within the results.

A form can only add parameters to an address; the address that says the same as one query is
worked out here, and the reader is sent there.
"""

from __future__ import annotations

from dataclasses import replace

from flask import request

from archive.errors import QueryError
from archive.nodes import Years
from archive.query import Query
from web.links import Links


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
    if len(query.year) != 1 or query.year[0].unknown:
        return "", ""
    first, last = query.year[0].first, query.year[0].last
    return str(first or ""), str(last or "")


def _years(links: Links, first: str, last: str) -> str:
    if not first and not last:
        return links.search(replace(links.query, year=(), offset=0))
    return links.years(Years.parse(first if first == last else f"{first}..{last}"))


def _within(query: Query, text: str) -> Query:
    try:
        return query.within(text)
    except QueryError as error:
        # Its place is in words that the box of the page does not show.
        raise QueryError(f"{text}：{error.chinese}", f"{text}: {error.english}") from error

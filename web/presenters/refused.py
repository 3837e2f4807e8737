"""The page of a query that cannot be read: as it was typed, with the place and the ways on."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request

from archive.errors import QueryError
from archive.query.query import Query, from_args
from web.context import about
from web.urls.links import Links


def refused(error: QueryError, view: str = "search.search") -> tuple[str, int]:
    """Return the page for a query that `view` was asked and could not read, and its status."""
    text = request.args.get("q", "").strip()
    own = [pair for pair in request.args.items(multi=True) if pair[0] not in ("q", "sort")]
    try:
        filters = from_args(own)
    except QueryError:
        filters = Query()
    links = about(filters, view)
    page = render_template(
        "refused.html",
        box=view.partition(".")[0],
        typed=text,
        error=error,
        literal=_literally(text, links) if error.position is not None else None,
        words_only=None if filters == Query() else links.search(Query(text=text)),
    )
    return page, 400


def _literally(text: str, links: Links) -> str | None:
    """The address of the search for the typed characters as they are, if they can be quoted."""
    plain = text.translate(dict.fromkeys(map(ord, '"“”'))).strip()
    return links.search(replace(links.query, text=f'"{plain}"')) if plain else None

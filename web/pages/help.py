"""How to write a query, and the keys."""

from __future__ import annotations

from flask import Blueprint, render_template

from archive.query.query import Query, parse
from web.context import words
from web.presenters.query_help import EXAMPLES, SHORTCUTS
from web.urls.links import Links

help_pages = Blueprint("help", __name__)


@help_pages.get("/help")
def help_page() -> str:
    """How to write a query, and the keys."""
    links = Links(Query(), words())
    return render_template(
        "help.html",
        links=links,
        query=links.query,
        examples=[(*row, links.search(parse(row[2]))) for row in EXAMPLES],
        shortcuts=SHORTCUTS,
    )

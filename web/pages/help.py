"""How to write a query, and the keys."""

from __future__ import annotations

from flask import Blueprint, render_template

from archive.query.query import parse
from web.context import page_links
from web.presenters.query_help import EXAMPLES, SHORTCUTS

pages = Blueprint("help", __name__)


@pages.get("/help")
def help_page() -> str:
    """How to write a query, and the keys."""
    return render_template(
        "help.html",
        examples=[(*row, page_links().search(parse(row[2]))) for row in EXAMPLES],
        shortcuts=SHORTCUTS,
    )

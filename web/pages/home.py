"""The first page: the state of the archive below the search box."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, Response, current_app, render_template

from archive.errors import NotesError
from archive.query.query import parse
from web.context import app_state, archive, page_links, words
from web.pages.held import MAX_COMMENT_LENGTH, MIN_COMMENT_LENGTH
from web.pages.history import KeptRow, kept_rows
from web.presenters.charts import chart
from web.presenters.facets import Value, plain_values
from web.presenters.notes import when
from web.presenters.query_help import STARTS

pages = Blueprint("home", __name__)


# Files listed on the first page; `xianli stats` lists them all.
MAX_FAILURES = 10
MAX_HELD = 100
MAX_VALUES = 8


@pages.get("/favicon.ico")
def icon() -> Response:
    """The icon, for programs that ask for it where browsers once did."""
    return current_app.send_static_file("icon.svg")


@pages.get("/")
def home() -> str:
    """The state of the archive, below the search box."""
    links = page_links()
    if not archive().generation:
        return render_template("empty.html")
    stats = app_state().stats()
    kept: list[KeptRow] = []
    # The page stands without them.
    with suppress(NotesError):
        kept = kept_rows()
    return render_template(
        "home.html",
        stats=stats,
        built=when(stats.built),
        starts=[
            ("search", links.search(parse(STARTS["search"]))),
            ("wording", links.wording(parse(STARTS["wording"]))),
            ("precedents", links.to("precedents.find")),
            ("clips", links.to("clips.page")),
        ],
        failed=stats.failed[:MAX_FAILURES],
        held=stats.held[:MAX_HELD],
        shortest_comment=MIN_COMMENT_LENGTH,
        longest_comment=MAX_COMMENT_LENGTH,
        chart=chart(dict(stats.years), links),
        sites=plain_values("site", stats.sites[:MAX_VALUES], links),
        kinds=plain_values("kind", stats.kinds[:MAX_VALUES], links),
        warned=[
            Value(
                words()(f"warnings.{code}"),
                f"{n:,}",
                links.to("documents.page", warning=code),
                "",
                code,
            )
            for code, n in stats.warnings
        ],
        kept=kept,
    )


@pages.get("/robots.txt")
def robots() -> Response:
    """Crawlers may see the first page; every query would be a page without end."""
    return Response("User-agent: *\nDisallow: /\nAllow: /$\n", mimetype="text/plain")

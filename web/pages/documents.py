"""The documents whose reading is uncertain, by warning."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from archive.errors import QueryError, warning_message
from archive.fields import named
from archive.query.query import Query
from web.context import app_state, page_links, words
from web.presenters.refused import refused

pages = Blueprint("documents", __name__)

# `xianli stats --warning` lists them all.
MAX_LISTED = 300


@pages.get("/documents")
def page() -> str | tuple[str, int]:
    """The documents that have the `warning` of the address; without one, all that have any."""
    stats, links, asked = app_state().stats(), page_links(), request.args.get("warning", "")
    try:
        code = str(named("warnings").read(asked)) if asked else ""
    except QueryError as error:
        return refused(error)
    found = [document for document in stats.warned if not code or code in document.warnings]
    return render_template(
        "documents.html",
        code=code,
        means=warning_message(code, words().code) if code else "",
        counts=[(own, n, links.to("documents.page", warning=own)) for own, n in stats.warnings],
        found=[(one, links.document(one.document_id)) for one in found[:MAX_LISTED]],
        others=len(found) - MAX_LISTED,
        passages=links.search(Query().select("warnings", [code])) if code else "",
    )

"""What a request works with: the archive, the words of the interface, the query."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from flask import current_app, g, request

from archive import Archive, Stats
from archive.errors import EngineError, HomeError
from archive.query.query import Query, from_args
from web.i18n import Language
from web.urls.links import Links
from web.urls.paths import Pairs


@dataclass
class AppState:
    """The open archive, and its description, which is counted once a generation."""

    archive: Archive
    _stats: tuple[str, Stats] | None = field(default=None, init=False)

    def stats(self) -> Stats:
        """The state of the archive. Raises HomeError where nothing was indexed yet."""
        answering = archive()
        known = self._stats
        if known is None or known[0] != answering.generation:
            self._stats = known = answering.generation, answering.stats()
        return known[1]


def app_state() -> AppState:
    """The state of the app that answers."""
    found: AppState = current_app.extensions["xianli"]
    return found


def archive() -> Archive:
    """The archive as this request first saw it: every part of a page is of one generation."""
    if "archive" not in g:
        g.archive = app_state().archive
        # Where the index cannot be used, the question that needs it says so.
        with suppress(HomeError, EngineError):
            g.archive = app_state().archive.snapshot()
    found: Archive = g.archive
    return found


def words() -> Language:
    """The language of this request's pages."""
    language: Language = g.language
    return language


def about(query: Query, view: str = "search.search", options: Pairs = ()) -> Links:
    """Return the links of a page about `query`, which its template gets with the query."""
    g.links = Links(query, words(), view, options)
    return page_links()


def page_links() -> Links:
    """The links of the page that answers; it is about no query where none was named."""
    if "links" not in g:
        about(Query())
    found: Links = g.links
    return found


def asked() -> Query:
    """The query in the address. Raises QueryError."""
    return from_args(request.args.items(multi=True))

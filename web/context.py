"""What a request works with: the archive, the words of the interface, the query."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, g, request

from archive import Archive, Stats
from archive.query import Query, from_args
from web.language import Language


@dataclass
class Desk:
    """The open archive, and its description, which is counted once a generation."""

    archive: Archive
    _stats: Stats | None = field(default=None, init=False)

    def stats(self) -> Stats:
        """The state of the archive. Raises HomeError where nothing was indexed yet."""
        known = self._stats
        if known is None or known.generation != self.archive.generation:
            self._stats = known = self.archive.stats()
        return known


def desk() -> Desk:
    """The desk of the app that answers."""
    found: Desk = current_app.extensions["xianli"]
    return found


def archive() -> Archive:
    """The archive that answers."""
    return desk().archive


def words() -> Language:
    """The language of this request's pages."""
    language: Language = g.language
    return language


def asked() -> Query:
    """The query in the address. Raises QueryError."""
    return from_args(request.args.items(multi=True))

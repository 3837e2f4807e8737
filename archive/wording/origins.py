"""From how many independent sources matches come."""

from __future__ import annotations

from archive.model import Paragraph
from archive.store.source_groups import Sources, source_of


class OriginTally:
    """Names the source of each matching paragraph, and counts documents and sources."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._documents: set[str] = set()
        self._origins: set[str] = set()

    def add(self, paragraph: Paragraph) -> str:
        """Take in one more matching paragraph; return the name of its source.

        A document of which nothing is known is a source of its own.
        """
        document_id = paragraph.document_id
        known = document_id in self._sources
        source = source_of(self._sources, document_id, paragraph.ordinal) if known else document_id
        self._documents.add(document_id)
        self._origins.add(source)
        return source

    @property
    def documents(self) -> int:
        """The number of different documents."""
        return len(self._documents)

    @property
    def sources(self) -> int:
        """The number of independent sources."""
        return len(self._origins)

"""This archive's engine, through its own protocol."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.query.query import Query
from tests.measure.bench.contest import FACETS, Answer, Counts
from tests.measure.bench.paragraphs import Document


class Ours:
    """Facets are counted when they are read: the three that are compared, inside the clock."""

    _engine: Engine

    def version(self) -> str:
        return "xianli"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        engine = open_engine(folder)
        with engine.writer() as writer:
            for document in documents:
                writer.add(document)
        engine.close()

    def open(self, folder: Path) -> None:
        self._engine = open_engine(folder)
        # As a server does in the background; the time of opening includes it.
        self._engine.warm()

    def ask(self, query: Query) -> Answer:
        results = self._engine.search(query)
        facets: Counts = {
            name: {b.value: b.count for b in results.facet(name).buckets if b.count}
            for name in FACETS
        }
        return Answer(
            results.total, facets, [(hit.paragraph.text, hit.spans) for hit in results.hits]
        )


def make(*, exact: bool) -> Ours:
    """Return the contestant; it has no other way than the exact one."""
    if not exact:
        raise ValueError("xianli answers exactly or not at all")
    return Ours()

"""The Whoosh engine: an index that Whoosh keeps and arrays answer.

Whoosh does the keeping: schema, segments, table of contents, lock, commits; a codec of ours
decides how a segment lies on disk, so Whoosh's own readers, matchers and query parser work
on it. The engine evaluates queries on the same arrays, exactly and at the speed of numpy.
This package is the only one that imports Whoosh.
"""

from __future__ import annotations

from pathlib import Path

from archive.engines.whoosh.engine import WhooshEngine
from archive.engines.whoosh.schema import SCHEMA_VERSION

__all__ = ["SCHEMA", "WhooshEngine", "open_engine"]

SCHEMA = str(SCHEMA_VERSION)


def open_engine(folder: Path, address: str, batch: int | None) -> WhooshEngine:
    """Open the index in `folder`; there is no address."""
    return WhooshEngine(folder, batch)

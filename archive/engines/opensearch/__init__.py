"""The same archive on an OpenSearch cluster, for when one machine is too small.

    address   where the cluster is, as one line that a user can write
    client    calls that answer wholly or raise; error_mapping: a cluster's errors in our words
    mapping   a paragraph as the cluster keeps it, and back; index.toml: the index
    state     which index and generation answer; the alias that says so
    dsl       query nodes as filters; snapshot: searches of one generation
    scoring   relevance, to the formula of archive.search.ranking
    engine    the backend of one generation; found: what one query matches in it
    bulk      loading, bounded and acknowledged; lock, writer

Tokens, folding, highlights and the final say on every hit are those of the other engines:
the cluster finds, archive.search.matching decides.
"""

from __future__ import annotations

from pathlib import Path

from archive.engines.opensearch.engine import OpenSearchEngine
from archive.engines.opensearch.mapping import SCHEMA_VERSION

__all__ = ["SCHEMA", "OpenSearchEngine", "open_engine"]

SCHEMA = f"opensearch.{SCHEMA_VERSION}"


def open_engine(folder: Path, address: str, batch: int | None) -> OpenSearchEngine:
    """Open the archive that `address` names, at what `folder` notes; batches are its own."""
    return OpenSearchEngine(address, folder)

"""The same archive on an OpenSearch cluster, for when one machine is too small.

    address   where the cluster is, as one line that a user can write
    client    calls that answer wholly or raise; complaints: a cluster's errors in our words
    mapping   a paragraph as the cluster keeps it, and back
    state     which index and generation answer; the alias that says so
    dsl       query nodes as filters; candidates: patterns, looked at on our side
    scoring   relevance, to the formula of archive.ranking; facets; folding; reader
    bulk      loading, bounded and acknowledged; lock, changes, writer

Tokens, folding, highlights and the final say on every hit are those of the other engines:
the cluster finds, archive.matching decides.
"""

from archive.engines.opensearch.engine import OpenSearchEngine
from archive.engines.opensearch.mapping import SCHEMA_VERSION

__all__ = ["SCHEMA_VERSION", "OpenSearchEngine"]

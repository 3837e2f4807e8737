"""The cluster as a storage of the suite that compares engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.engines.engine import Engine
from archive.engines.opensearch import OpenSearchEngine
from archive.engines.opensearch.address import parse_address
from archive.engines.opensearch.client import Cluster
from archive.engines.opensearch.state import answering
from archive.query.query import Query
from archive.search.backend import Writer
from tests.measure.cluster.nodes import running

# Making an index takes a second on a busy machine: all examples share one, of two shards,
# each in generations of its own. What earlier ones left behind only makes it harder.
NAME = "conformance"
# As many readers as a history has open at once.
KEPT = 8


class ClusterStorage:
    """An engine on the nodes; it answers as an empty one until its first batch is committed."""

    def __init__(self, folder: Path) -> None:
        self._address = running().address(NAME, "shards=2&replicas=1")
        self._cluster = Cluster(parse_address(self._address))
        self._opened: list[OpenSearchEngine] = []
        self._patch = pytest.MonkeyPatch()
        for module in ("engine", "writer"):
            self._patch.setattr(f"archive.engines.opensearch.{module}.KEPT_GENERATIONS", KEPT)
        self._before = answering(self._cluster)
        # What the example before this one kept.
        self._left = sorted({p.document_id for p in self._open().scan(Query())})

    def open(self) -> Engine:
        if self._is_untouched():
            with self.writer():
                pass
        return self._open()

    def writer(self) -> Writer:
        writer = self._open().writer()
        if self._is_untouched():
            for document_id in self._left:
                writer.remove(document_id)
            writer.set_clusters({})
        return writer

    def close(self) -> None:
        for engine in self._opened:
            engine.close()
        self._cluster.close()
        self._patch.undo()

    def _is_untouched(self) -> bool:
        return bool(self._left) and answering(self._cluster) == self._before

    def _open(self) -> OpenSearchEngine:
        engine = OpenSearchEngine(self._address)
        self._opened.append(engine)
        return engine

"""A batch of changes: a generation written beside the one that answers, then one swap."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from archive.engines.opensearch.bulk import Loader
from archive.engines.opensearch.changes import Changes
from archive.engines.opensearch.client import LOADING_SECONDS, Cluster
from archive.engines.opensearch.lock import WriteLock
from archive.engines.opensearch.mapping import (
    Version,
    digest,
    index_stamp,
    loading_alias,
    mappings,
    settings,
)
from archive.engines.opensearch.state import (
    State,
    answering,
    delete_index,
    indices,
    new_index,
    swap,
)
from archive.errors import ArchiveError, EngineError
from archive.model import Clusters, Paragraph

# The generation that answers, and the one before it.
KEPT_GENERATIONS = 2
# How long a new generation waits for the last of its replicas.
GREEN_SECONDS = 300


class OpenSearchWriter:
    """A batch, loaded with every replica; published whole, or not at all."""

    def __init__(
        self,
        cluster: Cluster,
        base: State | None,
        publish: Callable[[State], None],
        kept: int = KEPT_GENERATIONS,
    ) -> None:
        """Open a batch on top of `base`, or, None, a full one that takes the place of all.

        `publish` is told the state that a commit has made. Raises LockedError where another
        batch is open, EngineError where the cluster cannot be written.
        """
        self._cluster = cluster
        self._publish = publish
        self._kept = kept
        self._base = base
        self._clusters: Clusters | None = None
        self._added: dict[str, int] = {}
        self._replaced: set[str] = set()
        # What a killed full run had already loaded: the digests of whole documents.
        self._loaded: dict[str, str] = {}
        self._lock = WriteLock(cluster)
        self._loader = Loader(cluster)
        try:
            self._index, self._generation = self._begin(base)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
        except BaseException:
            self._roll_back()
            raise
        else:
            if kind is not None:
                self._roll_back()
        finally:
            self._end()

    def flush(self) -> int:
        """Wait for all that was added; how many operations the cluster has acknowledged."""
        self._loader.drain()
        return self._loader.acknowledged

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Add one document's paragraphs, in place of all that was kept under its id."""
        if not paragraphs:
            return
        document_id = paragraphs[0].document_id
        self._added[document_id] = len(paragraphs)
        self._replaced.add(document_id)
        own = digest(paragraphs)
        if document_id in self._loaded:
            known = self._loaded.pop(document_id)
            if known == f"{own} {len(paragraphs)}":
                return
            kept = {f"{p.paragraph_id}@{self._generation}" for p in paragraphs}
            self._changes.remove_document(document_id, kept)
        for paragraph in paragraphs:
            self._changes.put(Version(paragraph, self._generation, digest=own))

    def remove(self, document_id: str) -> None:
        """Remove a document's paragraphs."""
        self._replaced.add(document_id)
        if self._added.pop(document_id, None) is not None:
            self._loader.drain()
            self._changes.refresh()
            for version in self._changes.versions({"term": {"document": document_id}}):
                if version.born == self._generation:
                    self._changes.discard(version)

    def set_clusters(self, clusters: Clusters) -> None:
        """Replace the near-duplicate clusters of the whole archive."""
        self._clusters = dict(clusters)

    @property
    def _changes(self) -> Changes:
        return Changes(self._cluster, self._index, self._loader)

    def _begin(self, base: State | None) -> tuple[str, int]:
        """The index to write into and the generation to write, its leftovers cleared away."""
        if base is None:
            return self._resume() or self._create(), 1
        index, generation = base.index, base.generation
        changes = Changes(self._cluster, index, self._loader)
        now = answering(self._cluster)
        latest = now[1] if now is not None and now[0] == index else generation
        if latest > generation:
            # The run that published it died before its home took note: it is made again.
            swap(self._cluster, index, generation)
        changes.undo_after(generation)
        changes.forget_before(generation - self._kept + 1)
        return index, latest + 1

    def _create(self) -> str:
        index = new_index(self._cluster.address.name)
        body = {
            "settings": settings(self._cluster.address),
            "mappings": mappings(index_stamp()),
            "aliases": {loading_alias(index): {}},
        }
        self._cluster.call("PUT", f"/{index}?wait_for_active_shards=1", body, LOADING_SECONDS)
        return index

    def _resume(self) -> str | None:
        """The index that a killed full run was loading, if its tokens are ours; others go."""
        unfinished = {
            index: meta
            for index, meta in indices(self._cluster).items()
            if not meta.get("complete")
        }
        found = None
        for index, meta in unfinished.items():
            if found is None and meta.get("stamp") == index_stamp():
                found = index
            else:
                delete_index(self._cluster, index)
        if found is None:
            return None
        self._cluster.call("POST", f"/{found}/_refresh")
        changes = Changes(self._cluster, found, self._loader)
        self._loaded = changes.loaded()
        return found

    def _commit(self) -> None:
        changes, generation = self._changes, self._generation
        for document_id in self._loaded:
            changes.remove_document(document_id)
        expected = sum(self._added.values())
        if self._base is not None:
            expected += self._base.count - changes.end(self._replaced, generation)
        changes.refresh()
        clusters = self._clusters
        if clusters is None:
            clusters = changes.memberships(generation - 1) if self._base is not None else {}
        if changes.recluster(clusters, generation):
            changes.refresh()
        self._wait_for_shards()
        count = changes.count(generation)
        if count != expected:
            raise EngineError(
                "cluster.wrong_count", index=self._index, expected=expected, count=count
            )
        self._lock.check()
        self._swap(State(self._index, generation, count))

    def _swap(self, state: State) -> None:
        if self._base is None:
            meta = {"_meta": {"stamp": index_stamp(), "complete": True}}
            self._cluster.call("PUT", f"/{state.index}/_mapping", meta)
        swap(self._cluster, state.index, state.generation)
        self._publish(state)
        if self._base is None:
            others = [index for index in indices(self._cluster) if index < state.index]
            for index in others[: len(others) - self._kept + 1]:
                delete_index(self._cluster, index)

    def _wait_for_shards(self) -> None:
        """Raise EngineError unless every copy of every shard is there."""
        until = time.monotonic() + GREEN_SECONDS
        path = f"/_cluster/health/{self._index}?wait_for_status=green&timeout=2s"
        while True:
            status, health = self._cluster.attempt("GET", path)
            if status == 200 and health["status"] == "green":
                return
            if time.monotonic() > until:
                break
        said = health.get("status", status) if isinstance(health, dict) else status
        replicas = self._cluster.address.replicas
        raise EngineError(
            "cluster.copies_missing",
            index=self._index,
            said=said,
            replicas=replicas,
            nodes=replicas + 1,
        )

    def _roll_back(self) -> None:
        """Take back what was written; where the cluster is gone, the next batch does it."""
        self._loader.close()
        if self._base is not None:
            self._loader = Loader(self._cluster)
            with contextlib.suppress(ArchiveError):
                self._changes.refresh()
                self._changes.undo_after(self._base.generation)

    def _end(self) -> None:
        self._loader.close()
        with contextlib.suppress(ArchiveError):
            self._lock.release()

"""A batch of changes: a generation is written while the last one answers, then one swap."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import Self

from archive.engines.opensearch.bulk import Loader
from archive.engines.opensearch.client import LOADING_SECONDS, Cluster, Dsl, Row, runs
from archive.engines.opensearch.dsl import ALL, every
from archive.engines.opensearch.lock import WriteLock
from archive.engines.opensearch.mapping import (
    Version,
    digest,
    index_stamp,
    loading_alias,
    mappings,
    read_version,
    removal,
    settings,
)
from archive.engines.opensearch.snapshot import IN_ID_ORDER
from archive.engines.opensearch.state import (
    KEPT_GENERATIONS,
    State,
    alive,
    answering,
    indices,
    new_index,
    swap,
)
from archive.errors import ArchiveError, EngineError
from archive.model import Clusters, Membership, Paragraph

# How long a new generation waits for the last of its replicas, asking again and again.
GREEN_SECONDS = 300
_GREEN_PAUSE = 0.2
# Documents or paragraphs asked for together.
_TOGETHER = 500
# Rows without a text, fetched together.
_LIGHT_ROWS = 10_000
_BY_VERSION = [*IN_ID_ORDER, {"born": "asc"}]


class OpenSearchWriter:
    """A batch, loaded with every replica; published whole, or not at all."""

    def __init__(
        self, cluster: Cluster, base: State | None, publish: Callable[[State], None]
    ) -> None:
        """Open a batch on top of `base`, or, None, a full one that takes the place of all.

        `publish` is told the state that a commit has made. Raises LockedError where another
        batch is open, EngineError where the cluster cannot be written.
        """
        self._cluster = cluster
        self._publish = publish
        self._base = base
        self._clusters: Clusters | None = None
        self._added: dict[str, int] = {}
        self._replaced: set[str] = set()
        # What a killed full run had already loaded.
        self._loaded: dict[str, Counter[str]] = {}
        self._lock = WriteLock(cluster)
        self._loader = Loader(cluster)
        try:
            self._index, self._generation = self._begin(base)
            self._changes = Changes(cluster, self._index, self._loader)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        committed = False
        try:
            if kind is None:
                self._commit()
                committed = True
        finally:
            if not committed:
                self._roll_back()
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
        if loaded := self._loaded.pop(document_id, None):
            # Of a document that was written in part fewer paragraphs have its digest.
            if loaded == Counter({own: len(paragraphs)}):
                return
            kept = {f"{p.paragraph_id}@{self._generation}" for p in paragraphs}
            self._changes.remove({"term": {"document": document_id}}, kept)
        for paragraph in paragraphs:
            self._changes.put(Version(paragraph, self._generation, digest=own))

    def remove(self, document_id: str) -> None:
        """Remove a document's paragraphs."""
        self._replaced.add(document_id)
        if self._added.pop(document_id, None) is not None:
            added: list[Dsl] = [{"document": document_id}, {"born": self._generation}]
            self._changes.remove(every([{"term": term} for term in added]))

    def set_clusters(self, clusters: Clusters) -> None:
        """Replace the near-duplicate clusters of the whole archive."""
        self._clusters = dict(clusters)

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
        # What no generation that is kept can see.
        changes.remove({"range": {"died": {"lte": generation - KEPT_GENERATIONS + 1}}})
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
        found = None
        for index, meta in indices(self._cluster).items():
            if meta.get("complete"):
                continue
            if found is None and meta.get("stamp") == index_stamp():
                found = index
            else:
                self._delete(index)
        if found is not None:
            changes = Changes(self._cluster, found, self._loader)
            changes.refresh()
            self._loaded = changes.loaded()
        return found

    def _commit(self) -> None:
        changes, generation = self._changes, self._generation
        for run in runs(self._loaded, _TOGETHER):
            changes.remove({"terms": {"document": run}})
        expected = sum(self._added.values())
        if self._base is not None:
            expected += self._base.count - changes.end(self._replaced, generation)
        changes.refresh()
        clusters = self._clusters
        if clusters is None:
            clusters = changes.memberships(generation - 1)
        if changes.recluster(clusters, generation):
            changes.refresh()
        self._wait_for_shards()
        count = self._cluster.count(self._index, alive(generation))
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
            for index in others[: len(others) - KEPT_GENERATIONS + 1]:
                self._delete(index)

    def _delete(self, index: str) -> None:
        self._cluster.call("DELETE", f"/{index}?ignore_unavailable=true")

    def _wait_for_shards(self) -> None:
        """Raise EngineError unless every copy of every shard is there."""
        until = time.monotonic() + GREEN_SECONDS
        path = f"/_cluster/health/{self._index}"
        while (said := self._cluster.call("GET", path)["status"]) != "green":
            if time.monotonic() > until:
                replicas = self._cluster.address.replicas
                raise EngineError(
                    "cluster.copies_missing",
                    index=self._index,
                    said=said,
                    replicas=replicas,
                    nodes=replicas + 1,
                )
            time.sleep(_GREEN_PAUSE)

    def _roll_back(self) -> None:
        """Take back what was written; where the cluster is gone, the next batch does it."""
        self._loader.close()
        if self._base is not None:
            with suppress(ArchiveError), closing(Loader(self._cluster)) as loader:
                Changes(self._cluster, self._index, loader).undo_after(self._base.generation)

    def _end(self) -> None:
        self._loader.close()
        with suppress(ArchiveError):
            self._lock.release()


class Changes:
    """Writes versions into one index, for the generation that is being made."""

    def __init__(self, cluster: Cluster, index: str, loader: Loader) -> None:
        self._cluster = cluster
        self._index = index
        self._loader = loader

    def refresh(self) -> None:
        """Wait for all that was put, and make it findable."""
        self._loader.drain()
        self._cluster.call("POST", f"/{self._index}/_refresh")

    def put(self, version: Version) -> None:
        """Write a version."""
        self._loader.put(version.line(self._index))

    def remove(self, query: Dsl, kept: Collection[str] = ()) -> None:
        """Remove the versions that a query finds but those with the ids `kept`."""
        # What this run or a killed one has put is there, and not yet found.
        self.refresh()
        body: Dsl = {"query": query, "sort": _BY_VERSION, "_source": False}
        for row in self._cluster.rows(self._index, body):
            if row["_id"] not in kept:
                self._loader.put(removal(self._index, row["_id"]))

    def undo_after(self, generation: int) -> None:
        """Take back what a batch that was not finished has written on top of `generation`."""
        self.remove({"range": {"born": {"gt": generation}}})
        ended: Dsl = {"range": {"died": {"gt": generation}}}
        for version in self._versions(every([ended, {"range": {"born": {"lte": generation}}}])):
            self.put(replace(version, died=None))
        self.refresh()

    def end(self, documents: Collection[str], generation: int) -> int:
        """End what the former generation holds of these documents; how many paragraphs."""
        ended = 0
        for run in runs(sorted(documents), _TOGETHER):
            search = every([alive(generation - 1), {"terms": {"document": run}}])
            for version in self._versions(search):
                self.put(replace(version, died=generation))
                ended += 1
        return ended

    def loaded(self) -> dict[str, Counter[str]]:
        """Of each document in the index how many paragraphs were loaded with which digest."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in self._light_rows(ALL, "digest"):
            found[row["sort"][0]][row["fields"]["digest"][0]] += 1
        return found

    def memberships(self, generation: int) -> dict[str, Membership]:
        """The clusters as a generation has them."""
        search = every([alive(generation), {"exists": {"field": "cluster"}}])
        found: dict[str, Membership] = {}
        for row in self._light_rows(search, "cluster", "rank"):
            [cluster], [rank] = row["fields"]["cluster"], row["fields"]["rank"]
            found[row["_id"].rpartition("@")[0]] = Membership(cluster, int(rank))
        return found

    def recluster(self, wanted: Clusters, generation: int) -> bool:
        """Give the paragraphs of a generation their places; whether any was changed."""
        now = self.memberships(generation)
        moved = [i for i in now.keys() | wanted.keys() if now.get(i) != wanted.get(i)]
        for run in runs(sorted(moved), _TOGETHER):
            search = every([alive(generation), {"terms": {"paragraph": run}}])
            for version in self._versions(search):
                if version.born < generation:
                    self.put(replace(version, died=generation))
                membership = wanted.get(version.paragraph.paragraph_id)
                self.put(replace(version, born=generation, membership=membership))
        return bool(moved)

    def _versions(self, query: Dsl) -> Iterator[Version]:
        body: Dsl = {"query": query, "sort": _BY_VERSION}
        for row in self._cluster.rows(self._index, body):
            yield read_version(row["_source"])

    def _light_rows(self, query: Dsl, *fields: str) -> Iterator[Row]:
        """The rows that a query finds, in id order, with these fields in place of their texts."""
        body = {"query": query, "sort": IN_ID_ORDER, "_source": False, "docvalue_fields": fields}
        return self._cluster.rows(self._index, body, _LIGHT_ROWS)

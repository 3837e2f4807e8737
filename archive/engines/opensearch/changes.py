"""Changes to the versions in one index: ending, restoring, removing, moving between clusters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from archive.engines.opensearch.bulk import Loader
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import every
from archive.engines.opensearch.mapping import Version, read_version, removal
from archive.engines.opensearch.snapshot import IN_ID_ORDER
from archive.engines.opensearch.state import alive
from archive.model import Clusters, Membership

# Documents or paragraphs asked for together.
_TOGETHER = 500
# Rows without a text, fetched together.
_LIGHT_ROWS = 10_000
_BY_VERSION = [*IN_ID_ORDER, {"born": "asc"}]
T = TypeVar("T")


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

    def versions(self, query: Dsl) -> Iterator[Version]:
        """Yield the versions that a query finds."""
        body: Dsl = {"query": query, "sort": _BY_VERSION}
        for row in self._cluster.rows(self._index, body):
            yield read_version(row["_source"])

    def count(self, generation: int) -> int:
        """How many paragraphs a generation holds."""
        return self._cluster.count(self._index, alive(generation))

    def undo_after(self, generation: int) -> None:
        """Take back what a batch that was not finished has written on top of `generation`."""
        # A run that was killed has refreshed nothing: what it wrote is there, and not yet found.
        self.refresh()
        late: Dsl = {"range": {"born": {"gt": generation}}}
        ended: Dsl = {"range": {"died": {"gt": generation}}}
        self._remove(late)
        for version in self.versions(every([ended, {"range": {"born": {"lte": generation}}}])):
            self.put(replace(version, died=None))
        self.refresh()

    def forget_before(self, generation: int) -> None:
        """Remove the versions that no generation from `generation` on can see."""
        self._remove({"range": {"died": {"lte": generation}}})

    def end(self, documents: Collection[str], generation: int) -> int:
        """End what the former generation holds of these documents; how many paragraphs."""
        ended = 0
        for run in _runs(sorted(documents)):
            search = every([alive(generation - 1), {"terms": {"document": run}}])
            for version in self.versions(search):
                self.put(version.ended(generation))
                ended += 1
        return ended

    def remove_document(self, document: str, kept: Collection[str] = ()) -> None:
        """Remove every version of a document but those with the ids `kept`."""
        self._loader.drain()
        self._cluster.call("POST", f"/{self._index}/_refresh")
        for version in self.versions({"term": {"document": document}}):
            if version.id not in kept:
                self._loader.put(removal(self._index, version.id))

    def discard(self, version: Version) -> None:
        """Remove a version."""
        self._loader.put(removal(self._index, version.id))

    def loaded(self) -> dict[str, str]:
        """Of each document in the index the digest it was loaded with, and its paragraphs' number.

        A document of which not all was written has fewer paragraphs than its digest is of.
        """
        found: dict[str, tuple[set[str], int]] = {}
        body: Dsl = {
            "query": {"match_all": {}},
            "sort": IN_ID_ORDER,
            "_source": False,
            "docvalue_fields": ["digest"],
        }
        for row in self._cluster.rows(self._index, body, _LIGHT_ROWS):
            document = row["sort"][0]
            digests, count = found.get(document, (set(), 0))
            found[document] = (digests | {row["fields"]["digest"][0]}, count + 1)
        return {d: f"{' '.join(sorted(digests))} {n}" for d, (digests, n) in found.items()}

    def memberships(self, generation: int) -> dict[str, Membership]:
        """The clusters as a generation has them."""
        search = every([alive(generation), {"exists": {"field": "cluster"}}])
        body: Dsl = {
            "query": search,
            "sort": IN_ID_ORDER,
            "_source": False,
            "docvalue_fields": ["cluster", "rank"],
        }
        found: dict[str, Membership] = {}
        for row in self._cluster.rows(self._index, body, _LIGHT_ROWS):
            fields = row["fields"]
            own = row["_id"].rpartition("@")[0]
            found[own] = Membership(fields["cluster"][0], int(fields["rank"][0]))
        return found

    def recluster(self, wanted: Clusters, generation: int) -> bool:
        """Give the paragraphs of a generation their places; whether any was changed."""
        now = self.memberships(generation)
        moved = [i for i in now.keys() | wanted.keys() if now.get(i) != wanted.get(i)]
        for run in _runs(sorted(moved)):
            search = every([alive(generation), {"terms": {"paragraph": run}}])
            for version in self.versions(search):
                new = replace(
                    version,
                    born=generation,
                    membership=wanted.get(version.paragraph.paragraph_id),
                )
                if version.born < generation:
                    self.put(version.ended(generation))
                self.put(new)
        return bool(moved)

    def _remove(self, query: Dsl) -> None:
        body: Dsl = {"query": query, "sort": _BY_VERSION, "_source": False}
        for row in self._cluster.rows(self._index, body):
            self._loader.put(removal(self._index, row["_id"]))


def _runs(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while run := list(islice(rest, _TOGETHER)):
        yield run

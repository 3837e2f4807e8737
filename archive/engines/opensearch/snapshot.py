"""One generation of an archive in a cluster: its searches, and the counts that weigh scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Any

from archive.engines.opensearch.client import ROWS, Cluster, Dsl, Row
from archive.engines.opensearch.dsl import every
from archive.engines.opensearch.error_mapping import gone
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.state import State
from archive.model import Paragraph

# What a paragraph is read from.
SHOWN = ["kept", "document", "ordinal"]
IN_ID_ORDER: list[Any] = [{"document": "asc"}, {"ordinal": "asc"}]

# Filters counted in one request.
_AT_ONCE = 200
# Counts kept: a session's words, at a hundred bytes each.
_REMEMBERED = 10_000
# Ids asked for together; the cluster takes 65,536.
_IDS = 1_000


class Snapshot:
    """A generation; it does not change, so neither do counts over the whole of it."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self.cluster = cluster
        self.state = state
        self._average: float | None = None
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def search(self, body: Dsl, less: str = "") -> Dsl:
        """Answer a search wholly; `less` names what the answer may leave out."""
        answer: Dsl = self.cluster.search(self.state.index, body, less)
        return answer

    def count(self, query: Dsl) -> int:
        """Count the documents of a query, exactly."""
        return self.cluster.count(self.state.index, query)

    def rows(self, body: Dsl, size: int = ROWS) -> Iterator[Row]:
        """Yield every document of a search, run by run; its sort must tell all apart."""
        return self.cluster.rows(self.state.index, body, size)

    def fetch(self, wanted: Dsl) -> Iterator[Paragraph]:
        """Yield the paragraphs of the generation that pass a filter, in id order."""
        query = every([self.state.alive, wanted])
        for row in self.rows({"query": query, "sort": IN_ID_ORDER, "_source": SHOWN}):
            yield read_paragraph(row["_source"])

    def by_id(self, paragraph_ids: Iterable[str]) -> dict[str, Paragraph]:
        """The paragraphs with these ids; unknown ones are left out."""
        wanted = list(dict.fromkeys(paragraph_ids))
        found: dict[str, Paragraph] = {}
        for start in range(0, len(wanted), _IDS):
            run = {"terms": {"paragraph": wanted[start : start + _IDS]}}
            found |= {p.paragraph_id: p for p in self.fetch(run)}
        return found

    def listed(self, paragraph_ids: Sequence[str]) -> dict[str, Paragraph]:
        """The paragraphs that a search listed. Raises EngineError where one is gone since."""
        found = self.by_id(paragraph_ids)
        if not found.keys() >= set(paragraph_ids):
            raise gone(self.state.index)
        return found

    @property
    def average(self) -> float:
        """The average length of a paragraph in characters, each floored."""
        if self._average is None:
            asked = {"a": {"avg": {"field": "length"}}}
            answer = self.search({"size": 0, "query": self.state.alive, "aggs": asked})
            self._average = answer["aggregations"]["a"]["value"] or 1.0
        return self._average

    def counts(self, asked: Iterable[tuple[str, Dsl]]) -> dict[str, int]:
        """How many paragraphs pass each filter, by its name; remembered by that."""
        wanted = dict(asked)
        with self._lock:
            known = {name: self._counts[name] for name in wanted if name in self._counts}
        missing = [name for name in wanted if name not in known]
        found: dict[str, int] = {}
        for start in range(0, len(missing), _AT_ONCE):
            names = missing[start : start + _AT_ONCE]
            found |= dict(zip(names, self._count([wanted[n] for n in names]), strict=True))
        with self._lock:
            if len(self._counts) + len(found) > _REMEMBERED:
                self._counts = {}
            self._counts |= found
        return known | found

    def _count(self, filters: Sequence[Dsl]) -> list[int]:
        """How many paragraphs pass each filter."""
        body = {
            "size": 0,
            "query": self.state.alive,
            "aggs": {str(at): {"filter": every([one])} for at, one in enumerate(filters)},
        }
        found = self.search(body)["aggregations"]
        return [int(found[str(at)]["doc_count"]) for at in range(len(filters))]

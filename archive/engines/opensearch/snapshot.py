"""One generation of an archive in a cluster: its searches, and the counts that weigh scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from archive.engines.opensearch.client import ROWS, Cluster, Dsl, Row, runs
from archive.engines.opensearch.dsl import every
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.state import State, alive
from archive.errors import EngineError
from archive.ids import build_paragraph_id
from archive.model import Paragraph

# What a row needs to be placed: its cluster and rank; its id is in its sort values.
PLACE = ["cluster", "rank"]
# What a paragraph is read from.
SHOWN = ["kept", "document", "ordinal"]
IN_ID_ORDER: list[Any] = [{"document": "asc"}, {"ordinal": "asc"}]

# Filters counted in one request.
_AT_ONCE = 200
# Counts kept: a session's words, at a few hundred bytes each.
_REMEMBERED = 10_000
# Ids asked for together; the cluster takes 65,536.
_IDS = 1_000


class Place(NamedTuple):
    """A hit as it is found, before its text is fetched."""

    paragraph_id: str
    score: float
    cluster: str | None
    rank: int


def place(row: Row) -> Place:
    """A row of a search with docvalue_fields PLACE that is sorted by id in the end."""
    fields = row.get("fields", {})
    document, ordinal = row["sort"][-2:]
    [cluster], [rank] = fields.get("cluster", [None]), fields.get("rank", [0])
    paragraph_id = build_paragraph_id(document, int(ordinal))
    return Place(paragraph_id, row.get("_score") or 0.0, cluster, int(rank))


class Snapshot:
    """A generation; it does not change, so neither do counts over the whole of it."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self.cluster = cluster
        self.state = state
        # The filter of what belongs to the generation.
        self.alive = alive(state.generation)
        self._counts: dict[str, int] = {}

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
        query = every([self.alive, wanted])
        for row in self.rows({"query": query, "sort": IN_ID_ORDER, "_source": SHOWN}):
            yield read_paragraph(row["_source"])

    def by_id(self, paragraph_ids: Iterable[str]) -> dict[str, Paragraph]:
        """The paragraphs with these ids; unknown ones are left out."""
        return {
            paragraph.paragraph_id: paragraph
            for run in runs(dict.fromkeys(paragraph_ids), _IDS)
            for paragraph in self.fetch({"terms": {"paragraph": run}})
        }

    def listed(self, paragraph_ids: Sequence[str]) -> dict[str, Paragraph]:
        """The paragraphs that a search listed. Raises EngineError where one is gone since."""
        found = self.by_id(paragraph_ids)
        if not found.keys() >= set(paragraph_ids):
            raise self.gone()
        return found

    def gone(self) -> EngineError:
        """The error for paragraphs that were removed between being listed and being fetched."""
        return EngineError("cluster.paragraphs_gone", index=self.state.index)

    @cached_property
    def average(self) -> float:
        """The average length of a paragraph in characters, each floored."""
        asked = {"a": {"avg": {"field": "length"}}}
        answer = self.search({"size": 0, "query": self.alive, "aggs": asked})
        return float(answer["aggregations"]["a"]["value"] or 1.0)

    def counts(self, filters: Iterable[Dsl]) -> list[int]:
        """How many paragraphs pass each filter; remembered."""
        asked = [(json.dumps(one), one) for one in filters]
        if len(self._counts) > _REMEMBERED:
            self._counts = {}
        # Another thread may forget all of them meanwhile.
        known = self._counts
        missing = {name: one for name, one in asked if name not in known}
        for run in runs(missing.items(), _AT_ONCE):
            numbered = {str(at): {"filter": every([one])} for at, (_, one) in enumerate(run)}
            found = self.search({"size": 0, "query": self.alive, "aggs": numbered})
            for at, (name, _) in enumerate(run):
                known[name] = int(found["aggregations"][str(at)]["doc_count"])
        return [known[name] for name, _ in asked]

"""What one generation's scores are weighed by: counts over the whole of it, asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import every
from archive.engines.opensearch.state import State
from archive.ranking import idf

# Filters counted in one request.
_AT_ONCE = 200
# Weights kept: a session's words, at a hundred bytes each.
_REMEMBERED = 10_000


class Figures:
    """Counts over a generation; it does not change, so neither do they."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self._state = state
        self._average: float | None = None
        self._rarities: dict[str, float] = {}
        self._lock = Lock()

    @property
    def average(self) -> float:
        """The average length of a paragraph in characters, each floored."""
        if self._average is None:
            asked = {"a": {"avg": {"field": "length"}}}
            body = {"size": 0, "query": self._state.alive, "aggs": asked}
            answer = self._cluster.search(self._state.index, body)
            self._average = answer["aggregations"]["a"]["value"] or 1.0
        return self._average

    def rarities(self, asked: Iterable[tuple[str, Dsl]]) -> dict[str, float]:
        """The weight (idf) of each filter by how few paragraphs pass it, by its name."""
        wanted = dict(asked)
        missing = [name for name in wanted if name not in self._rarities]
        found: dict[str, float] = {}
        for start in range(0, len(missing), _AT_ONCE):
            names = missing[start : start + _AT_ONCE]
            counts = self._counts([wanted[name] for name in names])
            found |= {
                n: idf(self._state.count, count) for n, count in zip(names, counts, strict=True)
            }
        with self._lock:
            if len(self._rarities) + len(found) > _REMEMBERED:
                self._rarities = {}
            known = {name: self._rarities[name] for name in wanted if name in self._rarities}
            self._rarities |= found
        found |= known
        again = [(name, wanted[name]) for name in wanted if name not in found]
        return found | self.rarities(again) if again else found

    def _counts(self, filters: Sequence[Dsl]) -> list[int]:
        """How many paragraphs pass each filter."""
        body = {
            "size": 0,
            "query": self._state.alive,
            "aggs": {str(at): {"filter": every([one])} for at, one in enumerate(filters)},
        }
        found = self._cluster.search(self._state.index, body)["aggregations"]
        return [int(found[str(at)]["doc_count"]) for at in range(len(filters))]

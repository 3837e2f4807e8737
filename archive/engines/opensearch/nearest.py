"""The passages that hold most clues of a draft, found and scored in the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from archive.engines.nearness import Clue, Near, Nearest
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.dsl import any_of, held
from archive.engines.opensearch.figures import Figures
from archive.engines.opensearch.folding import PLACE, Place, members, place
from archive.engines.opensearch.scoring import BY_SCORE, damped
from archive.engines.opensearch.state import State
from archive.model import Paragraph

# Found together: copies of one passage are folded afterwards, so more than are wanted.
_ROOM = 3


class Nearness:
    """Answers `Engine.nearest` from one generation."""

    def __init__(self, cluster: Cluster, state: State, figures: Figures) -> None:
        self._cluster = cluster
        self._state = state
        self._figures = figures

    def passages(
        self, draft: Sequence[Clue], limit: int
    ) -> tuple[list[tuple[Place, list[str]]], tuple[float, ...]]:
        """The best passages with the ids of their clusters' members, and the clues' rarity."""
        named = [("clue " + "\0".join(clue.options), _filter(clue)) for clue in draft]
        rarities = self._figures.rarities(named)
        rarity = tuple(rarities[name] for name, _ in named)
        clues = [
            (one, clue.weight * rare)
            for (_, one), clue, rare in zip(named, draft, rarity, strict=True)
            if clue.weight * rare > 0
        ]
        if not clues:
            return [], rarity
        return list(islice(self._folded(clues, limit), limit)), rarity

    def _folded(
        self, clues: Sequence[tuple[Dsl, float]], limit: int
    ) -> Iterator[tuple[Place, list[str]]]:
        body: Dsl = {
            "query": damped(clues, self._state.alive, self._figures),
            "sort": BY_SCORE,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        rows = self._cluster.rows(self._state.index, body, max(1, limit * _ROOM))
        seen: set[str] = set()
        while run := [place(dict(row)) for row in islice(rows, max(1, limit * _ROOM))]:
            labels = {p.cluster for p in run if p.cluster is not None} - seen
            of = members(self._cluster, self._state.index, self._state.alive, labels)
            for found in run:
                if found.cluster is None:
                    yield found, [found.paragraph_id]
                elif found.cluster not in seen:
                    seen.add(found.cluster)
                    yield found, of[found.cluster]


def as_nearest(
    found: Sequence[tuple[Place, list[str]]], rarity: tuple[float, ...], by_id: dict[str, Paragraph]
) -> Nearest:
    """The answer for one draft, the passages' texts at hand."""
    near = [Near(by_id[ids[0]], p.score, tuple(ids[1:])) for p, ids in found]
    return Nearest(tuple(near), rarity)


def _filter(clue: Clue) -> Dsl:
    return any_of([held(option) for option in clue.options])

"""The passages that hold most clues of a draft, found and scored in the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from archive.engines.nearness import Clue, Near, Nearest
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.complaints import gone
from archive.engines.opensearch.dsl import any_of, held, token
from archive.engines.opensearch.figures import Figures
from archive.engines.opensearch.folding import PLACE, Place, members, place
from archive.engines.opensearch.scoring import BY_SCORE, damped, saturated
from archive.engines.opensearch.state import State
from archive.model import Paragraph
from archive.ranking import idf

# Found together: copies of one passage are folded afterwards, so more than are wanted.
_ROOM = 3
# OpenSearch answers 1,024 terms in a query as it comes (indices.query.bool.max_clause_count);
# the rest is for the generation's filter. A draft of some 500 characters has as many clues: of
# a longer one the commonest are left out of the score, which says the least.
MOST_TERMS = 1_000


class Nearness:
    """Answers `Engine.nearest` from one generation."""

    def __init__(self, cluster: Cluster, state: State, figures: Figures) -> None:
        self._cluster = cluster
        self._state = state
        self._figures = figures

    def rarities(self, drafts: Sequence[Sequence[Clue]]) -> list[tuple[float, ...]]:
        """The rarity of each clue of each draft."""
        found = self._figures.rarities((_name(c), _filter(c)) for draft in drafts for c in draft)
        return [tuple(found[_name(clue)] for clue in draft) for draft in drafts]

    def passages(
        self, draft: Sequence[Clue], rarity: Sequence[float], limit: int
    ) -> list[tuple[Place, list[str]]]:
        """The best passages with the ids of their clusters' members."""
        absent = idf(self._state.count, 0)
        worth = [
            (clue, clue.weight * rare)
            for clue, rare in zip(draft, rarity, strict=True)
            if clue.weight > 0 and rare < absent
        ]
        return list(islice(self._folded(_most_telling(worth), limit), limit)) if worth else []

    def _folded(
        self, worth: Sequence[tuple[Clue, float]], limit: int
    ) -> Iterator[tuple[Place, list[str]]]:
        once = [(_filter(clue), weight) for clue, weight in worth if not clue.word]
        clauses = [
            saturated(clue.options[0], weight, self._figures) for clue, weight in worth if clue.word
        ]
        if once:
            clauses.append(damped(once, self._figures))
        alive = {"filter": [self._state.alive]}
        body: Dsl = {
            "query": {"bool": {**alive, "should": clauses, "minimum_should_match": 1}},
            "sort": BY_SCORE,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        rows = self._cluster.rows(self._state.index, body, max(1, limit * _ROOM))
        seen: set[str] = set()
        while run := [place(dict(row)) for row in islice(rows, max(1, limit * _ROOM))]:
            labels = {p.cluster for p in run if p.cluster is not None} - seen
            of = members(self._cluster, self._state.index, self._state.alive, labels)
            if not all(of.values()):
                raise gone(self._state.index)
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


def _most_telling(worth: list[tuple[Clue, float]]) -> list[tuple[Clue, float]]:
    """The clues that are worth most, as many as the cluster takes in one query."""
    room = MOST_TERMS
    taken = []
    for clue, weight in sorted(worth, key=lambda one: -one[1]):
        # A word is one term, a string as many as it has pairs of characters.
        room -= 1 if clue.word else sum(max(1, len(option) - 1) for option in clue.options)
        if room < 0:
            break
        taken.append((clue, weight))
    return taken


def _name(clue: Clue) -> str:
    return ("token " if clue.word else "clue ") + "\0".join(clue.options)


def _filter(clue: Clue) -> Dsl:
    if clue.word:
        return token(clue.options[0])
    return any_of([held(option) for option in clue.options])

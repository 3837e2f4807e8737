"""The passages that hold most clues of a draft, found and scored in the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from archive.engines.opensearch.client import Dsl
from archive.engines.opensearch.dsl import any_of, held, token
from archive.engines.opensearch.folding import PLACE, place
from archive.engines.opensearch.scoring import BY_SCORE, damped, saturated
from archive.engines.opensearch.snapshot import Snapshot
from archive.search.backend import Clue, Scored

# OpenSearch answers 1,024 terms in a query as it comes (indices.query.bool.max_clause_count);
# the rest is for the generation's filter. A draft of some 500 characters has as many clues: of
# a longer one the commonest are left out of the score, which says the least.
MOST_TERMS = 1_000


class HeldClues:
    """How many paragraphs of a generation hold each of some clues."""

    def __init__(self, snapshot: Snapshot, clues: Sequence[Clue]) -> None:
        self._snapshot = snapshot
        self._clues = clues
        counts = snapshot.counts((_name(clue), _filter(clue)) for clue in clues)
        self.counts = [counts[_name(clue)] for clue in clues]

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Sequence[Scored]]:
        return self._snapshot.cluster.together(
            partial(self._best, [(self._clues[number], worth) for number, worth in draft], limit)
            for draft in drafts
        )

    def _best(self, worth: list[tuple[Clue, float]], limit: int) -> Sequence[Scored]:
        if not (worth and limit):
            return ()
        worth = _most_telling(worth)
        once = [(_filter(clue), weight) for clue, weight in worth if not clue.word]
        clauses = [
            saturated(clue.options[0], weight, self._snapshot)
            for clue, weight in worth
            if clue.word
        ]
        if once:
            clauses.append(damped(once, self._snapshot))
        alive = {"filter": [self._snapshot.state.alive]}
        body: Dsl = {
            "size": limit,
            "query": {"bool": {**alive, "should": clauses, "minimum_should_match": 1}},
            "sort": BY_SCORE,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        found = map(place, self._snapshot.search(body)["hits"]["hits"])
        return [Scored(one.paragraph_id, one.score, one.cluster) for one in found]


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

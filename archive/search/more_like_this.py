"""More like this: the passages that hold most of the terms of a draft.

The first step towards precedents for a draft: cheap on any number of paragraphs, and
generous. What it finds is compared with the draft, text with text, by archive.wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.model import Paragraph
from archive.search.backend import Backend, Scored, WeightedTerm
from archive.search.ranking import idf

# Clusters are collapsed after the first are chosen; so many times more are chosen, so that
# the copies of one passage leave room for others.
_OVERFETCH = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A passage that resembles a wording: the cleanest of its near-duplicate cluster.

    `variants` are the ids of the other members, cleanest first.
    """

    paragraph: Paragraph
    score: float
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """The passages nearest to one draft, best first, and the rarity of each of its terms."""

    passages: tuple[Near, ...]
    rarity: tuple[float, ...]


def more_like_this(
    backend: Backend, drafts: Sequence[Sequence[WeightedTerm]], limit: int
) -> list[Nearest]:
    """Return for each draft the passages that hold most of its terms, at most `limit`.

    A passage's score is the sum over the terms it holds of weight, rarity and frequency (1
    but for words), damped by its length as BM25 does; engines differ in its last digits. Of
    each cluster the member that scores most gives the score, its cleanest member stands for
    it. Best first, ties by id; those without a term left out.
    """
    # Drafts of one page share their terms: each is looked up once for all of them.
    distinct = {(term.options, term.word): term for draft in drafts for term in draft}
    number = {kind: at for at, kind in enumerate(distinct)}
    held = backend.held(list(distinct.values()))
    rarity = [idf(backend.size, count) for count in held.counts]
    asked = [[(number[term.options, term.word], term.weight) for term in draft] for draft in drafts]
    worth = [
        [(at, weight * rarity[at]) for at, weight in draft if weight > 0 and held.counts[at]]
        for draft in asked
    ]
    best = [_collapsed(found, limit) for found in held.best(worth, limit * _OVERFETCH)]
    chosen = [scored for found in best for scored in found]
    near = (
        Near(paragraph, scored.score, tuple(variants))
        for scored, (paragraph, variants) in zip(chosen, backend.cleanest(chosen), strict=True)
    )
    return [
        Nearest(tuple(islice(near, len(found))), tuple([rarity[at] for at, _ in draft]))
        for found, draft in zip(best, asked, strict=True)
    ]


def _collapsed(found: Iterable[Scored], limit: int) -> list[Scored]:
    """The first of each cluster, at most `limit`."""
    first: dict[object, Scored] = {}
    for scored in found:
        if len(first) == limit:
            break
        alone = scored.cluster is None
        first.setdefault((alone, scored.paragraph if alone else scored.cluster), scored)
    return list(first.values())

"""What resembles a wording: clues to look for, and the passages that hold most of them.

The first step towards precedents for a draft: cheap on any number of paragraphs, and
generous. What it finds is compared with the draft, text with text, by archive.wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.matching import Subject
from archive.model import Clusters, Membership, Paragraph
from archive.ranking import bm25, floored, idf


@dataclass(frozen=True, slots=True)
class Clue:
    """Folded strings, none empty, of which a passage holds any; what that is worth at most.

    The rarer the clue in the archive, the more of `weight` counts. A `word` has one string,
    which is looked for among the tokens of a passage; the more often it stands there, the
    more it counts, as in BM25. Other clues count once.
    """

    options: tuple[str, ...]
    weight: float
    word: bool = False


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
    """The passages nearest to one draft, best first, and the rarity of each of its clues."""

    passages: tuple[Near, ...]
    rarity: tuple[float, ...]


def nearest(
    subjects: Sequence[Subject], clusters: Clusters, drafts: Iterable[Sequence[Clue]], limit: int
) -> list[Nearest]:
    """For each draft the passages that hold most of its clues, by looking at all of them.

    A passage's score is the sum over the clues it holds of weight, rarity and frequency (1
    but for words), damped by its length as BM25 does. Of each cluster the member that scores
    most gives the score, its cleanest member stands for it. Best first, ties by id; those
    without a clue left out.
    """
    if not subjects:
        return [Nearest((), (idf(0, 0),) * len(draft)) for draft in drafts]
    lengths = [floored(len(subject.paragraph.text)) for subject in subjects]
    average = sum(lengths) / len(lengths)
    members = _members(subjects, clusters)
    found = []
    for draft in drafts:
        holding = [_holding(subjects, clue) for clue in draft]
        rarity = [idf(len(subjects), len(having)) for having in holding]
        sums: dict[int, float] = {}
        for clue, rare, having in zip(draft, rarity, holding, strict=True):
            for i, times in having.items():
                worth = clue.weight * rare * bm25(times, lengths[i], average)
                sums[i] = sums.get(i, 0.0) + worth
        scored = [(total, subjects[i].paragraph) for i, total in sums.items()]
        scored.sort(key=lambda one: (-one[0], one[1].order))
        passages = islice(_folded(scored, clusters, members), limit)
        found.append(Nearest(tuple(passages), tuple(rarity)))
    return found


def _holding(subjects: Sequence[Subject], clue: Clue) -> dict[int, int]:
    """The places of the passages that hold a clue, and how often it counts in each."""
    if clue.word:
        (word,) = clue.options
        counts = [
            sum(token.text == word for token in s.tokens) if word in s.folded else 0
            for s in subjects
        ]
    else:
        counts = [int(any(option in s.folded for option in clue.options)) for s in subjects]
    return {i: times for i, times in enumerate(counts) if times}


def _members(
    subjects: Sequence[Subject], clusters: Clusters
) -> dict[str, list[tuple[int, Paragraph]]]:
    members: dict[str, list[tuple[int, Paragraph]]] = {}
    for subject in subjects:
        own = subject.paragraph.paragraph_id
        place = clusters.get(own, Membership(own, 0))
        members.setdefault(place.cluster, []).append((place.rank, subject.paragraph))
    return members


def _folded(
    scored: Iterable[tuple[float, Paragraph]],
    clusters: Clusters,
    members: dict[str, list[tuple[int, Paragraph]]],
) -> Iterator[Near]:
    seen: set[str] = set()
    for score, paragraph in scored:
        own = paragraph.paragraph_id
        cluster = clusters.get(own, Membership(own, 0)).cluster
        if cluster in seen:
            continue
        seen.add(cluster)
        cleanest, *others = (p for _, p in sorted(members[cluster], key=lambda member: member[0]))
        yield Near(cleanest, score, tuple(p.paragraph_id for p in others))

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

    The rarer the clue in the archive, the more of `weight` counts.
    """

    options: tuple[str, ...]
    weight: float


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

    A passage's score is the sum over the clues it holds of weight and rarity, damped by
    its length as BM25 does. Of each cluster the member that scores most gives the score,
    its cleanest member stands for it. Best first, ties by id; those without a clue left out.
    """
    if not subjects:
        return [Nearest((), (0.0,) * len(draft)) for draft in drafts]
    lengths = [floored(len(subject.paragraph.text)) for subject in subjects]
    average = sum(lengths) / len(lengths)
    members = _members(subjects, clusters)
    found = []
    for draft in drafts:
        holding = [
            [i for i, s in enumerate(subjects) if any(o in s.folded for o in clue.options)]
            for clue in draft
        ]
        rarity = [idf(len(subjects), len(having)) for having in holding]
        sums = [0.0] * len(subjects)
        for clue, rare, having in zip(draft, rarity, holding, strict=True):
            for i in having:
                sums[i] += clue.weight * rare
        scored = [
            (total * bm25(1, length, average), subject.paragraph)
            for total, length, subject in zip(sums, lengths, subjects, strict=True)
            if total > 0
        ]
        scored.sort(key=lambda one: (-one[0], one[1].order))
        passages = islice(_folded(scored, clusters, members), limit)
        found.append(Nearest(tuple(passages), tuple(rarity)))
    return found


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

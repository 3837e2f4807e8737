"""How much a passage puts it as a draft does: one figure, from several views of the shared clues.

The views are BM25 over clues, damped by length as far as the draft is long; the densest
stretch of the passage that is about as long as the draft; the order of characters; and the
headings above it. Each passage is compared with the draft itself, which has similarity 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from archive.engines.nearness import Near
from archive.ranking import K1, LENGTH_FLOOR
from archive.text import fold
from archive.wording.precedents_draft import Draft

Floats = NDArray[np.float64]

# The weights of the views, found on the tuning half of tests/data/drafts.jsonl together with
# questions to laws (python -m tests.precedents_report measures both halves).
WHOLE = 1.0
STRETCH = 1.0
ORDER = 0.15
CONTEXT = 0.1

# A short draft is looked for inside long passages; a long one resembles passages of its own
# length. Between these lengths, in characters, the damping by length rises from the first
# to the second of these shares of BM25's b.
SHORT, LONG = 20, 50
LEAST_DAMPING, MOST_DAMPING = 0.4, 0.9
# The average paragraph that lengths are measured against, in characters.
AVERAGE = 110

# A stretch is this many times as long as the draft, and begins at every third of that.
STRETCH_LENGTH = 1.5
_STEPS = 3

_BLANK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage and how much it resembles the draft, from 0 to 1."""

    near: Near
    similarity: float


def rank(draft: Draft, passages: Sequence[Near], rarity: Sequence[float]) -> list[Ranked]:
    """Return the passages by similarity, best first, ties in the order given."""
    if not passages or not draft.clues:
        return []
    worth = np.array([c.weight for c in draft.clues]) * np.array(rarity)
    own = _views(draft, [draft.folded], worth)
    whole = own.sum() or 1.0
    texts = [fold(near.paragraph.text) for near in passages]
    scores = _views(draft, texts, worth).sum(axis=1)
    scores += CONTEXT * _context(draft, passages, worth)
    similarity = np.minimum(scores / whole, 1.0)
    order = np.argsort(-scores, kind="stable")
    return [Ranked(passages[i], float(similarity[i])) for i in order.tolist()]


def damping(length: int) -> float:
    """BM25's b for a draft of `length` characters.

    >>> damping(10), damping(100)
    (0.4, 0.9)
    """
    share = min(max((length - SHORT) / (LONG - SHORT), 0.0), 1.0)
    return LEAST_DAMPING + share * (MOST_DAMPING - LEAST_DAMPING)


def _views(draft: Draft, texts: Sequence[str], worth: Floats) -> Floats:
    """The views of each text, one row a text, scaled so that they can be added."""
    total = float(worth.sum()) or 1.0
    times = _times(draft, texts)
    lengths = np.maximum([len(text) for text in texts], LENGTH_FLOOR)
    b = damping(draft.length)
    norm = (K1 * (1 - b + b * lengths / AVERAGE))[:, None]
    whole = (times * (K1 + 1) / (times + norm)) @ worth / total
    stretch = np.array([_stretch(draft, text, worth) for text in texts]) / total
    bare = _BLANK.sub("", draft.folded)
    order = [LCSseq.similarity(bare, text) / max(len(bare), 1) for text in texts]
    return np.stack([WHOLE * whole, STRETCH * stretch, ORDER * np.array(order)], axis=1)


def _times(draft: Draft, texts: Sequence[str]) -> NDArray[Any]:
    """How often each text holds each clue."""
    return np.array(
        [[sum(map(text.count, clue.options)) for clue in draft.clues] for text in texts],
        np.float64,
    )


def _stretch(draft: Draft, text: str, worth: Floats) -> float:
    """What the clues in the densest stretch of a text are worth."""
    width = max(int(draft.length * STRETCH_LENGTH), LENGTH_FLOOR)
    step = max(width // _STEPS, 1)
    best = 0.0
    for start in range(0, max(len(text) - width, 0) + step, step):
        part = text[start : start + width]
        held = [any(option in part for option in clue.options) for clue in draft.clues]
        best = max(best, float(worth[held].sum()))
    return best


def _context(draft: Draft, passages: Sequence[Near], worth: Floats) -> Floats:
    """The share of the clues that stand in the headings and titles above each passage."""
    total = float(worth.sum()) or 1.0
    known: dict[str, float] = {}
    found = []
    for near in passages:
        paragraph = near.paragraph
        above = fold("\n".join((paragraph.title, paragraph.article or "", *paragraph.heading_path)))
        if above not in known:
            held = [any(option in above for option in clue.options) for clue in draft.clues]
            known[above] = float(worth[held].sum()) / total
        found.append(known[above])
    return np.array(found)

"""Relevance: the tiers, and BM25 within one.

The order of a ranked result list is by tier, then body text before headings, then score,
then paragraph id. A tier says how a paragraph matched: all words as they stand, or all
their tokens. Engines differ in the last digits of a score, never in a tier.
"""

from __future__ import annotations

import math
from enum import IntEnum

# The usual constants of BM25 (Robertson and Zaragoza, 2009, "The Probabilistic Relevance
# Framework: BM25 and Beyond", section 3.5).
K1 = 1.2
B = 0.75

# A heading of six characters is no better an answer than a sentence of forty: below this
# length (in characters) BM25 would rank by brevity alone.
LENGTH_FLOOR = 40

# A query word in the heading path or a title says what the passage is about; it counts
# this share of the word's weight, whatever its frequency there.
CONTEXT_WEIGHT = 0.3


class Tier(IntEnum):
    """How a paragraph matched; lower is better."""

    LITERAL = 0
    TOKENS = 1


def idf(total: int, having: int) -> float:
    """The weight of a token that `having` of `total` paragraphs have; never negative.

    >>> idf(100, 1) > idf(100, 50) > 0
    True
    """
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def floored(length: int) -> int:
    """The length of a paragraph as BM25 counts it, in characters."""
    return max(length, LENGTH_FLOOR)


def bm25(frequency: int, length: int, average: float) -> float:
    """The saturated frequency of one token in a paragraph of `length` characters (floored)."""
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average))

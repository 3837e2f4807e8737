"""How near a text is to its gold: the F1 of four-character runs, after white space is gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

GRAM = 4
_BLANK = re.compile("[\\s\u3000\xa0\u200b\ufeff\ufffd]+")


def squeeze(text: str | None) -> str:
    """`text` without white space and what stands for it."""
    return _BLANK.sub("", text or "")


def grams(text: str) -> Counter[str]:
    """The multiset of four-character runs; a shorter text is one run."""
    whole = squeeze(text)
    return Counter(whole[at : at + GRAM] for at in range(max(1, len(whole) - GRAM + 1)) if whole)


def f1(found: str, gold: str) -> float:
    """F1 over the multisets of four-character runs; an empty gold asks for an empty text.

    >>> f1("抓好落实", "抓好 落实"), f1("", ""), f1("广告", "")
    (1.0, 1.0, 0.0)
    """
    ours, theirs = grams(found), grams(gold)
    if not ours or not theirs:
        return float(not ours and not theirs)
    return 2 * sum((ours & theirs).values()) / (sum(ours.values()) + sum(theirs.values()))


def nearest(places: Sequence[int], after: int) -> int:
    """The place nearest to `after`, those behind it first.

    >>> nearest([1, 9], 3), nearest([1, 2], 3)
    (9, 2)
    """
    return min(places, key=lambda i: (i < after, abs(i - after)))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0

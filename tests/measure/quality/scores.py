"""How near a text is to its gold: the F1 of four-character runs, after white space is gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

GRAM = 4
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_BLANK = re.compile("[\\s\u3000\xa0\u200b\ufeff\ufffd]+")


def squeeze(text: str | None) -> str:
    """`text` without white space and what stands for it."""
    return _BLANK.sub("", text or "")


def grams(text: str) -> Counter[str]:
    """The multiset of four-character runs; a shorter text is one run."""
    whole = squeeze(text)
    return Counter(whole[at : at + GRAM] for at in range(max(1, len(whole) - GRAM + 1)) if whole)


@dataclass(frozen=True)
class Likeness:
    """How a text was read: shares of four-character runs, and the figures of the gold missing.

    `kept` is the share of the gold that was found, `clean` the share of what was found that
    is in the gold.
    """

    f1: float
    kept: float
    clean: float
    figures_lost: int


def likeness(found: str, gold: str) -> Likeness:
    """Compare over the multisets of four-character runs; an empty gold asks for an empty text.

    >>> likeness("抓好落实", "抓好 落实").f1, likeness("", "").f1, likeness("广告", "").f1
    (1.0, 1.0, 0.0)
    >>> likeness("新建学校12所", "新建学校12所，投入3.5亿元")
    Likeness(f1=0.5, kept=0.3333333333333333, clean=1.0, figures_lost=1)
    """
    ours, theirs = grams(found), grams(gold)
    missing = Counter(_FIGURE.findall(gold)) - Counter(_FIGURE.findall(found))
    if not ours or not theirs:
        same = float(not ours and not theirs)
        return Likeness(same, same, same, missing.total())
    both = (ours & theirs).total()
    shares = 2 * both / (ours.total() + theirs.total()), both / theirs.total(), both / ours.total()
    return Likeness(*shares, missing.total())


def f1(found: str, gold: str) -> float:
    """The F1 of `likeness` alone."""
    return likeness(found, gold).f1


def nearest(places: Sequence[int], after: int) -> int:
    """The place nearest to `after`, those behind it first.

    >>> nearest([1, 9], 3), nearest([1, 2], 3)
    (9, 2)
    """
    return min(places, key=lambda i: (i < after, abs(i - after)))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0

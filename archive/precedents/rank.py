"""How much a passage puts it as a draft does: one figure, from several views of the shared terms.

The views are BM25 over terms, damped by length as far as the draft is long; the densest
stretch of the passage that is about as long as the draft; the order of characters; and the
headings above it. Each passage is compared with the draft itself, which has similarity 1.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from operator import add

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from archive.precedents.draft import RUN, Draft
from archive.search.more_like_this import Near
from archive.search.ranking import LENGTH_FLOOR
from archive.text.fold import find_all, fold
from archive.text.numerals import parse

Floats = NDArray[np.float64]

# The weights of the views, found on the tuning half of tests/data/drafts.jsonl together with
# questions to laws (python -m tests.measure.precedents_report measures both halves).
WHOLE = 1.0
STRETCH = 1.0
ORDER = 0.15
CONTEXT = 0.05
# Slots may differ; where everything else is alike, the passage with the same figures is first.
FIGURES = 0.1
# What the first passages share among themselves and few others have, the draft is about.
FEEDBACK = 0.2

# How fast a repeated term stops counting (BM25's k1), and how much its rarity counts.
SATURATION = 1.6
RARITY_POWER = 0.9

# A short draft is looked for inside long passages; a long one resembles passages of its own
# length. Between these lengths, in characters, the damping by length rises from the first
# to the second of these shares of BM25's b.
SHORT, LONG = 20, 40
MIN_DAMPING, MAX_DAMPING = 0.4, 1.0
# The average paragraph that lengths are measured against, in characters.
AVERAGE = 110

# A stretch is this many times as long as the draft.
STRETCH_LENGTH = 1.5

# Looking a string up in a text takes about as long as making so many pairs of it.
_FEW = 2

_BLANK = re.compile(r"[\W_]+")

_LARGE = {"万": 10**4, "亿": 10**8}
_FIGURE = re.compile(r"([0-9]+(?:\.[0-9]+)?|[零〇一二三四五六七八九十百千两]+)([万亿]*)")
# Smaller figures number the points of a text, and stand in most passages.
MIN_FIGURE = 11

# The passages believed, and the pairs of characters taken from them.
BELIEVED = 10
PAIRS = 60


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage and how much it resembles the draft, from 0 to 1."""

    near: Near
    similarity: float


def rank(draft: Draft, passages: Sequence[Near], rarity: Sequence[float]) -> list[Ranked]:
    """Return the passages by similarity, best first, ties in the order given.

    `rarity` begins with that of the terms compared, in their order.
    """
    if not passages or not draft.terms:
        return []
    worth = (
        np.array([c.weight for c in draft.compared])
        * np.array(rarity[: len(draft.compared)]) ** RARITY_POWER
    )
    finder = _Finder(draft, worth)
    whole = float(_views(draft, finder, [draft.folded]).sum()) or 1.0
    texts = [fold(near.paragraph.text) for near in passages]
    scores = _views(draft, finder, texts).sum(axis=1)
    scores += CONTEXT * _context(finder, passages)
    scores += FIGURES * same_figures(draft.text, texts)
    scores += FEEDBACK * feedback(texts, [near.score for near in passages])
    similarity = np.minimum(scores / whole, 1.0)
    order = np.argsort(-scores, kind="stable")
    return [Ranked(passages[i], float(similarity[i])) for i in order.tolist()]


def damping(length: int) -> float:
    """BM25's b for a draft of `length` characters.

    >>> damping(10), damping(100)
    (0.4, 1.0)
    """
    share = min(max((length - SHORT) / (LONG - SHORT), 0.0), 1.0)
    return MIN_DAMPING + share * (MAX_DAMPING - MIN_DAMPING)


class _Finder:
    """Where the terms of a draft stand in a text."""

    def __init__(self, draft: Draft, worth: Floats) -> None:
        self.worth = worth
        self.total = float(worth.sum()) or 1.0
        self._values: list[float] = worth.tolist()
        self._single: dict[str, int] = {}
        self._groups: list[tuple[int, tuple[str, ...]]] = []
        # A long draft has no single characters among its terms.
        self._characters = any(len(o) == 1 for c in draft.compared for o in c.options)
        for number, term in enumerate(draft.compared):
            if len(term.options) == 1:
                self._single[term.options[0]] = number
            else:
                self._groups.append((number, term.options))

    def places(self, text: str) -> list[tuple[int, int]]:
        """The place and the number of each term found in a folded text, in order of places."""
        single = self._single
        if len(single) * _FEW < len(text):
            # Each of a clause's few terms is looked for.
            own = [(term, number) for term, number in single.items() if term in text]
            found = [(at, number) for term, number in own for at in find_all(term, text)]
        else:
            known = map(single.get, map(add, text, text[1:]))
            found = [(at, number) for at, number in enumerate(known) if number is not None]
            if self._characters:
                found += [(at, single[c]) for at, c in enumerate(text) if c in single]
        for number, options in self._groups:
            for option in options:
                if option in text:
                    found += [(at, number) for at in find_all(option, text)]
        found.sort()
        return found

    def share(self, text: str) -> float:
        """What the terms of one string in a text are worth, of all that there are."""
        single = self._single
        numbers = {single[c] for c in text if c in single}
        numbers.update(single[pair] for pair in map(add, text, text[1:]) if pair in single)
        return sum(self._values[number] for number in numbers) / self.total

    def stretch(self, places: list[tuple[int, int]], width: int) -> float:
        """What the terms in the densest stretch of `width` characters are worth, of all."""
        values, inside = self._values, [0] * len(self._values)
        best = held = 0.0
        first = 0
        for at, number in places:
            if not inside[number]:
                held += values[number]
            inside[number] += 1
            while places[first][0] <= at - width:
                gone = places[first][1]
                inside[gone] -= 1
                if not inside[gone]:
                    held -= values[gone]
                first += 1
            best = max(best, held)
        return best / self.total


def _views(draft: Draft, finder: _Finder, texts: Sequence[str]) -> Floats:
    """The views of each text, one row a text, scaled so that they can be added."""
    width = max(int(draft.length * STRETCH_LENGTH), LENGTH_FLOOR)
    bare = _BLANK.sub("", draft.folded)
    lengths = np.maximum([len(text) for text in texts], LENGTH_FLOOR)
    b = damping(draft.length)
    norms = SATURATION * (1 - b + b * lengths / AVERAGE)
    rows = []
    for text, norm in zip(texts, norms.tolist(), strict=True):
        places = finder.places(text)
        times = np.bincount([number for _, number in places], minlength=len(finder.worth))
        whole = float(times * (SATURATION + 1) / (times + norm) @ finder.worth) / finder.total
        stretch = finder.stretch(places, width)
        order = LCSseq.similarity(bare, text) / max(len(bare), 1)
        rows.append((WHOLE * whole, STRETCH * stretch, ORDER * order))
    return np.array(rows)


def _context(finder: _Finder, passages: Sequence[Near]) -> Floats:
    """The share of the terms that stand in the headings and titles above each passage."""
    paragraphs = [near.paragraph for near in passages]
    above = ["\n".join((p.title, p.article or "", *p.heading_path)) for p in paragraphs]
    shares = {text: finder.share(fold(text)) for text in set(above)}
    return np.array([shares[text] for text in above])


def figures(text: str) -> frozenset[float]:
    """Return the figures in folded text from MIN_FIGURE on, as numbers.

    >>> sorted(figures("第一,投入一千二百万元,培训73人、二十三场,增长2.68%;一九九八年"))
    [23, 73, 1998, 12000000]
    """
    found = set()
    for match in _FIGURE.finditer(text):
        numeral = match[1].replace("两", "二")
        number = float(numeral if numeral[0].isascii() else parse(numeral) or 0)
        for unit in match[2]:
            number *= _LARGE[unit]
        if number >= MIN_FIGURE:
            found.add(round(number, 3))
    return frozenset(int(n) if n.is_integer() else n for n in found)


def same_figures(draft: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Of each folded text, the share of the draft's figures that it has."""
    wanted = figures(fold(draft))
    if not wanted:
        return np.zeros(len(texts))
    return np.array([len(wanted & figures(text)) / len(wanted) for text in texts])


def feedback(texts: Sequence[str], scores: Sequence[float]) -> NDArray[np.float64]:
    """Return for each text the share, from 0 to 1, of what the first ones have in common.

    `texts` are folded, best first by `scores`.

    >>> feedback(["送教上门服务", "送教上门登记", "道路硬化"], [3.0, 2.0, 1.0]).round(2).tolist()
    [0.59, 0.5, 0.23]
    """
    believed = [
        Counter(chain.from_iterable(map(add, run, run[1:]) for run in RUN.findall(text)))
        for text in texts[:BELIEVED]
    ]
    # What the believed do not hold is never chosen, and need not be told apart elsewhere.
    told = set().union(*believed)
    held = [told.intersection(map(add, text, text[1:])) for text in texts]
    having = Counter(chain.from_iterable(held))
    rare = [math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for n in range(len(texts) + 1)]
    worth: dict[str, float] = {}
    for pairs, score in zip(believed, scores, strict=False):
        total = sum(pairs.values())
        for pair, times in pairs.items():
            worth[pair] = worth.get(pair, 0.0) + score * times / total * rare[having[pair]]
    least = min(nlargest(PAIRS, worth.values()), default=0.0)
    best = [(-value, pair) for pair, value in worth.items() if value >= least]
    chosen = [(pair, -value) for value, pair in sorted(best)[:PAIRS]]
    whole = sum(value for _, value in chosen) or 1.0
    return np.array([sum(v for pair, v in chosen if pair in pairs) / whole for pairs in held])

"""What the first passages found have in common: feedback on what a draft is about.

A draft in other words still finds, by the few it shares, passages of its matter; the words
that those have and other candidates have not are then looked for too (Rocchio's idea).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from heapq import nlargest
from itertools import chain
from operator import add

import numpy as np
from numpy.typing import NDArray

# The passages believed, and the pairs of characters taken from them.
BELIEVED = 10
PAIRS = 60

_WORD = re.compile(r"[^\W_]+")


def feedback(texts: Sequence[str], scores: Sequence[float]) -> NDArray[np.float64]:
    """Return for each text the share, from 0 to 1, of what the first ones have in common.

    `texts` are folded, best first by `scores`.

    >>> feedback(["送教上门服务", "送教上门登记", "道路硬化"], [3.0, 2.0, 1.0]).round(2).tolist()
    [0.59, 0.5, 0.23]
    """
    believed = [
        Counter(chain.from_iterable(map(add, run, run[1:]) for run in _WORD.findall(text)))
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

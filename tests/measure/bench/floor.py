"""The floor: what a common word costs in plain numpy when nothing else is done."""

from __future__ import annotations

import time

import numpy as np

from archive.search.ranking import K1, B
from tests.measure.bench.paragraphs import SEED

# The share of paragraphs that hold the word: 300,000 of a million.
SHARE = 0.3
TOP = 20
VALUES = 40
ROUNDS = 30


def measure(count: int) -> dict[str, float]:
    """BM25 over the postings of one word, the first 20, and one facet counted.

    Returns milliseconds: the median and the best of some rounds.
    """
    draw = np.random.default_rng(SEED)
    places = np.flatnonzero(draw.random(count) < SHARE).astype(np.uint32)
    times = draw.integers(1, 5, len(places)).astype(np.uint8)
    lengths = draw.integers(40, 500, count)
    norms = (K1 * (1 - B + B * lengths / lengths.mean())).astype(np.float32)
    facet = draw.integers(0, VALUES, count).astype(np.uint8)
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        frequency = times.astype(np.float32)
        scores = frequency * np.float32(K1 + 1) / (frequency + norms[places])
        limit = np.partition(scores, len(scores) - TOP)[len(scores) - TOP]
        first = np.flatnonzero(scores >= limit)
        places[first[np.argsort(-scores[first])[:TOP]]]
        np.bincount(facet[places], minlength=VALUES)
        spent.append((time.perf_counter() - started) * 1000)
    return {"postings": len(places), "median": float(np.median(spent)), "best": min(spent)}

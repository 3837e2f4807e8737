"""How much a token counts in a paragraph, in a byte: a score bound that needs no lengths.

The share of a token in a paragraph's score (BM25) rests on its frequency there, on the
paragraph's length and on the average length of the whole archive. The last one changes
with every commit, but little: so a segment keeps the share under its own average, and says
between which bounds it lies under another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.search.ranking import K1, LENGTH_FLOOR, B

# The largest share, and so that of the largest byte.
MAX_SHARE = K1 + 1
STEP = MAX_SHARE / 255


def average(lengths: NDArray[Any]) -> float:
    """The average length of paragraphs as BM25 counts it; 1 where there are none."""
    return float(np.maximum(lengths, LENGTH_FLOOR).mean()) if len(lengths) else 1.0


def impacts(times: NDArray[Any], places: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.uint8]:
    """The shares of tokens that occur `times` in the paragraphs at `places`, in bytes.

    A share lies between the byte below and the byte, each times STEP.
    """
    floored = np.maximum(lengths, LENGTH_FLOOR)
    norms = (K1 * (1 - B + B * floored / average(lengths))).astype(np.float32)
    frequency = times.astype(np.float32)
    shares = frequency / (frequency + norms[places])
    packed: NDArray[np.uint8] = np.ceil(shares * np.float32(255)).astype(np.uint8)
    return packed


def bounds(own: Iterable[float], whole: float) -> tuple[float, float]:
    """Between which factors shares change where the average length is `whole`, not one of `own`.

    A share is MAX_SHARE·f / (f + K1·(1 - B) + K1·B·length/average): whatever f and the length,
    its denominator changes less than the average does.
    """
    factors = [1.0, *(whole / each for each in own)]
    return min(factors), max(factors)

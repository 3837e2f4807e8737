"""Which pairs of texts are probably copies, kept from run to run.

To find them in a large archive takes longer than all the rest of a small change, and a small
change touches few of them. What is kept is put right for the texts that came and went, to
the very pairs that a computation from nothing finds; where that cannot be told, or much has
changed, everything is compared anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.duplicates.ordered import within
from indexer.duplicates.pairs import (
    candidates,
    candidates_with,
    figures_conflict,
    similarity,
)
from indexer.duplicates.signatures import Signatures
from indexer.duplicates.stars import Ints

Bools = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

# Pairs that are probably copies, as places among the texts, and which of them surely are.
Pairs = tuple[Ints, Ints, Bools]

# Letters from which a text is judged by its sketch: below, a single replaced word moves
# the estimate by a quarter.
LONG = 16

# Similarity that makes copies, at LONG letters and from _SURE_LENGTH on, linear between.
# Read off 100,000 paragraphs of laws and news and the manglings of real document sites:
# independent formulas of 20 to 60 letters reach 0.7, daily news put in one form 0.6; whole
# paragraphs that a site mangled keep 0.66.
_SHORT_SIMILAR = 0.68
_SIMILAR = 0.62
_SURE_LENGTH = 200

# A pair below that is probable from here on: several of them between the same two articles
# are no accident any more, and make copies of both.
_PROBABLE = 0.42

# Beyond this share of new and lost texts comparing all anew takes no longer.
_MUCH = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The judgement on all texts of an archive, by their hashes.

    `texts` are the hashes of the texts that have a sketch, ascending, and `crowded` which of
    them stood in a full bucket; `first`, `second` and `strong` are the pairs.
    """

    texts: Hashes
    crowded: Bools
    first: Hashes
    second: Hashes
    strong: Bools

    def pairs(self) -> Pairs:
        """The pairs as places in `texts`."""
        first, second = (np.searchsorted(self.texts, side) for side in (self.first, self.second))
        return first.astype(np.int64), second.astype(np.int64), self.strong


def judge(signed: Signatures, rows: Ints, known: Judged | None = None) -> Judged:
    """Judge the texts that stand in `rows` of `signed`: their hashes ascend, all different.

    `known` is an earlier judgement of the same archive.
    """
    texts = signed["exact"][rows]
    if known is not None:
        updated = _updated(known, texts, signed, rows)
        if updated is not None:
            return updated
    found = candidates(signed["sketch"], rows)
    first, second, strong = _probable(signed, rows, found.first, found.second)
    return Judged(texts, found.crowded, texts[first], texts[second], strong)


def _probable(signed: Signatures, rows: Ints, first: Ints, second: Ints) -> Pairs:
    """Keep the pairs that are probably copies, and say which are so by themselves."""
    alike = similarity(signed, rows[first], rows[second])
    probable = alike >= _PROBABLE
    first, second, alike = first[probable], second[probable], alike[probable]
    sound = ~figures_conflict(signed, rows[first], rows[second])
    first, second, alike = first[sound], second[sound], alike[sound]
    lengths = signed["length"]
    shorter = np.minimum(lengths[rows[first]], lengths[rows[second]])
    fall = np.clip((shorter - float(LONG)) / (_SURE_LENGTH - LONG), 0.0, 1.0)
    return first, second, alike >= _SHORT_SIMILAR - fall * (_SHORT_SIMILAR - _SIMILAR)


def _updated(known: Judged, texts: Hashes, signed: Signatures, rows: Ints) -> Judged | None:
    """The earlier judgement put right; None where texts in full buckets came or went."""
    stays, was = within(known.texts, texts), within(texts, known.texts)
    new = np.flatnonzero(~was)
    lost = len(stays) - np.count_nonzero(stays)
    if len(new) + lost > _MUCH * len(texts) or known.crowded[~stays].any():
        return None
    found = candidates_with(signed["sketch"], rows, new)
    if found is None:
        return None
    crowded = np.zeros(len(texts), dtype=bool)
    crowded[was] = known.crowded[stays]
    # Of the pairs found those between two known texts were judged before.
    fresh = ~(was[found.first] & was[found.second])
    first, second, strong = _probable(signed, rows, found.first[fresh], found.second[fresh])
    kept = within(known.first, texts) & within(known.second, texts)
    return Judged(
        texts,
        crowded,
        np.concatenate([known.first[kept], texts[first]]),
        np.concatenate([known.second[kept], texts[second]]),
        np.concatenate([known.strong[kept], strong]),
    )

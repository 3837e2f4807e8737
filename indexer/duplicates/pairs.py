"""Which pairs of texts are probably copies, kept from run to run.

Candidates come from banding (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4):
the sketch is cut into bands; two texts are compared where a whole band agrees. A bucket that
fills up with the variations of one formula would cost the square of its size, so in it each
text is compared with a few pivots only, chosen by their content and not by their arrival.

To compare all in a large archive takes longer than all the rest of a small change. So the
pairs found are kept, and put right for the texts that came and went, to the very pairs that
a computation from nothing finds; where that cannot be told, or much has changed, everything
is compared again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.duplicates.grouping import Ints, distinct, run_places, run_starts, within
from indexer.duplicates.signatures import SKETCH, Signatures

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

# A band is four bytes of the sketch. With 32 bands a pair of similarity 0.5 is compared with
# probability 0.87, 0.6 with 0.99, 0.7 with 0.9999; independent ones (below 0.2) with 0.05 at most.
_BAND = np.dtype(np.uint32)

# A bucket up to this size is compared pair by pair. Measured on 381,000 paragraphs of laws
# and news: against 64 a third less time, and 5 of 57,789 memberships other.
_FULL = 32
_PIVOTS = 8

# Bands copied at a time: half a cache line of the sketch.
_TOGETHER = 8

# Rows whose bands are looked through at a time: some megabytes, which stay near the processor.
_ROWS = 1 << 14

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)

# Pairs compared at a time: 2 x 128 bytes each.
_BLOCK = 1 << 15

_ONES = np.array([bin(byte).count("1") for byte in range(256)], dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The pairs of rows to compare, each once, the lower row first.

    `crowded` says of each row whether it stood in a full bucket: which pairs such a bucket
    gives depends on all its rows, not on the two alone.
    """

    first: Ints
    second: Ints
    crowded: Bools


def candidates(sketches: npt.NDArray[np.uint8], rows: Ints | None = None) -> Candidates:
    """Return the pairs of rows of `sketches` (n, SKETCH) that agree in a whole band.

    Where `rows` are given, the pairs are of places in them. They must stand in an order that
    depends on their content only, since the pivots of a full bucket are its lowest rows.
    """
    # Most keys are alone. Counting them by their upper bits finds most of those in a tenth
    # of the time that sorting takes; what a chance meeting leaves over, sorting removes.
    count = len(sketches) if rows is None else len(rows)
    bits = min(max(count * 4, 1).bit_length(), 26)
    keyed: list[Hashes] = []
    for keys in _bands(sketches, rows):
        slots = keys >> np.uint32(32 - bits)
        keyed.append(_keyed(keys, np.flatnonzero((np.bincount(slots) > 1)[slots])))
    return _paired(_Buckets(keyed), count)


def candidates_with(sketches: npt.NDArray[np.uint8], rows: Ints, places: Ints) -> Candidates | None:
    """Return the pairs of those buckets alone that hold any of `places` in `rows`.

    None where one of these buckets is full.
    """
    bands = sketches.view(_BAND)
    tables = np.arange(bands.shape[1], dtype=np.uint64) << _HALF
    own = distinct((bands[rows[places]] | tables).ravel())
    # Most keys are told from the wanted by their band and their upper half alone.
    marked = np.zeros(len(tables) << 16, dtype=bool)
    marked[own >> np.uint64(16)] = True
    found = [(own[:0], own[:0])]
    for start in range(0, len(rows), _ROWS):
        keys = (bands[rows[start : start + _ROWS]] | tables).ravel()
        near = np.flatnonzero(marked[keys >> np.uint64(16)])
        near = near[within(keys[near], own)]
        found.append((keys[near], (near // len(tables) + start).astype(np.uint64)))
    keys, at = (np.concatenate(side) for side in zip(*found, strict=True))
    order = np.lexsort((at, keys))
    keyed = ((keys & _LOW) << _HALF | at)[order]
    edges = np.searchsorted(keys[order], tables[1:])
    buckets = _Buckets(np.split(keyed, edges))
    return None if (buckets.sizes > _FULL).any() else _paired(buckets, len(rows))


def _bands(sketches: npt.NDArray[np.uint8], rows: Ints | None) -> Iterator[npt.NDArray[np.uint32]]:
    """The bands of the sketches in `rows` (None: all), one after another.

    A few at a time are copied together: sketches may lie on the disk, and a large archive's
    are too many to copy all.
    """
    bands = sketches.view(_BAND)
    chosen = slice(None) if rows is None else rows
    for first in range(0, bands.shape[1], _TOGETHER):
        yield from np.ascontiguousarray(bands[chosen, first : first + _TOGETHER].T)


def _keyed(keys: npt.NDArray[np.uint32], rows: Ints) -> Hashes:
    """Some rows of a band, each packed behind its key, sorted."""
    keyed = keys[rows].astype(np.uint64) << _HALF | rows.astype(np.uint64)
    keyed.sort()
    return keyed


class _Buckets:
    """The rows that agree in a band, for all bands; of one row alone there is no bucket."""

    def __init__(self, bands: list[Hashes]) -> None:
        keyed = np.concatenate(bands)
        keys = (keyed >> _HALF).astype(np.uint32)
        self.rows = keyed & _LOW
        band = np.repeat(np.arange(len(bands)), [len(rows) for rows in bands])
        starts = run_starts(keys, band)
        sizes = np.diff(np.append(starts, len(keys)))
        self.starts, self.sizes = starts[sizes > 1], sizes[sizes > 1]

    def pairs(self) -> Hashes:
        """The pairs within the buckets, packed."""
        starts, sizes = self.starts, self.sizes
        found = [np.zeros(0, dtype=np.uint64)]
        # The members of a bucket stand in row order, so that the first ones are the pivots.
        for step in range(_FULL - 1):
            wanted = (sizes > step + 1) & ((sizes <= _FULL) | (step < _PIVOTS))
            starts, sizes = starts[wanted], sizes[wanted]
            if not len(starts):
                break
            counts = sizes - step - 1
            first = np.repeat(starts + step, counts)
            offset = run_places(np.cumsum(counts) - counts, len(first))
            found.append(self.rows[first] << _HALF | self.rows[first + 1 + offset])
        return np.concatenate(found)

    def crowded(self, count: int) -> Bools:
        """Which of `count` rows stand in a full bucket."""
        crowded = np.zeros(count, dtype=bool)
        full = self.sizes > _FULL
        for start, size in zip(self.starts[full].tolist(), self.sizes[full].tolist(), strict=True):
            crowded[self.rows[start : start + size].astype(np.intp)] = True
        return crowded


def _paired(buckets: _Buckets, count: int) -> Candidates:
    pairs = distinct(buckets.pairs())
    first, second = (pairs >> _HALF).astype(np.int64), (pairs & _LOW).astype(np.int64)
    return Candidates(first, second, buckets.crowded(count))


def similarity(signed: Signatures, first: Ints, second: Ints) -> npt.NDArray[np.float32]:
    """Return the estimated share of common shingles (Jaccard) of each pair, 0 to 1."""
    sketches = signed["sketch"]
    found = np.empty(len(first), dtype=np.float32)
    for at in range(0, len(first), _BLOCK):
        block = slice(at, at + _BLOCK)
        # Equal bytes are ones; eight are added at a time, no byte's sum exceeding 16, and
        # the product's top byte is the sum of all eight.
        equal = (sketches[first[block]] == sketches[second[block]]).view(np.uint64).sum(axis=1)
        found[block] = (equal * np.uint64(0x0101010101010101)) >> np.uint64(56)
    found /= SKETCH
    return found


def figures_conflict(signed: Signatures, first: Ints, second: Ints) -> Bools:
    """Return which pairs use the same words for other facts.

    Figures clash where both texts have some that the other lacks; a figure that is masked
    or lost in one of them clashes with nothing. Sites mask figures but hardly ever change
    them, while daily and yearly reports agree in their round ones (24时, 31个省), so a
    clash for every two that agree is too much.
    """
    a, b = signed["figures"][first], signed["figures"][second]
    agree = _ONES[a & b].sum(axis=1, dtype=np.int64)
    clash = np.minimum(
        _ONES[a & ~b].sum(axis=1, dtype=np.int64), _ONES[b & ~a].sum(axis=1, dtype=np.int64)
    )
    found: Bools = 2 * clash > agree
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """The pairs of texts of an archive that are probably copies, by the texts' hashes.

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


def judge(signed: Signatures, rows: Ints, known: Verdicts | None = None) -> Verdicts:
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
    return Verdicts(texts, found.crowded, texts[first], texts[second], strong)


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


def _updated(known: Verdicts, texts: Hashes, signed: Signatures, rows: Ints) -> Verdicts | None:
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
    return Verdicts(
        texts,
        crowded,
        np.concatenate([known.first[kept], texts[first]]),
        np.concatenate([known.second[kept], texts[second]]),
        np.concatenate([known.strong[kept], strong]),
    )

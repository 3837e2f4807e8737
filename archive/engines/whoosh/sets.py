"""Sets of a segment's paragraphs: their ordinals, ascending, in the narrowest type.

A list of a few costs what the few cost; what is combined of long lists is marked in a row
of the whole segment, which stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archive.engines.whoosh.arrays import Bools, Ordinals, Packed

NOTHING: Packed = np.empty(0, np.uint16)

# Looking up a few in a list so many times as long costs less than marking the list.
FEW = 12


def narrow(ordinals: Ordinals, count: int) -> Packed:
    """`ordinals` below `count` in the type that searching them among others takes."""
    return ordinals.astype(np.uint16 if count <= 1 << 16 else np.uint32, copy=False)


def wide(ordinals: Packed) -> Ordinals:
    """`ordinals` in the type of indices: to write at others costs three times as much."""
    return ordinals.astype(np.intp, copy=False)


def chosen(mask: Bools) -> Packed:
    """The ordinals that are true in `mask`."""
    return narrow(np.flatnonzero(mask), len(mask))


def marked(ordinals: Packed, count: int) -> Bools:
    """A mask of `count` that is true at `ordinals`."""
    mask = np.zeros(count, np.bool_)
    mask[wide(ordinals)] = True
    return mask


def places(wanted: Packed, among: Packed) -> tuple[Packed, Bools]:
    """Where each of the few `wanted` stands `among` some (not none), and whether it does."""
    at = among.searchsorted(wanted)
    # What is beyond the last one is compared with it, and differs.
    return at, among.take(at, mode="clip") == wanted


def intersect(lists: Sequence[Packed], count: int) -> Packed:
    """What all of `lists` of ordinals below `count` hold; of no lists, every ordinal."""
    if not lists:
        return np.arange(count)
    common, *others = sorted(lists, key=len)
    for other in others:
        if not len(common):
            break
        if len(common) * FEW < len(other):
            common = common.compress(places(common, other)[1])
        else:
            common = common.compress(marked(other, count).take(common))
    return common


def unite(lists: Sequence[Packed], count: int) -> Packed:
    """What any of `lists` of ordinals below `count` holds."""
    full = [ordinals for ordinals in lists if len(ordinals)]
    if len(full) < 2:
        return full[0] if full else NOTHING
    mask = marked(full[0], count)
    for ordinals in full[1:]:
        mask[wide(ordinals)] = True
    return chosen(mask)


def without(ordinals: Packed, others: Packed, count: int) -> Packed:
    """What `ordinals` hold and `others` do not."""
    if not len(ordinals) or not len(others):
        return ordinals
    if len(ordinals) * FEW < len(others):
        return ordinals[~places(ordinals, others)[1]]
    return ordinals[~marked(others, count).take(ordinals)]

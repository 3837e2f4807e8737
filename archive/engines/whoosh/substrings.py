"""A segment's exact substrings: pairs of characters find the candidates, the text decides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Packed
from archive.engines.whoosh.invert import GRAM_BITS
from archive.engines.whoosh.sets import (
    NOTHING,
    chosen,
    intersect,
    marked,
    places,
    unite,
    without,
)
from archive.engines.whoosh.strings import Strings, encode

# Characters of a string that is found without reading any text.
LONGEST_KNOWN = 2

# Up to so many texts are searched in the time that it takes to tell them apart.
_MOST_READ = 32


class Needle:
    """A folded string of two or more characters, made ready once for all segments."""

    def __init__(self, text: str) -> None:
        self.encoded = encode(text)
        # The keys of its pairs of neighbouring characters.
        pairs = dict.fromkeys((ord(a) << GRAM_BITS) | ord(b) for a, b in pairwise(text))
        self.pairs = np.array(list(pairs), np.uint64)


class Substrings:
    """The pairs of neighbouring characters of a segment's folded texts."""

    def __init__(self, file: ArrayFile, folded: Strings, count: int) -> None:
        self._file = file
        self._folded = folded
        self._count = count

    def beginning(self, character: str) -> Packed:
        """The paragraphs whose folded text contains `character`: that begins some pair there.

        Every paragraph contains the empty string.
        """
        if not character:
            return np.arange(self._count)
        key = ord(character) << GRAM_BITS
        between = np.array([key, key + (1 << GRAM_BITS)], np.uint64)
        low, high = self._file["gram.key"].searchsorted(between)
        first = self._file["gram.first"]
        stretch = self._file.part("gram.in", int(first[low]), int(first[high]))
        # A text may hold several pairs that begin with the character.
        return chosen(marked(stretch, self._count))

    def containing(
        self,
        needle: Needle,
        pairs: Sequence[tuple[int, int]],
        sure: Packed,
        within: Packed | None,
    ) -> Packed:
        """The paragraphs whose folded text contains `needle`: exact, by construction.

        `pairs` are where the postings of its pairs lie, `sure` some paragraphs of which it
        is known. Of others than those `within` no text is read.
        """
        candidates = self._holding_all(pairs)
        if within is not None:
            candidates = intersect([candidates, within], self._count)
        if not len(candidates):
            return NOTHING
        if not len(sure) or len(candidates) <= _MOST_READ:
            return self._folded.holding(candidates, needle.encoded)
        unsure = without(candidates, sure, self._count)
        return unite([sure, self._folded.holding(unsure, needle.encoded)], self._count)

    def _holding_all(self, extents: Sequence[tuple[int, int]]) -> Packed:
        """The paragraphs that all of these postings have, and up to a few that some have.

        A few texts are searched in the time that it takes to tell them apart.
        """
        shortest, *others = sorted((end - start, start, end) for start, end in extents)
        if not shortest[0]:
            return NOTHING
        found = self._file.part("gram.in", *shortest[1:])
        for _, start, end in others:
            if len(found) <= _MOST_READ:
                break
            found = intersect([found, self._file.part("gram.in", start, end)], self._count)
        return found

    def pairs(self, wanted: NDArray[np.uint64]) -> list[Packed]:
        """The paragraphs that hold each of the `wanted` pairs."""
        keys = self._file["gram.key"]
        if not len(keys):
            return [NOTHING] * len(wanted)
        at, known = places(wanted, keys)
        stretches = self._stretches(np.minimum(at, len(keys) - 1))
        found = zip(stretches, known.tolist(), strict=True)
        return [stretch if there else NOTHING for stretch, there in found]

    def _stretches(self, at: NDArray[Any]) -> list[Packed]:
        first = self._file["gram.first"]
        bounds = zip(first[at].tolist(), first[at + 1].tolist(), strict=True)
        return [self._file.part("gram.in", start, end) for start, end in bounds]

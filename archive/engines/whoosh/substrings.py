"""A segment's exact substrings: pairs of characters find the candidates, the text decides."""

from __future__ import annotations

from functools import cached_property
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
_MOST_READ = 16


class Needle:
    """A folded string that is looked for, made ready once for all segments."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def encoded(self) -> bytes:
        """Its UTF-8."""
        return encode(self.text)

    @cached_property
    def pairs(self) -> NDArray[np.uint64]:
        """The keys of its pairs of neighbouring characters, ascending."""
        pairs = {(ord(a) << GRAM_BITS) | ord(b) for a, b in pairwise(self.text)}
        return np.array(sorted(pairs), np.uint64)

    @cached_property
    def keys(self) -> bytes:
        """The same keys as bytes, which are compared in a fraction of the time."""
        return self.pairs.tobytes()

    @cached_property
    def range(self) -> NDArray[np.uint64]:
        """Of a single character: between which keys the pairs lie that begin with it."""
        first = ord(self.text) << GRAM_BITS
        return np.array([first, first + (1 << GRAM_BITS)], np.uint64)


class Substrings:
    """The pairs of neighbouring characters of a segment's folded texts."""

    def __init__(self, file: ArrayFile, folded: Strings, count: int) -> None:
        self._file = file
        self._folded = folded
        self._count = count

    def containing(self, needle: Needle, sure: Packed, within: Packed | None = None) -> Packed:
        """The paragraphs whose folded text contains `needle`: exact, by construction.

        `sure` are some of which that is known. What is no longer than two characters is a
        pair, or the pairs that begin with it. Of others than those `within` no text is read.
        """
        length = len(needle.text)
        if length < 2:
            return np.arange(self._count) if not length else self._beginning(needle)
        candidates = self._candidates(needle, _MOST_READ if length > LONGEST_KNOWN else 0)
        if length <= LONGEST_KNOWN or not len(candidates):
            return candidates
        if within is not None:
            candidates = intersect([candidates, within], self._count)
        if not len(sure) or len(candidates) <= _MOST_READ:
            return self._folded.holding(candidates, needle.encoded)
        unsure = without(candidates, sure, self._count)
        return unite([sure, self._folded.holding(unsure, needle.encoded)], self._count)

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

    def _beginning(self, needle: Needle) -> Packed:
        low, high = self._file["gram.key"].searchsorted(needle.range)
        first = self._file["gram.first"]
        stretch = self._file.part("gram.in", int(first[low]), int(first[high]))
        # A text may hold several pairs that begin with the character.
        return chosen(marked(stretch, self._count))

    def _candidates(self, needle: Needle, few: int) -> Packed:
        """The paragraphs that hold all pairs of `needle`, and up to `few` that hold some."""
        keys = self._file["gram.key"]
        at = keys.searchsorted(needle.pairs)
        # What is beyond the last one is compared with it, and differs.
        if not len(keys) or keys.take(at, mode="clip").tobytes() != needle.keys:
            return NOTHING
        return intersect(self._stretches(at), self._count, few)

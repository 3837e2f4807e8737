"""jieba's dictionary read where it lies: what cuts the few words of a query.

A cutter that loads the whole dictionary takes a fifth of a second to be ready, more than
all the rest of a search. The words of one first character stand together in the file, so
those that a short text can hold are found by bisection and read; the text is then cut as
jieba cuts it without its hidden Markov model: into the words whose frequencies have the
greatest product.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from itertools import takewhile
from math import log
from pathlib import Path

# The dictionary of jieba 0.42.1: its size in bytes, and the sum of its frequencies, which
# takes as long to find as the whole file to read. A test compares both.
SIZE = 5_071_852
TOTAL = 60_101_967

# A few words that are no ideographs stand in front; then the first characters ascend.
_FIRST_WORD = "\n一 ".encode()


class MappedDictionary:
    """The dictionary in a file, mapped; the words of a first character are read when met."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises ValueError where it is another dictionary."""
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._start = self._bytes.find(_FIRST_WORD) + 1
        if len(self._bytes) != SIZE or not self._start:
            self._bytes.close()
            raise ValueError(f"{path} is not the dictionary that this was written for")
        self._by_first: dict[str, dict[str, int]] = {}

    def cut(self, text: str) -> list[str]:
        """Cut ideographs into words, as jieba does without its hidden Markov model."""
        # Of each place, the best sum of logarithms from there on and where its word ends;
        # of equal sums the longer word.
        best = [(0.0, 0)] * (len(text) + 1)
        whole = log(TOTAL)
        for at in range(len(text) - 1, -1, -1):
            words = self._words(text[at])
            best[at] = max(
                (log(words.get(text[at:end]) or 1) - whole + best[end][0], end)
                for end in _ends(text, at, words)
            )
        found, at = [], 0
        while at < len(text):
            end = best[at][1]
            found.append(text[at:end])
            at = end
        return found

    def _words(self, first: str) -> dict[str, int]:
        """The frequencies of the words that begin with a character, 0 for their beginnings."""
        known = self._by_first.get(first)
        if known is None:
            known = {}
            sign = first.encode()
            start, end = self._from(sign), self._from(chr(ord(first) + 1).encode())
            for line in self._bytes[start:end].decode().splitlines():
                word, frequency, _ = line.split(" ")
                known[word] = int(frequency)
                for length in range(1, len(word)):
                    known.setdefault(word[:length], 0)
            self._by_first[first] = known
        return known

    def _from(self, first: bytes) -> int:
        """Where the first line begins that is not before the character `first`."""

        def begins(at: int) -> bytes:
            """How the line begins that holds the byte at `at`."""
            line = self._bytes.rfind(b"\n", self._start, at) + 1 or self._start
            return self._bytes[line : line + len(first)]

        return bisect_left(range(len(self._bytes)), first, lo=self._start, key=begins)


def _ends(text: str, at: int, words: dict[str, int]) -> list[int]:
    """Where a word that begins at `at` can end: a single character always is one."""
    beginnings = takewhile(lambda end: text[at:end] in words, range(at + 1, len(text) + 1))
    return [end for end in beginnings if words[text[at:end]]] or [at + 1]

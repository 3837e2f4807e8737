"""Tables of strings as two arrays: their UTF-8 one after another, and where each begins.

Each string ends with the byte FF, which no UTF-8 holds: a search over the whole table can
never match across two strings.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Ordinals, pack

_END = b"\xff"

# A sorted table keeps the first bytes of each string as a number, which sorts likewise.
KEY_BYTES = 8

# So few strings are read one by one in less time than their places are worked out together.
_FEW = 24


def encode(text: str) -> bytes:
    """UTF-8, lone surrogates included: a damaged source must not stop the index."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """The way back from `encode`."""
    return data.decode("utf-8", "surrogatepass")


def string_arrays(name: str, strings: Iterable[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of a table called `name`, for `write_arrays`."""
    listed = list(strings)
    joined = _END.join([*listed, b""])
    ends = np.zeros(len(listed) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in listed], out=ends[1:])
    return {f"{name}.utf8": np.frombuffer(joined, np.uint8), f"{name}.at": pack(ends)}


def key_of(text: bytes) -> np.uint64:
    """The first bytes of a string as a number, which sorts as they do."""
    return np.uint64(int.from_bytes(text[:KEY_BYTES].ljust(KEY_BYTES, b"\0"), "big"))


def sorted_arrays(name: str, strings: Sequence[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of a sorted table called `name`, in which strings are looked up."""
    first = b"".join([text[:KEY_BYTES].ljust(KEY_BYTES, b"\0") for text in strings])
    keys = np.frombuffer(first, ">u8").astype(np.uint64)
    return {f"{name}.key": keys, **string_arrays(name, strings)}


class Strings:
    """A table of strings in a file of arrays, by ordinal."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self._name = name

    @cached_property
    def at(self) -> NDArray[Any]:
        """Where each string begins in the blob, in bytes, and where the last one ends."""
        return self._file[f"{self._name}.at"]

    @cached_property
    def _base(self) -> int:
        return self._file.place(f"{self._name}.utf8")

    def __len__(self) -> int:
        return len(self.at) - 1

    def raw(self, ordinal: int) -> bytes:
        """The UTF-8 of the string at `ordinal`."""
        return self.between(self.at.item(ordinal), self.at.item(ordinal + 1) - 1)

    def between(self, start: int, end: int) -> bytes:
        """The UTF-8 of the string that lies in the blob from `start` to before `end`."""
        return self._file.read(self._base + start, self._base + end)

    def __getitem__(self, ordinal: int) -> str:
        return decode(self.raw(ordinal))

    def stretch(self, start: int, end: int) -> bytes:
        """The UTF-8 of the strings from `start` to before `end`, each with its end mark."""
        first, last = int(self.at[start]), int(self.at[end])
        return self._file.read(self._base + first, self._base + last)

    def all_raw(self) -> list[bytes]:
        """The UTF-8 of every string."""
        return self._blob.split(_END)[:-1]

    def all(self) -> list[str]:
        """Every string."""
        return [decode(text) for text in self.all_raw()]

    def containing(self, needle: bytes) -> Ordinals:
        """The ordinals of the strings that contain the non-empty `needle`, ascending."""
        blob, found = self._blob, []
        at = blob.find(needle)
        while at >= 0:
            found.append(at)
            # On to the next string: one occurrence says enough of this one.
            at = blob.find(needle, blob.find(_END, at))
        ordinals: Ordinals = np.searchsorted(self.at, np.array(found, np.int64), side="right") - 1
        return ordinals

    def holding(self, ordinals: NDArray[Any], needle: bytes) -> NDArray[Any]:
        """Those of `ordinals` whose string contains `needle`, in their order."""
        if len(ordinals) <= _FEW:
            holds = [needle in self.raw(ordinal) for ordinal in ordinals.tolist()]
            return ordinals[np.array(holds, np.bool_)]
        wide = ordinals.astype(np.intp)
        starts = self.at[wide].astype(np.int64) + self._base
        ends = self.at[wide + 1].astype(np.int64) + self._base
        # UTF-8 is self-synchronizing, so bytes are found exactly where characters are.
        return ordinals[self._file.find(needle, starts, ends) >= 0]

    @cached_property
    def _blob(self) -> bytes:
        return self._file[f"{self._name}.utf8"].tobytes()


class SortedStrings(Strings):
    """A sorted table of different strings in a file of arrays."""

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The key of each string, ascending; equal only where the first bytes are."""
        return self._file[f"{self._name}.key"]

    def first_from(self, text: bytes) -> int:
        """The ordinal of the first string not before `text`."""
        keys, key = self.keys, key_of(text)
        start = int(keys.searchsorted(key))
        if start == len(keys) or keys[start] != key:
            return start
        end = int(keys.searchsorted(key, "right"))
        return start + bisect_left(range(start, end), text, key=self.raw)

    def find(self, text: bytes) -> int | None:
        """The ordinal of `text`; None where it is not in the table."""
        ordinal = self.first_from(text)
        return ordinal if ordinal < len(self) and self.raw(ordinal) == text else None

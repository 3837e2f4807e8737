"""Files of named arrays: written once and whole, memory-mapped ever after, never changed.

A file is a fixed head, a table in JSON (name, type, place, length of each array), a checksum
of every block of what follows, and the arrays. It is written under another name and put in
place whole, so a folder that was copied by hard links keeps its own content whatever
happens to the copy. A block is compared with its checksum before anything of it is used,
once for each time that the file is opened: a changed byte never becomes an answer.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from archive.errors import EngineError, unreadable, unwritable
from archive.files import write_atomically

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]
Ordinals = NDArray[np.intp]
# Unsigned and of the narrowest type that holds the largest value: read, then widened.
Packed = NDArray[Any]
# One offset, or several.
B = TypeVar("B", int, NDArray[np.int64])

# Magic, format version, size of the whole file, length of the table, number of blocks.
_HEAD = struct.Struct("<8sIQII")
# CRC-32 of the head, the table and the blocks' checksums, up to where the arrays begin.
_CHECKSUM = struct.Struct("<I")
_TABLE = _HEAD.size + _CHECKSUM.size
_MAGIC = b"xianli\r\n"
FORMAT_VERSION = 4

# Arrays start on the cache lines of the processors of the day.
_ALIGNMENT = 64

# A checksum covers this many bytes, as a power of two: a page of memory, which is read from
# the disk as a whole anyway. What a query touches of large arrays is mostly a line here and
# there, and the CRC-32 of a page takes a microsecond.
_BLOCK_BITS = 12
_BLOCK = 1 << _BLOCK_BITS
_SUM = np.dtype("<u4")
# So many bytes are compared as one where a whole file is; they have a checksum of their own.
_PIECE = 1 << 22


def pack(values: NDArray[Any]) -> Packed:
    """Return non-negative whole numbers in the narrowest unsigned type that holds them.

    >>> pack(np.array([0, 65535])).dtype.itemsize, pack(np.array([65536])).dtype.itemsize
    (2, 4)
    """
    largest = int(values.max()) if len(values) else 0
    for narrow in (np.uint8, np.uint16, np.uint32):
        if largest <= np.iinfo(narrow).max:
            return values.astype(narrow)
    return values.astype(np.uint64)


def joined(parts: Iterable[NDArray[Any]], kind: npt.DTypeLike) -> NDArray[Any]:
    """Return the arrays one after another, of the type `kind`; empty where there are none."""
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind, copy=False)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` (one-dimensional) to `path`, durably, replacing what was there.

    Raises EngineError where the disk refuses.
    """
    table: dict[str, tuple[str, int, int]] = {}
    parts: list[memoryview[int]] = []
    end = 0
    for name, given in arrays.items():
        array = np.ascontiguousarray(given)
        gap = -end % _ALIGNMENT
        table[name] = (array.dtype.str, end + gap, len(array))
        parts += (memoryview(bytes(gap)), array.data.cast("B"))
        end += gap + array.nbytes
    sums: list[int] = []
    large: list[int] = []
    for piece in _pieces(parts):
        sums += (zlib.crc32(piece[at : at + _BLOCK]) for at in range(0, len(piece), _BLOCK))
        large.append(zlib.crc32(piece))
    encoded = json.dumps(table).encode()
    start = _start(len(encoded), len(sums))
    known = np.array(sums + large[: _whole_pieces(len(sums))], _SUM)
    described = (encoded + known.tobytes()).ljust(start - _TABLE, b"\0")
    head = _HEAD.pack(_MAGIC, FORMAT_VERSION, start + end, len(encoded), len(sums))
    checksum = zlib.crc32(described, zlib.crc32(head))
    try:
        write_atomically(path, (head, _CHECKSUM.pack(checksum), described, *parts))
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from error


class ArrayFile:
    """The arrays of one file, mapped into memory; pages are read as they are touched.

    Any number of threads may use it.
    """

    def __init__(self, path: Path) -> None:
        """Map `path`. Raises FileNotFoundError, and EngineError where it cannot be read."""
        self.path = path
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < _TABLE:
                    raise EngineError("file.cut_short", path=path)
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unreadable(path, error) from error
        magic, version, whole, length, blocks = _HEAD.unpack_from(self._map)
        (checksum,) = _CHECKSUM.unpack_from(self._map, _HEAD.size)
        if magic != _MAGIC:
            raise EngineError("file.foreign", path=path)
        if version != FORMAT_VERSION:
            raise EngineError("file.version", path=path, version=version)
        self._start = _start(length, blocks)
        described = self._map[_TABLE : self._start]
        if whole != size or zlib.crc32(described, zlib.crc32(self._map[: _HEAD.size])) != checksum:
            raise EngineError("file.cut_short_or_damaged", path=path)
        try:
            self._table = _read_table(described[:length], size - self._start)
        except (ValueError, TypeError, AttributeError) as error:
            raise EngineError("file.damaged", path=path) from error
        self._sums = np.frombuffer(described, _SUM, blocks, length)
        after = length + self._sums.nbytes
        self._large = np.frombuffer(described, _SUM, _whole_pieces(blocks), after)
        # Which blocks have not been compared with their checksums yet.
        self._unchecked = bytearray(b"\1" * blocks)
        # Whether all have: a question asks a hundred times.
        self._sound = False
        # Each array that parts were asked of, and where it begins after the table.
        self._mapped: dict[str, tuple[NDArray[Any], int]] = {}
        self._whole: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array `name`, read-only. Raises EngineError where it is missing or damaged."""
        array = self._whole.get(name)
        if array is None:
            array = self._array(name)
            place = self.place(name)
            self._check_blocks(self._block(place), self._block(place + array.nbytes - 1))
            self._whole[name] = array
        return array

    def part(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """The array `name` from `start` to before `stop`: of a large array nothing else is read.

        Raises EngineError where the array is missing or this part of it is damaged.
        """
        known = self._mapped.get(name)
        if known is None:
            known = self._mapped[name] = self._array(name), self._table[name][1]
        array, offset = known
        if not self._sound:
            size = array.itemsize
            last = offset + stop * size - 1 >> _BLOCK_BITS
            self._check_blocks(offset + start * size >> _BLOCK_BITS, last)
        return array[start:stop]

    def place(self, name: str) -> int:
        """The offset in the file, in bytes, at which the array `name` begins."""
        return self._start + self._table[name][1]

    def read(self, start: int, end: int) -> bytes:
        """The bytes of the file from `start` to before `end`. Raises EngineError."""
        if not self._sound:
            self._check_blocks(self._block(start), self._block(end - 1))
        return self._map[start:end]

    def find(
        self, needle: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Where `needle` first stands between each of `starts` and its end; below 0: nowhere.

        Raises EngineError where any of these stretches is damaged.
        """
        if not self._sound:
            first, last = self._block(starts), self._block(ends - 1)
            unchecked = np.frombuffer(self._unchecked, np.bool_)
            wanted = unchecked[first] | unchecked[last] | (last > first + 1)
            for low, high in zip(first[wanted].tolist(), last[wanted].tolist(), strict=True):
                self._check_blocks(low, high)
        # Searched in place in the mapped file: nothing is copied or decoded.
        found = map(self._map.find, repeat(needle), starts.tolist(), ends.tolist())
        return np.fromiter(found, np.int64, len(starts))

    def check(self) -> None:
        """Make sure of the whole file. Raises EngineError where it is not as it was written."""
        if not self._sound:
            self._check_pieces()
            self._check_blocks(0, len(self._sums) - 1)
            self._sound = True

    def _check_pieces(self) -> None:
        """Compare all whole pieces with their checksums, on all processors: others may work on."""
        with memoryview(self._map) as whole, ThreadPoolExecutor(os.cpu_count()) as threads:

            def is_sound(piece: int) -> bool:
                start = self._start + piece * _PIECE
                # Of so many bytes zlib takes the sum without holding up other threads.
                return bool(zlib.crc32(whole[start : start + _PIECE]) == self._large[piece])

            sound = list(threads.map(is_sound, range(len(self._large))))
        for piece in np.flatnonzero(sound).tolist():
            blocks = slice(piece * _PIECE // _BLOCK, (piece + 1) * _PIECE // _BLOCK)
            self._unchecked[blocks] = bytes(_PIECE // _BLOCK)

    def _array(self, name: str) -> NDArray[Any]:
        try:
            kind, _, length = self._table[name]
        except KeyError:
            raise EngineError("file.lacks", path=self.path, name=name) from None
        array = np.empty(0, kind)
        if length:
            array = np.frombuffer(self._map, kind, length, self.place(name))
        return array

    def _block(self, place: B) -> B:
        """The number of the block that holds the byte at `place`, or each of several."""
        return (place - self._start) >> _BLOCK_BITS

    def _check_blocks(self, first: int, last: int) -> None:
        """Compare the blocks from `first` to `last`, where not done yet, with their checksums."""
        at = self._unchecked.find(1, first, last + 1)
        while at >= 0:
            end = self._unchecked.find(0, at, last + 1)
            self._check_run(at, end if end >= 0 else last + 1)
            at = self._unchecked.find(1, at, last + 1)

    def _check_run(self, first: int, end: int) -> None:
        """Compare the blocks from `first` to before `end` with their checksums."""
        start = self._start + first * _BLOCK
        with memoryview(self._map) as whole:
            # Long postings are hundreds of blocks: nothing is done for each but to compare it.
            for checksum in self._sums[first:end].tolist():
                if zlib.crc32(whole[start : start + _BLOCK]) != checksum:
                    raise EngineError("file.damaged_from", path=self.path, start=start)
                start += _BLOCK
        self._unchecked[first:end] = bytes(end - first)


def _read_table(encoded: bytes, room: int) -> dict[str, tuple[str, int, int]]:
    """The table of a file whose arrays fill at most `room` bytes, each of them plain numbers.

    Raises ValueError, TypeError or AttributeError where it is none.
    """
    table = {
        name: (kind, start, count) for name, (kind, start, count) in json.loads(encoded).items()
    }
    for name, (kind, start, count) in table.items():
        numbers = np.dtype(str(kind))
        end = start + count * numbers.itemsize
        if numbers.kind not in "biuf" or not 0 <= start <= end <= room:
            raise ValueError(f"{name} lies outside the file or holds no numbers")
    return table


def _start(table: int, blocks: int) -> int:
    """Where the arrays begin, after a table of so many bytes and the checksums of `blocks`."""
    end = _TABLE + table + (blocks + _whole_pieces(blocks)) * _SUM.itemsize
    return end + -end % _ALIGNMENT


def _whole_pieces(blocks: int) -> int:
    """The number of pieces that have a checksum; the last block may be shorter than the others."""
    return max(0, blocks - 1) * _BLOCK // _PIECE


def _pieces(parts: Iterable[memoryview[int]]) -> Iterator[memoryview[int]]:
    """Yield what `parts` hold in pieces of _PIECE bytes, the last one shorter; not all at once."""
    held: list[memoryview[int]] = []
    room = _PIECE
    for part in parts:
        while len(part) >= room:
            yield memoryview(b"".join((*held, part[:room])))
            held, part, room = [], part[room:], _PIECE
        held.append(part)
        room -= len(part)
    yield memoryview(b"".join(held))

"""Files of named arrays: written once and whole, memory-mapped ever after, never changed.

A file is a fixed head, a table in JSON (name, type, place, length, checksum of each array)
and the arrays. It is written under another name and put in place whole, so a folder that
was copied by hard links keeps its own content whatever happens to the copy.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.errors import EngineError

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]
Ordinals = NDArray[np.intp]
# Unsigned and of the narrowest type that holds the largest value: read, then widened.
Packed = NDArray[Any]

# Magic, format version, size of the whole file, length and CRC-32 of the table.
_HEAD = struct.Struct("<8sIQII")
_MAGIC = b"xianli\r\n"
FORMAT_VERSION = 1

# Arrays start on the cache lines of the processors of the day.
_ALIGNMENT = 64

# Arrays up to this size are checked against their checksum when first read (a few tenths
# of a millisecond); larger ones by `check` alone, which reads the whole file.
_CHECKED_WHEN_READ = 1 << 18


def damaged(path: Path, chinese: str, english: str) -> EngineError:
    """The error for a file that cannot be what was once written there."""
    return EngineError(
        f"索引文件 {path} {chinese}；请运行 xianli reindex --full 重建",
        f"the index file {path} {english}; run `xianli reindex --full` to build it anew",
    )


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


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` (one-dimensional) to `path`, durably, replacing what was there.

    Raises EngineError where the disk refuses.
    """
    table: dict[str, tuple[str, int, int, int]] = {}
    offset = 0
    kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    for name, array in kept.items():
        offset += -offset % _ALIGNMENT
        table[name] = (array.dtype.str, offset, len(array), zlib.crc32(array.data.cast("B")))
        offset += array.nbytes
    encoded = json.dumps(table).encode()
    start = _HEAD.size + len(encoded)
    start += -start % _ALIGNMENT
    head = _HEAD.pack(_MAGIC, FORMAT_VERSION, start + offset, len(encoded), zlib.crc32(encoded))
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(head + encoded)
            for name, array in kept.items():
                file.seek(start + table[name][1])
                file.write(array.data.cast("B"))
            file.truncate(start + offset)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise EngineError(
            f"无法写入索引文件 {path}：{error.strerror}；请检查磁盘空间与权限",
            f"cannot write the index file {path}: {error.strerror}; check disk space and rights",
        ) from error


class ArrayFile:
    """The arrays of one file, mapped into memory; pages are read as they are touched."""

    def __init__(self, path: Path) -> None:
        """Map `path`. Raises FileNotFoundError, and EngineError where it is damaged."""
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEAD.size:
                raise damaged(path, "不完整", "is cut short")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, whole, length, checksum = _HEAD.unpack_from(self.map)
        if magic != _MAGIC:
            raise damaged(path, "不是本系统的索引文件", "was not written by this system")
        if version != FORMAT_VERSION:
            raise damaged(path, f"的格式版本是 {version}", f"has format version {version}")
        encoded = self.map[_HEAD.size : _HEAD.size + length]
        if whole != size or zlib.crc32(encoded) != checksum:
            raise damaged(path, "不完整", "is cut short or damaged")
        self._table: dict[str, tuple[str, int, int, int]] = json.loads(encoded)
        start = _HEAD.size + int(length)
        self._start = start + -start % _ALIGNMENT
        self._read: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array `name`, read-only. Raises EngineError where it is missing or damaged."""
        array = self._read.get(name)
        if array is None:
            array = self._map(name)
            if array.nbytes <= _CHECKED_WHEN_READ:
                self._check(name, array)
            self._read[name] = array
        return array

    def place(self, name: str) -> int:
        """The offset in the file, in bytes, at which the array `name` begins."""
        return int(self._start + self._table[name][1])

    def check(self) -> None:
        """Read everything. Raises EngineError where anything differs from what was written."""
        for name in self._table:
            self._check(name, self._map(name))

    def _map(self, name: str) -> NDArray[Any]:
        try:
            kind, offset, length, _ = self._table[name]
            if not length:
                return np.empty(0, kind)
            return np.frombuffer(self.map, kind, length, self._start + offset)
        except (KeyError, ValueError, TypeError):
            raise damaged(self.path, f"缺少“{name}”", f"lacks “{name}”") from None

    def _check(self, name: str, array: NDArray[Any]) -> None:
        if zlib.crc32(array.data.cast("B")) != self._table[name][3]:
            raise damaged(self.path, f"的“{name}”已损坏", f"is damaged in “{name}”")

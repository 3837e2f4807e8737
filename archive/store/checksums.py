"""The checksums of a generation's files, so that one that was changed never becomes an answer.

    sums.json        the CRC-32 of what follows; then, as JSON, for each file its size and CRC-32

They are taken when the generation is published, for from then on none of its files changes.
A file is compared with them before a process first uses it, and again where it looks another.
The index's files of arrays are not among them: they hold checksums of their own, by block.
"""

from __future__ import annotations

import json
import zlib
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from archive.errors import EngineError, unreadable

SUMS = "sums.json"

_OWN_CHECKSUMS = "index/*.arrays"
# So many bytes at a time take little memory and are read as fast as the disk can.
_CHUNK = 1 << 20
# Files remembered as whole: a few generations of a few archives.
_MAX_KNOWN = 256

_Sums = dict[str, tuple[int, int]]


def seal(folder: Path) -> str:
    """The content of the file of checksums for what is in `folder`."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != SUMS]
    named = {path.relative_to(folder).as_posix(): path for path in files}
    listed: _Sums = {
        name: (path.stat().st_size, _sum(path))
        for name, path in named.items()
        if not fnmatchcase(name, _OWN_CHECKSUMS)
    }
    content = json.dumps(listed)
    return f"{_mark(content)}\n{content}"


def mark(folder: Path) -> str:
    """What tells the sealed generation in `folder` from any other of its name; "" if unsealed.

    Raises EngineError where the checksums themselves are damaged.
    """
    return _read(folder)[0]


def _read(folder: Path) -> tuple[str, _Sums]:
    try:
        content = (folder / SUMS).read_bytes().decode()
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        raise unreadable(folder / SUMS, error) from error
    except ValueError as error:
        raise EngineError("file.damaged", path=folder / SUMS) from error
    own, _, listed = content.partition("\n")
    if own != _mark(listed):
        raise EngineError("file.damaged", path=folder / SUMS)
    return own, json.loads(listed)


def check(path: Path) -> None:
    """Make sure of a file that lies in a generation's folder itself, if that is sealed.

    Raises EngineError where it is not as it was when the generation was published.
    """
    check_all(path.parent, path.name)


def check_all(folder: Path, pattern: str = "*") -> None:
    """Make sure of all files of the generation in `folder` that fit the pattern, if it is sealed.

    Raises EngineError, naming the first that is not as it was.
    """
    for name, (size, checksum) in _read(folder)[1].items():
        path = folder / name
        if fnmatchcase(name, pattern):
            _compare(path, size, checksum)


def _compare(path: Path, size: int, checksum: int) -> None:
    try:
        found = path.stat()
        known = (found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
        if found.st_size != size:
            raise EngineError("file.cut_short", path=path)
        if _known_sum(path, *known) != checksum:
            raise EngineError("file.damaged", path=path)
    except FileNotFoundError as error:
        raise EngineError("file.missing", path=path) from error
    except OSError as error:
        raise unreadable(path, error) from error


@lru_cache(_MAX_KNOWN)
def _known_sum(path: Path, inode: int, changed: int, touched: int) -> int:
    """The CRC-32 of a file, taken once as long as it looks the same."""
    return _sum(path)


def _sum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _mark(content: str) -> str:
    return f"{zlib.crc32(content.encode()):08x}"

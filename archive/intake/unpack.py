"""Taking a ZIP archive apart without trusting anything that it says of itself.

Sizes and ratios are counted while bytes come out: a header may say anything. One member
that no honest archive has refuses the whole.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from archive.errors import SourceError
from archive.intake.names import checked_path, shown
from archive.intake.staging import Staging, Upload

# Files in one archive: a department's whole year, read in minutes.
MAX_FILES = 5_000
# Bytes that come out of one archive: thirty times the largest folder of saved pages seen.
LARGEST_UNPACKED = 1 << 30
# Bytes out for each byte in: saved pages shrink to a tenth, a text of one repeated character
# to a thousandth. Below the floor no ratio hurts.
STEEPEST = 100
RATIO_FLOOR = 4 << 20
# Entries that the directory may have, pictures and style sheets included, before Python's
# reader makes an object of half a kilobyte of each.
MAX_ENTRIES = 100_000

_ENTRY = b"PK\x01\x02"
_CHUNK = 1 << 16
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".cab", ".iso")
# What file managers add of themselves, folder by folder.
_DEBRIS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def unpack(
    archive: Path, suffixes: Collection[str], into: Staging
) -> list[tuple[str, Upload | None]]:
    """Take the documents of a ZIP file out, each with its path in it.

    What has none of the `suffixes` is listed without an upload. Raises SourceError for an
    archive that is damaged, encrypted, too large, or that holds a link, another archive or a
    name that leads elsewhere.
    """
    try:
        if _count(archive, _ENTRY) > MAX_ENTRIES:
            raise SourceError("zip.too_many_files", most_files=MAX_FILES)
        with zipfile.ZipFile(archive) as opened:
            return list(_members(opened, suffixes, into, archive.stat().st_size))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise SourceError("zip.damaged", error=error) from error


def _members(
    opened: zipfile.ZipFile, suffixes: Collection[str], into: Staging, packed: int
) -> Iterator[tuple[str, Upload | None]]:
    infos = [info for info in opened.infolist() if not info.is_dir()]
    if len(infos) > MAX_FILES:
        raise SourceError("zip.too_many_files", most_files=MAX_FILES)
    seen: set[str] = set()
    # All names are looked at before the first byte comes out.
    wanted = [(info, _judge(info, suffixes)) for info in infos]
    budget = _Budget(packed)
    for info, path in wanted:
        if path is None:
            yield _name(info), None
            continue
        if path.casefold() in seen:
            raise SourceError("zip.twice", path=shown(path))
        seen.add(path.casefold())
        stream = into.open()
        with opened.open(info) as member:
            while chunk := member.read(_CHUNK):
                budget.spend(len(chunk))
                stream.write(chunk)
        yield path, into.finish(stream)


class _Budget:
    """What may still come out of an archive of `packed` bytes."""

    def __init__(self, packed: int) -> None:
        self._steep = max(RATIO_FLOOR, STEEPEST * packed)
        self._out = 0

    def spend(self, count: int) -> None:
        self._out += count
        if self._out > LARGEST_UNPACKED:
            raise SourceError("zip.too_large", largest_unpacked=LARGEST_UNPACKED >> 20)
        if self._out > self._steep:
            raise SourceError("zip.bomb", steepest=STEEPEST)


def _judge(info: zipfile.ZipInfo, suffixes: Collection[str]) -> str | None:
    """The path under which a member may stand; None where it is no document."""
    name = _name(info)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise SourceError("zip.link", name=shown(name))
    if info.flag_bits & _ENCRYPTED:
        raise SourceError("zip.encrypted")
    parts = name.split("/")
    if ".." in parts or "" in parts or "." in parts or parts[0].endswith(":"):
        raise SourceError("zip.method", name=shown(name))
    if any(part in _DEBRIS for part in parts) or parts[-1].startswith((".", "~$")):
        return None
    if not name.lower().endswith(tuple(suffixes)):
        if name.lower().endswith(_ARCHIVES):
            raise SourceError("zip.nested", name=shown(name))
        return None
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The others may ask for gigabytes of memory before they give a byte.
        raise SourceError("zip.leads_out")
    return checked_path(name, suffixes)


def _name(info: zipfile.ZipInfo) -> str:
    """The member's path with `/`, in the encoding it was written in.

    Packing programs of Chinese Windows write GB18030 and do not say so.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    # Only now: the second byte of a GB18030 character may be a backslash.
    return name.replace("\\", "/")


def _count(path: Path, wanted: bytes) -> int:
    """How often `wanted` stands in a file, at most: at the seams of chunks twice."""
    found, rest = 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK << 4):
            found += (rest + chunk).count(wanted)
            rest = chunk[-len(wanted) + 1 :]
    return found

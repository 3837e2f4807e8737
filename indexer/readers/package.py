"""The ZIP package of an Office or OFD document: its XML parts, parsed within limits.

What a package says of itself cannot be trusted: sizes are checked before anything is
inflated, and inflating stops at the limit whatever was declared. A part with a document
type is refused (Office writes none; entities are how small XML grows without bound).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from archive.errors import SourceError

# All parts of the package, as declared. Pictures count too, though they are never inflated.
MAX_TOTAL = 1 << 30
# One part that is read. lxml needs about eight times this while it is read; the text of a
# book of a thousand pages is some 20 MB of XML.
MAX_PART = 64 << 20
# All parts that are read, one after the other.
MAX_READ = 128 << 20
# A part may be this many times its packed size once it is larger than the floor. Word's XML
# packs 10 to 40 times, a long table of equal cells 100; DEFLATE's own limit is 1,032.
MAX_RATIO = 200
RATIO_FLOOR = 4 << 20
MAX_ENTRIES = 20_000

# The strict variant of the format differs in its namespaces alone.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(wordprocessingml|officeDocument)/")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class Package:
    """An open package of the file called `relative`. Raises SourceError beyond the limits."""

    def __init__(self, data: bytes, relative: str) -> None:
        self._relative = relative
        self._inflated = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise self.damaged(str(error)) from error
        entries = self._zip.infolist()
        total = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or total > MAX_TOTAL:
            raise self._bomb()
        self._entries = {entry.filename.lower(): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of a part that is there."""
        entry = self._entries[name.lower()]
        too_dense = entry.file_size > max(RATIO_FLOOR, MAX_RATIO * entry.compress_size)
        if entry.file_size > MAX_PART or too_dense:
            raise self._bomb()
        if entry.flag_bits & 1:
            raise SourceError("reader.encrypted", relative=self._relative)
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(MAX_PART + 1)
        except (*_DAMAGE, RuntimeError) as error:
            raise self.damaged(str(error)) from error
        self._inflated += len(data)
        if len(data) > MAX_PART or self._inflated > MAX_READ:
            raise self._bomb()
        return data

    def xml(self, name: str) -> Any | None:
        """The root element of a part, or None where there is no such part."""
        if name not in self:
            return None
        data = _STRICT.sub(_USUAL, self.read(name))
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.damaged(f"{name}: {error}") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise SourceError("package.entities", relative=self._relative, name=name)
        return root

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What the part `name` refers to inside the package: id to (kind, part name).

        The kind is the last word of its type: `header`, `footnotes`, `aFChunk`, …
        """
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root.iter(_RELATIONS):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join(folder, relation.get("Target", "")))
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = kind, target.lstrip("/")
        return found

    def damaged(self, said: str) -> SourceError:
        """The error for a package that cannot be read, with what was said about it."""
        return SourceError("package.damaged", relative=self._relative, said=said)

    def _bomb(self) -> SourceError:
        return SourceError("package.bomb", relative=self._relative)

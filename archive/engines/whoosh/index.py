"""The index as Whoosh keeps it: its table of contents, its segments, its lock."""

from __future__ import annotations

import os
import pickle
import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import _CURRENT_TOC_VERSION, TOC, clean_files

from archive.engines.whoosh.codec import ArrayCodec, make_schema, open_segment
from archive.engines.whoosh.state import State, state_name
from archive.engines.whoosh.view import View
from archive.errors import EngineError, unreadable, unwritable

# Whoosh's own name for an index whose maker gives it none.
NAME = "MAIN"
_LOCK = f"{NAME}_WRITELOCK"

# The classes that a list of segments is made of, by module and name.
_ADMITTED = {(kind.__module__, kind.__name__): kind for kind in (ArrayCodec, W3Segment)}
# What a table of contents holds to tell the order of its bytes by.
_BYTE_ORDER = -12345
# What Whoosh calls a segment: a part of file names.
_SEGMENT_ID = re.compile("[0-9a-z]{16}")

# A commit may remove files between our reading its table of contents and opening them.
_MAX_ATTEMPTS = 10


def ensure_index(folder: Path) -> None:
    """Make an empty index in `folder` where there is none.

    Raises EngineError where there is something else, or the system refuses.
    """
    try:
        names = [path.name for path in folder.iterdir()] if folder.exists() else []
    except OSError as error:
        raise unreadable(folder, error) from error
    if any(name.startswith(f"_{NAME}_") and name.endswith(".toc") for name in names):
        return
    if any(name != _LOCK for name in names):
        raise EngineError("file.no_contents", path=folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TOC.create(FileStorage(str(folder)), make_schema(), NAME)
    except OSError as error:
        raise unwritable(folder, error.strerror or str(error)) from error


class _Storage(FileStorage):  # type: ignore[misc]
    """The folder as Whoosh's storage, with what Whoosh's own lacks.

    A file is on the disk before it takes its name, so that a power cut leaves the old state
    or the new one.
    """

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a file its name, once its content is on the disk."""
        with (Path(self.folder) / oldname).open("rb+") as file:
            os.fsync(file.fileno())
        super().rename_file(oldname, newname, safe=safe)


class _ForeignError(pickle.UnpicklingError):
    """A list of segments names what this engine never writes there."""


class _Unpickler(pickle.Unpickler):
    """Reads a list of segments and runs nothing: no other name than ours is looked up."""

    def find_class(self, module: str, name: str) -> Any:
        """The admitted class of this name. Raises _ForeignError where there is none."""
        if (module, name) not in _ADMITTED:
            raise _ForeignError(f"{module}.{name} is not admitted")
        return _ADMITTED[module, name]


def write_lock(folder: Path) -> Any:
    """Whoosh's lock for those who write the index in `folder`."""
    return FileStorage(str(folder)).lock(_LOCK)


def read_toc(folder: Path) -> TOC:
    """The newest table of contents. Raises EngineError where it is damaged."""
    generation = TOC._latest_generation(FileStorage(str(folder)), NAME)
    if generation < 0:
        raise EngineError("file.no_index", path=folder)
    path = folder / TOC._filename(NAME, generation)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        segments = _segments(content, generation)
        ours = all(map(_is_ours, segments))
    except _ForeignError:
        ours = False
    # Of bytes that are no table of contents Whoosh's and pickle's readers raise anything.
    except Exception as error:
        raise EngineError("file.damaged", path=path) from error
    if not ours:
        raise EngineError("file.foreign_segments", path=path)
    return TOC(make_schema(), segments, generation)


def _segments(content: bytes, generation: int) -> list[Any]:
    """The segments that a table of contents lists.

    Whoosh's own reader is not used: it unpickles whatever the file names, which runs code.
    """
    stream = StructFile(BytesIO(content))
    for _ in ("int", "long", "float"):
        stream.read_varint()
    order, version = stream.read_int(), stream.read_int()
    for _ in ("major", "minor", "build"):
        stream.read_varint()
    # The schema is ours; the one that is stored serves Whoosh's tools.
    stream.skip_string()
    found, _ = stream.read_int(), stream.read_int()
    segments = _Unpickler(stream.file).load()
    if (order, version, found) != (_BYTE_ORDER, _CURRENT_TOC_VERSION, generation):
        raise ValueError("the head is that of another table of contents")
    if not isinstance(segments, list):
        raise TypeError("there is no list of segments")
    return segments


def _is_ours(segment: Any) -> bool:
    """Whether this engine wrote a segment, as far as can be seen without its files."""
    if type(segment) is not W3Segment or type(segment.codec()) is not ArrayCodec:
        return False
    count = segment.doc_count_all()
    return (
        segment.index_name() == NAME
        and _SEGMENT_ID.fullmatch(segment.segid) is not None
        and type(count) is int
        and all(type(at) is int and 0 <= at < count for at in segment.deleted_docs())
    )


def open_view(folder: Path) -> View:
    """Open what is committed in `folder`. Raises EngineError where it is damaged."""
    attempts = 0
    while True:
        attempts += 1
        try:
            toc = read_toc(folder)
            segments = [open_segment(folder, segment) for segment in toc.segments]
            deleted = [np.fromiter(s.deleted_docs(), np.intp) for s in toc.segments]
            state = State(folder / state_name(toc.generation)) if segments else None
            return View(segments, deleted, state)
        except FileNotFoundError as error:
            if attempts == _MAX_ATTEMPTS:
                raise EngineError("file.missing", path=Path(error.filename)) from error


def write_toc(folder: Path, segments: list[Any], generation: int) -> None:
    """Make `segments` the committed state, and remove what no longer belongs to it."""
    storage = _Storage(str(folder))
    try:
        TOC(make_schema(), segments, generation).write(storage, NAME)
    except OSError as error:
        raise unwritable(folder, error.strerror or str(error)) from error
    clean_files(storage, NAME, generation, segments)
    for path in (*folder.glob("state_*.arrays*"), *folder.glob(f"_{NAME}_*.toc.*")):
        if path.name != state_name(generation):
            # Windows refuses while a reader has it mapped; the next commit tries again.
            with suppress(OSError):
                path.unlink()

"""WhooshWriter: a batch of changes, written as new segments and committed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from archive.engines.whoosh.arrays import Bools, write_arrays
from archive.engines.whoosh.codec import ArrayCodec, open_segment
from archive.engines.whoosh.index import NAME, read_toc, write_lock, write_toc
from archive.engines.whoosh.invert import MAX_PARAGRAPHS, Arrays, invert
from archive.engines.whoosh.merge import merge
from archive.engines.whoosh.segment import SUFFIX, SegmentArrays
from archive.engines.whoosh.state import State, state_name, write_state
from archive.errors import LockedError
from archive.model import Clusters, Paragraph

# A batch becomes a segment when its text fills this many characters: with what is pending,
# inverting takes some 50 bytes of memory for each (840 MiB in all, measured on a million
# paragraphs of laws, reports and news).
MAX_CHARACTERS = 16_000_000

# Segments below half the largest size are merged when there are more of them than this:
# each costs a query some tenths of a millisecond.
MAX_SMALL_SEGMENTS = 8

# A segment that is so many times as large as all smaller ones together waits for them to
# grow: a commit of one document must not rewrite a large segment.
_STEEPEST = 4

# A segment of Whoosh, and its arrays.
_Kept = tuple[Any, SegmentArrays]


class WhooshWriter:
    """One batch of changes, under Whoosh's write lock from the moment it is made."""

    def __init__(
        self, folder: Path, committed: Callable[[], None], batch: int | None = None
    ) -> None:
        """Take the lock of the index in `folder`; `committed` is called after a commit.

        A segment holds at most `batch` characters, where that is less than is of use.
        Raises LockedError where another writer has it.
        """
        self._folder = folder
        self._committed = committed
        self._most = min(batch or MAX_CHARACTERS, MAX_CHARACTERS)
        self._lock = write_lock(folder)
        if not self._lock.acquire():
            raise LockedError("index.locked", folder=folder)
        try:
            toc = read_toc(folder)
            self._generation: int = toc.generation + 1
            self._kept: list[_Kept] = [
                (segment, open_segment(folder, segment)) for segment in toc.segments
            ]
            self._former = State(folder / state_name(toc.generation)) if toc.segments else None
        except BaseException:
            self._lock.release()
            raise
        self._made: list[_Kept] = []
        self._pending: dict[str, Sequence[Paragraph]] = {}
        self._paragraphs = self._characters = 0
        self._added: set[str] = set()
        self._clusters: Clusters | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        committed = False
        try:
            if kind is None:
                self._commit()
                committed = True
        finally:
            if not committed:
                self._discard()
            self._lock.release()
        if committed:
            self._committed()

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Add one document's paragraphs, in place of all kept under its id."""
        if not paragraphs:
            return
        document_id = paragraphs[0].document_id
        self.remove(document_id)
        if self._pending and self._paragraphs + len(paragraphs) > MAX_PARAGRAPHS:
            self._flush()
        self._pending[document_id] = tuple(paragraphs)
        self._added.add(document_id)
        self._paragraphs += len(paragraphs)
        self._characters += sum(len(paragraph.text) for paragraph in paragraphs)
        if self._characters > self._most:
            self._flush()

    def remove(self, document_id: str) -> None:
        """Remove a document's paragraphs; one that is not there is no error."""
        for segment, arrays in self._kept:
            _delete(segment, arrays, document_id)
        if document_id not in self._added:
            return
        dropped = self._pending.pop(document_id, None)
        if dropped is None:
            for segment, arrays in self._made:
                _delete(segment, arrays, document_id)
        else:
            self._paragraphs -= len(dropped)
            self._characters -= sum(len(paragraph.text) for paragraph in dropped)

    def set_clusters(self, clusters: Clusters) -> None:
        """Replace the near-duplicate clusters of the whole archive."""
        self._clusters = dict(clusters)

    def _flush(self) -> None:
        """Write what is pending as a segment of its own."""
        if self._pending:
            self._made.append(self._write(invert(self._pending.values())))
        self._pending = {}
        self._paragraphs = self._characters = 0

    def _write(self, arrays: Arrays) -> _Kept:
        segment = ArrayCodec().new_segment(None, NAME)
        write_arrays(self._folder / segment.make_filename(SUFFIX), arrays)
        segment.set_doc_count(len(arrays["context"]))
        return segment, open_segment(self._folder, segment)

    def _commit(self) -> None:
        self._flush()
        segments = self._merged([*self._kept, *self._made])
        if segments:
            clusters = self._clusters
            if clusters is None:
                clusters = self._former.memberships() if self._former else {}
            write_state(
                self._folder / state_name(self._generation), [a for _, a in segments], clusters
            )
        write_toc(self._folder, [segment for segment, _ in segments], self._generation)

    def _merged(self, segments: list[_Kept]) -> list[_Kept]:
        """Drop what is empty, and put small segments together where there are many."""
        full = [kept for kept in segments if kept[0].doc_count()]
        for group in _groups(full, self._most):
            merged = self._write(merge([(arrays, _live(segment)) for segment, arrays in group]))
            self._made.append(merged)
            full = [*(kept for kept in full if kept not in group), merged]
        return full

    def _discard(self) -> None:
        for segment, _ in self._made:
            # Where the system refuses (Windows, while it is mapped) the next commit removes it.
            with suppress(OSError):
                (self._folder / segment.make_filename(SUFFIX)).unlink()


def _delete(segment: Any, arrays: SegmentArrays, document_id: str) -> None:
    for ordinal in arrays.document(document_id):
        segment.delete_document(ordinal)


def _live(segment: Any) -> Bools:
    live = np.ones(segment.doc_count_all(), np.bool_)
    live[list(segment.deleted_docs())] = False
    return live


def _share(kept: _Kept, most: int) -> float:
    """How much of a segment of `most` characters this one would fill without what is deleted."""
    segment, arrays = kept
    characters = int(arrays.file["length"].sum()) * segment.doc_count() / segment.doc_count_all()
    return float(max(segment.doc_count() / MAX_PARAGRAPHS, characters / most))


def _mostly_deleted(kept: _Kept) -> bool:
    return bool(kept[0].deleted_count() > kept[0].doc_count())


def _groups(segments: list[_Kept], most: int) -> list[list[_Kept]]:
    """Which segments to rewrite, and which of them together, none beyond `most` characters."""
    share = partial(_share, most=most)
    small = sorted((kept for kept in segments if share(kept) < 0.5), key=share)
    chosen = [kept for kept in segments if _mostly_deleted(kept)]
    together = 0.0
    for at, kept in enumerate(small if len(small) > MAX_SMALL_SEGMENTS else ()):
        if at > 1 and share(kept) > together * _STEEPEST:
            break
        together += share(kept)
        if kept not in chosen:
            chosen.append(kept)
    groups: list[list[_Kept]] = []
    filled = 0.0
    for kept in sorted(chosen, key=share):
        filled += share(kept)
        if not groups or filled > 1:
            groups.append([])
            filled = share(kept)
        groups[-1].append(kept)
    return [group for group in groups if len(group) > 1 or _mostly_deleted(group[0])]

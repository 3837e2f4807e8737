"""WhooshWriter: a batch of changes, written as new segments and committed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.engines.whoosh.arrays import write_arrays
from archive.engines.whoosh.codec import ArrayCodec, open_segment
from archive.engines.whoosh.index import NAME, read_toc, write_lock, write_toc
from archive.engines.whoosh.invert import MOST_PARAGRAPHS, invert
from archive.engines.whoosh.segment import SUFFIX, SegmentArrays
from archive.engines.whoosh.state import State, state_name, write_state
from archive.errors import LockedError
from archive.model import Clusters, Paragraph

# A batch becomes a segment when its text fills this many characters: inverting takes some
# 40 bytes of memory for each (measured on laws and reports).
MOST_CHARACTERS = 12_000_000

# Segments below half the largest size are merged when there are more of them than this:
# each costs a query some tenths of a millisecond.
MOST_SMALL_SEGMENTS = 8


class WhooshWriter:
    """One batch of changes, under Whoosh's write lock from the moment it is made."""

    def __init__(self, folder: Path, committed: Callable[[], None]) -> None:
        """Take the lock of the index in `folder`; `committed` is called after a commit.

        Raises LockedError where another writer has it.
        """
        self._folder = folder
        self._committed = committed
        self._lock = write_lock(folder)
        if not self._lock.acquire():
            raise LockedError(
                f"另一个进程正在写入 {folder}；请等它结束后再试",
                f"another process is writing {folder}; try again when it has finished",
            )
        try:
            toc = read_toc(folder)
            self._generation: int = toc.generation + 1
            self._kept: list[tuple[Any, SegmentArrays]] = [
                (segment, open_segment(folder, segment)) for segment in toc.segments
            ]
            self._former = State(folder / state_name(toc.generation)) if toc.segments else None
        except BaseException:
            self._lock.release()
            raise
        self._made: list[tuple[Any, SegmentArrays]] = []
        self._pending: dict[str, Sequence[Paragraph]] = {}
        self._paragraphs = self._characters = 0
        self._added: set[str] = set()
        self._clusters: Clusters | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._commit()
            else:
                self._discard()
        finally:
            self._lock.release()

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Add one document's paragraphs, in place of all kept under its id."""
        if not paragraphs:
            return
        document_id = paragraphs[0].document_id
        self.remove(document_id)
        if self._pending and self._paragraphs + len(paragraphs) > MOST_PARAGRAPHS:
            self._flush()
        self._pending[document_id] = tuple(paragraphs)
        self._added.add(document_id)
        self._paragraphs += len(paragraphs)
        self._characters += sum(len(paragraph.text) for paragraph in paragraphs)
        if self._characters > MOST_CHARACTERS:
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
            self._made.append(self._write(self._pending.values()))
        self._pending = {}
        self._paragraphs = self._characters = 0

    def _write(self, documents: Iterable[Sequence[Paragraph]]) -> tuple[Any, SegmentArrays]:
        segment = ArrayCodec().new_segment(None, NAME)
        arrays = invert(documents)
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
        self._committed()

    def _merged(self, segments: list[tuple[Any, SegmentArrays]]) -> list[tuple[Any, SegmentArrays]]:
        """Drop what is empty, and put small segments together where there are many."""
        full = [pair for pair in segments if pair[0].doc_count()]
        small = [pair for pair in full if pair[0].doc_count() < MOST_PARAGRAPHS // 2]
        if len(small) <= MOST_SMALL_SEGMENTS:
            return full
        small.sort(key=lambda pair: int(pair[0].doc_count()))
        chosen: list[tuple[Any, SegmentArrays]] = []
        total = 0
        for pair in small:
            total += pair[0].doc_count()
            if total > MOST_PARAGRAPHS:
                break
            chosen.append(pair)
        merged = self._write(
            [
                tuple(arrays.document_paragraphs(arrays.documents[at]))
                for segment, arrays in chosen
                for at in range(len(arrays.documents))
                if not segment.is_deleted(int(arrays.first[at]))
            ]
        )
        return [*(pair for pair in full if pair not in chosen), merged]

    def _discard(self) -> None:
        for segment, _ in self._made:
            (self._folder / segment.make_filename(SUFFIX)).unlink(missing_ok=True)


def _delete(segment: Any, arrays: SegmentArrays, document_id: str) -> None:
    for ordinal in arrays.document(document_id):
        segment.delete_document(ordinal)

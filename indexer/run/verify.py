"""Verifying: does the index hold exactly what the sources say, and is nothing lost?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.errors import ArchiveError, HomeError
from archive.store.catalog import Catalog, SourceRecord
from archive.store.home import Home
from archive.store.library import current_stamp
from indexer.corrections import Corrected, read_corrections, to_correct
from indexer.page import Reading
from indexer.pipeline import SUFFIXES, read_source
from indexer.rules import Guide, guide, rules_digest
from indexer.run.source_text import key, pieces
from indexer.sources import Source, digest, scan, to_allow

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One source where index and corpus differ, and how."""

    path: str
    reason: ArchiveError

    def to_dict(self) -> dict[str, str]:
        """The difference in the words of `--json`."""
        return {"path": self.path, "zh": self.reason.chinese, "en": self.reason.english}


def verify(home: Home) -> Iterator[Difference]:
    """Yield every difference between the current generation and the corpus.

    Reads every source again. Raises HomeError where nothing was indexed yet,
    StaleIndexError where the index is of another version, EngineError where its files are
    not as they were written.
    """
    generation = home.current()
    if generation is None:
        raise HomeError("home.not_indexed", root=home.root)
    stamp = current_stamp(rules_digest(home), home.engine)
    generation.check(stamp, whole=True)
    if generation.stamp() != stamp:
        yield _difference("", "verify.rules_changed")
    by, corrected = guide(home, generation.templates), read_corrections(home)
    with closing(open_engine(generation.index, engine=generation.engine)) as engine:
        engine.check()
        with Catalog(generation.catalog) as catalog:
            comparison = _Comparison(home.corpus, by, corrected, catalog, engine)
            pending = to_correct(generation, corrected) | to_allow(catalog, by.allowed or ())
            yield from comparison.differences(pending)


@dataclass
class _Comparison:
    """The comparison under way; `expected` counts the paragraphs that the index should hold."""

    corpus: Path
    guide: Guide
    corrected: Corrected
    catalog: Catalog
    engine: Engine
    expected: int = 0

    def differences(self, pending: set[str]) -> Iterator[Difference]:
        """Compare all; the sources in `pending` wait for the next run."""
        known = {source.path: source for source in self.catalog.sources()}
        present = {s.path for s in scan(self.corpus, SUFFIXES) if isinstance(s, Source)}
        for path in sorted(present - set(known)):
            yield _difference(path, "verify.not_indexed")
        for path, source in known.items():
            if not source.state.taken:
                continue
            if path not in present:
                yield self._as_stored(path, "verify.source_gone")
            elif path in pending:
                # It will be read again: to compare it now would send one to a full run.
                yield self._as_stored(path, "verify.correction")
            else:
                yield from self._source(source)
        if self.expected != self.engine.size:
            yield _difference("", "verify.count", n=self.engine.size, expected=self.expected)

    def _as_stored(self, path: str, key: str) -> Difference:
        """The difference of a source that is not compared: what is stored of it counts."""
        ids = self.catalog.document_ids(path)
        self.expected += sum(len(self.engine.paragraphs(document_id)) for document_id in ids)
        return _difference(path, key)

    def _source(self, source: SourceRecord) -> Iterator[Difference]:
        """Compare one source, document by document."""
        path = self.corpus / source.path
        indexed = set(self.catalog.document_ids(source.path))
        try:
            if source.digest and digest(path) != source.digest:
                yield self._as_stored(source.path, "verify.source_changed")
                return
            held: list[str] = []
            for reading in read_source(path, source.path, self.guide, self.corrected):
                document_id = reading.document.document_id
                indexed.discard(document_id)
                self.expected += len(reading.paragraphs)
                if tuple(self.engine.paragraphs(document_id)) != reading.paragraphs:
                    yield _difference(
                        source.path, "verify.paragraphs_differ", document_id=document_id
                    )
                if lost := _lost(reading):
                    yield _difference(source.path, "verify.text_lost", lost=lost)
                held += _texts(reading)
            text = key("".join(held))
            unread = (piece for piece in pieces(path, source.path) if piece not in text)
            if lost := next(unread, ""):
                yield _difference(source.path, "verify.text_unread", lost=lost[:40])
        except (ArchiveError, OSError) as error:
            # What the run has said already is no difference.
            if str(error) != source.reason:
                yield _difference(source.path, "verify.unreadable", error=error)
        for document_id in sorted(indexed):
            yield _difference(source.path, "verify.document_extra", document_id=document_id)


def _texts(reading: Reading) -> Iterator[str]:
    """Every text that is kept of a document: of its blocks, and what was cut out of them."""
    for block in reading.document.blocks:
        yield from (block.text, *block.cut)
    for paragraph in reading.paragraphs:
        yield from (paragraph.text, *paragraph.cut)


def _lost(reading: Reading) -> str:
    """The characters of kept blocks that are in no paragraph and in no recorded cut."""
    blocks = reading.document.blocks
    before = Counter(_SPACE.sub("", "".join(block.text for block in blocks if block.keep)))
    after = Counter(_SPACE.sub("", "".join(p.text + "".join(p.cut) for p in reading.paragraphs)))
    return "".join((before - after).elements())[:40] if blocks else ""


def _difference(path: str, key: str, **values: object) -> Difference:
    return Difference(path, ArchiveError(key, **values))

"""Verifying: does the index hold exactly what the sources say, and is nothing lost?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.errors import ArchiveError, HomeError
from archive.store.catalog import Catalog, SourceRecord, SourceState
from archive.store.home import Generation, Home
from archive.store.library import current_stamp
from indexer.corrections import Corrected, read_corrections, to_correct
from indexer.page import Reading
from indexer.pipeline import SUFFIXES, read_source
from indexer.rules import Guide, guide, rules_digest
from indexer.sources import Skipped, digest, scan

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
    yield from _compare(home, generation, guide(home, generation.templates))


def _compare(home: Home, generation: Generation, by: Guide) -> Iterator[Difference]:
    corrected = read_corrections(home)
    pending = to_correct(generation, corrected)
    engine = open_engine(generation.index, engine=generation.engine)
    try:
        engine.check()
        with Catalog(generation.catalog) as catalog:
            known = {source.path: source for source in catalog.sources()}
            present = {s.path for s in scan(home.corpus, SUFFIXES) if not isinstance(s, Skipped)}
            for path in sorted(present - set(known)):
                yield _difference(path, "verify.not_indexed")
            expected = 0
            for source in known.values():
                if source.state is not SourceState.READ:
                    continue
                if source.path not in present:
                    yield _difference(source.path, "verify.source_gone")
                    expected += sum(
                        len(engine.paragraphs(i)) for i in catalog.document_ids(source.path)
                    )
                    continue
                if source.path in pending:
                    yield _difference(source.path, "verify.correction")
                    # It will be read anew: to compare it now would send one to a full run.
                    expected += sum(
                        len(engine.paragraphs(i)) for i in catalog.document_ids(source.path)
                    )
                    continue
                for count, difference in _compare_source(
                    home.corpus, source, (catalog, engine), by, corrected
                ):
                    expected += count
                    if difference is not None:
                        yield difference
        if expected != engine.size:
            yield _difference("", "verify.count", n=engine.size, expected=expected)
    finally:
        engine.close()


def _compare_source(
    corpus: Path,
    source: SourceRecord,
    stored_in: tuple[Catalog, Engine],
    by: Guide,
    corrected: Corrected,
) -> Iterator[tuple[int, Difference | None]]:
    """Compare one source document by document, with the number of paragraphs each has."""
    catalog, engine = stored_in
    path = corpus / source.path
    indexed = set(catalog.document_ids(source.path))
    try:
        if source.digest and digest(path) != source.digest:
            yield 0, _difference(source.path, "verify.source_changed")
            yield sum(len(engine.paragraphs(i)) for i in indexed), None
            return
        for reading in read_source(path, source.path, by, corrected):
            document_id = reading.document.document_id
            indexed.discard(document_id)
            stored = tuple(engine.paragraphs(document_id))
            yield len(reading.paragraphs), None
            if stored != reading.paragraphs:
                yield (
                    0,
                    _difference(source.path, "verify.paragraphs_differ", document_id=document_id),
                )
            if lost := _lost(reading):
                yield 0, _difference(source.path, "verify.text_lost", lost=lost)
    except (ArchiveError, OSError) as error:
        yield 0, _difference(source.path, "verify.unreadable", error=error)
    for document_id in sorted(indexed):
        yield (
            0,
            _difference(source.path, "verify.document_extra", document_id=document_id),
        )


def _lost(reading: Reading) -> str:
    """The characters of kept blocks that are in no paragraph and in no recorded cut."""
    blocks = reading.document.blocks
    before = Counter(_SPACE.sub("", "".join(block.text for block in blocks if block.keep)))
    after = Counter(_SPACE.sub("", "".join(p.text + "".join(p.cut) for p in reading.paragraphs)))
    return "".join((before - after).elements())[:40] if blocks else ""


def _difference(path: str, key: str, **values: object) -> Difference:
    return Difference(path, ArchiveError(key, **values))

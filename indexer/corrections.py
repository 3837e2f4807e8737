"""A document as its readers corrected it: their title, kind, year, record and blocks.

Blocks that they restored or cut are labelled so before the page is split into articles. The
other corrections are the last stage of reading, and nothing else follows from them: topics,
parts and the fields that were not corrected stay as they were read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from types import MappingProxyType

from archive.errors import SourceError
from archive.ids import build_document_id
from archive.model import CORRECTED, AsRead, Basis, Evidence, ReadingWarning, Record
from archive.notes.corrections import CUT_BY_READER, Correction, Corrections, digests, placed
from archive.notes.store import Store
from archive.store.catalog import CORRECTIONS, Catalog
from archive.store.home import Generation, Home
from indexer.page import LabelledBlock, LabelledPage, Reading
from indexer.readers import jsonl
from indexer.record import offices
from indexer.sources import Plan, digest

# The readers' corrections by document.
Corrected = Mapping[str, Correction]

_OF_TOO_LITTLE = (ReadingWarning.EMPTY, ReadingWarning.LITTLE)

NOTHING_CORRECTED: Corrected = MappingProxyType({})


def relabelled(page: LabelledPage, correction: Correction | None) -> LabelledPage:
    """Return a page with the blocks that its readers restored or cut labelled so.

    Who restored a block has seen that too little was kept, and is no longer warned of it.
    """
    if correction is None or not correction.blocks:
        return page
    chosen = placed(correction.blocks, [block.source.text for block in page.blocks])
    blocks = list(page.blocks)
    for place, choice in chosen.items():
        block = blocks[place]
        if not choice.keep:
            blocks[place] = replace(block, rule=CUT_BY_READER)
        elif block.text:
            blocks[place] = replace(block, rule=None)
        else:
            blocks[place] = LabelledBlock(block.source, block.source.text)
    warnings = page.record.warnings
    if any(choice.keep for choice in chosen.values()):
        warnings = tuple(w for w in warnings if w not in _OF_TOO_LITTLE)
    return replace(page, blocks=tuple(blocks), record=replace(page.record, warnings=warnings))


def corrected(reading: Reading, correction: Correction | None) -> Reading:
    """Return a reading under a reader's correction, with what the page says beside it."""
    if correction is None or not correction.given:
        return reading
    document = reading.document
    title = document.title if correction.title is None else correction.title

    def under(record: Record) -> Record:
        # What an article has otherwise than the first is its own.
        own = {
            name: value
            for name, value in correction.elements().items()
            if name == "kind" or getattr(record, name) == getattr(document.record, name)
        }
        if "issuer" not in own:
            return replace(record, **own)
        # Level and region follow from the issuer.
        return offices.placed(replace(record, level=None, region=(), **own), (), 0)[0]

    articles = tuple(replace(a, record=under(a.record)) for a in document.articles)
    paragraphs = tuple(
        replace(
            paragraph,
            title=title,
            record=under(paragraph.record),
            dating=correction.dated(paragraph.dating),
        )
        for paragraph in reading.paragraphs
    )
    datings = tuple(dict.fromkeys(paragraph.dating for paragraph in reading.paragraphs))
    as_read = AsRead(document.title, document.record, datings, correction.given)
    words = tuple(
        Evidence(0, name, value, CORRECTED, Basis.CORRECTED)
        for name, said in correction.elements().items()
        for value in (said if isinstance(said, tuple) else (said,) if said else ())
    )
    return Reading(
        replace(
            document,
            title=title,
            record=under(document.record),
            articles=articles,
            evidence=(*document.evidence, *words),
            as_read=as_read,
        ),
        paragraphs,
    )


def to_correct(generation: Generation | None, known: Corrected) -> set[str]:
    """The paths of sources that were read with other corrections than those `known` now."""
    before: dict[str, str] = {}
    if generation is not None:
        with Catalog(generation.catalog) as catalog:
            before = json.loads(catalog.fact(CORRECTIONS) or "{}")
    after = digests(known.values())
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def record(catalog: Catalog, known: Corrected, work: Plan) -> None:
    """Note in a generation's catalog by which corrections its sources were read."""
    kept = json.loads(catalog.fact(CORRECTIONS) or "{}")
    current = digests(known.values())
    for path in (*work.removed, *(source.path for source in work.to_read)):
        kept.pop(path, None)
        if path in current:
            kept[path] = current[path]
    catalog.put_facts([(CORRECTIONS, json.dumps(kept, ensure_ascii=False, sort_keys=True))])


def read_corrections(home: Home) -> Corrected:
    """The corrections of a home by document. Raises NotesError where they cannot be read.

    Without them documents would lose what their readers said: nothing is read instead.
    """
    with closing(Store(home.notes)) as store:
        return {c.document_id: c for c in Corrections(store).all()}


def follow_moved(home: Home, known: Corrected, work: Plan) -> Corrected:
    """Have corrections follow files that were moved: same bytes under a new path.

    `work` is what the run will do. Returns the corrections as they hold now.
    """
    orphans = [c for c in known.values() if not (home.corpus / c.path).is_file()]
    if not orphans:
        return known
    moved: dict[str, Correction] = {}
    for source in work.new:
        try:
            found = digest(home.corpus / source.path)
        except OSError:
            # It will fail again when it is read, and be reported then.
            continue
        for orphan in orphans:
            if orphan.digest == found and orphan.document_id not in moved:
                document_id = _new_id(home, orphan, source.path)
                if document_id is not None:
                    moved[orphan.document_id] = replace(
                        orphan, document_id=document_id, path=source.path
                    )
    if not moved:
        return known
    with closing(Store(home.notes)) as store:
        Corrections(store).follow(moved)
    return read_corrections(home)


def _new_id(home: Home, orphan: Correction, path: str) -> str | None:
    """The id that the document of `orphan` has in the file at `path`, of the same bytes."""
    if build_document_id(orphan.path) == orphan.document_id:
        return build_document_id(path)
    try:
        for record in jsonl.read_records(home.corpus / path):
            if build_document_id(orphan.path, record.doc_id) == orphan.document_id:
                return build_document_id(path, record.doc_id)
    except (SourceError, OSError):
        return None
    return None

"""The stages in their order: a source in, documents with dated, tagged paragraphs out.

    page:   read → label → correct labels → split into articles → date → tag → Document,
            Paragraphs → correct
    JSONL:  read → date where no year is given → topic → Document, Paragraphs → correct

Where templates are learned, a page is labelled first and goes on when they are known. The
only file that knows this order. Reindexing, explaining and verifying all read through
it, so they cannot disagree.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.errors import PartlyReadError
from archive.ids import build_document_id
from archive.model import Article, Block, Dating, Document, Paragraph, YearBasis
from archive.notes.corrections import Correction
from indexer import dating, extract, readers, topics
from indexer.corrections import NOTHING_CORRECTED, Corrected, corrected, relabelled
from indexer.extract import Seen
from indexer.page import DraftArticle, LabelledPage, Reading
from indexer.readers import jsonl
from indexer.record import page_metadata
from indexer.rules import Guide, ReadingRules, reading_rules
from indexer.sources import digest
from indexer.structure import articles
from indexer.structure.headings import section_of
from indexer.timing import spent

_OURS = Guide()

SUFFIXES = (*readers.SUFFIXES, *jsonl.SUFFIXES)


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page to read: where it is, its path relative to the corpus, what it is read by."""

    path: Path
    relative: str
    guide: Guide = _OURS
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class RecordsTask:
    """Documents of a JSONL source to turn into paragraphs; `digest` is the source's.

    `corrections` has one for each document, None where it has none.
    """

    relative: str
    digest: str
    records: tuple[jsonl.DocumentLines, ...]
    guide: Guide
    corrections: tuple[Correction | None, ...]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """A page labelled without templates: packed, and what it shows of those of its site."""

    packed: bytes
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class PackedTask:
    """A page that was labelled before, to go on with; `again`: label it by templates first."""

    relative: str
    packed: bytes
    again: bool
    guide: Guide = _OURS


Task = PageTask | RecordsTask | PackedTask

# Documents of a JSONL source that travel to a worker together: enough that the journey
# costs little, few enough that a batch stays in the low megabytes.
RECORDS_PER_TASK = 64
CHARACTERS_PER_TASK = 1 << 20


def tasks(
    path: Path, relative: str, guide: Guide = _OURS, corrected: Corrected = NOTHING_CORRECTED
) -> Iterator[Task]:
    """Yield the work that a source makes.

    Raises SourceError where it cannot be read; where parts of it cannot, at the end.
    """
    if not relative.lower().endswith(jsonl.SUFFIXES):
        yield PageTask(path, relative, guide, corrected.get(build_document_id(relative)))
        return
    source_digest = digest(path)
    for batch in _batches(jsonl.read_records(path)):
        ids = (build_document_id(relative, record.doc_id) for record in batch)
        corrections = tuple(corrected.get(document_id) for document_id in ids)
        yield RecordsTask(relative, source_digest, batch, guide, corrections)


def _batches(records: Iterable[jsonl.DocumentLines]) -> Iterator[tuple[jsonl.DocumentLines, ...]]:
    batch: list[jsonl.DocumentLines] = []
    characters = 0
    partly: PartlyReadError | None = None
    try:
        for record in records:
            batch.append(record)
            characters += sum(len(paragraph.text) for paragraph, _ in record.paragraphs)
            if len(batch) >= RECORDS_PER_TASK or characters >= CHARACTERS_PER_TASK:
                yield tuple(batch)
                batch.clear()
                characters = 0
    except PartlyReadError as error:
        partly = error
    if batch:
        yield tuple(batch)
    if partly is not None:
        raise partly


def perform(task: Task) -> list[Reading]:
    """Do one task. Raises SourceError where the source cannot be read."""
    rules = reading_rules(task.guide)
    if isinstance(task, RecordsTask):
        pairs = zip(task.records, task.corrections, strict=True)
        return [corrected(_read_record(record, task, rules), c) for record, c in pairs]
    if isinstance(task, PackedTask):
        source_digest, labelled, correction = pickle.loads(task.packed)
        if task.again:
            with spent("page"):
                labelled = extract.label(labelled.page, rules.boilerplate, rules.templates)
        return [_finish(labelled, source_digest, rules, correction)]
    # Before reading: a file that changes meanwhile has another digest at the next run.
    source_digest = digest(task.path)
    with spent("page"):
        page = readers.read_page(task.path, task.relative, rules.profiles)
        labelled = extract.label(page, rules.boilerplate, rules.templates)
    return [_finish(labelled, source_digest, rules, task.correction)]


def look(task: PageTask) -> FirstLook:
    """Read and label a page without templates, for learning them. Raises SourceError."""
    rules = reading_rules(task.guide)
    source_digest = digest(task.path)
    with spent("page"):
        page = readers.read_page(task.path, task.relative, rules.profiles)
        labelled, seen = extract.label_and_observe(page, rules.boilerplate)
    waiting = (source_digest, labelled, task.correction)
    return FirstLook(pickle.dumps(waiting, pickle.HIGHEST_PROTOCOL), seen)


def read_source(
    path: Path, relative: str, guide: Guide = _OURS, corrections: Corrected = NOTHING_CORRECTED
) -> Iterator[Reading]:
    """Read a source, here and now, by `guide` (our own rules alone) and readers' corrections.

    Raises SourceError.
    """
    for task in tasks(path, relative, guide, corrections):
        yield from perform(task)


def _finish(
    labelled: LabelledPage,
    source_digest: str,
    rules: ReadingRules,
    correction: Correction | None,
) -> Reading:
    """A labelled page as a document under its reader's correction."""
    labelled = relabelled(labelled, correction)
    return corrected(_structure(labelled, source_digest, rules), correction)


def _structure(labelled: LabelledPage, source_digest: str, rules: ReadingRules) -> Reading:
    with spent("structure"):
        drafts = articles.split(labelled)
        labelled = page_metadata.named(labelled, drafts)
    page, record = labelled.page, labelled.record
    document = Document(
        document_id=build_document_id(page.path),
        path=page.path,
        title=labelled.title,
        digest=source_digest,
        record=record,
        url=page.url,
        encoding=page.encoding,
        blocks=tuple(
            Block(b.source.text, b.keep, b.rule, b.source.added, b.source.row, b.source.cut)
            for b in labelled.blocks
        ),
    )
    with spent("dating"):
        dates = dating.date_articles(
            drafts, title=labelled.title, published=record.published, facts=rules.facts
        )
    paragraphs: list[Paragraph] = []
    kept: list[Article] = []
    for draft, dated in zip(drafts, dates, strict=True):
        with spent("topics"):
            tags = topics.tag_article(draft, labelled.title, rules.taxonomy)
        first = len(paragraphs)
        paragraphs.extend(_paragraphs(draft, dated, tags, document, first))
        own = paragraphs[first].record if tags else record
        kept.append(Article(draft.title, first, len(tags), own))
    record = kept[0].record if kept else record
    return Reading(replace(document, record=record, articles=tuple(kept)), tuple(paragraphs))


def _read_record(lines: jsonl.DocumentLines, task: RecordsTask, rules: ReadingRules) -> Reading:
    record = lines.record
    draft = DraftArticle(None, tuple(paragraph for paragraph, _ in lines.paragraphs))
    document = Document(
        document_id=build_document_id(task.relative, lines.doc_id),
        path=task.relative,
        title=lines.title,
        digest=task.digest,
        record=record,
        articles=(Article(None, 0, len(lines.paragraphs), record),),
    )
    years = [year for _, year in lines.paragraphs]
    dates = [Dating(stated=year, year=year, basis=YearBasis.STATED) for year in years]
    if None in years:
        with spent("dating"):
            inferred = dating.date_article(
                draft, title=lines.title, published=record.published, facts=rules.facts
            )
        dates = [inferred[i] if year is None else dates[i] for i, year in enumerate(years)]
    with spent("topics"):
        tags = [
            topics.Tags(topics.topic_of(p.text, p.heading_path, lines.title, rules.taxonomy))
            if p.form.running
            else topics.Tags()
            for p in draft.paragraphs
        ]
    return Reading(document, tuple(_paragraphs(draft, dates, tags, document, 0)))


def _paragraphs(
    draft: DraftArticle,
    dates: Sequence[Dating],
    tags: Sequence[topics.Tags],
    document: Document,
    first: int,
) -> Iterator[Paragraph]:
    """The paragraphs of one article of `document`, numbered from `first` on."""
    record = document.record
    if tags and tags[0].kind and not record.kind:
        # The kind is the article's: all its tags have the same.
        record = replace(record, kind=tags[0].kind)
    together = zip(draft.paragraphs, dates, tags, strict=True)
    for ordinal, (paragraph, dated, tag) in enumerate(together, first):
        yield Paragraph(
            document_id=document.document_id,
            ordinal=ordinal,
            text=paragraph.text,
            form=paragraph.form,
            article=draft.title,
            heading_path=paragraph.heading_path,
            section=section_of(paragraph.heading_path),
            part=tag.part,
            topic=tag.topic,
            title=document.title,
            record=record,
            dating=dated,
            cut=paragraph.cut,
        )

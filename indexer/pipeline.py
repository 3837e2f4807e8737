"""The stages in their order: a source in, documents with dated, tagged paragraphs out.

    page:   read → label → correct labels → split into articles → read the record → date → tag
            → level, region, relations → Document, Paragraphs → correct
    JSONL:  read → level, region, relations → date where no year is given → topic → Document,
            Paragraphs → correct

Where templates are learned, a page is labelled first and goes on when they are known. The
only file that knows this order. Reindexing, explaining and verifying all read through
it, so they cannot disagree.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.errors import HeldError, PartlyReadError
from archive.ids import build_document_id
from archive.intake.names import shown
from archive.model import Article, Block, Dating, Document, Evidence, Paragraph, Relation, YearBasis
from archive.notes.corrections import Correction
from indexer import dating, extract, readers, topics
from indexer.corrections import NOTHING_CORRECTED, Corrected, corrected, relabelled
from indexer.extract import Seen
from indexer.page import DraftArticle, LabelledPage, Page, Reading
from indexer.readers import jsonl
from indexer.record import Recorded, read_records
from indexer.record.common_title import named
from indexer.record.offices import placed
from indexer.record.relations import relations
from indexer.record.secrecy import secrecy
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
# Documents with a mark of secrecy that the reason names.
MAX_NAMED = 20
# A tag or a menu's word that leads somewhere is no mark.
_MOSTLY_LINKS = 0.5


def tasks(
    path: Path, relative: str, guide: Guide = _OURS, corrected: Corrected = NOTHING_CORRECTED
) -> Iterator[Task]:
    """Yield the work that a source makes. Raises SourceError where it cannot be read.

    Of a JSONL source HeldError comes last, or PartlyReadError, when all its other documents
    were yielded.
    """
    if not relative.lower().endswith(jsonl.SUFFIXES):
        yield PageTask(path, relative, guide, corrected.get(build_document_id(relative)))
        return
    source_digest = digest(path)
    held: list[str] = []
    partly: PartlyReadError | None = None
    try:
        for batch in _batches(_unmarked(path, held if guide.holds(source_digest) else None)):
            ids = (build_document_id(relative, record.doc_id) for record in batch)
            corrections = tuple(corrected.get(document_id) for document_id in ids)
            yield RecordsTask(relative, source_digest, batch, guide, corrections)
    except PartlyReadError as error:
        partly = error
    if held:
        named = "、".join(map(shown, held[:MAX_NAMED])) + ("…" if len(held) > MAX_NAMED else "")
        raise HeldError("secrecy.documents", digest=source_digest, n=len(held), ids=named)
    if partly is not None:
        raise partly


def _unmarked(path: Path, held: list[str] | None) -> Iterator[jsonl.DocumentLines]:
    """The documents without a mark of secrecy; the ids of the others go to `held` (None: all)."""
    for record in jsonl.read_records(path):
        if held is not None and _mark_of(record):
            held.append(record.doc_id)
        else:
            yield record


def _mark_of(lines: jsonl.DocumentLines) -> str | None:
    stated = [f"密级:{lines.record.secrecy}"] if lines.record.secrecy else []
    return secrecy([*stated, lines.title, *(paragraph.text for paragraph, _ in lines.paragraphs)])


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
    source_digest, page = _read(task, rules)
    with spent("page"):
        labelled = extract.label(page, rules.boilerplate, rules.templates)
    return [_finish(labelled, source_digest, rules, task.correction)]


def _read(task: PageTask, rules: ReadingRules) -> tuple[str, Page]:
    """The digest of a file and its page. Raises HeldError for one with a mark of secrecy."""
    # Before reading: a file that changes meanwhile has another digest at the next run.
    source_digest = digest(task.path)
    with spent("page"):
        page = readers.read_page(task.path, task.relative, rules.profiles)
        if task.guide.holds(source_digest) and (mark := _mark_on(page)):
            raise HeldError("secrecy.held", digest=source_digest, mark=mark)
    return source_digest, page


def _mark_on(page: Page) -> str | None:
    return secrecy([b.text for b in page.blocks if b.link_density < _MOSTLY_LINKS])


def look(task: PageTask) -> FirstLook:
    """Read and label a page without templates, for learning them. Raises SourceError."""
    rules = reading_rules(task.guide)
    source_digest, page = _read(task, rules)
    with spent("page"):
        labelled, seen = extract.label_and_observe(page, rules.boilerplate)
    waiting = (source_digest, labelled, task.correction)
    return FirstLook(pickle.dumps(waiting, pickle.HIGHEST_PROTOCOL), seen)


def read_source(
    path: Path, relative: str, guide: Guide = _OURS, corrections: Corrected = NOTHING_CORRECTED
) -> Iterator[Reading]:
    """Read a source, here and now, by `guide` (our own rules alone) and readers' corrections.

    Raises SourceError; HeldError where a mark of secrecy holds it, or documents of it, back.
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
        labelled = named(labelled, drafts)
    page, record = labelled.page, labelled.record
    with spent("record"):
        recorded = read_records(labelled, drafts)
        # What was allowed keeps its mark, wherever on the page it stands.
        mark = _mark_on(page)
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
        dates = dating.date_articles(drafts, labelled, recorded, rules.facts)
    paragraphs: list[Paragraph] = []
    kept: list[Article] = []
    evidence: list[Evidence] = []
    named_documents: list[Relation] = []
    for place, (draft, dated, one) in enumerate(zip(drafts, dates, recorded, strict=True)):
        with spent("topics"):
            tags = topics.tag_article(draft, labelled.title, rules.taxonomy, one.record.kind)
        own = one.record
        if tags:
            # The kind is the article's: all its tags have the same.
            own = replace(own, kind=tags[0].kind)
        with spent("record"):
            own, more = placed(own, one.evidence, place)
            own = replace(own, secrecy=own.secrecy or mark)
            evidence += (*one.evidence, *more)
            title = draft.title or labelled.title
            known = (labelled.title, own.number or "")
            named_documents += relations(place, title, draft.paragraphs, known)
        first = len(paragraphs)
        within = replace(document, record=own)
        paragraphs.extend(_paragraphs(draft, dated, tags, within, first))
        kept.append(Article(draft.title, first, len(tags), own))
    document = replace(
        document,
        record=kept[0].record if kept else record,
        articles=tuple(kept),
        evidence=tuple(evidence),
        relations=tuple(named_documents),
    )
    return Reading(document, tuple(paragraphs))


def _read_record(lines: jsonl.DocumentLines, task: RecordsTask, rules: ReadingRules) -> Reading:
    record, evidence = placed(lines.record, (), 0)
    record = replace(record, secrecy=record.secrecy or _mark_of(lines))
    draft = DraftArticle(None, tuple(paragraph for paragraph, _ in lines.paragraphs))
    document = Document(
        document_id=build_document_id(task.relative, lines.doc_id),
        path=task.relative,
        title=lines.title,
        digest=task.digest,
        evidence=evidence,
        relations=relations(0, lines.title, draft.paragraphs, (record.number or "",)),
    )
    years = [year for _, year in lines.paragraphs]
    dates = [Dating(stated=year, year=year, basis=YearBasis.STATED) for year in years]
    if None in years:
        with spent("dating"):
            inferred = dating.date_article(
                draft,
                title=lines.title,
                published=record.published,
                recorded=Recorded(record, ()),
                facts=rules.facts,
            )
        dates = [inferred[i] if year is None else dates[i] for i, year in enumerate(years)]
    with spent("topics"):
        tags = topics.tag_article(draft, lines.title, rules.taxonomy, record.kind)
    record = replace(record, kind=tags[0].kind if tags else record.kind)
    article = Article(None, 0, len(lines.paragraphs), record)
    document = replace(document, record=record, articles=(article,))
    return Reading(document, tuple(_paragraphs(draft, dates, tags, document, 0)))


def _paragraphs(
    draft: DraftArticle,
    dates: Sequence[Dating],
    tags: Sequence[topics.Tags],
    document: Document,
    first: int,
) -> Iterator[Paragraph]:
    """The paragraphs of one article of `document`, numbered from `first` on, with its record."""
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
            topics=tag.topics,
            domains=tag.domains,
            title=document.title,
            record=document.record,
            dating=dated,
            cut=paragraph.cut,
        )

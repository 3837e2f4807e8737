"""Text anchors, by which a note finds its passage again after a reindex.

An id says where a passage stood; its words say what it was. Headings that are read better,
a page that was renamed or saved again shift the ids, not the words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.ids import parse_paragraph_id
from archive.model import NO_RECORD, Dating, Document, Paragraph, Record
from archive.query.ast import Phrase
from archive.query.query import Query
from archive.store.library import Archive
from archive.stored import attributes, from_stored, to_stored
from archive.text.fold import fold, fold_with_offsets, original_span

# So many characters of a paragraph tell it from nearly all others; the rest is compared.
_TELLING = 100


def text_hash(folded: str) -> str:
    """The hash of a folded text, 32 hexadecimal digits."""
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A paragraph by its id and its text, and the stretch of the text that is meant.

    `start` and `stop` are offsets in characters, both None where all of it is meant.
    """

    paragraph_id: str
    text: str
    start: int | None = None
    stop: int | None = None

    @property
    def passage(self) -> str:
        """The words that are meant.

        >>> Anchor("a:0", "甲。乙。", 2, 4).passage
        '乙。'
        """
        return self.text[self.start : self.stop].strip() or self.text

    @property
    def folded(self) -> str:
        """The folded text of the paragraph."""
        return fold(self.text)

    @property
    def key(self) -> tuple[str, int, int]:
        """What two anchors of the same stretch have in common."""
        return anchor_key(self.paragraph_id, (self.start, self.stop))


def anchor_key(paragraph_id: str, span: tuple[int | None, int | None]) -> tuple[str, int, int]:
    """The key of the stretch `span` of a paragraph; -1 stands for an open end."""
    start, stop = span
    return paragraph_id, -1 if start is None else start, -1 if stop is None else stop


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage comes from, as it is cited.

    `path` is the file's below corpus/, `digest` the SHA-256 of its bytes in hex, `ordinal`
    the paragraph's place in the document, from 0. `heads` are those of the columns of a table,
    where the passage is one of its rows.
    """

    title: str
    path: str
    digest: str
    ordinal: int
    dating: Dating
    article: str | None = None
    heading_path: tuple[str, ...] = ()
    record: Record = NO_RECORD
    url: str | None = None
    heads: tuple[str, ...] = ()

    @classmethod
    def of(cls, paragraph: Paragraph, document: Document) -> Source:
        """The source of a paragraph of `document`."""
        file = cls(
            document.title, document.path, document.digest, 0, paragraph.dating, url=document.url
        )
        return file.updated(paragraph)

    def updated(self, paragraph: Paragraph) -> Source:
        """The same file, with all that `paragraph`, of that file, says now."""
        return replace(
            self,
            title=paragraph.title or self.title,
            ordinal=paragraph.ordinal,
            article=paragraph.article,
            heading_path=paragraph.heading_path,
            record=paragraph.record,
            dating=paragraph.dating,
        )

    def to_json(self) -> str:
        """The source as it is kept."""
        return json.dumps(to_stored(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Source:
        """Read back what `to_json` wrote.

        >>> source = Source("题", "a.txt", "00", 3, Dating(evidence=("2020年",)))
        >>> Source.from_json(source.to_json()) == source
        True
        """
        stored = json.loads(kept)
        # The first version kept the elements of the record beside the others.
        own = {name: stored.pop(name) for name in attributes(NO_RECORD) if name in stored}
        return from_stored(cls, {"record": own, **stored})


def locate(archive: Archive, anchor: Anchor, source: Source) -> tuple[Anchor, Source] | None:
    """Find an anchor's paragraph in the archive of today; None where it is not there.

    Returns the anchor as it holds now, and its paragraph's source. `archive` answers from one
    generation (`Archive.snapshot`). The paragraph is the one with its id and text; else the one of
    its document with that text, the nearest of several; else one of its document that contains
    the passage; else the same text in another file of the same bytes, or of the same title,
    article and site.
    """
    document_id, ordinal = parse_paragraph_id(anchor.paragraph_id)
    wanted = anchor.folded
    there = archive.lookup([anchor.paragraph_id])
    if there and fold(there[0].text) == wanted:
        return anchor, source.updated(there[0])
    own = archive.paragraphs(document_id)
    if same := _nearest((p for p in own if fold(p.text) == wanted), ordinal):
        return _moved(anchor, same), source.updated(same)
    words = fold(anchor.passage)
    if around := _nearest((p for p in own if words in fold(p.text)), ordinal):
        return _within(anchor, around, words), source.updated(around)
    return _elsewhere(archive, anchor, source)


def _nearest(paragraphs: Iterable[Paragraph], ordinal: int) -> Paragraph | None:
    return min(paragraphs, key=lambda p: abs(p.ordinal - ordinal), default=None)


def _moved(anchor: Anchor, paragraph: Paragraph) -> Anchor:
    """The anchor at a paragraph whose folded text is its own."""
    if paragraph.text == anchor.text or anchor.start is None:
        return replace(anchor, paragraph_id=paragraph.paragraph_id, text=paragraph.text)
    return _within(anchor, paragraph, fold(anchor.passage))


def _within(anchor: Anchor, paragraph: Paragraph, words: str) -> Anchor:
    """The anchor at a paragraph that contains its folded `words` among others."""
    folded, offsets = fold_with_offsets(paragraph.text)
    at = folded.find(words)
    start, stop = original_span(at, at + len(words), offsets)
    return Anchor(paragraph.paragraph_id, paragraph.text, start, stop)


def _elsewhere(archive: Archive, anchor: Anchor, source: Source) -> tuple[Anchor, Source] | None:
    wanted = anchor.folded
    looked_for = Query(node=Phrase(anchor.text[:_TELLING]))
    alike = None
    for paragraph in archive.scan(looked_for):
        if fold(paragraph.text) != wanted:
            continue
        found = Source.of(paragraph, archive.document(paragraph.document_id))
        place = _moved(anchor, paragraph), found
        if found.digest == source.digest:
            return place
        names = (found.title, found.article, found.record.site)
        if alike is None and names == (source.title, source.article, source.record.site):
            alike = place
    return alike

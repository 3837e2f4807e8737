"""What an archive holds: frozen values that every package passes on and none changes.

A Document is what one source kept; it holds Articles (篇), which hold Paragraphs, the
unit of retrieval. A Block is one text block of the page as it was read, with its label:
kept, or dropped by a named rule. What is not known is None, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from archive.ids import build_paragraph_id


class Form(StrEnum):
    """What a paragraph is on the page."""

    ARTICLE_TITLE = "article_title"
    HEADING = "heading"
    BODY = "body"
    ROW = "row"
    OPENING = "opening"
    CLOSING = "closing"

    @property
    def heads(self) -> bool:
        """Whether it is a title or a heading."""
        return self in (Form.ARTICLE_TITLE, Form.HEADING)

    @property
    def running(self) -> bool:
        """Whether it is running text or heads some: no table's row, no addressee, no signature."""
        return self.heads or self is Form.BODY


class ReadingWarning(StrEnum):
    """Why a reader should look at the original: how a document was read is uncertain."""

    EMPTY = "empty"
    LITTLE = "little"
    HIDDEN = "hidden"
    FRAMES = "frames"
    GARBLED = "garbled"
    MIXED = "mixed_encodings"
    PICTURES = "pictures"
    UNREAD = "unread"


class YearBasis(StrEnum):
    """On what the `year` of a paragraph stands."""

    STATED = "stated"
    INFERRED = "inferred"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """The level of the office that issues a document."""

    CENTRAL = "central"
    STATE_COUNCIL = "state_council"
    MINISTRY = "ministry"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    INSTITUTION = "institution"
    SCHOOL = "school"


class Status(StrEnum):
    """Whether a document is in force."""

    VALID = "valid"
    EXPIRED = "expired"
    REPEALED = "repealed"
    AMENDED = "amended"


class Direction(StrEnum):
    """Whether a document goes to an office above, below, or beside its issuer."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"


class Link(StrEnum):
    """What a document does with another one that it names."""

    ISSUES = "issues"
    FORWARDS = "forwards"
    ENDORSES = "endorses"
    REPEALS = "repeals"
    AMENDS = "amends"
    BASED_ON = "based_on"
    CITES = "cites"


class Basis(StrEnum):
    """On what an element of a record stands."""

    STATED = "stated"
    # Of an annex or a forwarded text: its notice has it.
    INFERRED = "inferred"
    CORRECTED = "corrected"


# Years that may be given for a text: no document of any archive is older, or from later than
# this century.
EARLIEST, LATEST = 1000, 2099
# The evidence of a year that no text gave: a reader said so.
CORRECTED = "读者更正"


@dataclass(frozen=True, slots=True)
class Block:
    """One text block of a page, labelled.

    `rule` names the rule that dropped it, and is None where the block was kept. The text of a
    table's row is its cells, joined by TAB; `row` says so. `added` is what the reader wrote in
    front of the text and the source does not spell out: the number of a list; `cut` is what it
    took out of the text: marks of notes, readings of characters.
    """

    text: str
    keep: bool
    rule: str | None = None
    added: str = ""
    row: bool = False
    cut: tuple[str, ...] = ()

    @property
    def cells(self) -> list[str]:
        """The cells of a table's row, empty ones too."""
        return self.text.split("\t")


@dataclass(frozen=True, slots=True)
class Dating:
    """The year of a run of paragraphs, and the words it stands on.

    `stated` is the year as the text gives it, `first` and `last` the interval inferred
    from dated facts (either may be None: open). `year` is the one we stand behind, or
    None. `evidence` holds the text's own words. `masked` says that the text hides its
    year (20xx年). A year that a reader corrected has CORRECTED as its evidence and is
    `stated`, or `unknown` where the reader says so.
    """

    stated: int | None = None
    year: int | None = None
    basis: YearBasis = YearBasis.UNKNOWN
    first: int | None = None
    last: int | None = None
    evidence: tuple[str, ...] = ()
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The elements of a document that its readers find: text each, or a tuple of texts.

    `published` is the upload or publishing date as ISO 8601 (a day, or with a time); `issued`
    (成文日期), `printed`, `effective` and `expires` are days. `number` is the 发文字号 as printed.
    `issuer` has the offices that issue, the host first. `region` goes from the province down.
    `level`, `status`, `direction` and `warnings` are values of Level, Status, Direction and
    ReadingWarning. A new element is one more attribute with a default: it is carried, stored and
    printed with the others, and read from JSON Lines under its name. archive.fields makes it a
    filter.
    """

    kind: str | None = None
    site: str | None = None
    published: str | None = None
    warnings: tuple[str, ...] = ()
    number: str | None = None
    issuer: tuple[str, ...] = ()
    issued: str | None = None
    level: str | None = None
    region: tuple[str, ...] = ()
    status: str | None = None
    direction: str | None = None
    addressee: str | None = None
    signer: str | None = None
    secrecy: str | None = None
    urgency: str | None = None
    printed: str | None = None
    effective: str | None = None
    expires: str | None = None
    annexes: tuple[str, ...] = ()


# The record of a document of which nothing is known.
NO_RECORD = Record()


class _Recorded:
    """Reads the elements of a record that much of the code asks for."""

    __slots__ = ()
    record: Record

    @property
    def kind(self) -> str | None:
        """The 文种."""
        return self.record.kind

    @property
    def site(self) -> str | None:
        """The name or host of the site."""
        return self.record.site

    @property
    def published(self) -> str | None:
        """The upload or publishing date."""
        return self.record.published

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the reading is uncertain."""
        return self.record.warnings


@dataclass(frozen=True, slots=True)
class Paragraph(_Recorded):
    """The unit of retrieval: one paragraph, heading or article title as printed.

    `ordinal` counts from 0 within the document. `heading_path` is the tuple of headings
    above as printed, outermost first; a heading's own path ends with itself, a run-in
    heading ends the path of its own paragraph. `section` is the level-1 heading without
    its numbering. `topics` are at most two, the surer first, `domains` the fields of work
    that they belong to. `cut` are the fragments removed from inside the text. `title` repeats
    the document's, `record` is the one of its article, so that a paragraph can be shown alone.
    """

    document_id: str
    ordinal: int
    text: str
    form: Form = Form.BODY
    article: str | None = None
    heading_path: tuple[str, ...] = ()
    section: str | None = None
    part: str | None = None
    topics: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    title: str = ""
    record: Record = NO_RECORD
    dating: Dating = Dating()
    cut: tuple[str, ...] = ()

    @property
    def paragraph_id(self) -> str:
        """The id, `document_id:ordinal`."""
        return build_paragraph_id(self.document_id, self.ordinal)

    @property
    def cells(self) -> list[str]:
        """The cells of a table's row, empty ones too."""
        return self.text.split("\t")

    @property
    def topic(self) -> str | None:
        """The surer of the topics."""
        return next(iter(self.topics), None)

    @property
    def year(self) -> int | None:
        """The year that filters, sorts and facets use."""
        return self.dating.year

    @property
    def order(self) -> tuple[str, int]:
        """The sort key of the id order: by document, then by place within it."""
        return self.document_id, self.ordinal


@dataclass(frozen=True, slots=True)
class Article(_Recorded):
    """One 篇: an independent text. A page that is no compilation has a single one.

    `first` and `count` say which ordinals of the document's paragraphs are its own.
    `title` is None where the page prints none.
    """

    title: str | None
    first: int
    count: int
    record: Record = NO_RECORD


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words on which an element of a record stands.

    `article` is the place of the article, from 0; `element` the name of the attribute of Record,
    `value` its text there, or another one that the page gives and that is not believed. `words`
    are as printed; of an inferred value they are those of the notice.
    """

    article: int
    element: str
    value: str
    words: str
    basis: Basis = Basis.STATED


@dataclass(frozen=True, slots=True)
class Relation:
    """A document that an article names, by its number as printed, its title, or both.

    `article` is the place of the article that names it, from 0; `words` are as printed.
    """

    article: int
    link: Link
    number: str | None
    title: str | None
    words: str


# What a reader may correct of a document.
Corrigible = Literal["title", "kind", "year", "number", "issuer", "issued"]
CORRIGIBLE: tuple[Corrigible, ...] = get_args(Corrigible)
# Those of them that are elements of the record.
CORRIGIBLE_ELEMENTS = tuple(name for name in CORRIGIBLE if hasattr(NO_RECORD, name))


@dataclass(frozen=True, slots=True)
class AsRead:
    """What a page itself says of a document that a reader corrected.

    `record` is that of its first article, `datings` are the different ones of its paragraphs, in
    order; `corrected` names what the reader corrected.
    """

    title: str
    record: Record
    datings: tuple[Dating, ...]
    corrected: tuple[Corrigible, ...]


@dataclass(frozen=True, slots=True)
class Document(_Recorded):
    """What one source (or one `doc_id` of a JSONL source) kept.

    `path` is relative to the corpus, with `/`. `digest` is the SHA-256 of the source's bytes
    in hex, `blocks` every text block of the page in order, kept or dropped (empty for
    JSONL, where each line is a paragraph). `as_read` is what the page says where a reader
    corrected the document (None: nothing is corrected). `record` is that of the first article.
    `evidence` has the words on which the articles' records stand, `relations` the documents
    that they name, both in the order of the page.
    """

    document_id: str
    path: str
    title: str
    digest: str
    record: Record = NO_RECORD
    url: str | None = None
    encoding: str | None = None
    articles: tuple[Article, ...] = ()
    blocks: tuple[Block, ...] = ()
    as_read: AsRead | None = None
    evidence: tuple[Evidence, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """A paragraph's place in its near-duplicate cluster.

    `cluster` is the paragraph id of the member that comes first in id order, the same
    for all members; `rank` is 0 for the cleanest member and grows with the noise; no two
    members share a rank.
    """

    cluster: str
    rank: int


# Paragraph id to its membership; a paragraph that resembles no other is absent.
Clusters = Mapping[str, Membership]

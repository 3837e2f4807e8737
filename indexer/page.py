"""Page: one stored file, decoded and cut into blocks, before anything is judged.

The values that pass between the stages: readers make a Page, `extract` labels its
blocks, `articles` and `headings` give them structure. Nothing is dropped on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archive.model import NO_RECORD, Document, Form, Paragraph, Record

# A row of cells no longer than this is a row of a record, read across as one block.
RECORD_CELL = 60


class Share(StrEnum):
    """What a site profile says of an element: it holds the text, or boilerplate."""

    BODY = "body"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Profiled:
    """What a site profile found on a page, as printed; None where it found nothing."""

    name: str
    title: str | None = None
    published: str | None = None
    kind: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class PageBlock:
    """One text block as the page has it.

    `text` has its white space collapsed, no line break inside, and is never empty. `tag`
    is the HTML element that holds it (`p` for plain text), `path` the class and id words
    of it and its ancestors, outermost first, lower case, for rules that know a site's
    markup. `link_density` is the share of characters inside links, 0 to 1; `hidden` says
    that a browser would not show it. `place` are the numbers of the block elements around
    it, outermost first (blocks of one container share a prefix; empty for plain text), and
    `indented` says that its line was printed with a paragraph's indent. `share` is what a
    site profile says of it. A block with the tag `tr` is a table's row: its text is its
    cells, empty ones too, joined by TAB. `cut` are the pieces that the reader removed from
    inside the text (note marks, readings of characters), in order; `added` is what it wrote
    in front of the text that the source does not spell out (the number of a list).
    """

    text: str
    tag: str = "p"
    path: tuple[str, ...] = ()
    link_density: float = 0.0
    hidden: bool = False
    place: tuple[int, ...] = ()
    indented: bool = False
    share: Share | None = None
    cut: tuple[str, ...] = ()
    added: str = ""

    @property
    def row(self) -> bool:
        """Whether the block is a table's row."""
        return self.tag == "tr"


@dataclass(frozen=True, slots=True)
class Page:
    """One stored file as a reader decoded it.

    `path` is relative to the corpus, with `/`. `title` is what the file says of itself
    (HTML title, document properties), `meta` further statements of the file by lower-case
    name (`description`, `publishdate`, `og:site_name`, …), `url` its canonical address,
    `profile` what the profile of its site found on it. `warnings` are values of
    archive.model.ReadingWarning.
    """

    path: str
    blocks: tuple[PageBlock, ...]
    encoding: str | None = None
    title: str | None = None
    url: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    profile: Profiled | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledBlock:
    """A block with its label.

    `rule` names the rule that dropped it (None: kept). `text` of a kept block is cleaned:
    `cut` are the fragments that were removed from inside it, in order. `source` is the
    block as it was read.
    """

    source: PageBlock
    text: str
    rule: str | None = None
    cut: tuple[str, ...] = ()

    @property
    def keep(self) -> bool:
        """Whether the block's text enters the archive."""
        return self.rule is None


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page after `extract`: every block labelled, and what the page states of itself.

    `title` is the document's title, `record` has what else the page states of the document.
    """

    page: Page
    blocks: tuple[LabelledBlock, ...]
    title: str
    record: Record = NO_RECORD


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """A paragraph with its place in the structure, not yet dated or tagged."""

    text: str
    form: Form
    heading_path: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftArticle:
    """One 篇 of a page: its title as printed (None: the page is a single text).

    `attached` says that a notice before it sends it.
    """

    title: str | None
    paragraphs: tuple[DraftParagraph, ...]
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One document as it was read, with its paragraphs in order."""

    document: Document
    paragraphs: tuple[Paragraph, ...]

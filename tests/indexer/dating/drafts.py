"""Articles made by hand, and their years."""

from __future__ import annotations

from collections.abc import Sequence

from archive.model import Basis, Dating, Evidence, Form, Record
from indexer.dating import date_articles
from indexer.page import DraftArticle, DraftParagraph, LabelledBlock, LabelledPage, Page, PageBlock
from indexer.record import Recorded

NOTHING = Recorded(Record(), ())


def draft(*lines: str, title: str | None = None, attached: bool = False) -> DraftArticle:
    """An article of these lines; a line that begins with # is a heading of level 1."""
    paragraphs: list[DraftParagraph] = []
    path: tuple[str, ...] = ()
    for line in lines:
        if line.startswith("#"):
            path = (line[1:],)
            paragraphs.append(DraftParagraph(line[1:], Form.HEADING, path))
        else:
            paragraphs.append(DraftParagraph(line, Form.BODY, path))
    return DraftArticle(title, tuple(paragraphs), attached)


def recorded(
    issued: str | None = None, number: str | None = None, basis: Basis = Basis.STATED
) -> Recorded:
    """A record of a day of issue and a number, on words of their own."""
    found = {"issued": issued, "number": number}
    evidence = (Evidence(0, name, v, f"见{v}", basis) for name, v in found.items() if v)
    return Recorded(Record(issued=issued, number=number), tuple(evidence))


def date_page(
    *drafts: DraftArticle,
    title: str = "",
    published: str | None = None,
    records: Sequence[Recorded] = (),
    opening: str = "",
) -> list[tuple[Dating, ...]]:
    """The datings of the articles of a page; `opening` is a line below its title."""
    blocks = (LabelledBlock(PageBlock(opening), opening),) if opening else ()
    page = LabelledPage(Page("a.txt", ()), blocks, title, Record(published=published))
    return date_articles(drafts, page, records or [NOTHING] * len(drafts))

"""Hits and pages of hits as the result page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.fields import FIELDS
from archive.model import Form, Paragraph
from archive.precedents.differences import Difference, Operation, differences
from archive.search.results import Hit, Results, Snippet, snippet
from web.context import archive
from web.i18n import Language
from web.presenters.facets import label_of
from web.presenters.outline import path_above
from web.presenters.tables import Cells, Piece, cells_of, column_heads
from web.presenters.years import YearMark, year_mark
from web.urls.links import Links, deepest_page

# About three lines of the result column: enough to judge a wording, and the third hit
# is still on the first screen at 1280 × 800.
SNIPPET_WIDTH = 130
# A row is shown with all its cells, up to so many characters.
LONGEST_ROW = 1_000
# Characters of an equal stretch shown between two differences of a variant.
MAX_EQUAL_LENGTH = 30
# The number stands beside the title.
_SHOWN = tuple(field for field in FIELDS if field.shown and field.name != "number")
# Variants listed in place under a hit.
MAX_VARIANTS = 20
# Page numbers offered on each side of the current one.
PAGES_AROUND = 2


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a variant beside the passage shown: words gone, words new, words the same.

    `hidden` is what a mask on one side hides, None where none does.
    """

    gone: str = ""
    new: str = ""
    same: str = ""
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a result list shows it.

    `path` are the headings above it that its own text does not repeat, `fields` the values
    printed below it. `opened` are its
    near-duplicates, where they are asked for, each with its `changes`. A table's row has
    `cells`, under the `heads` of its columns. `form` is named where it is not body text.
    `quote` leads to the passage with its source, `alike` to passages like it.
    """

    paragraph: Paragraph
    snippet: Snippet
    year: YearMark
    path: tuple[str, ...]
    fields: tuple[str, ...]
    href: str
    quote: str
    alike: str
    form: str | None = None
    cells: Cells = ()
    heads: tuple[str, ...] = ()
    variants: int = 0
    variants_href: str = ""
    opened: tuple[Found, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a result page stands: number and last (None: not known), and its neighbours."""

    number: int
    last: int | None
    around: tuple[int, ...]
    previous: int | None
    next: int | None
    cut_off: bool


def found_of(hit: Hit, links: Links, opened: str | None = None) -> Found:
    """Return a hit ready to be shown; its variants below it if `opened` is its id."""
    paragraph = hit.paragraph
    row = paragraph.form is Form.ROW
    around = snippet(paragraph.text, hit.spans, LONGEST_ROW if row else SNIPPET_WIDTH)
    shown = opened == paragraph.paragraph_id
    variants_href = ""
    if hit.variants:
        variants_href = links.search() if shown else links.variants(paragraph.paragraph_id)
    return Found(
        paragraph=paragraph,
        snippet=around,
        year=year_mark(paragraph.dating, links.language),
        path=path_above(paragraph),
        fields=shown_fields(paragraph, links.language),
        href=links.paragraph(paragraph),
        quote=links.quote(paragraph.paragraph_id),
        alike=links.precedents(paragraph.paragraph_id),
        form=None if paragraph.form is Form.BODY else paragraph.form.value,
        cells=cells_of(Piece(text, mark=mark) for text, mark in around.pieces()) if row else (),
        # Cut at its beginning, a row no longer stands under its heads.
        heads=column_heads(paragraph) if row and not around.before else (),
        variants=len(hit.variants),
        variants_href=variants_href,
        opened=_variants(paragraph, hit.variants, links) if shown else (),
    )


@dataclass(frozen=True, slots=True)
class OfferedDocument:
    """A document above the hits: title, number or none, what else is shown, and its page."""

    title: str
    number: str | None
    fields: tuple[str, ...]
    href: str


def offered_of(paragraph: Paragraph, links: Links) -> OfferedDocument:
    """Return the document of a paragraph; an article within one is opened at its own place."""
    href = (
        links.paragraph(paragraph) if paragraph.ordinal else links.document(paragraph.document_id)
    )
    title = paragraph.title or paragraph.document_id
    if paragraph.article and paragraph.article != title:
        title += f" › {paragraph.article}"
    own = shown_fields(paragraph, links.language, document=True)
    # Most titles begin with the issuer and end in the kind.
    more = tuple(value for value in own if value not in title)
    return OfferedDocument(title, paragraph.record.number, more, href)


def shown_fields(
    paragraph: Paragraph, words: Language, *, document: bool = False
) -> tuple[str, ...]:
    """The values that are shown with a paragraph, or with its `document`, in words."""
    shown = (field for field in _SHOWN if field.record or not document)
    return tuple(
        label_of(field.name, value, words) for field in shown for value in field.values(paragraph)
    )


def _variants(shown: Paragraph, ids: Sequence[str], links: Links) -> tuple[Found, ...]:
    return tuple(
        replace(
            found_of(Hit(variant), links),
            changes=tuple(changes(differences(shown.text, variant.text))),
        )
        for variant in archive().lookup(ids[:MAX_VARIANTS])
    )


def changes(stretches: Iterable[Difference]) -> Iterator[Change]:
    """Yield how one text becomes the other, long equal stretches cut short."""
    for stretch in stretches:
        if stretch.operation is Operation.EQUAL:
            yield Change(same=_short(stretch.text_b))
        else:
            yield Change(stretch.text_a, stretch.text_b, hidden=stretch.hidden)


def _short(text: str) -> str:
    """Both ends of a stretch in which nothing differs.

    >>> _short("一二三四五六七八九十" * 5)
    '一二三四五六七八九十一二三四五…六七八九十一二三四五六七八九十'
    """
    if len(text) <= MAX_EQUAL_LENGTH:
        return text
    half = MAX_EQUAL_LENGTH // 2
    return f"{text[:half]}…{text[-half:]}"


def paging(results: Results) -> Paging:
    """Return where a result page stands among the others."""
    query = results.query
    limit = max(query.limit, 1)
    number = query.offset // limit + 1
    deepest = deepest_page(limit)
    last = None if results.clusters is None else max(1, -(-results.clusters // limit))
    reachable = min(deepest, last or deepest)
    more = number < reachable and (last is not None or len(results.hits) == query.limit)
    around = range(max(1, number - PAGES_AROUND), min(reachable, number + PAGES_AROUND) + 1)
    return Paging(
        number=number,
        last=last,
        around=tuple(around) if last is not None else (number,),
        previous=min(number - 1, reachable) if number > 1 else None,
        next=number + 1 if more else None,
        cut_off=last is not None and last > deepest and number >= deepest - PAGES_AROUND,
    )

"""Hits and pages of hits as the result page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.matching import Subject, spans
from archive.model import Form, Paragraph
from archive.results import Hit, Results, Snippet, snippet
from web.context import archive
from web.links import Links, deepest_page
from web.outline import run_in_length
from web.years import YearMark, year_mark

# About three lines of the result column: enough to judge a wording, and the third hit
# is still on the first screen at 1280 × 800.
SNIPPET_WIDTH = 130
# Variants listed in place under a hit.
MOST_VARIANTS = 20
# Page numbers offered on each side of the current one.
PAGES_AROUND = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a result list shows it.

    `path` are the headings above it that its own text does not repeat.
    """

    paragraph: Paragraph
    snippet: Snippet
    year: YearMark
    path: tuple[str, ...]
    href: str
    variants: int = 0
    variants_href: str = ""
    opened: tuple[Found, ...] = ()


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
    own = paragraph.form is Form.HEADING or run_in_length(paragraph) > 0
    shown = opened == paragraph.paragraph_id
    return Found(
        paragraph=paragraph,
        snippet=snippet(paragraph.text, hit.spans, SNIPPET_WIDTH),
        year=year_mark(paragraph.dating, links.language),
        path=paragraph.heading_path[: -1 if own else None],
        href=links.paragraph(paragraph),
        variants=len(hit.variants),
        variants_href=links.search() if shown else links.variants(paragraph.paragraph_id),
        opened=_variants(hit.variants, links) if shown else (),
    )


def _variants(ids: Sequence[str], links: Links) -> tuple[Found, ...]:
    listed = archive().lookup(ids[:MOST_VARIANTS])
    return tuple(
        found_of(Hit(paragraph, spans=spans(links.query, Subject(paragraph))), links)
        for paragraph in listed
    )


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

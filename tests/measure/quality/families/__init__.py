"""Generated pages of thirteen families whose right reading is known by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.measure.quality.families.chance import Chance, Draft
from tests.measure.quality.families.files import pdf, word
from tests.measure.quality.families.media import forum, news, wechat
from tests.measure.quality.families.rosters import list_notice, table_notice
from tests.measure.quality.families.scripts import framed, single_page_app
from tests.measure.quality.families.sites import compilation, government, old_tables, preview
from tests.measure.quality.families.texts import Half

PAGES = 10

_FAMILIES: dict[str, Callable[[Chance], Draft]] = {
    "compilation": compilation,
    "preview": preview,
    "government": government,
    "old-tables": old_tables,
    "wechat": wechat,
    "news": news,
    "forum": forum,
    "table-notice": table_notice,
    "list-notice": list_notice,
    "single-page-app": single_page_app,
    "framed": framed,
    "word": word,
    "pdf": pdf,
}
FAMILIES = tuple(_FAMILIES)


@dataclass(frozen=True)
class GeneratedPage:
    """A page with what a right reading keeps of it.

    `paragraphs`: the kept paragraphs in order, the title not among them. `optional`: texts
    of the page that count neither as kept nor as boilerplate.
    """

    name: str
    half: Half
    data: bytes
    suffix: str
    title: str
    paragraphs: tuple[str, ...]
    optional: tuple[str, ...] = ()


def pages(family: str) -> Iterator[GeneratedPage]:
    """Yield the pages of a family, the same on every run; even ones are seen.

    >>> [page.half for page in pages("verse-free")]
    Traceback (most recent call last):
    KeyError: 'verse-free'
    """
    make = _FAMILIES[family]
    for number in range(PAGES):
        chance = Chance(family, number)
        draft = make(chance)
        yield GeneratedPage(
            f"{family}-{number}",
            chance.half,
            draft.data,
            draft.suffix,
            draft.title,
            tuple(draft.paragraphs),
            draft.optional,
        )

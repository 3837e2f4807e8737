"""A document to read, and its page with everything that was cut."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from archive.errors import QueryError, warning_message
from archive.fields import named
from web.context import about, archive, asked, words
from web.pages.corrections import corrigible
from web.presenters.document import lay_out, original_blocks
from web.presenters.record import elements, own_records
from web.presenters.refused import refused
from web.presenters.relations import SHOWN, related
from web.presenters.years import year_mark
from web.urls.links import PAGE_OF_DOCUMENT

pages = Blueprint("document", __name__)


@pages.get("/document/<document_id>")
def document(document_id: str) -> str | tuple[str, int]:
    """A document to read, or, with `all=1`, its page with everything that was cut."""
    try:
        query = asked()
    except QueryError as error:
        return refused(error)
    kept = archive().document(document_id)
    paragraphs = archive().paragraphs(document_id)
    parts = _parts(len(paragraphs), request.args.get("at", ""))
    first, last, _ = next(part for part in parts if part[2])
    reading = lay_out(kept, paragraphs[first:last], query)
    links = about(query)
    show_all = request.args.get("all") == "1"
    return render_template(
        "original.html" if show_all else "document.html",
        document=kept,
        elements=elements(kept, 0, words()),
        own_records=own_records(kept, words()),
        warnings=[
            (code, warning_message(code, words().code)) for code in named("warnings").values(kept)
        ],
        reading=reading,
        parts=parts,
        blocks=original_blocks(kept.blocks, reading.cuts) if show_all else [],
        datings=[year_mark(dating, words()) for dating in reading.datings],
        years_differ=len({dating.year for dating in reading.datings}) > 1,
        years=sorted({dating.year for dating in reading.datings if dating.year is not None}),
        mark_of=lambda dating: year_mark(dating, words()),
        web_address=_web_address(kept.url),
        own=corrigible(kept),
        related=related(archive().references(kept), links),
        related_shown=SHOWN,
    )


def _parts(count: int, at: str) -> list[tuple[int, int, bool]]:
    """The pages of a document of `count` paragraphs: first, end, and whether `at` is there.

    >>> _parts(2_500, "1000")
    [(0, 1000, False), (1000, 2000, True), (2000, 2500, False)]
    >>> _parts(0, "nowhere")
    [(0, 0, True)]
    """
    starts = range(0, max(count, 1), PAGE_OF_DOCUMENT)
    wanted = next((start for start in starts if str(start) == at), 0)
    return [(s, min(s + PAGE_OF_DOCUMENT, count), s == wanted) for s in starts]


def _web_address(url: str | None) -> str | None:
    """The page's own address where it is one that a link may lead to, never a script."""
    return url if url and url.startswith(("https://", "http://")) else None

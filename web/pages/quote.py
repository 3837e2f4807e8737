"""A passage as it is quoted: its words, and below them where they come from."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from archive.errors import UnknownDocumentError
from archive.model import CORRECTED, Paragraph
from archive.notes.citation import export_words, named, under_heads
from web.context import archive, words
from web.i18n import Language
from web.presenters.notes import around
from web.presenters.tables import column_heads
from web.presenters.years import year_mark

pages = Blueprint("quotes", __name__)


@pages.get("/quote")
def quote() -> str | Response:
    """A passage with its source, to be selected and copied; with `plain=1` that text alone.

    `paragraph` is its id; `start` and `end`, characters of its text, ask for the sentences
    that they touch instead of the whole.
    """
    paragraph = paragraph_of(request.args.get("paragraph", ""))
    span = _span(request.args.get("start", ""), request.args.get("end", ""))
    text = quotation(paragraph, words(), span)
    if request.args.get("plain") == "1":
        return Response(text, mimetype="text/plain")
    return render_template("quote.html", paragraph=paragraph, text=text, span=span)


def paragraph_of(paragraph_id: str) -> Paragraph:
    """Return the paragraph with this id. Raises UnknownDocumentError."""
    found = archive().lookup([paragraph_id])
    if not found:
        raise UnknownDocumentError("archive.no_paragraph", paragraph_id=paragraph_id)
    return found[0]


def quotation(paragraph: Paragraph, t: Language, span: tuple[int, int] | None = None) -> str:
    """Return a passage and its source: names, number, issuer, day or year, headings, site, place.

    `span` asks for the sentences of its text that it touches instead of the whole.
    """
    text = under_heads(paragraph.text, column_heads(paragraph), span is None)
    if span is not None:
        start, end = around(text, span)
        text = text[start:end].strip() or text
    dating = paragraph.dating
    mark = year_mark(dating, t)
    basis = mark.tag or t(f"basis.{dating.basis.value}")
    known = dating.year or dating.first or dating.last or CORRECTED in dating.evidence
    year = t("quote.year", year=mark.label, basis=basis) if known else mark.label
    if str(dating.year) == (paragraph.record.issued or "")[:4]:
        year = ""
    names = named(paragraph.title, paragraph.article, paragraph.record, export_words(t.code))
    path = " › ".join(paragraph.heading_path)
    told = export_words(t.code)
    place = told["place"].format(n=paragraph.ordinal + 1)
    file = told["file"].format(path=archive().document(paragraph.document_id).path)
    source = [*names, path, year, paragraph.site, place, file]
    return f"{text}\n——{t('quote.comma').join(part for part in source if part)}\n"


def _span(start: str, end: str) -> tuple[int, int] | None:
    """The two ends as typed in an address; what is no pair of numbers asks for the whole."""
    if not all(value.isascii() and value.isdigit() and len(value) < 9 for value in (start, end)):
        return None
    return int(start), int(end)

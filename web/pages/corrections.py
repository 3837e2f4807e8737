"""Correcting how a document was read: title, kind, year, record, and which blocks are kept."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import HomeError, NotesError
from archive.model import CORRIGIBLE, CORRIGIBLE_ELEMENTS, AsRead, Document, Record
from archive.notes.corrections import (
    CUT_BY_READER,
    LONGEST,
    MAX_LENGTH,
    UNKNOWN_WORDS,
    BlockChoice,
    Correction,
    block_key,
    placed,
    read_element,
    read_year,
)
from web.context import app_state, archive, page_links, words
from web.i18n import Language
from web.pages.upload import Uploads
from web.presenters.notes import done, notes, require_own_form
from web.presenters.years import year_mark

pages = Blueprint("corrections", __name__)

# Seconds that a reader waits for the document to be read again; one page takes about two,
# a large collection goes on in the background.
TIME_BUDGET = 8.0
_PAUSE = 0.05


def corrigible(document: Document) -> dict[str, object]:
    """What the document page needs to show and to change a correction, by name.

    `given` is the reader's correction, an empty one where there is none; `pending` says
    that the archive does not have it yet. `kinds` are the most frequent of the archive,
    besides `kinds_more` others. `said` is what the page itself says of what was corrected,
    `elements` are the names of elements of the record, what their inputs show, and how much they
    take.
    """
    links, t = page_links(), words()
    as_read = document.as_read
    stats = app_state().stats()
    given, unusable = _nothing(document), ""
    texts = [block.text for block in document.blocks]
    try:
        given = notes().corrections.of(document.document_id) or given
    except NotesError as error:
        unusable = error.message(t.code)
    job = request.args.get("job")
    return {
        "given": given,
        "pending": not unusable and not _applied(given, document),
        "corrected": as_read.corrected if as_read else (),
        "said": _said(as_read, t) if as_read else [],
        "elements": [_input(name, given, document.record) for name in CORRIGIBLE_ELEMENTS],
        "year": t("basis.unknown") if given.year == "unknown" else given.year or "",
        "kinds": [kind for kind, _ in stats.kinds],
        "kinds_more": stats.kinds_more,
        "chosen": placed(given.blocks, texts),
        "block_key": lambda place: block_key(place, texts[place]),
        "blocks_action": links.to("corrections.label", document_id=document.document_id),
        "action": links.to("corrections.correct", document_id=document.document_id),
        "job": links.to("upload.job", job_id=job) if job else "",
        "unusable": unusable,
        "longest_title": MAX_LENGTH,
    }


@pages.post("/document/<document_id>/correction")
def correct(document_id: str) -> BaseResponse:
    """Keep a correction (or, with `do=withdraw`, none) and have the document read again."""
    require_own_form()
    document = archive().document(document_id)
    said = document.as_read or document
    given: dict[str, Any] = dict.fromkeys(CORRIGIBLE)
    if request.form.get("do") != "withdraw":
        given["year"] = read_year(request.form.get("year", ""))
        for name in ("title", *CORRIGIBLE_ELEMENTS):
            typed = " ".join(request.form.get(name, "").split())
            # What is left as the page has it is no correction.
            if typed not in ("", shown(getattr(said.record, name, said.title))):
                given[name] = typed if name == "title" else read_element(name, typed)
    notes().corrections.change(_nothing(document), lambda former: replace(former, **given))
    return _read_and_return(document, page_links().document(document_id))


@pages.post("/document/<document_id>/blocks")
def label(document_id: str) -> BaseResponse:
    """Restore or cut a block, or undo that, as the pressed button says, and read it again.

    The button's value names the block (archive.notes.corrections.block_key); one that the page
    no longer has is refused with 404.
    """
    require_own_form()
    document = archive().document(document_id)
    texts = [block.text for block in document.blocks]
    keys = {block_key(place, text): place for place, text in enumerate(texts)}
    do = next((do for do in ("restore", "cut", "undo") if do in request.form), None) or abort(400)
    place = keys.get(request.form[do])
    if place is None:
        abort(404)

    def choose(former: Correction) -> Correction:
        known = placed(former.blocks, texts).get(place)
        others = tuple(choice for choice in former.blocks if choice is not known)
        own = BlockChoice(texts[place], place, do == "restore")
        return replace(former, blocks=others if do == "undo" else (*others, own))

    notes().corrections.change(_nothing(document), choose)
    original = request.form.get("all") == "1"
    back = page_links().document(document_id, original=original)
    return _read_and_return(document, back, f"#b{place}" if original else "#cuts")


def _read_and_return(document: Document, back: str, mark: str = "") -> BaseResponse:
    """Have a document read again; lead back to its page."""
    job = _read_again(document)
    if job:
        back += ("&" if "?" in back else "?") + f"job={job}"
    return done(back + mark)


def _read_again(document: Document) -> str:
    """Have the document's source read; the job's id where that is still under way.

    Where this server only reads, the next reindex does it.
    """
    uploads: Uploads | None = current_app.extensions.get("xianli-uploads")
    if uploads is None:
        return ""
    try:
        job = uploads.jobs.add((), (document.path,))
    except HomeError:
        # Too many jobs wait; the correction is kept and applied by any of the next ones.
        return ""
    until = time.monotonic() + TIME_BUDGET
    while time.monotonic() < until:
        now = uploads.jobs.get(job.job_id)
        if now is None or now.over:
            return ""
        time.sleep(_PAUSE)
    return job.job_id


def _nothing(document: Document) -> Correction:
    return Correction(document.document_id, document.path, document.digest)


def _said(as_read: AsRead, t: Language) -> list[tuple[str, str]]:
    """What the page itself says of what was corrected: labels and words."""
    marks = [year_mark(dating, t) for dating in as_read.datings]
    years = [f"{mark.label} ({mark.tag})" if mark.tag else mark.label for mark in marks]
    said = {"title": as_read.title, "year": t("year.list").join(years)}
    return [
        (t(f"field.{name}"), said.get(name) or shown(getattr(as_read.record, name, None)))
        for name in as_read.corrected
    ]


def _input(name: str, given: Correction, record: Record) -> tuple[str, str, int]:
    """The input of an element of the record: its name, what it shows, and its longest value."""
    own = getattr(given, name)
    value = shown(getattr(record, name)) if own is None else shown(own) or UNKNOWN_WORDS[1]
    return name, value, LONGEST.get(name, MAX_LENGTH)


def shown(value: str | tuple[str, ...] | None) -> str:
    """An element as an input shows it."""
    return "、".join(value) if isinstance(value, tuple) else value or ""


def _applied(given: Correction, document: Document) -> bool:
    """Whether the archive holds a document as its reader corrected it."""
    if given.given != (document.as_read.corrected if document.as_read else ()):
        return False
    chosen = placed(given.blocks, [block.text for block in document.blocks])
    for place, block in enumerate(document.blocks):
        own = chosen.get(place)
        if (own is not None and own.keep != block.keep) or (
            own is None and block.rule == CUT_BY_READER
        ):
            return False
    if given.year is not None:
        first = next(iter(archive().paragraphs(document.document_id)), None)
        year = None if given.year == "unknown" else given.year
        if first is not None and first.year != year:
            return False
    return given.title in (None, document.title) and all(
        getattr(document.record, name) == value for name, value in given.elements().items()
    )

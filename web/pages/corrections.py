"""Correcting what a page says of itself: title, kind and year of a document."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import HomeError, NotesError
from archive.model import CORRIGIBLE, Document
from archive.notes.corrections import LONGEST_KIND, LONGEST_TITLE, Correction, read_year
from web.context import app_state, archive, page_links, words
from web.pages.upload import Uploads
from web.presenters.notes import done, notes, require_own_form
from web.presenters.years import year_mark

pages = Blueprint("corrections", __name__)

# Seconds that a reader waits for the document to be read again; one page takes about two,
# a large collection goes on in the background.
PATIENCE = 8.0
_PAUSE = 0.05


def corrigible(document: Document) -> dict[str, object]:
    """What the document page needs to show and to change a correction, by name.

    `given` is the reader's correction, an empty one where there is none; `pending` says
    that the archive does not have it yet. `kinds` are the most frequent of the archive,
    besides `kinds_more` others. `years` are those that the page itself gives.
    """
    links, t = page_links(), words()
    as_read = document.as_read
    stats = app_state().stats()
    given, unusable = _nothing(document), ""
    try:
        given = notes().corrections.of(document.document_id) or given
    except NotesError as error:
        unusable = error.message(t.code)
    job = request.args.get("job")
    return {
        "given": given,
        "pending": not unusable and not _applied(given, document),
        "corrected": as_read.corrected if as_read else (),
        "year": t("basis.unknown") if given.year == "unknown" else given.year or "",
        "years": [year_mark(dating, t) for dating in (as_read.datings if as_read else ())],
        "kinds": [kind for kind, _ in stats.kinds],
        "kinds_more": stats.kinds_more,
        "action": links.to("corrections.correct", document_id=document.document_id),
        "job": links.to("upload.job", job_id=job) if job else "",
        "unusable": unusable,
        "longest_title": LONGEST_TITLE,
        "longest_kind": LONGEST_KIND,
    }


@pages.post("/document/<document_id>/correction")
def correct(document_id: str) -> BaseResponse:
    """Keep a correction (or, with `do=withdraw`, none) and have the document read again."""
    require_own_form()
    document = archive().document(document_id)
    said = document.as_read
    title = " ".join(request.form.get("title", "").split())
    kind = " ".join(request.form.get("kind", "").split())
    correction = _nothing(document)
    if request.form.get("do") != "withdraw":
        # What is left as the page has it is no correction.
        correction = replace(
            correction,
            title=title if title not in ("", said.title if said else document.title) else None,
            kind=kind if kind not in ("", (said.kind if said else document.kind) or "") else None,
            year=read_year(request.form.get("year", "")),
        )
    notes().corrections.put(correction)
    links = page_links()
    back = links.document(document_id)
    job = _read_again(document)
    return done(back + ("&" if "?" in back else "?") + f"job={job}" if job else back)


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
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        now = uploads.jobs.get(job.job_id)
        if now is None or now.over:
            return ""
        time.sleep(_PAUSE)
    return job.job_id


def _nothing(document: Document) -> Correction:
    return Correction(document.document_id, document.path, document.digest)


def _applied(given: Correction, document: Document) -> bool:
    """Whether the archive holds a document as its reader corrected it."""
    wanted = tuple(n for n in CORRIGIBLE if getattr(given, n) is not None)
    if wanted != (document.as_read.corrected if document.as_read else ()):
        return False
    if given.year is not None:
        first = next(iter(archive().paragraphs(document.document_id)), None)
        year = None if given.year == "unknown" else given.year
        if first is not None and first.year != year:
            return False
    return given.title in (None, document.title) and given.kind in (None, document.kind)

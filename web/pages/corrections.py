"""Correcting what a page says of itself: title, kind and year of a document."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import HomeError, NotesError
from archive.model import CORRIGIBLE, Document
from archive.notes.corrections import LONGEST_KIND, LONGEST_TITLE, Correction, read_year
from archive.query.query import Query
from web.context import app_state, archive, words
from web.pages.upload import Adding
from web.presenters.notes import done, notes, require_own_form
from web.presenters.years import YearMark, year_mark
from web.urls.links import Links

correcting_pages = Blueprint("correcting", __name__)

# Seconds that a reader waits for the document to be read again; one page takes about two,
# a large collection goes on in the background.
PATIENCE = 8.0
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Corrigible:
    """What the document page needs to show and to change a correction.

    `given` is the reader's correction, an empty one where there is none; `pending` says
    that the archive does not obey it yet. `kinds` are the most frequent of the archive,
    besides `kinds_more` others. `years` are those that the page itself gives.
    """

    document: Document
    given: Correction
    pending: bool
    years: tuple[YearMark, ...]
    kinds: tuple[str, ...]
    kinds_more: int
    action: str
    job: str = ""
    unusable: str = ""
    longest_title: int = LONGEST_TITLE
    longest_kind: int = LONGEST_KIND

    @property
    def corrected(self) -> tuple[str, ...]:
        """The fields that the archive holds as the reader corrected them."""
        return self.document.as_read.corrected if self.document.as_read else ()

    @property
    def year(self) -> str:
        """The corrected year as it is typed."""
        year = self.given.year
        return words()("basis.unknown") if year == "unknown" else str(year or "")


def corrigible(document: Document) -> Corrigible:
    """What there is to correct of a document, and what a reader corrected."""
    links = Links(Query(), words())
    as_read = document.as_read
    stats = app_state().stats()
    given, unusable = _nothing(document), ""
    try:
        given = notes().corrections.of(document.document_id) or given
    except NotesError as error:
        unusable = error.message(words().code)
    return Corrigible(
        document=document,
        given=given,
        pending=not unusable and not _applied(given, document),
        years=tuple(year_mark(dating, words()) for dating in (as_read.datings if as_read else ())),
        kinds=tuple(kind for kind, _ in stats.kinds),
        kinds_more=stats.kinds_more,
        action=links.correction(document.document_id),
        job=links.job(request.args["job"]) if request.args.get("job") else "",
        unusable=unusable,
    )


@correcting_pages.post("/document/<document_id>/correction")
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
    links = Links(Query(), words())
    back = links.document(document_id)
    job = _read_again(document)
    return done(back + ("&" if "?" in back else "?") + f"job={job}" if job else back)


def _read_again(document: Document) -> str:
    """Have the document's source read; the job's id where that is still under way.

    Where this server only reads, the next reindex does it.
    """
    adding: Adding | None = current_app.extensions.get("xianli-adding")
    if adding is None:
        return ""
    try:
        job = adding.jobs.add((), (document.path,))
    except HomeError:
        # Too many jobs wait; the correction is kept and applied by any of the next ones.
        return ""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        now = adding.jobs.get(job.job_id)
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

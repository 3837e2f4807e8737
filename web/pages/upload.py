"""Adding documents: files are sent, checked, put into the corpus, and read by a job."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, cast

from flask import (
    Blueprint,
    Request,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
)
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import HomeError
from archive.intake.importer import Item, Outcome, importer
from archive.intake.staging import Staging, staging
from web.api import api
from web.auth.csrf import is_from_here, is_own_form
from web.context import archive, page_links, words
from web.jobs import FileAnswer, Job, JobAnswer, JobState, Result
from web.limits import LARGEST_FIELDS, LARGEST_UPLOAD, MAX_FILES_SENT
from web.server.jobs import Jobs

pages = Blueprint("upload", __name__)

# Rows of a job's page: what was refused comes first, the rest is in the archive.
MAX_ROWS = 300
# Jobs listed below the form.
MAX_JOBS = 8


@dataclass(frozen=True, slots=True)
class Uploads:
    """What the upload pages need: the jobs, and the suffixes that can be read."""

    jobs: Jobs
    suffixes: Collection[str]


class UploadRequest(Request):
    """A request whose files go straight to the disk they shall stay on."""

    drafts: Staging | None = None

    def _get_file_stream(self, *args: Any, **named: Any) -> IO[bytes]:
        if self.drafts is not None:
            return self.drafts.open()
        return super()._get_file_stream(*args, **named)


@pages.get("/add")
def form() -> str:
    """The form to send files with, and the newest jobs."""
    return _form(uploads())


@pages.post("/add")
def receive() -> BaseResponse | tuple[str, int]:
    """Take the files that were sent, and lead to the job that reads them.

    Where none can be taken, the form again, with the reasons.
    """
    own = uploads()
    if not is_from_here(named=True):
        abort(403)
    asked = cast(UploadRequest, request)
    asked.max_content_length = LARGEST_UPLOAD
    asked.max_form_memory_size = LARGEST_FIELDS
    asked.max_form_parts = MAX_FILES_SENT + 1
    home = archive().home
    try:
        with staging(home) as drafts:
            asked.drafts = drafts
            if not is_own_form():
                return _form(own, words()("add.expired")), 403
            items = _take(request.files.getlist("file"), drafts, own.suffixes)
    except RequestEntityTooLarge:
        limits = {"size": LARGEST_UPLOAD >> 20, "n": f"{MAX_FILES_SENT:,}"}
        return _form(own, words()("add.too_large", **limits)), 413
    except OSError as error:
        raise HomeError("upload.cannot_keep", strerror=error.strerror) from error
    paths = [item.path for item in items if item.path]
    if not paths:
        t = words()
        return _form(own, t("add.none_taken") if items else t("add.nothing"), items), 400
    job = own.jobs.add(items, list(dict.fromkeys(paths)))
    return redirect(page_links().to("upload.job", job_id=job.job_id), 303)


@pages.post("/add/update")
def update() -> BaseResponse | tuple[str, int]:
    """Read whatever changed in the corpus, as `xianli reindex` does."""
    own = uploads()
    if not is_own_form():
        return _form(own, words()("add.expired")), 403
    return redirect(page_links().to("upload.job", job_id=own.jobs.add((), ()).job_id), 303)


@pages.get("/add/<job_id>")
def job(job_id: str) -> str:
    """How far a job is, and what was made of each file."""
    own = uploads()
    found = own.jobs.get(job_id) or abort(404)
    results = {result.path: result for result in found.results}
    rows = sorted(
        (
            (item, results.get(item.path))
            for item in found.items
            if item.outcome is not Outcome.IGNORED
        ),
        key=lambda row: _rank(*row),
    )
    return render_template(
        "job.html",
        job=found,
        said=said(found, own.jobs),
        rows=rows[:MAX_ROWS],
        more=len(rows) - MAX_ROWS,
        ignored=[item for item in found.items if item.outcome is Outcome.IGNORED],
    )


@api.get("/jobs/<job_id>")
def job_as_json(job_id: str) -> Response:
    """How far a job is; `said` is the sentence that its page shows."""
    own = uploads()
    found = own.jobs.get(job_id) or abort(404)
    return jsonify(
        JobAnswer(
            job_id=found.job_id,
            state=found.state,
            over=found.over,
            done=found.done,
            total=found.total,
            said=said(found, own.jobs),
            files=[_file(item, found) for item in found.items],
        )
    )


def said(job: Job, jobs: Jobs) -> str:
    """One sentence on how a job stands, in the reader's language."""
    t = words()
    match job.state:
        case JobState.WAITING:
            return t("add.waiting", n=jobs.ahead(job))
        case JobState.LOCKED:
            return t("add.locked")
        case JobState.READING:
            percent = 100 * job.done // job.total if job.total else 0
            return t("add.reading", n=percent)
        case JobState.FAILED:
            return t("add.failed", why=job.chinese if t.code == "zh" else job.english)
        case JobState.DONE if job.paths:
            read = sum(bool(result.documents) for result in job.results)
            bad = len(job.results) - read
            bad += sum(item.outcome is Outcome.REFUSED for item in job.items)
            counts = {"n": f"{read:,}", "paragraphs": f"{sum(r.paragraphs for r in job.results):,}"}
            return t("add.done_but", bad=bad, **counts) if bad else t("add.done", **counts)
        case _:
            counts = {name: job.report.get(name, 0) for name in ("new", "changed", "removed")}
            return t("add.updated", **counts, failed=len(job.report.get("failed", ())))


def _take(files: list[FileStorage], drafts: Staging, suffixes: Collection[str]) -> list[Item]:
    """Import the files that were sent; a form without any has one without a name."""
    taking = importer(archive().home, suffixes)
    items: list[Item] = []
    for file in files:
        if file.filename:
            items += taking.take(file.filename, drafts.finish(file.stream), drafts)
    return items


def _form(own: Uploads, refused: str = "", items: list[Item] | None = None) -> str:
    return render_template(
        "add.html",
        refused=refused,
        items=(items or [])[:MAX_ROWS],
        suffixes=sorted(own.suffixes),
        largest=LARGEST_UPLOAD,
        most=MAX_FILES_SENT,
        jobs=[(job, said(job, own.jobs)) for job in own.jobs.newest()[:MAX_JOBS]],
    )


def _rank(item: Item, result: Result | None) -> int:
    """What needs a look comes first; within that the order in which files were sent."""
    if item.outcome is Outcome.REFUSED:
        return 0
    return 1 if result is not None and not result.documents else 2


def _file(item: Item, job: Job) -> FileAnswer:
    chinese = words().code == "zh"
    answer = FileAnswer(
        name=item.name,
        path=item.path,
        reason=item.chinese if chinese else item.english,
        outcome=item.outcome,
    )
    result = next((result for result in job.results if result.path == item.path), None)
    if result is not None:
        answer["reason"] = (result.chinese if chinese else result.english) or answer["reason"]
        answer["state"] = result.state
        answer["documents"] = list(result.documents)
        answer["count"] = result.count
    return answer


def uploads() -> Uploads:
    """What the upload pages need; 404 where this server only reads."""
    found: Uploads | None = current_app.extensions.get("xianli-uploads")
    return found or abort(HTTPStatus.NOT_FOUND)

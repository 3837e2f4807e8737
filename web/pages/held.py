"""Letting a file be read that a mark of secrecy holds back."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import NoReasonError
from archive.store.allowed import allow as write
from web.context import archive, page_links
from web.pages.upload import uploads
from web.presenters.notes import require_own_form

pages = Blueprint("held", __name__)

MIN_COMMENT_LENGTH, MAX_COMMENT_LENGTH = 2, 200


@pages.post("/held")
def allow() -> BaseResponse:
    """Allow the file with the `digest` that is held back, and lead to the job that reads it.

    Nobody allows it without saying who does, and why.
    """
    require_own_form()
    jobs = uploads().jobs
    digest = request.form.get("digest", "")
    comment = " ".join(request.form.get("comment", "").split())[:MAX_COMMENT_LENGTH]
    # Of nothing else: what is not listed has not been judged by anyone.
    found = [source for source in archive().held() if source.digest == digest] or abort(404)
    if len(comment) < MIN_COMMENT_LENGTH:
        raise NoReasonError("secrecy.no_comment")
    for source in found:
        write(archive().home, digest, source.path, comment)
    job = jobs.add((), [source.path for source in found])
    return redirect(page_links().to("upload.job", job_id=job.job_id), 303)

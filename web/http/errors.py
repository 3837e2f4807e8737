"""Errors as answers: a page like the others, or a problem document (RFC 9457) for the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import (
    ArchiveError,
    NoReasonError,
    NoteRefusedError,
    NotesError,
    QueryError,
    UnknownDocumentError,
    UnknownNoteError,
)
from archive.query.query import Query
from web.context import about, words

# What is not in this table is for a later try: nothing indexed yet, a damaged index.
STATUS: dict[type[ArchiveError], int] = {
    QueryError: 400,
    NoteRefusedError: 400,
    NoReasonError: 400,
    UnknownDocumentError: 404,
    UnknownNoteError: 404,
}


def answer_errors(app: Flask) -> None:
    """Have every error answered in the reader's language, none with a bare trace."""
    app.register_error_handler(ArchiveError, archive_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SecurityError, untrusted_host)
    app.register_error_handler(InternalServerError, failure)


def archive_error(error: ArchiveError) -> Response:
    """Answer an error that the archive raised on purpose."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 503)
    position = error.position if isinstance(error, QueryError) else None
    known = f"error.e{status}"
    if isinstance(error, NotesError):
        known = "error.refused" if isinstance(error, NoteRefusedError) else "error.notes"
    # What only an administrator can mend is said kindly first.
    lead = words()("error.e503_text") if known == "error.e503" else ""
    return _answer(status, words()(known), error.message(words().code), position, lead)


def http_error(error: HTTPException) -> BaseResponse:
    """Answer an HTTP error; a redirect passes as it is."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    known = f"error.e{status}"
    strings = words().strings
    title = strings.get(known) or HTTPStatus(status).phrase
    return _answer(status, title, strings.get(f"{known}_text") or "")


def untrusted_host(_: SecurityError) -> Response:
    """Answer a request for a host that is not ours: no page, for none of its links would do."""
    return Response(words()("error.e400"), 400, mimetype="text/plain")


def failure(_: InternalServerError) -> Response:
    """Answer a fault of the program; Flask has already logged its trace."""
    return _answer(500, words()("error.e500"), words()("error.e500_text"))


def problem(status: int, title: str, detail: str, position: int | None = None) -> Response:
    """An error as RFC 9457 has it; `position` is the offset in the query, from 0."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body["detail"] = detail
    if position is not None:
        body["position"] = position
    return Response(json.dumps(body), status, mimetype="application/problem+json")


def _answer(
    status: int, title: str, detail: str, position: int | None = None, lead: str = ""
) -> Response:
    if request.path.startswith("/api/"):
        return problem(status, title, detail, position)
    links = about(Query())
    document_id = (request.view_args or {}).get("document_id") if status == 400 else None
    page = render_template(
        "error.html",
        # What was asked stands in the box again, for the next try.
        typed=request.args.get("q", "").strip(),
        title=title,
        lead=lead,
        detail=detail,
        status=status,
        back=links.document(document_id) if document_id else "",
    )
    return Response(page, status, mimetype="text/html")

"""Many wordings at once: a list is pasted or sent as a file, a table of counts comes back."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template, request

from archive.errors import QueryError
from archive.query.query import Query, from_args
from archive.search.time_budget import TimeBudget
from archive.wording import Answered, batch, batch_rows
from web.auth.csrf import is_own_form
from web.context import about, archive, words
from web.http.downloads import attachment
from web.http.headers import LARGEST_BODY
from web.presenters.facets import conditions
from web.presenters.refused import refused
from web.urls.links import Links

pages = Blueprint("batch", __name__)

# A table that is still looked through; the command line takes any number.
MAX_LINES = 200
# Processor time for the whole list: a twentieth of a second for each of the most lines.
BATCH_SECONDS = 10.0


@pages.route("/wording/batch", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """The form for a list of wordings and, once it is sent, the table of their counts."""
    try:
        filters = from_args(pair for pair in request.args.items(multi=True) if pair[0] != "q")
    except QueryError as error:
        return refused(error)
    links = about(filters)
    if request.method == "GET":
        return _page(links, "")
    if not is_own_form():
        return _page(links, "", problem=words()("precedents.expired")), 403
    typed = _sent()
    lines = [line for line in typed.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        problem = words()("batch.too_many", n=len(lines), most=MAX_LINES)
        return _page(links, typed, problem=problem), 400
    answers = list(batch(archive(), lines, filters, TimeBudget(BATCH_SECONDS)))
    if request.form.get("as") == "csv":
        answer = Response(batch_rows(answers), mimetype="text/csv")
        answer.headers["Content-Disposition"] = attachment("wordings.csv")
        return answer
    return _page(links, typed, answers)


def _sent() -> str:
    """The list as it was typed, or the text of the file that was chosen instead."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("lines", "")
    content: bytes = file.read(LARGEST_BODY)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _page(
    links: Links, typed: str, answers: list[Answered] | None = None, problem: str | None = None
) -> str:
    rows = [(answer, _opened(links, answer)) for answer in answers or ()]
    return render_template(
        "batch.html",
        query=Query(),
        lines=typed,
        rows=rows,
        problem=problem,
        conditions=conditions(links.query, links),
        most=MAX_LINES,
        language=words().code,
    )


def _opened(links: Links, answer: Answered) -> str | None:
    """Where the sentences of a line are shown; None for one that could not be answered."""
    if answer.counted is None:
        return None
    return links.wording(replace(links.query, text=answer.text, node=answer.counted.query.node))

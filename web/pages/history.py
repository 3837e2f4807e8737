"""The searches of the past, those that a reader keeps, and what is new in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import ArchiveError, QueryError
from archive.model import Paragraph
from archive.notes.clips import now
from archive.notes.news import MAX_FOLLOWED, Seen, found, news
from archive.notes.searches import MAX_NAME_LENGTH, MAX_RECENT, Answer, Kept, Recent
from archive.query.query import Query, from_args
from archive.search.matching import Subject, spans
from archive.search.results import Hit
from archive.search.time_budget import TimeBudget
from web.context import about, archive, page_links, words
from web.presenters.facets import conditions
from web.presenters.hits import found_of
from web.presenters.notes import done, notes, number, require_own_form
from web.presenters.refused import refused
from web.urls.links import Links
from web.urls.paths import Pairs, address, path_of

pages = Blueprint("history", __name__)

# New passages shown of one search; the search itself has them all.
MAX_NEWS = 100
# Processor time for all kept searches of a page together: the first page shows them too.
KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A kept search with what is new in it.

    `fresh` counts the new passages (None: the search finds too many to follow), `href`
    leads to its results and `news_href` to the new ones; `broken` is why it cannot be
    asked any more.
    """

    kept: Kept
    label: str
    fresh: int | None
    href: str
    news_href: str
    broken: str = ""


@pages.get("/history")
def page() -> str | tuple[str, int]:
    """What was asked lately and what is kept, with a form where a search is to be kept."""
    to_keep: Query | None = None
    if request.args.get("keep") == "1":
        try:
            to_keep = replace(from_args(request.args.items(multi=True)), offset=0)
        except QueryError as error:
            return refused(error)
    notes().history.settle()
    searches = notes().searches
    return render_template(
        "history.html",
        to_keep=to_keep,
        to_keep_label=label(to_keep) if to_keep else "",
        kept=kept_rows(),
        recent=[(one, _label_in(one), _address_in(one.address)) for one in searches.recent()],
        remembers=searches.remembers(),
        most=MAX_RECENT,
        longest=MAX_NAME_LENGTH,
        followed=MAX_FOLLOWED,
    )


@pages.post("/history")
def change() -> BaseResponse:
    """Clear the history, switch it on or off, or keep a search, as the button says (`do`)."""
    require_own_form()
    # A search that is still to be written must not come back after the history is cleared.
    notes().history.settle()
    searches = notes().searches
    match request.form.get("do"):
        case "clear":
            searches.clear()
        case "on" | "off" as state:
            searches.remember(state == "on")
        case "keep":
            query = from_args(parse_qsl(request.form.get("args", "")))
            args = urlencode(replace(query, offset=0, limit=Query().limit).to_args())
            searches.keep(request.form.get("name", ""), args, _answer(query))
        case _:
            abort(400)
    return done(page_links().to("history.page"))


@pages.get("/history/<search>")
def fresh(search: str) -> str | tuple[str, int]:
    """The passages of a kept search that were not there when it was last looked at."""
    kept = notes().searches.one(number(search))
    try:
        query = _query(kept)
        listed = _fresh(kept, query)
    except QueryError as error:
        return refused(error)
    links = about(query)
    hits = [Hit(p, spans=spans(query, Subject(p))) for p in (listed or [])[:MAX_NEWS]]
    return render_template(
        "news.html",
        kept=kept,
        label=label(query),
        total=None if listed is None else len(listed),
        found=[found_of(hit, links) for hit in hits],
        followed=MAX_FOLLOWED,
    )


@pages.post("/history/<search>")
def looked(search: str) -> BaseResponse:
    """Say that a kept search was looked at, or keep it no longer, as the button says (`do`)."""
    require_own_form()
    searches, search_id = notes().searches, number(search)
    match request.form.get("do"):
        case "looked":
            searches.look(search_id, _answer(_query(searches.one(search_id))))
        case "drop":
            searches.drop(search_id)
        case _:
            abort(400)
    return done(page_links().to("history.page"))


def kept_rows() -> list[KeptRow]:
    """The kept searches with what is new in each. Raises NotesError."""
    with TimeBudget.limited(KEPT_SECONDS):
        return [_kept_row(kept) for kept in notes().searches.kept()]


def _kept_row(kept: Kept) -> KeptRow:
    links = page_links()
    news_href = links.to("history.fresh", search=kept.search_id)
    try:
        query = _query(kept)
        listed = _fresh(kept, query)
        count = None if listed is None else len(listed)
        return KeptRow(kept, label(query), count, links.search(query), news_href)
    except ArchiveError as error:
        why = error.message(words().code)
        return KeptRow(kept, kept.args, 0, links.to("history.page"), news_href, why)


def remember(path: str, pairs: Pairs, said: str, total: int) -> None:
    """Put a search at the head of the history, soon."""
    if said:
        notes().history.put(Recent(address(path, pairs), said, total, now()))


def label(query: Query) -> str:
    """A query in one line: its words, then its conditions."""
    links = Links(query, words())
    filters = words()("year.joiner").join(c.label for c in conditions(query, links))
    text = query.text or words()("history.everything")
    return words()("history.label", words=text, filters=filters) if filters else text


def _fresh(kept: Kept, query: Query) -> list[Paragraph] | None:
    """The new passages; None where there are too many to follow."""
    if kept.seen is None:
        return None
    if kept.generation == archive().generation:
        return []
    listed = found(archive(), query)
    return None if listed is None else news(listed, kept.seen)


def _answer(query: Query) -> Answer:
    generation = archive().generation
    listed = found(archive(), query)
    total = archive().count(query)
    return Answer(total, None if listed is None else Seen.of(listed), generation)


def _query(kept: Kept) -> Query:
    return from_args(parse_qsl(kept.args))


def _label_in(kept: Recent) -> str:
    """What was asked, in the language of today; as it was said then where it cannot be read."""
    path, _, args = kept.address.partition("?")
    try:
        said = label(from_args(parse_qsl(args)))
    except QueryError:
        return kept.label
    return words()("history.wording", words=said) if path == path_of("wording.page") else said


def _address_in(kept: str) -> str:
    """A kept address in the language of today."""
    path, _, args = kept.partition("?")
    pairs: Iterable[tuple[str, str]] = parse_qsl(args)
    return address(path, [*pairs, *words().args])

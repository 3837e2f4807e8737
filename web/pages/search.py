"""The pages: each reads its query, asks the archive once, and fills a template."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import QueryError
from archive.fields import FACETS, FIELDS
from archive.query.query import Query, Sort, parse
from archive.search.time_budget import Patience
from web.context import archive, asked, desk, words
from web.pages.corrections import corrigible
from web.pages.history import kept_or_none, label, remember
from web.pages.wording import VIEW, wording_links
from web.presenters.document import lay_out, original_blocks
from web.presenters.facets import (
    chart,
    conditions,
    facet_view,
    finding,
    found_values,
    plain_values,
    side_facets,
    year_counts,
)
from web.presenters.hits import found_of, paging
from web.presenters.no_results import ways_out
from web.presenters.notes import when
from web.presenters.query_help import EXAMPLES, SHORTCUTS, STARTS
from web.presenters.refine import range_of, typed
from web.presenters.refused import refused
from web.presenters.suggestions import meant
from web.presenters.years import year_mark
from web.urls.links import PAGE_OF_DOCUMENT, Links

pages = Blueprint("views", __name__)

PAGE_SIZES = (10, 20, 50, 100)
# Files listed on the first page; `xianli stats` lists them all.
MOST_FAILURES = 10
MOST_VALUES = 8
# Processor time for what stands beside an answer: slips, and ways on where nothing is found.
BESIDE_SECONDS = 0.5


@pages.get("/")
def home() -> str:
    """The state of the archive, below the search box."""
    links = Links(Query(), words())
    if not archive().generation:
        return render_template("empty.html", links=links, query=links.query)
    stats = desk().stats()
    return render_template(
        "home.html",
        links=links,
        query=links.query,
        stats=stats,
        built=when(stats.built),
        starts=[
            ("search", links.search(parse(STARTS["search"]))),
            ("wording", links.wording(parse(STARTS["wording"]))),
            ("precedents", links.precedents()),
            ("clips", links.clips()),
        ],
        failed=stats.failed[:MOST_FAILURES],
        chart=chart(dict(stats.years), links),
        sites=plain_values("site", stats.sites[:MOST_VALUES], links),
        kinds=plain_values("kind", stats.kinds[:MOST_VALUES], links),
        kept=kept_or_none(),
    )


@pages.get("/search")
def search() -> str | BaseResponse | tuple[str, int]:
    """The results of the query in the address, with facets."""
    try:
        query = asked()
        links = Links(query, words())
        if target := typed(links):
            return redirect(target)
        results = archive().search(query)
    except QueryError as error:
        return refused(error)
    active = conditions(query, links)
    with Patience.limited(BESIDE_SECONDS):
        slips = meant(results, links)
        ways = [] if results.total else ways_out(query, active, links)
    if not query.offset and query != Query():
        remember(request.path, query.to_args(), label(query), results.total)
    opened = request.args.get("open")
    return render_template(
        "search.html",
        links=links,
        query=query,
        results=results,
        meant=slips,
        found=[found_of(hit, links, opened) for hit in results.hits],
        nearest=[found_of(hit, links, opened) for hit in results.nearest],
        facets=side_facets(results, links),
        chart=chart(year_counts(results), links),
        conditions=active,
        ways=ways,
        sorts=_sorts(query, links),
        sizes=[(n, links.size(n), n == query.limit) for n in PAGE_SIZES],
        paging=paging(results),
        range=range_of(query),
    )


@pages.get("/facet/<name>")
def facet(name: str) -> str | tuple[str, int]:
    """All values of one facet for the query in the address."""
    if name not in (field.name for field in FACETS):
        abort(404)
    try:
        links = wording_links() if request.args.get("for") == VIEW else Links(asked(), words())
        query = links.query
        find = request.args.get("find", "").strip()
        results = archive().search(finding(query, name, find))
    except QueryError as error:
        return refused(error)
    return render_template(
        "facet.html",
        links=links,
        query=query,
        results=results,
        view=facet_view(found_values(results.facet(name), find, words()), links, most=None),
        find=find,
        conditions=conditions(query, links),
    )


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
    links = Links(query, words())
    show_all = request.args.get("all") == "1"
    return render_template(
        "original.html" if show_all else "document.html",
        links=links,
        query=query,
        document=kept,
        elements=[(f.name, f.values(kept)) for f in FIELDS if f.record is not None],
        reading=reading,
        parts=parts,
        blocks=original_blocks(kept.blocks, reading.cuts) if show_all else [],
        datings=[year_mark(dating, words()) for dating in reading.datings],
        years=sorted({dating.year for dating in reading.datings if dating.year is not None}),
        mark_of=lambda dating: year_mark(dating, words()),
        web_address=_web_address(kept.url),
        own=corrigible(kept),
    )


@pages.get("/help")
def help_page() -> str:
    """How to write a query, and the keys."""
    links = Links(Query(), words())
    return render_template(
        "help.html",
        links=links,
        query=links.query,
        examples=[(*row, links.search(parse(row[2]))) for row in EXAMPLES],
        shortcuts=SHORTCUTS,
    )


@pages.get("/robots.txt")
def robots() -> Response:
    """Crawlers may see the first page; every query would be a page without end."""
    return Response("User-agent: *\nDisallow: /\nAllow: /$\n", mimetype="text/plain")


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


def _sorts(query: Query, links: Links) -> list[tuple[str, str, bool]]:
    """Name, address and state of each order; there is no relevance without words."""
    by_year = (Sort.NEWEST, Sort.OLDEST)
    orders = (Sort.RELEVANCE, *by_year) if query.ranked else by_year
    return [(order.name.lower(), links.sort(order), order is query.order) for order in orders]


def _web_address(url: str | None) -> str | None:
    """The page's own address where it is one that a link may lead to, never a script."""
    return url if url and url.startswith(("https://", "http://")) else None

"""The results of a query, and all values of one facet."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from archive.errors import QueryError
from archive.fields import FACETS, named
from archive.query.query import Query, Sort
from archive.search.time_budget import TimeBudget
from web.context import about, archive, asked, words
from web.pages.history import label, remember
from web.pages.wording import VIEW, wording_links
from web.presenters.charts import chart, year_counts
from web.presenters.facets import conditions, facet_view, finding, found_values, side_facets
from web.presenters.hits import found_of, offered_of, paging
from web.presenters.no_results import meant, ways_out
from web.presenters.refused import refused
from web.urls.links import Links

pages = Blueprint("search", __name__)

PAGE_SIZES = (10, 20, 50, 100)
# Processor time for what stands beside an answer: slips, and ways on where nothing is found.
BESIDE_SECONDS = 0.5


@pages.get("/search")
def search() -> str | BaseResponse | tuple[str, int]:
    """The results of the query in the address, with facets."""
    try:
        query = asked()
        links = about(query)
        if target := _typed(links):
            return redirect(target)
        results = archive().search(query)
    except QueryError as error:
        return refused(error)
    active = conditions(query, links)
    with TimeBudget.limited(BESIDE_SECONDS):
        slips = meant(results, links)
        ways = [] if results.total else ways_out(query, active, links)
    if not query.offset and query != Query():
        remember(request.path, query.to_args(), label(query), results.total)
    opened = request.args.get("open")
    return render_template(
        "search.html",
        results=results,
        meant=slips,
        offered=[offered_of(one.paragraph, links) for one in results.documents],
        found=[found_of(hit, links, opened) for hit in results.hits],
        nearest=[found_of(hit, links, opened) for hit in results.nearest],
        facets=side_facets(results, links),
        chart=chart(year_counts(results), links),
        conditions=active,
        ways=ways,
        sorts=_sorts(query, links),
        sizes=[(n, links.listed(limit=n), n == query.limit) for n in PAGE_SIZES],
        paging=paging(results),
        range=_range_of(query, "year"),
        days=_range_of(query, "issued"),
    )


@pages.get("/facet/<name>")
def facet(name: str) -> str | tuple[str, int]:
    """All values of one facet for the query in the address."""
    if name not in (field.name for field in FACETS):
        abort(404)
    try:
        links = wording_links() if request.args.get("for") == VIEW else about(asked())
        query = links.query
        find = request.args.get("find", "").strip()
        results = archive().search(finding(query, name, find))
    except QueryError as error:
        return refused(error)
    return render_template(
        "facet.html",
        results=results,
        view=facet_view(found_values(results.facet(name), find, words()), links, most=None),
        find=find,
        conditions=conditions(query, links),
    )


def _sorts(query: Query, links: Links) -> list[tuple[str, str, bool]]:
    """Name, address and state of each order; there is no relevance without words."""
    by_year = (Sort.NEWEST, Sort.OLDEST)
    orders = (Sort.RELEVANCE, *by_year) if query.ranked else by_year
    return [
        (order.name.lower(), links.listed(sort=order), order is query.order) for order in orders
    ]


def _typed(links: Links) -> str | None:
    """Return the address that the form sent with this request asks for; None without one.

    Raises QueryError where what was typed cannot be read.
    """
    if "from" in request.args or "to" in request.args:
        name = "issued" if request.args.get("of") == "issued" else "year"
        return _between(links, name, *(request.args.get(end, "").strip() for end in ("from", "to")))
    if "within" in request.args:
        return links.search(_within(links.query, request.args["within"].strip()))
    return None


def _range_of(query: Query, name: str) -> tuple[str, str]:
    """Return what the two ends of an ordered field show: the selected range, if there is one."""
    ranges = query.ranges(name)
    if len(ranges) != 1 or ranges[0].unknown:
        return "", ""
    first, dots, last = str(ranges[0]).partition("..")
    return first, last if dots else first


def _between(links: Links, name: str, first: str, last: str) -> str:
    """The results of what lies between two ends as typed, of everything where both are empty."""
    typed = first if first == last else f"{first}..{last}"
    return links.search(links.query.select(name, [named(name).read(typed)] if typed else ()))


def _within(query: Query, text: str) -> Query:
    try:
        return query.within(text)
    except QueryError as error:
        # Its place is in words that the box of the page does not show.
        raise QueryError(
            "wording.refused", text=text, chinese=error.chinese, english=error.english
        ) from error

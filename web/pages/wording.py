"""Wordings: in context, their forms, the words beside them, their years, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, jsonify, render_template, request

from archive.errors import QueryError
from archive.query.ast import Word
from archive.query.query import DEEPEST_HIT, Query, Sort, parse
from archive.search.time_budget import TimeBudget
from archive.store.library import Archive
from archive.wording import (
    LineSort,
    Options,
    Side,
    Wording,
    compare,
    csv_rows,
    lines,
    wording,
    wording_args,
)
from archive.wording.compare import MAX_COMPARED
from archive.wording.matches import WORDING_SECONDS, as_wording
from archive.wording.opening import quoted
from web.api import api
from web.context import about, archive, words
from web.http import downloads
from web.pages.history import label, remember
from web.presenters.charts import chart
from web.presenters.facets import conditions, side_facets
from web.presenters.query_help import PATTERNS
from web.presenters.refused import refused
from web.urls.links import Links
from web.urls.paths import address, path_of

pages = Blueprint("wording", __name__)

VIEW = "wording.page"
# Rows of the tables of wordings and of collocates; the API has the others.
MAX_ROWS = 30
WINDOWS = (1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked: the query, how to list and count, what to compare it with."""

    query: Query
    options: Options
    others: tuple[str, ...]

    @property
    def args(self) -> list[tuple[str, str]]:
        """The parameters of the page beside the query."""
        return [*self.options.to_args(), *(("with", text) for text in self.others)]

    def links(self) -> Links:
        """The links of the page that is asked so."""
        return Links(self.query, words(), VIEW, self.args)

    def with_options(self, **changes: object) -> str:
        """The address of the same with other options, from the first line."""
        options = replace(self.options, **changes)  # type: ignore[arg-type]
        return replace(self, options=options).links().search(replace(self.query, offset=0))


def read_asked() -> Asked:
    """Read the address. Raises QueryError."""
    query, options = wording_args(request.args.items(multi=True))
    given = (text.strip() for text in request.args.getlist("with"))
    others = tuple(dict.fromkeys(text for text in given if text and text != query.text))
    return Asked(query, options, others[: MAX_COMPARED - 1])


def wording_links() -> Links:
    """The links of the wordings that the address asks for. Raises QueryError."""
    asked = read_asked()
    return about(asked.query, VIEW, asked.args)


@pages.get("/wording")
def page() -> str | tuple[str, int]:
    """How the wording in the address is used; without one, what may be asked."""
    try:
        asked = read_asked()
        if not asked.query.terms and not asked.query.text:
            return _start(asked)
        with TimeBudget.limited(WORDING_SECONDS * (1 + len(asked.others))):
            still = archive()
            found = wording(still, asked.query, asked.options)
            beside = _compared(asked, still)
            # The facets of the very paragraphs that hold the wording, character by character.
            exact = replace(as_wording(asked.query), sort=Sort.RELEVANCE, limit=0, offset=0)
            results = still.search(exact)
    except QueryError as error:
        return refused(error, VIEW)
    links = about(asked.query, VIEW, asked.args)
    if not asked.query.offset:
        pairs = [*asked.query.to_args(), *asked.options.to_args()]
        said = words()("history.wording", words=label(asked.query))
        remember(request.path, pairs, said, found.total)
    raw = {year.year: year.count for year in found.years}
    rate = {year.year: round(year.per_million, 2) for year in found.years}
    return render_template(
        "wording.html",
        box="wording",
        found=found,
        life=_life(found),
        passages=exactly(asked.query, links),
        # Where a number leads: to the sentences that it counts, under the same filters.
        opening=lambda text: links.results(another(asked.query, text)) if text else None,
        facets=side_facets(results, links),
        conditions=conditions(asked.query, links),
        sorts=_sorts(asked),
        slots=asked.with_options(slots=not asked.options.slots),
        groups=found.groups[:MAX_ROWS],
        sides=[
            (words()(f"wording.side_{side}"), asked.with_options(side=side), side is now)
            for now in [asked.options.side]
            for side in Side
        ],
        windows=[(n, asked.with_options(window=n), n == asked.options.window) for n in WINDOWS],
        collocates=found.collocates[:MAX_ROWS],
        raw=chart(raw, links, "wording.bar"),
        rate=chart(rate | {None: 0.0}, links, "wording.rate_bar"),
        compared=beside,
        most_compared=MAX_COMPARED,
        download=address(path_of("wording.download"), [*asked.query.to_args()]),
        pages=_pages(asked.query, found.total, links),
    )


@pages.get("/wording.csv")
def download() -> Response | tuple[str, int]:
    """Every line of the wording in the address, however many, as CSV."""
    try:
        rows = csv_rows(lines(archive(), read_asked().query))
        return downloads.download(rows, "wording.csv", "text/csv")
    except QueryError as error:
        return refused(error, VIEW)


@api.get("/wording")
def in_words() -> Response:
    """The wording in the address, in the words of the command line."""
    asked = read_asked()
    return jsonify(wording(archive(), asked.query, asked.options).to_dict())


def exactly(query: Query, links: Links) -> str:
    """The passages of a query, a single word taken by its characters."""
    if isinstance(query.node, Word):
        query = another(query, quoted(query.node.text))
    return links.results(replace(query, offset=0, sort=Sort.RELEVANCE))


def another(query: Query, text: str) -> Query:
    """Return the query `text` under the filters of `query`. Raises QueryError."""
    other = parse(text)
    return replace(query, text=other.text, node=other.node, sort=Sort.RELEVANCE, offset=0)


def _start(asked: Asked) -> str:
    links = about(asked.query, VIEW, asked.args)
    examples = [
        (example, meaning, links.wording(parse(example))) for _, meaning, example in PATTERNS
    ]
    return render_template("patterns.html", box="wording", examples=examples)


def _compared(asked: Asked, still: Archive) -> list[dict[str, object]]:
    """The wordings side by side, the one of the page first; none where nothing is compared."""
    if not asked.others:
        return []
    queries = [asked.query]
    for text in asked.others:
        try:
            queries.append(another(asked.query, text))
        except QueryError as error:
            # Its position is in a text that is not the query's.
            raise QueryError(
                "wording.refused", text=text, chinese=error.chinese, english=error.english
            ) from error
    rows: list[dict[str, object]] = []
    for counted in compare(still, queries):
        others = tuple(text for text in asked.others if text != counted.query.text)
        links = replace(asked, others=others).links()
        own = counted.query is asked.query
        rows.append(
            {
                "counted": counted,
                "href": links.wording(counted.query),
                "passages": exactly(counted.query, links),
                "without": None if own else links.search(replace(asked.query, offset=0)),
            }
        )
    return rows


def _life(found: Wording) -> str:
    """The life of a wording in a sentence."""
    t, life = words(), found.life
    parts = [t("wording.independent", n=f"{found.sources:,}")]
    if life.first is not None and life.first == life.last:
        parts.append(t("wording.life_one", first=life.first))
    elif life.first is not None:
        parts.append(t("wording.life", first=life.first, last=life.last, peak=life.peak))
    if life.last_seen is not None:
        parts.append(t("wording.seen", until=life.archive_last))
    if life.undated:
        parts.append(t("wording.undated", n=f"{life.undated:,}"))
    return t("year.joiner").join(parts)


def _sorts(asked: Asked) -> list[tuple[str, str, bool]]:
    """Name, address and state of each order of the lines."""
    t, now = words(), asked.options.sort
    listed = []
    for sort in LineSort:
        side, number = sort.value[:-1], sort.value[-1]
        if side in ("left", "right"):
            name = t(f"wording.sort_{side}", n=number)
        else:
            name = t("wording.sort_id" if sort is LineSort.ID else f"sort.{sort.name.lower()}")
        listed.append((name, asked.with_options(sort=sort), sort is now))
    return listed


def _pages(query: Query, total: int, links: Links) -> tuple[str | None, str | None]:
    """The addresses of the lines before and behind the shown ones."""
    number = query.offset // max(query.limit, 1) + 1
    more = min(total, DEEPEST_HIT) > query.offset + query.limit > 0
    return (
        links.page(number - 1) if number > 1 else None,
        links.page(number + 1) if more else None,
    )

"""Where links lead: every address is derived from a Query value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import url_for

from archive.fields import named
from archive.model import Paragraph
from archive.query.filters import NO_FILTERS
from archive.query.query import DEEPEST_HIT, Listing, Query, Sort
from archive.ranges import Range
from web.i18n import Language
from web.urls.paths import (
    Pairs,
    Spread,
    address,
    document_path,
    encoded,
    path_of,
    query_string,
)

# Paragraphs shown on one page of a document: five compilations of the longest kind fit; a
# JSONL source may put a whole collection under one id.
PAGE_OF_DOCUMENT = 1_000


# What says how a page lists results, and means nothing for all of them.
NOT_EXPORTED = frozenset({"sort", "limit", "offset", "fold"})


class Links:
    """The addresses that a page about one query leads to.

    `results` names the view that answers the query, and `options` are the parameters of
    that view alone; a facet's value, a year, a dropped condition lead to it with them.
    `path` is the view's path, for forms.
    """

    def __init__(
        self,
        query: Query,
        language: Language,
        results: str = "search.search",
        options: Pairs = (),
    ) -> None:
        self.query = query
        self.language = language
        self.options = list(options)
        self._results = results
        self.path = self._search = path_of(results)
        self._keep = language.args
        # Made once: a page of results has a hundred links, a long document thousands.
        self._args = query.to_args()
        self._spread = Spread(query, [*self.options, *self._keep])
        self._sought = query_string(query.sought())
        self._first = query.listing._replace(offset=0)
        self._tail = "".join(f"&{name}={value}" for name, value in self._keep)
        self._quote = path_of("quotes.quote") + "?paragraph="
        self._precedents = path_of("precedents.find") + "?paragraph="
        self._here = address(self._search, [*self._args, *self.options])
        self._at = "?" + query_string([*self._args, *self._keep])

    def search(self, query: Query | None = None, *more: tuple[str, str]) -> str:
        """The result page of `query` (of the current one, if none is given).

        `more` are parameters of that page alone.
        """
        args = self._args if query is None else query.to_args()
        return address(self._search, [*args, *self.options, *more, *self._keep])

    def toggle(self, facet: str, value: str) -> str:
        """The results with one value of a facet added, or taken away.

        A value inside a selected range replaces the range: adding it would change nothing.
        """
        query, field = self.query, named(facet)
        ranges = query.ranges(facet)
        if ranges and field.read(value) not in ranges:
            single = all(chosen.unknown or chosen.first == chosen.last for chosen in ranges)
            query = query if single else query.select(facet, ())
        elif not ranges and not query.is_selected(facet, value):
            return f"{self._search}?{self._spread.with_one(field.parameter, value)}"
        return self.search(query.toggle(facet, value))

    def exclude(self, facet: str, value: str) -> str:
        """The results with one value of a facet excluded, or let in again."""
        return self.search(self.query.exclude(facet, value))

    def years(self, years: Range) -> str:
        """The results of one range of years in place of those selected."""
        return self.search(self.query.select("year", (years,)))

    def listed(self, **changes: Any) -> str:
        """The first page of the results listed in another way (`Listing` has the names)."""
        return self._listed(self._first._replace(**changes))

    def page(self, number: int) -> str:
        """Page `number` (from 1) of the results."""
        return self.listed(offset=(number - 1) * self._first.limit)

    def words_only(self) -> str:
        """The same words with every other condition dropped."""
        return self.search(self.bare())

    def bare(self) -> Query:
        """The query with its words alone."""
        return replace(self.query, filters=NO_FILTERS, excluded=(), offset=0, fold=True)

    def facet(self, facet: str) -> str:
        """The page that lists all values of one facet."""
        return address(path_of("search.facet", name=facet), self.facet_args())

    def facet_args(self) -> Pairs:
        """The parameters of the pages that list all values of a facet."""
        own = [] if self._results == "search.search" else [("for", self._results), *self.options]
        return [*self._args, *own, *self._keep]

    def variants(self, paragraph_id: str) -> str:
        """The current result page with the near-duplicates of one hit listed below it."""
        joint = "&" if "?" in self._here else "?"
        return f"{self._here}{joint}open={encoded(paragraph_id)}{self._tail}#open"

    def paragraph(self, paragraph: Paragraph) -> str:
        """The place of a paragraph in its document, with the query's words marked."""
        start = paragraph.ordinal // PAGE_OF_DOCUMENT * PAGE_OF_DOCUMENT
        if start:
            return self.document(paragraph.document_id, start) + f"#p{paragraph.ordinal}"
        at = self._at if len(self._at) > 1 else ""
        return f"{document_path(paragraph.document_id)}{at}#p{paragraph.ordinal}"

    def document(self, document_id: str, start: int = 0, *, original: bool = False) -> str:
        """A document's page from paragraph `start` on, or its `original` blocks.

        The whole query is kept, for marking and for the way back.
        """
        place = [("at", str(start))] if start else []
        place += [("all", "1")] if original else []
        return address(document_path(document_id), [*self._args, *place, *self._keep])

    def results(self, query: Query | None = None) -> str:
        """The passages of `query` (of the current one, if none is given)."""
        return self._other("search.search", query)

    def wording(self, query: Query | None = None, *options: tuple[str, str]) -> str:
        """The wordings that `query` (the current one, if none is given) finds."""
        return self._other("wording.page", query, *options)

    def quote(self, paragraph_id: str, span: tuple[int, int] | None = None) -> str:
        """A paragraph with its source, to be copied; of `span` only the sentences it touches."""
        ends = f"&start={span[0]}&end={span[1]}" if span else ""
        return f"{self._quote}{encoded(paragraph_id)}{ends}{self._tail}"

    def precedents(self, paragraph_id: str) -> str:
        """The page with the passages like a paragraph."""
        return f"{self._precedents}{encoded(paragraph_id)}{self._tail}"

    def to(self, endpoint: str, **values: Any) -> str:
        """A page that no query is asked on, or where its form is sent."""
        if not values:
            return address(path_of(endpoint), self._keep)
        return url_for(endpoint, **{**dict(self._keep), **values})

    def batch(self) -> str:
        """The page that counts a list of wordings, under the filters of the current query."""
        filters = replace(self.query, text="", node=None, offset=0, sort=Sort.RELEVANCE)
        return address(path_of("batch.page"), [*filters.to_args(), *self._keep])

    def export(self, form: str) -> str:
        """Every paragraph that the query finds, in the format `form`."""
        kept = [(name, value) for name, value in self._args if name not in NOT_EXPORTED]
        return address(path_of("api.export"), [("format", form), *kept, *self._keep])

    def keep_search(self) -> str:
        """The page to keep the current query under a name."""
        return self._listed(self._first, path_of("history.page"), [("keep", "1")])

    def _listed(self, listing: Listing, path: str = "", more: Pairs | None = None) -> str:
        """The current query listed in another way: on the results, or on `path` with `more`."""
        rest = [*(self.options if more is None else more), *self._keep]
        listed = query_string([*listing.to_args(), *rest])
        parts = "&".join([part for part in (self._sought, listed) if part])
        return f"{path or self._search}?{parts}" if parts else path or self._search

    def _other(self, view: str, query: Query | None, *options: tuple[str, str]) -> str:
        # Another view has its own orders, and begins at its first page.
        if query is None:
            return self._listed(self._first._replace(sort=Sort.RELEVANCE), path_of(view), options)
        return address(path_of(view), [*query.to_args(), *options, *self._keep])

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """The query as hidden form fields, the named ones and the page left out."""
        left_out = {*without, "offset"}
        pairs = (*self._args, *self.options, *self._keep)
        return [pair for pair in pairs if pair[0] not in left_out]


def deepest_page(limit: int) -> int:
    """The last page that may be asked for with `limit` hits a page.

    >>> deepest_page(20), deepest_page(30)
    (500, 333)
    """
    return DEEPEST_HIT // limit if limit else 1

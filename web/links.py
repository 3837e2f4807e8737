"""Where links lead: every address is derived from a Query value, never glued from strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import url_for

from archive.model import Paragraph
from archive.nodes import FACETS, FacetName, Years
from archive.query import DEEPEST_HIT, Query, Sort
from web.language import Language

# Paragraphs shown on one page of a document: five compilations of the longest kind fit; a
# JSONL source may put a whole collection under one id.
PAGE_OF_DOCUMENT = 1_000

Pairs = Sequence[tuple[str, str]]


class Links:
    """The addresses that a page about one query leads to.

    `results` names the view that answers the query, and `options` are the parameters of
    that view alone; a facet's value, a year, a dropped condition lead to it with them.
    """

    def __init__(
        self,
        query: Query,
        language: Language,
        results: str = "views.search",
        options: Pairs = (),
    ) -> None:
        self.query = query
        self.language = language
        self.options = list(options)
        self._results = results
        self._search = url_for(results)
        # Asked for once: a document of a thousand paragraphs has a thousand of each.
        self._quote = url_for("quotes.quote")
        self._precedents = url_for("precedents.find")
        self._keep: Pairs = [("lang", language.code)] if language.chosen else []

    def search(self, query: Query | None = None, *more: tuple[str, str]) -> str:
        """The result page of `query` (of the current one, if none is given).

        `more` are parameters of that page alone.
        """
        query = self.query if query is None else query
        return address(self._search, [*query.to_args(), *self.options, *more, *self._keep])

    def toggle(self, facet: FacetName, value: str) -> str:
        """The results with one value of a facet added, or taken away.

        A year inside a selected range replaces the range: adding it would change nothing.
        """
        query = self.query
        if facet == "year" and Years.parse(value) not in query.year:
            single = all(years.unknown or years.first == years.last for years in query.year)
            return self.search((query if single else query.without("year")).toggle(facet, value))
        return self.search(query.toggle(facet, value))

    def years(self, years: Years) -> str:
        """The results of one range of years in place of those selected."""
        return self.search(replace(self.query, year=(years,), offset=0))

    def sort(self, sort: Sort) -> str:
        """The results in another order, from the first page."""
        return self.search(replace(self.query, sort=sort, offset=0))

    def size(self, limit: int) -> str:
        """The results with `limit` hits a page, from the first page."""
        return self.search(replace(self.query, limit=limit, offset=0))

    def page(self, number: int) -> str:
        """Page `number` (from 1) of the results."""
        return self.search(replace(self.query, offset=(number - 1) * self.query.limit))

    def folding(self, fold: bool) -> str:
        """The results with near-duplicates folded or listed."""
        return self.search(replace(self.query, fold=fold, offset=0))

    def words_only(self) -> str:
        """The same words with every other condition dropped."""
        query = self.query
        for facet in FACETS:
            query = query.without(facet)
        return self.search(replace(query, offset=0, fold=True))

    def facet(self, facet: FacetName) -> str:
        """The page that lists all values of one facet."""
        path = url_for("views.facet", name=facet)
        own = [] if self._results == "views.search" else [("for", self._results), *self.options]
        return address(path, [*self.query.to_args(), *own, *self._keep])

    def variants(self, paragraph_id: str) -> str:
        """The current result page with the near-duplicates of one hit listed below it."""
        return self.search(None, ("open", paragraph_id)) + "#open"

    def paragraph(self, paragraph: Paragraph) -> str:
        """The place of a paragraph in its document, with the query's words marked."""
        start = paragraph.ordinal // PAGE_OF_DOCUMENT * PAGE_OF_DOCUMENT
        return self.document(paragraph.document_id, start) + f"#p{paragraph.ordinal}"

    def document(self, document_id: str, start: int = 0, *, original: bool = False) -> str:
        """A document's page from paragraph `start` on, or its `original` blocks.

        The whole query is kept, for marking and for the way back.
        """
        target = url_for("views.document", document_id=document_id)
        place = [("at", str(start))] if start else []
        place += [("all", "1")] if original else []
        return address(target, [*self.query.to_args(), *place, *self._keep])

    def results(self, query: Query | None = None) -> str:
        """The passages of `query` (of the current one, if none is given)."""
        return self._other("views.search", query)

    def wording(self, query: Query | None = None, *options: tuple[str, str]) -> str:
        """The wordings that `query` (the current one, if none is given) finds."""
        return self._other("wording.page", query, *options)

    def quote(self, paragraph_id: str, span: tuple[int, int] | None = None) -> str:
        """A paragraph with its source, to be copied; of `span` only the sentences it touches."""
        ends = [("start", str(span[0])), ("end", str(span[1]))] if span else []
        return address(self._quote, [("paragraph", paragraph_id), *ends, *self._keep])

    def precedents(self, paragraph_id: str = "") -> str:
        """The page that finds precedents for a draft, or passages like a paragraph."""
        asked = [("paragraph", paragraph_id)] if paragraph_id else []
        return address(self._precedents, [*asked, *self._keep])

    def draft(self, draft: str) -> str:
        """The precedents of a draft that is short enough for an address."""
        return address(self._precedents, [("draft", draft), *self._keep])

    def batch(self) -> str:
        """The page that counts a list of wordings, under the filters of the current query."""
        filters = replace(self.query, text="", node=None, offset=0, sort=Sort.RELEVANCE)
        return address(url_for("batch.page"), [*filters.to_args(), *self._keep])

    def add(self) -> str:
        """The page to add documents on."""
        return address(url_for("adding.form"), self._keep)

    def job(self, job_id: str) -> str:
        """The page of a job that reads what was added."""
        return address(url_for("adding.job", job_id=job_id), self._keep)

    def home(self) -> str:
        """The page with the state of the archive."""
        return address(url_for("views.home"), self._keep)

    def help(self) -> str:
        """The page that explains queries."""
        return address(url_for("views.help_page"), self._keep)

    def _other(self, view: str, query: Query | None, *options: tuple[str, str]) -> str:
        # Another view has its own orders, and begins at its first page.
        query = replace(self.query, offset=0, sort=Sort.RELEVANCE) if query is None else query
        return address(url_for(view), [*query.to_args(), *options, *self._keep])

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """The query as hidden form fields, the named ones and the page left out."""
        left_out = {*without, "offset"}
        pairs = (*self.query.to_args(), *self.options, *self._keep)
        return [pair for pair in pairs if pair[0] not in left_out]


def address(path: str, pairs: Pairs) -> str:
    """Return `path` with the pairs as its query string.

    >>> address("/search", [("q", "均衡"), ("year", "2021")])
    '/search?q=%E5%9D%87%E8%A1%A1&year=2021'
    >>> address("/", [])
    '/'
    """
    # Commas, colons and slashes may stand as they are in a query string.
    return path + "?" + urlencode(pairs, safe=":,/") if pairs else path


def deepest_page(limit: int) -> int:
    """The last page that may be asked for with `limit` hits a page.

    >>> deepest_page(20), deepest_page(30)
    (500, 333)
    """
    return DEEPEST_HIT // limit if limit else 1

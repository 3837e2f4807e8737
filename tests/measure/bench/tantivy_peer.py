"""tantivy through its Python binding, fed with our tokens and pairs of characters.

A field of pairs with positions finds exact characters without a look at the text: that is
tantivy's own strength, and the index that holds the same as ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from archive.query.ast import And, Node, Or, Phrase, Word
from archive.query.query import Query, Sort
from archive.ranges import Range
from archive.text.fold import fold
from archive.text.tokenize import words
from tests.measure.bench.contest import FACETS, Answer, Counts, grams, mark, needle
from tests.measure.bench.paragraphs import Document

# What the writer may hold before it flushes: more made no difference.
HEAP = 512 << 20
NO_YEAR = 0
BUCKETS = 1_000


class Tantivy:
    """Answers by tokens and pairs, or with `exact` off by tokens alone; the index is the same."""

    _index: Any
    _searcher: Any

    def __init__(self, exact: bool) -> None:
        self._exact = exact
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("token", tokenizer_name="whitespace")
        builder.add_text_field("gram", tokenizer_name="whitespace")
        builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
        builder.add_bytes_field("text", stored=True)
        builder.add_integer_field("year", fast=True, indexed=True)
        for name in ("kind", "site"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        self._schema = builder.build()

    def version(self) -> str:
        from importlib.metadata import version

        return f"tantivy-py {version('tantivy')}"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        index = tantivy.Index(self._schema, path=str(folder))
        writer = index.writer(heap_size=HEAP, num_threads=os.cpu_count() or 1)
        for document in documents:
            for p in document:
                folded = fold(p.text)
                made = tantivy.Document()
                made.add_text("token", " ".join(words(folded)))
                made.add_text("gram", " ".join(grams(folded)))
                made.add_text("id", p.paragraph_id)
                made.add_bytes("text", p.text.encode())
                made.add_integer("year", p.year or NO_YEAR)
                made.add_text("kind", p.kind or "")
                made.add_text("site", p.site or "")
                writer.add_document(made)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def ask(self, query: Query) -> Answer:
        wanted = self._node(query.node)
        asked = self._selected(query, wanted, None)
        if query.sort is Sort.RELEVANCE:
            found = self._searcher.search(asked, limit=query.limit, count=True)
        else:
            order = tantivy.Order.Asc if query.sort is Sort.OLDEST else tantivy.Order.Desc
            found = self._searcher.search(
                asked, limit=query.limit, count=True, order_by_field="year", order=order
            )
        texts = [self._searcher.doc(place)["text"][0] for _, place in found.hits]
        shown = [mark(query, bytes(text).decode()) for text in texts]
        return Answer(found.count, self._facets(query, wanted, asked), shown)

    def _facets(self, query: Query, wanted: Any, asked: Any) -> Counts:
        """All facets in one pass, and one more pass for each that has a selection."""
        chosen = [name for name in FACETS if query.values(name)]
        counts = self._count(asked, [name for name in FACETS if name not in chosen])
        for name in chosen:
            counts |= self._count(self._selected(query, wanted, name), [name])
        return counts

    def _count(self, asked: Any, names: list[str]) -> Counts:
        if not names:
            return {}
        terms = {"size": BUCKETS, "segment_size": BUCKETS}
        wanted = {name: {"terms": {"field": name, **terms}} for name in names}
        answer = self._searcher.aggregate(asked, wanted)
        return {
            name: {_label(b["key"]): int(b["doc_count"]) for b in answer[name]["buckets"]}
            for name in names
        }

    def _selected(self, query: Query, wanted: Any, but: str | None) -> Any:
        clauses = []
        chosen = query.ranges("year")
        if chosen and but != "year":
            clauses.append(self._any([self._years(years) for years in chosen]))
        for name in ("kind", "site"):
            values = [str(value) for value in query.values(name)]
            if values and but != name:
                terms = [tantivy.Query.term_query(self._schema, name, v) for v in values]
                clauses.append(self._any(terms))
        if not clauses:
            return wanted
        # A filter is not to change the score.
        unweighted = [tantivy.Query.const_score_query(clause, 0.0) for clause in clauses]
        return self._all([wanted, *unweighted])

    def _years(self, years: Range) -> Any:
        kind = tantivy.FieldType.Integer
        first, last = years.first or 1, years.last or 9_999
        return tantivy.Query.range_query(self._schema, "year", kind, first, last)

    def _node(self, node: Node | None) -> Any:
        match node:
            case Word(text):
                tokens = list(dict.fromkeys(words(fold(text))))
                by_token = self._all([self._term("token", token) for token in tokens])
                if not self._exact:
                    return by_token
                literal = self._phrase("gram", needle(text))
                # What holds a single token holds its characters.
                return literal if len(tokens) == 1 else self._any([literal, by_token])
            case Phrase(text) if self._exact:
                return self._phrase("gram", needle(text))
            case Phrase(text):
                return self._phrase("token", words(fold(text)))
            case And(children):
                return self._all([self._node(child) for child in children])
            case Or(children):
                return self._any([self._node(child) for child in children])
        raise ValueError(f"not in the contest: {node}")

    def _term(self, field: str, text: str) -> Any:
        return tantivy.Query.term_query(self._schema, field, text)

    def _phrase(self, field: str, terms: list[str]) -> Any:
        if len(terms) == 1:
            return self._term(field, terms[0])
        return tantivy.Query.phrase_query(self._schema, field, list(terms))

    @staticmethod
    def _all(queries: list[Any]) -> Any:
        return _combined(tantivy.Occur.Must, queries)

    @staticmethod
    def _any(queries: list[Any]) -> Any:
        return _combined(tantivy.Occur.Should, queries)


def _combined(occur: Any, queries: list[Any]) -> Any:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(occur, query) for query in queries])


def _label(key: str | float) -> str:
    if isinstance(key, str):
        return key
    return "unknown" if int(key) == NO_YEAR else str(int(key))


def make(*, exact: bool) -> Tantivy:
    """Return the contestant."""
    return Tantivy(exact)

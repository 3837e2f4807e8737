"""Whoosh as it comes, with our tokens: its own codec, matchers, columns and facets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh import index, query, sorting
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema

from archive.query.ast import And, Node, Or, Phrase, Word
from archive.query.query import Query, Sort
from archive.text.fold import fold
from archive.text.tokenize import words
from tests.measure.bench.contest import FACETS, Answer, Counts, mark
from tests.measure.bench.paragraphs import Document

LIMIT_MB = 512


class PlainWhoosh:
    """Answers by tokens: an exact substring is beyond it without a field of pairs."""

    _searcher: Any

    def version(self) -> str:
        from importlib.metadata import version

        return f"Whoosh {version('whoosh')} as it comes"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        schema = Schema(
            token=TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True),
            text=STORED,
            id=ID(stored=True),
            **{name: ID(sortable=True) for name in FACETS},
        )
        writer = index.create_in(str(folder), schema).writer(limitmb=LIMIT_MB)
        for document in documents:
            for p in document:
                writer.add_document(
                    token=" ".join(words(fold(p.text))),
                    text=p.text,
                    id=p.paragraph_id,
                    year=str(p.year or "unknown"),
                    kind=p.kind,
                    site=p.site,
                )
        writer.commit()

    def open(self, folder: Path) -> None:
        self._searcher = index.open_dir(str(folder)).searcher()

    def ask(self, query: Query) -> Answer:
        wanted = _node(query.node)
        chosen = [name for name in FACETS if query.values(name)]
        free = [name for name in FACETS if name not in chosen]
        options: dict[str, Any] = {"limit": query.limit}
        if query.sort is not Sort.RELEVANCE:
            options |= {"sortedby": "year", "reverse": query.sort is Sort.NEWEST}
        found = self._search(_selected(query, wanted, None), free, options)
        counts = _groups(found, free)
        for name in chosen:
            own = self._search(_selected(query, wanted, name), [name], {"limit": 1})
            counts |= _groups(own, [name])
        return Answer(
            len(found), counts, [mark(query, hit["text"]) for hit in found[: query.limit]]
        )

    def _search(self, wanted: Any, names: list[str], options: dict[str, Any]) -> Any:
        return self._searcher.search(wanted, groupedby=names, maptype=sorting.Count, **options)


def _selected(asked: Query, wanted: Any, but: str | None) -> Any:
    clauses = [wanted]
    chosen = asked.ranges("year")
    if chosen and but != "year":
        years = [y for years in chosen for y in range(years.first or 0, (years.last or 0) + 1)]
        clauses.append(query.Or([query.Term("year", str(year)) for year in years]))
    for name in ("kind", "site"):
        if asked.values(name) and but != name:
            clauses.append(query.Or([query.Term(name, str(v)) for v in asked.values(name)]))
    return query.And(clauses) if len(clauses) > 1 else wanted


def _groups(found: Any, names: list[str]) -> Counts:
    return {name: dict(found.groups(name)) for name in names}


def _node(node: Node | None) -> Any:
    match node:
        case Word(text):
            tokens = list(dict.fromkeys(words(fold(text))))
            return _all([query.Term("token", token) for token in tokens])
        case Phrase(text):
            tokens = words(fold(text))
            return query.Phrase("token", tokens) if len(tokens) > 1 else _node(Word(text))
        case And(children):
            return _all([_node(child) for child in children])
        case Or(children):
            return query.Or([_node(child) for child in children])
    raise ValueError(f"not in the contest: {node}")


def _all(queries: list[Any]) -> Any:
    return queries[0] if len(queries) == 1 else query.And(queries)


def make(*, exact: bool) -> PlainWhoosh:
    """Return the contestant; it knows tokens alone."""
    if exact:
        raise ValueError("plain Whoosh has no exact substrings")
    return PlainWhoosh()

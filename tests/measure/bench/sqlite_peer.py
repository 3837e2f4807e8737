"""SQLite's FTS5, fed with our tokens and pairs of characters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from archive.query.ast import And, Node, Or, Phrase, Word
from archive.query.query import Query, Sort
from archive.text.fold import fold
from archive.text.tokenize import words
from tests.measure.bench.contest import FACETS, Answer, Counts, grams, mark, needle
from tests.measure.bench.paragraphs import Document

NO_YEAR = 0
AT_ONCE = 5_000


class Fts5:
    """Answers by tokens and pairs, or with `exact` off by tokens alone; the index is the same."""

    _db: sqlite3.Connection

    def __init__(self, exact: bool) -> None:
        self._exact = exact

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version} FTS5"

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        db = sqlite3.connect(folder / "fts5.sqlite")
        db.executescript(
            "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-262144"
        )
        # Every sign that is not ASCII belongs to a token, so tokens come as we cut them.
        db.execute(
            "CREATE VIRTUAL TABLE found USING fts5(token, gram, content='', tokenize='ascii')"
        )
        db.execute("CREATE TABLE kept(id INTEGER PRIMARY KEY, paragraph TEXT, text TEXT)")
        db.execute("CREATE TABLE facet(id INTEGER PRIMARY KEY, year INTEGER, kind TEXT, site TEXT)")
        rows = enumerate((p for document in documents for p in document), 1)
        while batch := list(islice(rows, AT_ONCE)):
            db.executemany(
                "INSERT INTO found(rowid, token, gram) VALUES (?, ?, ?)",
                _fields((n, fold(p.text)) for n, p in batch),
            )
            db.executemany(
                "INSERT INTO kept VALUES (?, ?, ?)", ((n, p.paragraph_id, p.text) for n, p in batch)
            )
            db.executemany(
                "INSERT INTO facet VALUES (?, ?, ?, ?)",
                ((n, p.year or NO_YEAR, p.kind, p.site) for n, p in batch),
            )
        db.commit()
        db.execute("INSERT INTO found(found) VALUES ('optimize')")
        db.commit()
        db.close()

    def open(self, folder: Path) -> None:
        self._db = sqlite3.connect(f"file:{folder / 'fts5.sqlite'}?mode=ro", uri=True)
        self._db.execute("PRAGMA mmap_size=17179869184")

    def ask(self, query: Query) -> Answer:
        wanted = self._node(query.node)
        total, facets = self._counts(query, wanted)
        clauses, values = _selections(query)
        joined = "JOIN facet ON facet.id = found.rowid" if clauses else ""
        order = "found.rank"
        if query.sort is not Sort.RELEVANCE:
            joined = "JOIN facet ON facet.id = found.rowid"
            order = f"facet.year {'ASC' if query.sort is Sort.OLDEST else 'DESC'}, facet.id"
        where = " AND ".join(["found MATCH ?", *clauses])
        sql = f"SELECT found.rowid FROM found {joined} WHERE {where} ORDER BY {order} LIMIT ?"
        ids = [row[0] for row in self._db.execute(sql, (wanted, *values, query.limit))]
        texts = [
            self._db.execute("SELECT text FROM kept WHERE id = ?", (one,)).fetchone()[0]
            for one in ids
        ]
        return Answer(total, facets, [mark(query, text) for text in texts])

    def _counts(self, query: Query, wanted: str) -> tuple[int, Counts]:
        """All combinations of the three facets in one pass, added up here."""
        rows = self._db.execute(
            "SELECT year, kind, site, count(*) FROM found JOIN facet ON facet.id = found.rowid "
            "WHERE found MATCH ? GROUP BY year, kind, site",
            (wanted,),
        )
        counts: Counts = {name: {} for name in FACETS}
        total = 0
        ranges, kinds, sites = (query.ranges("year"), query.values("kind"), query.values("site"))
        for year, kind, site, count in rows:
            label = "unknown" if year == NO_YEAR else str(year)
            passed = (
                not ranges or any((year or None) in years for years in ranges),
                not kinds or kind in kinds,
                not sites or site in sites,
            )
            if all(passed):
                total += count
            for at, (name, value) in enumerate(zip(FACETS, (label, kind, site), strict=True)):
                if all(passed[:at] + passed[at + 1 :]):
                    counts[name][value] = counts[name].get(value, 0) + count
        return total, counts

    def _node(self, node: Node | None) -> str:
        match node:
            case Word(text):
                tokens = list(dict.fromkeys(words(fold(text))))
                by_token = " AND ".join(f'token : "{token}"' for token in tokens)
                if not self._exact:
                    return f"({by_token})"
                literal = f'gram : "{" ".join(needle(text))}"'
                return f"({literal})" if len(tokens) == 1 else f"({literal} OR ({by_token}))"
            case Phrase(text) if self._exact:
                return f'(gram : "{" ".join(needle(text))}")'
            case Phrase(text):
                return f'(token : "{" ".join(words(fold(text)))}")'
            case And(children):
                return "(" + " AND ".join(map(self._node, children)) + ")"
            case Or(children):
                return "(" + " OR ".join(map(self._node, children)) + ")"
        raise ValueError(f"not in the contest: {node}")


def _fields(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    for number, folded in rows:
        yield number, " ".join(words(folded)), " ".join(grams(folded))


def _selections(query: Query) -> tuple[list[str], list[int | str]]:
    clauses: list[str] = []
    values: list[int | str] = []
    ranges = query.ranges("year")
    if ranges:
        clauses.append("(" + " OR ".join(["year BETWEEN ? AND ?"] * len(ranges)) + ")")
        for years in ranges:
            values.extend((years.first or 1, years.last or 9_999))
    for name in ("kind", "site"):
        chosen = [str(value) for value in query.values(name)]
        if chosen:
            clauses.append(f"{name} IN ({', '.join('?' * len(chosen))})")
            values.extend(chosen)
    return clauses, values


def make(*, exact: bool) -> Fts5:
    """Return the contestant."""
    return Fts5(exact)

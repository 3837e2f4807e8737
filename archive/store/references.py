"""What documents of the archive cite of one another, by number and title.

One table of the catalog has the names of each document and of its articles, and the documents
that its texts name, all by the keys of archive.text.citing. Who is meant is looked up when a
document is shown, so that it is the same after any sequence of runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from archive.model import Document, Link, Relation
from archive.serializers import Printed
from archive.text.citing import title_key
from archive.text.document_numbers import number_key

# A row names the document by `key`, a number's or a title's. `number` is the other's number where
# it is known: two documents of one title are told apart by it. `link` is empty for a name of its
# own, `first` the ordinal of the article that bears or gives the name.
SCHEMA = """
CREATE TABLE IF NOT EXISTS names (
    key TEXT NOT NULL, link TEXT NOT NULL, number TEXT NOT NULL, document_id TEXT NOT NULL,
    first INTEGER NOT NULL, issued TEXT NOT NULL,
    PRIMARY KEY (key, link, number, document_id, first)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_by_document ON names (document_id);
"""
# One document more often cited, or one name that more documents bear, is shown in part.
MAX_CITING, MAX_NAMESAKES = 100, 5
_OWN = ""
_STRIKING = (Link.REPEALS.value, Link.AMENDS.value)
_SHORTEST_TITLE = 4


Look = Callable[[str], Document | None]


class _Execute(Protocol):
    def __call__(self, statement: str, *values: str | int | bytes | None) -> sqlite3.Cursor: ...


@dataclass(frozen=True, slots=True)
class Target(Printed):
    """A document of the archive that is named; `first` is the ordinal where it begins."""

    document_id: str
    title: str
    number: str | None
    first: int


@dataclass(frozen=True, slots=True)
class Reference(Printed):
    """A document that an article names, and those of the archive that it may be."""

    json_keys: ClassVar = (
        *("relation.article", "relation.link", "relation.number", "relation.title"),
        *("relation.words", "documents"),
    )

    relation: Relation
    documents: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class CitedBy(Printed):
    """A document of the archive that names this one, and how.

    `strikes` says that it surely abolishes or amends it: it names its number, or its title alone
    and is later.
    """

    document: Target
    link: Link
    strikes: bool

    json_keys: ClassVar = (
        *("document.document_id", "document.title", "document.number", "document.first"),
        *("link", "strikes"),
    )


@dataclass(frozen=True, slots=True)
class References(Printed):
    """What a document names, and what names it; `citing` counts the latter, `cited_by` has most."""

    json_keys: ClassVar = ("relations=names", "cited_by", "citing")

    names: tuple[Reference, ...]
    cited_by: tuple[CitedBy, ...]
    citing: int


class Names:
    """The table of names of a catalog."""

    def __init__(self, execute: _Execute) -> None:
        self._execute = execute

    def put(self, document: Document) -> None:
        """Record what a document is called and what it names."""
        self._execute("DELETE FROM names WHERE document_id = ?", document.document_id)
        for key, link, number, first, issued in _rows(document):
            self._execute(
                "INSERT OR IGNORE INTO names VALUES (?,?,?,?,?,?)",
                *(key, link, number, document.document_id, first, issued),
            )

    def remove(self, path: str) -> None:
        """Forget the documents of the source at `path`."""
        self._execute(
            "DELETE FROM names WHERE document_id IN "
            "(SELECT document_id FROM documents WHERE path = ?)",
            path,
        )

    def meant(self, relation: Relation) -> dict[str, int]:
        """The documents that `relation` may mean, with the ordinals where they begin."""
        number = number_key(relation.number) if relation.number else ""
        title = title_key(relation.title) if relation.title else ""
        found: dict[str, int] = {}
        # The article of that title, if there is one; else the document of that number.
        for key in filter(None, (title, number)):
            rows = self._execute(
                "SELECT document_id, MIN(first) FROM names WHERE key = ? AND link = '' "
                "AND (? = '' OR number = '' OR number = ?) "
                "GROUP BY document_id ORDER BY document_id LIMIT ?",
                *(key, number, number, MAX_NAMESAKES),
            )
            for document_id, first in rows:
                found.setdefault(document_id, first)
        return found

    def citing(self, document: Document) -> tuple[list[tuple[str, str, int, bool]], int]:
        """The documents that name `document`, abolishing ones first, and how many there are.

        Each with its link, the ordinal of the article that names it, and whether it surely
        strikes `document`.
        """
        found: dict[str, tuple[str, str, int, bool]] = {}
        own = (row for row in _rows(document) if row[1] == _OWN)
        for key, _, number, _, day in own:
            by_number = key == number
            rows = self._execute(
                "SELECT document_id, link, MIN(first), number, issued FROM names "
                "WHERE key = ? AND link != '' AND document_id != ? "
                "AND (? = '' OR number = '' OR number = ?) GROUP BY document_id, link",
                *(key, document.document_id, number, number),
            )
            for other, how, first, cited, issued in rows:
                same = by_number or (bool(cited) and cited == number)
                # A title alone may be that of the new document, or of an earlier one.
                known = bool(day and issued)
                later = issued > day if known else not cited
                one = (other, how, first, how in _STRIKING and (same or later))
                if other not in found or _order(one) < _order(found[other]):
                    found[other] = one
        listed = sorted(found.values(), key=_order)
        return listed[:MAX_CITING], len(listed)


def _order(one: tuple[str, str, int, bool]) -> tuple[bool, int, str]:
    other, link, _, strikes = one
    return not strikes, _STRIKING.index(link) if link in _STRIKING else len(_STRIKING), other


def _rows(document: Document) -> Iterator[tuple[str, str, str, int, str]]:
    """Key, link, number, first ordinal and day of each name that a document has or gives."""
    articles = document.articles
    for place, article in enumerate(articles):
        record = article.record
        number = number_key(record.number) if record.number else ""
        day = record.issued or ""
        titles = [article.title, *([document.title] if place == 0 else ())]
        for title in filter(None, titles):
            yield from _own(title, record.issuer, number, article.first, day)
        if number:
            yield number, _OWN, number, article.first, day
    for relation in document.relations:
        number = number_key(relation.number) if relation.number else ""
        inside = relation.article < len(articles)
        first = articles[relation.article].first if inside else 0
        day = (articles[relation.article].record.issued if inside else None) or ""
        title = title_key(relation.title) if relation.title else ""
        for key in {number, title} - {""}:
            yield key, relation.link.value, number, first, day


def _own(
    title: str, issuer: Sequence[str], number: str, first: int, day: str
) -> Iterator[tuple[str, str, str, int, str]]:
    key = title_key(title)
    if len(key) >= _SHORTEST_TITLE:
        yield key, _OWN, number, first, day
    if issuer and title.startswith("关于"):
        # Others cite it with the office that a page leaves out of its title.
        yield title_key(issuer[0]) + key, _OWN, number, first, day


def references(names: Names, document: Document, look: Look) -> References:
    """What `document` names and what names it; `look` finds a document by its id."""
    named = []
    for relation in document.relations:
        meant = names.meant(relation).items()
        targets = (target for one, first in meant if (target := _target(look(one), first)))
        named.append(Reference(relation, tuple(targets)))
    citing, count = names.citing(document)
    cited_by = tuple(
        CitedBy(target, Link(link), strikes)
        for one, link, first, strikes in citing
        if (target := _target(look(one), first))
    )
    return References(tuple(named), cited_by, count)


def _target(document: Document | None, first: int) -> Target | None:
    if document is None:
        return None
    return Target(document.document_id, document.title, document.record.number, first)

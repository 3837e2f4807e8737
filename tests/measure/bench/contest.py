"""What a contestant is: builds an index of documents, opens it, answers questions."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from archive.model import Paragraph
from archive.query.query import Query
from archive.search.matching import Subject, spans
from archive.search.results import Spans
from archive.text.fold import fold
from tests.measure.bench.paragraphs import Document

# The facets that every engine counts, each without its own selection.
FACETS = ("year", "kind", "site")

Counts = dict[str, dict[str, int]]
Shown = list[tuple[str, Spans]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared and what is shown: exact total, facet counts, texts with spans."""

    total: int
    facets: Counts
    shown: Shown = field(compare=False)


class Contestant(Protocol):
    """An engine in the contest. `build` and `open` are called in different processes."""

    def version(self) -> str:
        """Name and version, as the table shows them."""

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        """Write an index of `documents` into the empty `folder`."""

    def open(self, folder: Path) -> None:
        """Open what `build` wrote."""

    def ask(self, query: Query) -> Answer:
        """Answer with total, facets, and the first texts with the matched spans."""


# Name of each contestant, and the module that makes it. With TOKENS after the name a peer
# answers the easier question of a token index, on the same index; that is shown beside.
MODULES = {
    "xianli": "ours",
    "tantivy": "tantivy_peer",
    "fts5": "sqlite_peer",
    "whoosh": "whoosh_peer",
}
TOKENS = " tokens"


def make(name: str) -> Contestant:
    """Return a contestant by name. Raises ImportError where its engine is not installed."""
    module = importlib.import_module(f"tests.measure.bench.{MODULES[name.removesuffix(TOKENS)]}")
    made: Contestant = module.make(exact=not name.endswith(TOKENS))
    return made


def mark(query: Query, text: str) -> tuple[str, Spans]:
    """A text with its matched spans: the peers have ours, as none of theirs is exact."""
    return text, spans(query, Subject(Paragraph("", 0, text)))


# Peers split at white space, SQLite at any ASCII sign: those stand in private characters.
_SIGNS = {c: chr(0xE000 + c) for c in range(128) if not chr(c).isalnum()}
_SIGNS[0x3000] = "\ue0a0"
for _code in (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F):
    _SIGNS[_code] = chr(0xE100 + (_code & 0xFF))


def grams(folded: str) -> Iterator[str]:
    """Each pair of neighbouring characters, in order."""
    safe = folded.translate(_SIGNS)
    return map(str.__add__, safe, safe[1:])


def needle(text: str) -> list[str]:
    """The pairs that stand one after another exactly where `text` stands."""
    return list(grams(fold(text)))

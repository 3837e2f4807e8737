"""The tree of a query: what each clause means, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from archive.fields import Wanted, named
from archive.query.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Word:
    """Found where its folded characters stand together, or where all its tokens occur."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Found where exactly these characters stand, after folding."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """Found where the field (by its name in archive.fields) has, or contains, the value."""

    field: str
    value: Wanted

    @property
    def text(self) -> str:
        """The value as it is written in a query."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Not:
    """Found where the child is not; a word under it means its literal characters."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """Found where all children are."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Found where any child is."""

    children: tuple[Node, ...]


# What is ranked by and highlighted.
Term = Word | Phrase | Pattern
Node = Term | FieldFilter | Not | And | Or


def term_texts(term: Term) -> tuple[str, ...]:
    """The strings of a term whose tokens its hits are ranked by."""
    if isinstance(term, Pattern):
        return tuple(dict.fromkeys(text for options in term.required for text in options))
    return (term.text,)


def filter_of(field: str, value: str) -> FieldFilter:
    """Return the filter that asks for `value` of a field. Raises QueryError.

    >>> filter_of("year", "2021").text, filter_of("topic", "校园安全").field
    ('2021', 'topic')
    """
    return FieldFilter(field, named(field).read(value))

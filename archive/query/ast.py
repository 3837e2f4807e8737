"""The tree of a query: what each clause means, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def walk(node: Node | None, *, excluded: bool = True) -> Iterator[Node]:
    """Yield the node and all that stand under it, in the order of the query.

    Each Not, with what stands under it, is left out where `excluded` is False.
    """
    if node is None or (isinstance(node, Not) and not excluded):
        return
    yield node
    if isinstance(node, Not):
        yield from walk(node.child)
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from walk(child, excluded=excluded)


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the tree with `change` applied to each node, to children before their parent."""
    if isinstance(node, Not):
        node = Not(rewrite(node.child, change))
    elif isinstance(node, And | Or):
        node = type(node)(tuple(rewrite(child, change) for child in node.children))
    return change(node)


def joined(kind: type[And] | type[Or], nodes: Sequence[Node]) -> Node:
    """Return the nodes under one node of this kind, a single one as it is."""
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """Return what must all be found: the children of an And, any other node itself."""
    if isinstance(node, And):
        return node.children
    return () if node is None else (node,)


def by_characters(node: Node) -> Node:
    """Return the tree with each word taken by its characters, as a phrase is."""
    return rewrite(node, lambda part: Phrase(part.text) if isinstance(part, Word) else part)


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

"""The matches of a query's wordings, paragraph by paragraph.

Wording is characters: a word is matched where its characters stand together, never by its
scattered tokens, as a phrase is. Matches of one term do not overlap; where two terms of a
query match the very same characters, that is one match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from archive.errors import QueryError
from archive.model import Paragraph
from archive.query.ast import And, Node, Or, Phrase, Term, by_characters, conjuncts, joined
from archive.query.patterns import Choice, Pattern, find
from archive.query.query import Query
from archive.search.time_budget import TimeBudget
from archive.store.library import Archive
from archive.text.fold import fold

K = TypeVar("K")
V = TypeVar("V")

Span = tuple[int, int]
# Takes a text and the same folded.
Finder = Callable[[str, str], Sequence[Span]]

# Processor time that counting one wording may take, in seconds, so that the answer with its
# page takes no more than two; the complete lines as CSV have no limit.
WORDING_SECONDS = 1.7
_LOOK_AT_CLOCK = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph and its matches: spans in characters of its text, in order.

    `folded` is the text folded.
    """

    paragraph: Paragraph
    folded: str
    spans: tuple[Span, ...]


class Kept(Generic[K, V]):
    """What was found out about archives, each as long as the same generation answers."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Archive, tuple[str, dict[K, V]]] = WeakKeyDictionary()

    def of(self, archive: Archive) -> dict[K, V]:
        """Return what is kept of an archive, to be read and added to."""
        generation = archive.generation
        name, known = self._of.get(archive, ("", {}))
        if name != generation:
            known = {}
            self._of[archive] = generation, known
        return known


def matches(archive: Archive, query: Query, budget: TimeBudget | None = None) -> Iterator[Found]:
    """Yield every paragraph in which a term of the query matches, in id order.

    Raises QueryError where the query has no word or pattern to match, and where the
    `budget`, as `time_limit` gives it, is over before all is read.
    """
    asked = as_wording(query)
    finders = [finder(term) for term in asked.terms]
    # What a required pattern matches is looked for here, so that the engine need not look
    # too: it gives the paragraphs that hold the pattern's strings.
    required = conjuncts(asked.node)
    needed = [asked.terms.index(part) for part in required if isinstance(part, Pattern)]
    candidates = replace(asked, node=joined(And, list(map(_by_strings, required))))
    folds_first = not all(isinstance(term, Pattern) for term in asked.terms)
    for done, paragraph in enumerate(archive.scan(candidates)):
        if budget is not None and done % _LOOK_AT_CLOCK == 0 and budget.is_over:
            raise QueryError("wording.too_common", wording_seconds=WORDING_SECONDS)
        text = paragraph.text
        folded = fold(text) if folds_first else ""
        spans = [find_in(text, folded) for find_in in finders]
        if all(spans[term] for term in needed) and any(spans):
            together = spans[0] if len(spans) == 1 else sorted(set(chain.from_iterable(spans)))
            yield Found(paragraph, folded or fold(text), tuple(together))


def time_limit(wordings: int = 1) -> TimeBudget:
    """What counting so many wordings may take, from now on."""
    return TimeBudget(WORDING_SECONDS * wordings)


def as_wording(query: Query) -> Query:
    """Return the query with its words taken by their characters.

    Raises QueryError where there is no word or pattern in it.

    >>> from archive.query.query import parse
    >>> as_wording(parse("均衡 -高中")).node
    And(children=(Phrase(text='均衡'), Not(child=Phrase(text='高中'))))
    """
    if query.node is None or not query.terms:
        raise QueryError("wording.empty")
    return replace(query, node=by_characters(query.node))


def finder(term: Term) -> Finder:
    """Return the function that gives a term's matches in a text, in order."""
    if isinstance(term, Pattern):
        return lambda text, _: tuple(find(term, text))
    needle = fold(term.text)
    pattern = Pattern(term.text, (Choice((needle,)),), whole=True)

    def spans(text: str, folded: str) -> Sequence[Span]:
        if len(folded) != len(text):
            return tuple(find(pattern, text))
        found, at, width = [], folded.find(needle), len(needle)
        while at >= 0:
            found.append((at, at + width))
            at = folded.find(needle, at + width)
        return found

    return spans


def _by_strings(node: Node) -> Node:
    """A pattern weakened to the strings that it needs, in any order; other nodes as they are."""
    if not isinstance(node, Pattern):
        return node
    return joined(And, [joined(Or, list(map(Phrase, options))) for options in node.required])

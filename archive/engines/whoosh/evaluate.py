"""Query nodes to paragraphs: every node is a mask over the whole index.

A mask of a million paragraphs is a megabyte, and combining two takes fifty microseconds:
AND, OR and NOT are those of numpy, and exact.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.analysis import words
from archive.engines.whoosh.arrays import Bools, Ordinals, Packed
from archive.engines.whoosh.invert import NO_YEAR, PROFILE_FACETS
from archive.engines.whoosh.segment import intersect
from archive.engines.whoosh.strings import encode
from archive.engines.whoosh.view import View
from archive.errors import QueryError
from archive.nodes import (
    And,
    FacetName,
    InYears,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    ValueFacet,
    Where,
    Word,
    Years,
)
from archive.patterns import Pattern, occurs
from archive.query import Query
from archive.text import fold

# A pattern is matched on the text of every candidate; no reader waits longer than this.
PATTERN_SECONDS = 2.0
_LOOK_AT_CLOCK = 256


class Evaluation:
    """Evaluates the nodes of one query; what two nodes share is looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._literal: dict[str, Bools] = {}
        self._patterns: dict[Pattern, Bools] = {}

    def matching(self, node: Node | None) -> Ordinals:
        """The paragraphs, not deleted, that satisfy the tree; ascending."""
        return self._living(self.mask(node))

    def literal(self, node: Node | None) -> Bools | None:
        """Which paragraphs satisfy the tree with every word taken by its characters.

        None where that is all that satisfy it: no word has a second way of matching.
        """
        return self.mask(node, literally=True) if _is_loose(node) else None

    def mask(self, node: Node | None, *, literally: bool = False) -> Bools:
        """Which paragraphs satisfy the tree, deleted ones included.

        `literally` takes each word by its characters standing together.
        """
        match node:
            case None:
                return np.ones(self._view.size, np.bool_)
            case Word(text):
                return self._word(fold(text), literally)
            case Phrase(text):
                return self._containing(fold(text))
            case Pattern():
                return self._patterned(node)
            case Title() | Where() | InYears():
                return through(context_mask(self._view, node), self._view.context)
            case Not(child):
                # What is excluded is characters: scattered tokens exclude nothing.
                return ~self.mask(child, literally=True)
            case And(children):
                masks = (self.mask(child, literally=literally) for child in children)
                return reduce(np.logical_and, masks, np.ones(self._view.size, np.bool_))
            case Or(children):
                masks = (self.mask(child, literally=literally) for child in children)
                return reduce(np.logical_or, masks, np.zeros(self._view.size, np.bool_))

    def _living(self, found: Bools) -> Ordinals:
        live = self._view.live
        return np.flatnonzero(found if live is None else found & live)

    def _word(self, folded: str, literally: bool) -> Bools:
        literal = self._containing(folded)
        tokens = words(folded)
        # Where the word is one token, whatever holds the token holds its characters.
        if literally or not tokens or tokens == [folded]:
            return literal
        return literal | self._holding_all(dict.fromkeys(tokens))

    def _containing(self, needle: str) -> Bools:
        found = self._literal.get(needle)
        if found is None:
            found = np.zeros(self._view.size, np.bool_)
            for segment, part in self._view.parts():
                segment.mark_containing(needle, found[part])
            self._literal[needle] = found
        return found

    def _patterned(self, pattern: Pattern) -> Bools:
        """Which paragraphs the pattern matches: its strings find candidates, the text decides."""
        known = self._patterns.get(pattern)
        if known is not None:
            return known
        found = np.ones(self._view.size, np.bool_)
        for options in pattern.required:
            found &= reduce(np.logical_or, [self._containing(option) for option in options])
        candidates = self._living(found)
        found = np.zeros(self._view.size, np.bool_)
        deadline = time.monotonic() + PATTERN_SECONDS
        for start in range(0, len(candidates), _LOOK_AT_CLOCK):
            if time.monotonic() > deadline:
                raise QueryError(
                    f"句式“{pattern.text}”太宽泛：{len(candidates)} 段可能符合，"
                    f"{PATTERN_SECONDS:.0f} 秒内查不完；请写得更具体，或加上其他条件",
                    f"the pattern “{pattern.text}” is too broad: {len(candidates)} paragraphs may "
                    f"match, too many to look at in {PATTERN_SECONDS:.0f} seconds; make it more "
                    "specific",
                )
            run = candidates[start : start + _LOOK_AT_CLOCK]
            found[run] = [occurs(pattern, text) for text in self._view.texts(run)]
        self._patterns[pattern] = found
        return found

    def holding_any(self, tokens: Iterable[str]) -> Ordinals:
        """The paragraphs, not deleted, that hold any of `tokens`; ascending."""
        found = np.zeros(self._view.size, np.bool_)
        for segment, part in self._view.parts():
            for token in tokens:
                found[part][segment.postings(token)[0]] = True
        return self._living(found)

    def _holding_all(self, tokens: dict[str, None]) -> Bools:
        found = np.zeros(self._view.size, np.bool_)
        for segment, part in self._view.parts():
            lists: list[Packed] = []
            for token in tokens:
                lists.append(segment.postings(token)[0])
                if not len(lists[-1]):
                    break
            else:
                found[part][intersect(lists, segment.count)] = True
        return found


def _is_loose(node: Node | None) -> bool:
    """Whether a word of the tree may match by its tokens where it does not as it stands."""
    match node:
        case Word(text):
            folded = fold(text)
            return words(folded) not in ([], [folded])
        case And(children) | Or(children):
            return any(map(_is_loose, children))
    return False


def context_mask(view: View, node: Title | Where | InYears) -> Bools:
    """Which contexts satisfy a clause that asks for titles, headings, facets or years."""
    match node:
        case Title(text):
            return _titled(view, fold(text))
        case Where("section", value) if not value.startswith("="):
            return _under(view, fold(value))
        case Where(facet, value):
            return _having(view, facet, value)
        case InYears(years):
            return through(_in_years(view, years), view.profile)


def selection(view: View, query: Query, facet: FacetName) -> Bools | None:
    """Which contexts pass what is selected and excluded in `facet`; None where nothing is."""
    chosen = _chosen(view, query, facet)
    excluded = query.excluding(facet)
    if not excluded:
        return chosen
    let_in: Bools = ~_any([context_mask(view, clause) for clause in excluded])
    return let_in if chosen is None else let_in & chosen


def _chosen(view: View, query: Query, facet: FacetName) -> Bools | None:
    if facet == "year":
        if not query.year:
            return None
        return through(_any([_in_years(view, years) for years in query.year]), view.profile)
    chosen = query.values(facet)
    if not chosen:
        return None
    return _any([context_mask(view, Where(facet, value)) for value in chosen])


def through(mask: Bools, of: NDArray[Any]) -> Bools:
    """The mask of those whose number `of` is in `mask`."""
    reached: Bools = mask[of]
    return reached


def _any(masks: list[Bools]) -> Bools:
    return reduce(np.logical_or, masks)


def _having(view: View, facet: ValueFacet, value: str) -> Bools:
    values = view.facet(facet)
    if facet in PROFILE_FACETS:
        return through(values.having(value), view.profile)
    # Here the value begins with "=": it equals the section that is counted.
    wanted = value[1:]
    having = values.having(wanted)
    return having if fold(wanted) else having | values.lacking


def _in_years(view: View, years: Years) -> Bools:
    known: Bools = view.years != NO_YEAR
    if years.unknown:
        return ~known
    inside = known
    if years.first is not None:
        inside = inside & (view.years >= years.first)
    if years.last is not None:
        inside = inside & (view.years <= years.last)
    return inside


def _titled(view: View, needle: str) -> Bools:
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts():
        named = np.full(len(segment.names), not needle)
        if needle:
            named[segment.names.containing(encode(needle))] = True
        found[part] = named[segment.file["name.title"]] | named[segment.file["name.article"]]
    return found


def _under(view: View, needle: str) -> Bools:
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts():
        named = np.full(len(segment.headings), not needle)
        if needle:
            named[segment.headings.containing(encode(needle))] = True
        hit = named[segment.file["heading.of"]]
        found[part][segment.file["heading.in"][hit]] = True
    return found

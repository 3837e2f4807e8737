"""Query nodes to paragraphs, segment by segment: every node is a set of a segment's.

A segment's sets stay in the processor's cache, and where a word is rare the lists are
short: nothing is touched that is of the size of the whole index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from archive.engines.whoosh.arrays import Ordinals, Packed
from archive.engines.whoosh.filters import context_mask
from archive.engines.whoosh.segment import MAX_UNREAD
from archive.engines.whoosh.sets import chosen, intersect, marked, unite
from archive.engines.whoosh.view import View
from archive.errors import QueryError
from archive.query.ast import And, FieldFilter, Node, Not, Or, Phrase, Word
from archive.query.patterns import Pattern, occurs
from archive.search.matching import is_loose, tokens_of
from archive.search.time_budget import TimeBudget
from archive.text.fold import fold

# A pattern is matched on the text of every candidate: of processor time no more is given to
# all patterns of a query together.
PATTERN_SECONDS = 1.5
_LOOK_AT_CLOCK = 64


# The paragraphs of each segment that a node finds.
_Found = list[Packed]


class Evaluation:
    """Evaluates the nodes of one query; what two nodes share is looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._counts = [segment.count for segment in view.segments]
        self._containing: dict[str, _Found] = {}
        self._patterns: dict[Pattern, _Found] = {}
        self._wait = TimeBudget(PATTERN_SECONDS)

    def matching(self, node: Node | None) -> Ordinals:
        """The paragraphs, not deleted, that satisfy the tree; ascending."""
        return self._living(self._found(node, literally=False))

    def literal(self, node: Node | None) -> Ordinals | None:
        """Which paragraphs satisfy the tree with every word taken by its characters.

        None where that is all that satisfy it: no word has a second way of matching.
        """
        return self._living(self._found(node, literally=True)) if is_loose(node) else None

    def holding_any(self, tokens: Iterable[str]) -> Ordinals:
        """The paragraphs, not deleted, that hold any of `tokens`; ascending."""
        return self._living(self._any([self._view.postings(token) for token in tokens]))

    def _living(self, by_segment: _Found) -> Ordinals:
        """The paragraphs of all segments in one row, without the deleted ones."""
        found = self._view.joined(by_segment)
        live = self._view.live
        return found if live is None else found.compress(live.take(found))

    def _found(self, node: Node | None, *, literally: bool, within: _Found | None = None) -> _Found:
        """The paragraphs that satisfy the tree, deleted ones included.

        `literally` takes each word by its characters standing together. What is found
        outside of `within` is not wanted, and left out where that spares work.
        """
        match node:
            case None:
                return [np.arange(count) for count in self._counts]
            case Word(text):
                return self._word(fold(text), literally, within)
            case Phrase(text):
                return self._holding(fold(text), within)
            case Pattern():
                return self._patterned(node)
            case FieldFilter():
                return self._in_contexts(node)
            case Not(child):
                # What is excluded is characters: scattered tokens exclude nothing.
                excluded = zip(self._found(child, literally=True), self._counts, strict=True)
                return [chosen(~marked(own, count)) for own, count in excluded]
            case And(children):
                return self._together(children, literally)
            case Or(children):
                return self._any([self._found(c, literally=literally) for c in children])

    def _all(self, sets: Sequence[_Found]) -> _Found:
        if len(sets) == 1:
            return sets[0]
        return [intersect([s[at] for s in sets], n) for at, n in enumerate(self._counts)]

    def _any(self, sets: Sequence[_Found]) -> _Found:
        if len(sets) == 1:
            return sets[0]
        return [unite([s[at] for s in sets], n) for at, n in enumerate(self._counts)]

    def _together(self, children: Sequence[Node], literally: bool) -> _Found:
        """What all children find: texts are read of those that the other ones leave."""
        found: _Found | None = None
        for child in sorted(children, key=_reads_texts):
            own = self._found(child, literally=literally, within=found)
            found = own if found is None else self._all([found, own])
        return self._all([]) if found is None else found

    def _word(self, folded: str, literally: bool, within: _Found | None) -> _Found:
        literal = self._holding(folded, within)
        tokens = tokens_of(folded)
        # Where the word is one token, whatever holds the token holds its characters.
        if literally or not tokens or tokens == (folded,):
            return literal
        by_token = self._all([self._view.postings(token) for token in dict.fromkeys(tokens)])
        return self._any([literal, by_token])

    def _holding(self, folded: str, within: _Found | None = None) -> _Found:
        """The paragraphs whose folded text contains `folded`."""
        known = self._containing.get(folded)
        if known is None:
            known = self._view.containing(folded, within)
            if within is None:
                self._containing[folded] = known
        return known

    def _in_contexts(self, node: FieldFilter) -> _Found:
        mask = context_mask(self._view, node)
        return [
            chosen(mask[part].take(segment.file["context"]))
            for segment, part in self._view.context_parts
        ]

    def _patterned(self, pattern: Pattern) -> _Found:
        """What the pattern matches: its strings find candidates, the text decides."""
        known = self._patterns.get(pattern)
        if known is None:
            strings = [self._any(list(map(self._holding, own))) for own in pattern.required]
            among = self._all(strings) if strings else self._found(None, literally=True)
            known = self._patterns[pattern] = self._decided(pattern, self._kept(among))
        return known

    def _kept(self, by_segment: _Found) -> _Found:
        live = self._view.live
        if live is None:
            return by_segment
        parts = zip(self._view.parts, by_segment, strict=True)
        return [own[live[part][own]] for (_, part), own in parts]

    def _decided(self, pattern: Pattern, candidates: _Found) -> _Found:
        decided = []
        for segment, among in zip(self._view.segments, candidates, strict=True):
            holds: list[bool] = []
            for start in range(0, len(among), _LOOK_AT_CLOCK):
                if self._wait.is_over:
                    raise _too_broad(pattern, sum(map(len, candidates)))
                run = among[start : start + _LOOK_AT_CLOCK].tolist()
                holds.extend(occurs(pattern, segment.texts[ordinal][0]) for ordinal in run)
            decided.append(among[np.array(holds, np.bool_)])
        return decided


def _reads_texts(node: Node) -> bool:
    """Whether the node is not decided by the arrays alone."""
    return not isinstance(node, Word | Phrase) or len(node.text) > MAX_UNREAD


def _too_broad(pattern: Pattern, candidates: int) -> QueryError:
    return QueryError(
        "pattern.too_broad",
        text=pattern.text,
        candidates=candidates,
        pattern_seconds=PATTERN_SECONDS,
    )

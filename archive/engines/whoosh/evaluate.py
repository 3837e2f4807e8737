"""Query nodes to paragraphs, segment by segment: every node is a set of a segment's.

A segment's sets stay in the processor's cache, and where a word is rare the lists are
short: nothing is touched that is of the size of the whole index.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from archive.engines.whoosh.arrays import Bools, Ordinals, Packed
from archive.engines.whoosh.clauses import context_mask
from archive.engines.whoosh.sets import chosen, intersect, marked, unite
from archive.engines.whoosh.substrings import Needle
from archive.engines.whoosh.view import View
from archive.errors import QueryError
from archive.matching import tokens_of
from archive.nodes import And, InYears, Node, Not, Or, Phrase, Title, Where, Word
from archive.patterns import Pattern, occurs
from archive.text import fold

# A pattern is matched on the text of every candidate; no reader waits longer than this.
PATTERN_SECONDS = 2.0
_LOOK_AT_CLOCK = 256


class Evaluation:
    """Evaluates the nodes of one query; what two nodes share is looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._needles: dict[str, Needle] = {}
        self._containing: dict[tuple[int, str], Packed] = {}
        self._contexts: dict[Title | Where | InYears, Bools] = {}
        self._patterns: dict[Pattern, list[Packed]] = {}

    def matching(self, node: Node | None) -> Ordinals:
        """The paragraphs, not deleted, that satisfy the tree; ascending."""
        return self._everywhere(node, literally=False)

    def literal(self, node: Node | None) -> Ordinals | None:
        """Which paragraphs satisfy the tree with every word taken by its characters.

        None where that is all that satisfy it: no word has a second way of matching.
        """
        return self._everywhere(node, literally=True) if self._is_loose(node) else None

    def holding_any(self, tokens: Iterable[str]) -> Ordinals:
        """The paragraphs, not deleted, that hold any of `tokens`; ascending."""
        wanted = list(tokens)
        return self._living(
            [
                unite([segment.postings(token)[0] for token in wanted], segment.count)
                for segment in self._view.segments
            ]
        )

    def _everywhere(self, node: Node | None, *, literally: bool) -> Ordinals:
        return self._living(
            [self._found(at, node, literally) for at in range(len(self._view.segments))]
        )

    def _living(self, by_segment: list[Packed]) -> Ordinals:
        """The paragraphs of all segments in one row, without the deleted ones."""
        found = self._view.joined(by_segment)
        live = self._view.live
        return found if live is None else found[live[found]]

    def _found(self, at: int, node: Node | None, literally: bool) -> Packed:
        """The paragraphs of the segment numbered `at` that satisfy the tree.

        `literally` takes each word by its characters standing together.
        """
        count = self._view.segments[at].count
        match node:
            case None:
                return np.arange(count)
            case Word(text):
                return self._word(at, fold(text), literally)
            case Phrase(text):
                return self._holding(at, fold(text))
            case Pattern():
                return self._patterned(node)[at]
            case Title() | Where() | InYears():
                return self._in_contexts(at, node)
            case Not(child):
                # What is excluded is characters: scattered tokens exclude nothing.
                return chosen(~marked(self._found(at, child, literally=True), count))
            case And(children):
                return intersect([self._found(at, c, literally) for c in children], count)
            case Or(children):
                return unite([self._found(at, c, literally) for c in children], count)

    def _word(self, at: int, folded: str, literally: bool) -> Packed:
        literal = self._holding(at, folded)
        tokens = tokens_of(folded)
        # Where the word is one token, whatever holds the token holds its characters.
        if literally or not tokens or tokens == (folded,):
            return literal
        segment = self._view.segments[at]
        lists = [segment.postings(token)[0] for token in dict.fromkeys(tokens)]
        return unite([literal, intersect(lists, segment.count)], segment.count)

    def _holding(self, at: int, folded: str) -> Packed:
        """The paragraphs whose folded text contains `folded`."""
        known = self._containing.get((at, folded))
        if known is None:
            needle = self._needles.get(folded)
            if needle is None:
                needle = self._needles[folded] = Needle(folded)
            known = self._view.segments[at].containing(needle)
            self._containing[at, folded] = known
        return known

    def _in_contexts(self, at: int, node: Title | Where | InYears) -> Packed:
        mask = self._contexts.get(node)
        if mask is None:
            mask = self._contexts[node] = context_mask(self._view, node)
        bases = self._view.context_bases
        return chosen(mask[bases[at] : bases[at + 1]][self._view.segments[at].file["context"]])

    def _patterned(self, pattern: Pattern) -> list[Packed]:
        """What the pattern matches: its strings find candidates, the text decides."""
        known = self._patterns.get(pattern)
        if known is None:
            candidates = [self._candidates(at, pattern) for at in range(len(self._view.segments))]
            known = self._patterns[pattern] = self._decided(pattern, candidates)
        return known

    def _candidates(self, at: int, pattern: Pattern) -> Packed:
        count = self._view.segments[at].count
        live = self._view.live
        lists = [
            unite([self._holding(at, option) for option in options], count)
            for options in pattern.required
        ]
        found = intersect(lists, count)
        return found if live is None else found[live[self._view.bases[at] :][found]]

    def _decided(self, pattern: Pattern, candidates: list[Packed]) -> list[Packed]:
        deadline = time.monotonic() + PATTERN_SECONDS
        decided = []
        for segment, among in zip(self._view.segments, candidates, strict=True):
            holds: list[bool] = []
            for start in range(0, len(among), _LOOK_AT_CLOCK):
                if time.monotonic() > deadline:
                    raise _too_broad(pattern, sum(map(len, candidates)))
                run = among[start : start + _LOOK_AT_CLOCK].tolist()
                holds.extend(occurs(pattern, segment.texts[ordinal][0]) for ordinal in run)
            decided.append(among[np.array(holds, np.bool_)])
        return decided

    def _is_loose(self, node: Node | None) -> bool:
        """Whether a word of the tree may match by its tokens where it does not as it stands."""
        match node:
            case Word(text):
                folded = fold(text)
                return tokens_of(folded) not in ((), (folded,))
            case And(children) | Or(children):
                return any(map(self._is_loose, children))
        return False


def _too_broad(pattern: Pattern, candidates: int) -> QueryError:
    return QueryError(
        f"句式“{pattern.text}”太宽泛：{candidates} 段可能符合，"
        f"{PATTERN_SECONDS:.0f} 秒内查不完；请写得更具体，或加上其他条件",
        f"the pattern “{pattern.text}” is too broad: {candidates} paragraphs may "
        f"match, too many to look at in {PATTERN_SECONDS:.0f} seconds; make it more "
        "specific",
    )

"""Precedents for a draft: the passages of an archive that put it most alike.

precedents(archive, text)    one ranking for the whole draft, one for each clause
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from archive.errors import QueryError
from archive.model import Paragraph
from archive.precedents.differences import Difference, differences
from archive.precedents.draft import Draft, clauses, read_draft, slotted_wording
from archive.precedents.rank import Ranked, rank
from archive.query.parser import check_text
from archive.search.backend import WeightedTerm
from archive.search.more_like_this import Nearest
from archive.search.results import Spans
from archive.serializers import Printed
from archive.store.library import Archive
from archive.store.source_groups import source_of
from archive.text.fold import find_all, fold_with_offsets, merge_spans, original_span

# A page of a document; what is longer would be asked for section by section.
MAX_DRAFT_LENGTH = 20_000

# A longer draft is looked for without single characters: it has pairs and words enough, and
# most of the time went into the third of all paragraphs that hold a character.
CHARACTERS_UP_TO = 300

# How many passages are compared with the whole draft and with a clause. More find nothing
# that comes first in the end (tests.measure.precedents_report), and cost time.
COMPARED = 240
COMPARED_BY_CLAUSE = 20

# How many precedents are shown.
SHOWN = 20
SHOWN_BY_CLAUSE = 3

# Passages for a clause of such a draft are found without the terms that a tenth of all
# paragraphs hold (of rarity ln 10): they took most of the time. They are compared by all.
COMMON = math.log(10)

# What a term looks for, whatever that is worth.
_Key = tuple[tuple[str, ...], bool]


@dataclass(frozen=True, slots=True)
class Precedent(Printed):
    """A passage that puts it as the draft does.

    `spans` are the characters of its text whose wording is shared, `similarity` is 1 where
    all of `draft` stands there. `variants` are the ids of its near-duplicates and of the
    passages that differ from it in slots alone; `sources` counts the independent texts among
    all of them, `first_year` and `last_year` are the years they bear (None where none does).
    """

    json_keys: ClassVar = (
        *("paragraph", "paragraph.dating.evidence", "spans", "similarity", "sources"),
        *("first_year", "last_year", "variants", "differences"),
    )

    paragraph: Paragraph
    spans: Spans
    similarity: float
    sources: int
    first_year: int | None
    last_year: int | None
    variants: tuple[str, ...]
    draft: str

    @property
    def differences(self) -> tuple[Difference, ...]:
        """How the draft becomes the stretch of the passage that shares its wording."""
        if not self.spans:
            return ()
        shared = self.paragraph.text[self.spans[0][0] : self.spans[-1][1]]
        return differences(self.draft, shared)


@dataclass(frozen=True, slots=True)
class ClausePrecedents(Printed):
    """A clause of the draft and its precedents, most alike first."""

    text: str
    precedents: tuple[Precedent, ...]


@dataclass(frozen=True, slots=True)
class Precedents(Printed):
    """The precedents of a whole draft, most alike first, and of each of its clauses."""

    overall: tuple[Precedent, ...]
    clauses: tuple[ClausePrecedents, ...]


def precedents(archive: Archive, text: str) -> Precedents:
    """Return the passages of `archive` that put `text` most alike.

    Raises QueryError where the draft is blank, no text, or longer than MAX_DRAFT_LENGTH.
    """
    if not text.strip():
        raise QueryError("precedents.empty")
    if len(text) > MAX_DRAFT_LENGTH:
        raise QueryError("precedents.too_long", count=len(text), longest_draft=MAX_DRAFT_LENGTH)
    check_text(text)
    characters = len(text) <= CHARACTERS_UP_TO
    whole = read_draft(text, characters=characters)
    pieces = [read_draft(clause, characters=characters) for clause in dict.fromkeys(clauses(text))]
    (found,) = archive.nearest([whole.sought], COMPARED)
    overall = _shown(archive, whole, found, SHOWN)
    if [piece.folded for piece in pieces] == [whole.folded]:
        return Precedents(overall, (ClausePrecedents(pieces[0].text, overall[:SHOWN_BY_CLAUSE]),))
    return Precedents(overall, tuple(_by_clause(archive, pieces, whole, found)))


def _by_clause(
    archive: Archive, pieces: Sequence[Draft], whole: Draft, found: Nearest
) -> Iterator[ClausePrecedents]:
    """The precedents of each clause; how rare its terms are the whole draft has told."""
    rarity = {_key(term): rare for term, rare in zip(whole.sought, found.rarity, strict=True)}
    long = len(whole.text) > CHARACTERS_UP_TO
    asked = [_telling(piece, rarity) if long else piece.sought for piece in pieces]
    near = archive.nearest(asked, COMPARED_BY_CLAUSE)
    for piece, terms, nearest in zip(pieces, asked, near, strict=True):
        rarity |= {_key(term): rare for term, rare in zip(terms, nearest.rarity, strict=True)}
        of_piece = tuple(rarity[_key(term)] for term in piece.compared)
        complete = Nearest(nearest.passages, of_piece)
        yield ClausePrecedents(piece.text, _shown(archive, piece, complete, SHOWN_BY_CLAUSE))


def _telling(piece: Draft, rarity: Mapping[_Key, float]) -> tuple[WeightedTerm, ...]:
    """The terms of a clause that are not common, where these are most of what it is worth."""
    worth = {term: term.weight * rarity.get(_key(term), COMMON) for term in piece.sought}
    rare = tuple(term for term in worth if rarity.get(_key(term), COMMON) >= COMMON)
    return rare if 2 * sum(map(worth.__getitem__, rare)) >= sum(worth.values()) else piece.sought


def _key(term: WeightedTerm) -> _Key:
    return term.options, term.word


def _shown(archive: Archive, draft: Draft, found: Nearest, most: int) -> tuple[Precedent, ...]:
    """The first precedents of one draft, those that differ in slots alone folded into one."""
    groups: dict[str, list[Ranked]] = {}
    for ranked in rank(draft, found.passages, found.rarity)[: most * 3]:
        wording = slotted_wording(ranked.near.paragraph.text)
        if wording in groups:
            groups[wording].append(ranked)
        elif len(groups) < most:
            groups[wording] = [ranked]
    return tuple(_precedent(archive, draft, group) for group in groups.values())


def _precedent(archive: Archive, draft: Draft, group: Sequence[Ranked]) -> Precedent:
    best = group[0]
    paragraph = best.near.paragraph
    others = [ranked.near.paragraph for ranked in group[1:]]
    copies = tuple(copy for ranked in group for copy in ranked.near.variants)
    everywhere = [paragraph, *others, *archive.lookup(copies)]
    groups = archive.sources()
    sources = {source_of(groups, one.document_id, one.ordinal) for one in everywhere}
    years = [one.year for one in everywhere if one.year is not None]
    spans = shared_spans(draft, paragraph.text)
    return Precedent(
        paragraph=paragraph,
        spans=spans,
        similarity=best.similarity,
        sources=len(sources),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        variants=(*(other.paragraph_id for other in others), *copies),
        draft=draft.text,
    )


def shared_spans(draft: Draft, text: str) -> Spans:
    """Return the characters of `text` that stand in pairs, synonyms or official terms of the draft.

    >>> from archive.precedents.draft import read_draft
    >>> shared_spans(read_draft("加快推进均衡发展"), "着力促进均衡发展")
    ((2, 8),)
    """
    folded, offsets = fold_with_offsets(text)
    shared = [*draft.official, *(option for term in draft.terms for option in term.options)]
    found = [
        original_span(at, at + len(option), offsets)
        for option in shared
        if len(option) > 1 and option in folded
        for at in find_all(option, folded)
    ]
    return merge_spans(found)

"""A document as it is read: lines with levels, marked hits, cuts in place, an outline."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archive.model import Block, Dating, Document, Form, Paragraph
from archive.query.query import Query
from archive.search.matching import Subject, loosened, matches, spans
from archive.search.results import Spans
from archive.text.fold import fold_with_offsets, original_span
from archive.text.masks import MASK
from web.presenters.cuts import Cut, find_cuts
from web.presenters.outline import (
    Entry,
    Heading,
    heading_level,
    outline,
    run_in_length,
    unprinted,
)
from web.presenters.tables import Cells, Piece, cells_of, column_heads

# What stands at the left among the closing lines: annexes, copies, contacts, printing lines.
_NO_SIGNATURE = re.compile(
    r"附件?\s?\d*[:：]|附注|抄[送报]|主题词|[(（]|\d+[.．、]|.*([:：。；]|印发$)"
)
_LONGEST_SIGNATURE = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph on the page.

    `above` are the headings to be set over it that are not printed as paragraphs (a JSONL
    source gives them so). `level` is the HTML heading level (0: body text). `nth` counts
    the hits from 1 (0: no hit); `previous` and `next` are the ordinals of the hits around
    it. `dating` is given where another run of years begins. A row has `cells`; the first of
    them on the page `opens` a table, the last one `closes` it, and `heads` are the columns'
    where the table begins on a page before. `place` names how a line stands on the sheet.
    `block` is the place of the block that the paragraph is all of (None: it is none).
    """

    paragraph: Paragraph
    above: tuple[Heading, ...]
    level: int
    pieces: tuple[Piece, ...]
    nth: int = 0
    previous: int | None = None
    next: int | None = None
    dating: Dating | None = None
    cells: Cells = ()
    opens: bool = False
    closes: bool = False
    heads: tuple[str, ...] = ()
    place: str = ""
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A document laid out for reading.

    `hits` are the ordinals of the paragraphs that match; where none matches the whole
    query but some have part of it, those, and `partly` says so. `datings` are the
    different datings in order.
    """

    document: Document
    lines: tuple[Line, ...]
    outline: tuple[Entry, ...]
    hits: tuple[int, ...]
    partly: bool
    datings: tuple[Dating, ...]
    cuts: tuple[Cut, ...]
    dropped: tuple[tuple[int, Block], ...]


def lay_out(document: Document, paragraphs: Sequence[Paragraph], query: Query) -> Reading:
    """Lay out a document with the hits of `query` marked."""
    marks, partly = _marks(paragraphs, query)
    hits = tuple(ordinal for ordinal, _ in marks)
    spans_of = dict(marks)
    nth = {ordinal: n for n, ordinal in enumerate(hits, start=1)}
    cuts = find_cuts(paragraphs, document.blocks)
    cuts_of: dict[int, list[Cut]] = {}
    for cut in cuts:
        cuts_of.setdefault(cut.paragraph.ordinal, []).append(cut)
    base = 2 if any(p.form is Form.ARTICLE_TITLE for p in paragraphs) else 1
    datings = _datings(paragraphs)
    lines = []
    before: Dating | None = None
    above = unprinted(paragraphs, base)
    block_of = _blocks_of(paragraphs, document.blocks)
    rows = {p.ordinal for p in paragraphs if p.form is Form.ROW}
    for p in paragraphs:
        n = nth.get(p.ordinal, 0)
        row, opens = p.ordinal in rows, p.ordinal in rows and p.ordinal - 1 not in rows
        changes = len(datings) > 1 and _known(p.dating) != before and (opens or not row)
        pieces = _pieces(p, spans_of.get(p.ordinal, ()), cuts_of.get(p.ordinal, ()))
        before = _known(p.dating)
        lines.append(
            Line(
                paragraph=p,
                above=above.get(p.ordinal, ()),
                level=heading_level(p, base),
                pieces=pieces,
                nth=n,
                previous=hits[n - 2] if n > 1 else None,
                next=hits[n] if n and n < len(hits) else None,
                dating=p.dating if changes else None,
                cells=cells_of(pieces) if row else (),
                opens=opens,
                closes=row and p.ordinal + 1 not in rows,
                heads=column_heads(p) if opens and p is paragraphs[0] else (),
                place=_place(p),
                block=block_of.get(p.ordinal),
            )
        )
    return Reading(
        document=document,
        lines=tuple(lines),
        outline=tuple(outline(paragraphs, above)),
        hits=hits,
        partly=partly,
        datings=datings,
        cuts=tuple(cuts),
        dropped=tuple((n, block) for n, block in enumerate(document.blocks) if not block.keep),
    )


def original_blocks(
    blocks: Sequence[Block], cuts: Iterable[Cut]
) -> list[tuple[Block, list[Piece]]]:
    """Return every block of the page, kept ones with the fragments cut out of them marked."""
    inside: dict[int, list[Cut]] = {}
    for cut in cuts:
        if cut.block is not None:
            inside.setdefault(cut.block, []).append(cut)
    shown = []
    for i, block in enumerate(blocks):
        pieces: list[Piece] = []
        at = 0
        for cut in sorted(inside.get(i, ()), key=lambda cut: cut.start):
            pieces.append(Piece(block.text[at : cut.start]))
            pieces.append(Piece("", cut=cut.fragment))
            at = max(at, cut.start + len(cut.fragment))
        pieces.append(Piece(block.text[at:]))
        shown.append((block, [piece for piece in pieces if piece.text or piece.cut]))
    return shown


def _marks(paragraphs: Sequence[Paragraph], query: Query) -> tuple[list[tuple[int, Spans]], bool]:
    """The ordinals and spans of the hits, and whether they match in part only."""
    if not query.terms:
        return [], False
    subjects = [Subject(paragraph) for paragraph in paragraphs]
    found = [s for s in subjects if matches(query.node, s)]
    if found:
        return [(s.paragraph.ordinal, spans(query, s)) for s in found], False
    loose = loosened(query)
    near = [(s.paragraph.ordinal, spans(loose, s)) for s in subjects if matches(loose.node, s)]
    return near, bool(loose.terms)


def _pieces(paragraph: Paragraph, marked: Spans, cuts: Iterable[Cut]) -> tuple[Piece, ...]:
    """The text cut wherever a mark, a run-in heading or a removed fragment begins or ends."""
    text = paragraph.text
    run_in = run_in_length(paragraph) if paragraph.form is Form.BODY else 0
    # What was not found again is said at the end of the paragraph.
    removed = sorted((len(text) if c.at is None else c.at, c.fragment) for c in cuts)
    masks = _masks(text)
    edges = {0, run_in, len(text), *(at for at, _ in removed)}
    edges.update(edge for span in (*marked, *masks) for edge in span)
    order = sorted(edges)
    pieces: list[Piece] = []
    for start, end in zip(order, [*order[1:], len(text)], strict=True):
        pieces.extend(Piece("", cut=fragment) for at, fragment in removed if at == start)
        if start < end:
            mark, masked = (
                any(a <= start and end <= b for a, b in inside) for inside in (marked, masks)
            )
            pieces.append(Piece(text[start:end], mark, end <= run_in, masked))
    return tuple(pieces)


def _blocks_of(paragraphs: Sequence[Paragraph], blocks: Sequence[Block]) -> dict[int, int]:
    """The places of the blocks that are one paragraph each, by the paragraphs' ordinals."""
    places: dict[str, deque[int]] = {}
    for place, block in enumerate(blocks):
        if block.keep:
            places.setdefault(block.text, deque()).append(place)
    # Equal ones stand in the order of the text.
    return {p.ordinal: places[p.text].popleft() for p in paragraphs if places.get(p.text)}


def _place(paragraph: Paragraph) -> str:
    """How a line stands on the sheet: a signature at the right, a salutation without indent.

    >>> [_place(Paragraph("a", 0, text, Form.CLOSING)) for text in ("柳溪县教育局", "抄送：县委")]
    ['signature', '']
    """
    if paragraph.form is Form.OPENING:
        return "salutation"
    signs = paragraph.form is Form.CLOSING and len(paragraph.text) <= _LONGEST_SIGNATURE
    return "signature" if signs and not _NO_SIGNATURE.match(paragraph.text) else ""


def _masks(text: str) -> Spans:
    """Where names and figures are hidden in `text`.

    >>> _masks("20xx年新建学校××所")
    ((0, 4), (9, 11))
    """
    folded, offsets = fold_with_offsets(text)
    return tuple(original_span(*mask.span(), offsets) for mask in MASK.finditer(folded))


def _known(dating: Dating) -> Dating:
    """A dating without its evidence: runs differ by what is known, not by how it is worded."""
    return replace(dating, evidence=())


def _datings(paragraphs: Sequence[Paragraph]) -> tuple[Dating, ...]:
    """The different datings in order, each with the evidence of the first that has any."""
    found: dict[Dating, Dating] = {}
    for p in paragraphs:
        known = _known(p.dating)
        if not found.get(known, known).evidence:
            found[known] = p.dating
    return tuple(found.values())

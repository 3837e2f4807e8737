"""WhooshEngine: an index in a folder, kept by Whoosh, evaluated on arrays."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from archive.engines import Term
from archive.engines.nearness import Clue, Nearest
from archive.engines.whoosh.arrays import Floats, Ordinals
from archive.engines.whoosh.count import Selections
from archive.engines.whoosh.evaluate import Evaluation
from archive.engines.whoosh.index import create_index, has_index, open_view
from archive.engines.whoosh.nearest import nearest
from archive.engines.whoosh.rank import (
    Scorer,
    first_by_relevance,
    first_by_year,
    is_among,
)
from archive.engines.whoosh.state import NO_CLUSTER, Placement
from archive.engines.whoosh.view import View
from archive.engines.whoosh.writer import WhooshWriter
from archive.errors import EngineError, closed
from archive.ids import parse_paragraph_id
from archive.matching import loosened, matches, spans
from archive.model import Paragraph
from archive.nodes import Phrase, Word
from archive.query import Query, Sort, parse
from archive.ranking import Tier
from archive.results import MOST_NEAREST, Facets, Hit, Results
from archive.text import fold

# Paragraphs are read in runs: few enough that a reader who stops early has paid for little.
_SCANNED_AT_ONCE = 500

# Together they use everything that is made at first use: keys, lengths, columns, orders.
_COMMON = tuple(replace(parse("的"), sort=sort) for sort in Sort)


class WhooshEngine:
    """One generation of an archive, open for reading; any number of threads may ask.

    Answers come from the state that was committed when the engine was opened, or that its
    own writer has committed since.
    """

    def __init__(self, folder: Path, batch: int | None = None) -> None:
        """Open the index in `folder`, making an empty one where there is none.

        A writer's batch becomes a segment at `batch` characters at the latest. Raises
        EngineError where the files there are damaged or not an index.
        """
        self._folder = folder
        self._batch = batch
        if not has_index(folder):
            create_index(folder)
        self._state: View | None = open_view(folder)

    @property
    def _view(self) -> View:
        """The committed state. Raises EngineError after `close`."""
        if self._state is None:
            raise closed()
        return self._state

    @property
    def count(self) -> int:
        """The number of paragraphs."""
        return self._view.count

    def search(self, query: Query) -> Results:
        """Answer `query`. Raises EngineError where the index is damaged."""
        started = time.perf_counter()
        return _search(self._view, query, started)

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order."""
        view = self._view
        found = Selections(view, query, Evaluation(view).matching(query.node)).passed
        ordered = found[np.argsort(view.rank[found])]
        for start in range(0, len(ordered), _SCANNED_AT_ONCE):
            run = view.paragraphs(ordered[start : start + _SCANNED_AT_ONCE])
            yield from run

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order; empty where there is no such document."""
        view = self._view
        return view.paragraphs(np.array(view.document(document_id), np.intp))

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order; unknown ids are left out."""
        view = self._view
        found = (_ordinal(view, paragraph_id) for paragraph_id in paragraph_ids)
        return view.paragraphs(np.array([at for at in found if at is not None], np.intp))

    def terms(self, prefix: str, limit: int = 20) -> Sequence[Term]:
        """Return tokens that begin with `prefix` (folded), most frequent first."""
        view = self._view
        having: Counter[str] = Counter()
        for segment, part in view.parts():
            live = None if view.live is None else view.live[part]
            for token, places in segment.completions(fold(prefix)):
                having[token] += (
                    len(places) if live is None else int(np.count_nonzero(live[places]))
                )
        listed = [Term(text, count) for text, count in having.items() if count]
        return sorted(listed, key=lambda term: (-term.count, term.text))[:limit]

    def nearest(self, drafts: Sequence[Sequence[Clue]], limit: int) -> Sequence[Nearest]:
        """For each draft the passages that hold most of its clues."""
        return nearest(self._view, drafts, limit)

    def writer(self) -> WhooshWriter:
        """Open a batch of changes. Raises LockedError where another one is open."""
        return WhooshWriter(self._folder, self._reopen, self._batch)

    def warm(self) -> None:
        """Read the whole index, and have some questions put together what all use."""
        self.check()
        for asked in _COMMON:
            tuple(self.search(asked).facets)
        view = self._view
        # One paragraph of each segment: where the parts of all of its paragraphs lie.
        view.paragraphs(np.array(view.bases[:-1], np.intp))

    def check(self) -> None:
        """Read the whole index. Raises EngineError where a file is not as it was written."""
        for segment in self._view.segments:
            segment.file.check()
        if self._view.state is not None:
            self._view.state.file.check()

    def close(self) -> None:
        """Let go of the files; every later question raises EngineError."""
        self._state = None

    def _reopen(self) -> None:
        self._state = open_view(self._folder)


def _ordinal(view: View, paragraph_id: str) -> int | None:
    """Where the paragraph with this id stands; None where there is none."""
    try:
        document_id, number = parse_paragraph_id(paragraph_id)
    except ValueError:
        return None
    for ordinal in view.document(document_id):
        segment, own = view.place(ordinal)
        if segment.file["ordinal"][own] == number:
            return ordinal
    return None


def _search(view: View, query: Query, started: float) -> Results:
    evaluation = Evaluation(view)
    selections = Selections(view, query, evaluation.matching(query.node))
    found = selections.passed
    clusters = view.state.clusters if query.fold and view.state is not None else None
    shown = clusters.fold(found) if clusters else found
    literal = evaluation.literal(query.node)
    scorer = Scorer(view, query)
    wanted = query.offset + query.limit
    if query.order is Sort.RELEVANCE:
        page, scores = first_by_relevance(view, scorer, shown, literal, wanted)
        page, scores = page[query.offset :], scores[query.offset :]
    else:
        page = shown[first_by_year(view, shown, query.order, wanted)[query.offset :]]
        ascending = np.sort(page)
        scores = scorer.scores(ascending)[np.searchsorted(ascending, page)]
    hits = _hits(view, query, page, scores, literal)
    if clusters:
        hits = _with_variants(view, hits, page, found, clusters)
    return Results(
        query=query,
        total=len(found),
        clusters=len(shown),
        hits=hits,
        facets=Facets(selections.facet),
        nearest=() if len(found) else _nearest(view, query),
        took_ms=(time.perf_counter() - started) * 1000,
    )


def _hits(
    view: View, query: Query, page: Ordinals, scores: Floats, literal: Ordinals | None
) -> tuple[Hit, ...]:
    memberships = view.state.clusters if view.state is not None else None
    single = isinstance(query.node, Word | Phrase)
    hits = []
    subjects = view.subjects(page)
    tiers = [Tier.LITERAL] * len(page)
    if literal is not None:
        tiers = [
            Tier.LITERAL if first else Tier.TOKENS
            for first in is_among(page, literal, view.size).tolist()
        ]
    for subject, ordinal, score, tier in zip(
        subjects, page.tolist(), scores.tolist(), tiers, strict=True
    ):
        marked = spans(query, subject)
        # Nothing is shown on the word of the arrays alone; a single term that is marked matches.
        if not (marked and single) and not matches(query.node, subject):
            found = subject.paragraph.paragraph_id
            raise EngineError(
                f"索引给出的 {found} 不符合检索式，请运行 xianli reindex --full",
                f"{found}, which the index gave, does not match: run xianli reindex --full",
            )
        cluster = NO_CLUSTER if memberships is None else memberships.cluster(ordinal)
        hits.append(
            Hit(
                paragraph=subject.paragraph,
                score=score,
                tier=tier,
                spans=marked,
                cluster=view.label(cluster),
            )
        )
    return tuple(hits)


def _with_variants(
    view: View, hits: tuple[Hit, ...], page: Ordinals, found: Ordinals, clusters: Placement
) -> tuple[Hit, ...]:
    filled = []
    for hit, ordinal in zip(hits, page.tolist(), strict=True):
        if hit.cluster is None:
            filled.append(hit)
            continue
        siblings = clusters.siblings(ordinal)
        at = np.searchsorted(found, siblings)
        at[at == len(found)] = 0
        matched = siblings[(found[at] == siblings) & (siblings != ordinal)]
        variants = tuple(map(view.paragraph_id, matched.tolist()))
        filled.append(replace(hit, variants=variants) if variants else hit)
    return tuple(filled)


def _nearest(view: View, query: Query) -> tuple[Hit, ...]:
    """The passages under the same filters that share most of the query's tokens."""
    loose = loosened(query)
    tokens = [term.text for term in loose.terms if isinstance(term, Word)]
    if not tokens:
        return ()
    holding = Evaluation(view).holding_any(tokens)
    found = Selections(view, loose, holding).passed
    nearest, scores = Scorer(view, loose).first(found, MOST_NEAREST)
    hits = []
    for subject, score in zip(view.subjects(nearest), scores.tolist(), strict=True):
        hits.append(Hit(subject.paragraph, score, Tier.TOKENS, spans(loose, subject)))
    return tuple(hits)

"""The backend of the Whoosh engine: one committed state, evaluated on arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np

from archive.engines.whoosh.arrays import Ordinals
from archive.engines.whoosh.evaluate import Evaluation
from archive.engines.whoosh.filters import Selections
from archive.engines.whoosh.nearest import HeldTerms
from archive.engines.whoosh.rank import Scorer, first_by_relevance, first_by_year, first_documents
from archive.engines.whoosh.view import View
from archive.ids import parse_paragraph_id
from archive.model import Paragraph
from archive.query.query import Query, Sort, parse
from archive.search.answer import answer
from archive.search.backend import Candidate, Counts, Scored, WeightedTerm

# Paragraphs are read in runs: few enough that a reader who stops early has paid for little.
_SCANNED_AT_ONCE = 500

# Together they use everything that is made at first use: keys, lengths, columns, orders.
_COMMON = tuple(replace(parse("的"), sort=sort) for sort in Sort)


class WhooshBackend:
    """One committed state of an index in a folder. archive.search.backend describes the methods."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.size = view.count

    def guard(self) -> AbstractContextManager[None]:
        # Damage is found where files are read: each block is checked before its first use.
        return nullcontext()

    def match(self, query: Query) -> WhooshFound:
        return WhooshFound(self._view, query)

    def count(self, query: Query) -> int:
        return len(self._matching(query))

    def scan(self, query: Query) -> Iterator[Paragraph]:
        found = self._matching(query)
        ordered = found[np.argsort(self._view.rank[found])]
        for start in range(0, len(ordered), _SCANNED_AT_ONCE):
            yield from self._view.paragraphs(ordered[start : start + _SCANNED_AT_ONCE])

    def sharing(self, query: Query, tokens: Sequence[str], limit: int) -> Sequence[Candidate]:
        view = self._view
        holding = Evaluation(view).holding_any(tokens)
        passed = Selections(view, query, holding).passed
        nearest, scores = Scorer(view, query).first(passed, limit)
        return list(map(Candidate, view.subjects(nearest), scores.tolist()))

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        return list(map(self._view.doc_freq, tokens))

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        return self._view.paragraphs(np.array(self._view.document(document_id), np.intp))

    def lookup(self, paragraph_ids: Sequence[str]) -> Sequence[Paragraph]:
        found = (_ordinal(self._view, paragraph_id) for paragraph_id in paragraph_ids)
        return self._view.paragraphs(np.array([at for at in found if at is not None], np.intp))

    def held(self, terms: Sequence[WeightedTerm]) -> HeldTerms:
        return HeldTerms(self._view, terms)

    def cleanest(self, found: Sequence[Scored]) -> Sequence[tuple[Paragraph, Sequence[str]]]:
        view = self._view
        members = [view.members(int(one.paragraph)) for one in found]
        firsts = np.array([first for first, *_ in members], np.intp)
        others = [list(map(view.paragraph_id, others)) for _, *others in members]
        return list(zip(view.paragraphs(firsts), others, strict=True))

    def warm(self) -> None:
        """Read the whole index, and have some questions put together what all use."""
        self.check()
        for asked in _COMMON:
            tuple(answer(self, asked).facets)
        # One paragraph of each segment: where the parts of all of its paragraphs lie.
        self._view.paragraphs(np.array(self._view.bases[:-1], np.intp))

    def check(self) -> None:
        """Read the whole index. Raises EngineError where a file is not as it was written."""
        for segment in self._view.segments:
            segment.file.check()
        if self._view.state is not None:
            self._view.state.file.check()

    def _matching(self, query: Query) -> Ordinals:
        view = self._view
        return Selections(view, query, Evaluation(view).matching(query.node)).passed


class WhooshFound:
    """The paragraphs that a query matches, as ordinals."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        self._query = query
        self._evaluation = Evaluation(view)
        self._selections = Selections(view, query, self._evaluation.matching(query.node))
        self._found = self._selections.passed
        self._shown = view.clusters.fold(self._found) if query.fold else self._found
        self.total = len(self._found)
        self.clusters = len(self._shown)

    def page(self) -> Sequence[Candidate]:
        view, query, shown = self._view, self._query, self._shown
        if not query.limit:
            return ()
        wanted = query.offset + query.limit
        scorer = Scorer(view, query)
        if query.order is Sort.RELEVANCE:
            literal = self._evaluation.literal(query.node)
            page, scores = first_by_relevance(view, scorer, shown, literal, wanted)
            page, scores = page[query.offset :], scores[query.offset :]
        else:
            page = first_by_year(view, shown, query.order, wanted)[query.offset :]
            ascending = np.sort(page)
            scores = scorer.scores(ascending)[np.searchsorted(ascending, page)]
        clusters, found = view.clusters.clusters(page), view.subjects(page)
        places = zip(found, scores.tolist(), page.tolist(), clusters, strict=True)
        return [
            Candidate(subject, score)
            if cluster is None
            else Candidate(subject, score, view.label(cluster), self._variants(ordinal, cluster))
            for subject, score, ordinal, cluster in places
        ]

    def documents(self, limit: int) -> Sequence[Paragraph]:
        view, query = self._view, self._query
        return view.paragraphs(first_documents(view, self._found, query.order, limit))

    def counts(self, name: str) -> Counts:
        return self._selections.counts(name)

    def _variants(self, ordinal: int, cluster: int) -> tuple[str, ...]:
        """The ids of the other members of the paragraph's cluster that match."""
        if not self._query.fold:
            return ()
        siblings, found = self._view.clusters.members_of(cluster), self._found
        at = np.searchsorted(found, siblings)
        at[at == len(found)] = 0
        matched = siblings[(found[at] == siblings) & (siblings != ordinal)]
        return tuple(map(self._view.paragraph_id, matched.tolist()))


def _ordinal(view: View, paragraph_id: str) -> int | None:
    """Where the paragraph with this id stands; None where there is none."""
    try:
        document_id, number = parse_paragraph_id(paragraph_id)
    except ValueError:
        return None
    document = view.document(document_id)
    if not document:
        return None
    segment, first = view.place(document.start)
    # The ordinals of a document ascend.
    own = segment.file["ordinal"][first : first + len(document)]
    at = bisect_left(own, number)
    return document[at] if at < len(own) and own[at] == number else None

"""The reference implementation: every query looks at every paragraph.

It is short enough to be believed by reading it; the tests hold the other engines to its
answers. It keeps nothing on disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import repeat
from typing import Self

from archive.engines.engine import Engine
from archive.errors import LockedError
from archive.fields import UNKNOWN, named
from archive.model import Clusters, Form, Membership, Paragraph
from archive.query.ast import term_texts
from archive.query.query import ORDERED_BY, Query, Sort
from archive.search.backend import Candidate, Counts, Key, Scored, WeightedTerm
from archive.search.matching import Subject, matches, passes
from archive.search.ranking import CONTEXT_WEIGHT, bm25, floored, idf
from archive.text.fold import fold
from archive.text.tokenize import analyze, words

_Documents = dict[str, list[Subject]]


class MemoryBackend:
    """Paragraphs in a list, in id order. archive.search.backend describes the methods."""

    def __init__(self, documents: _Documents, clusters: Clusters) -> None:
        self.subjects = [s for name in sorted(documents) for s in documents[name]]
        self.clusters = clusters
        self.size = len(self.subjects)

    def guard(self) -> AbstractContextManager[None]:
        return nullcontext()

    def match(self, query: Query) -> MemoryFound:
        return MemoryFound(self, query)

    def count(self, query: Query) -> int:
        return self.match(query).total

    def scan(self, query: Query) -> Iterator[Paragraph]:
        return (subject.paragraph for subject in self.match(query).found)

    def sharing(self, query: Query, tokens: Sequence[str], limit: int) -> Sequence[Candidate]:
        score = _Scorer(query, self.subjects)
        near = [
            Candidate(subject, score(subject))
            for subject in self.match(query).found
            if subject.vocabulary.intersection(tokens)
        ]
        return sorted(near, key=lambda one: (-one.score, one.subject.paragraph.order))[:limit]

    def doc_freqs(self, tokens: Sequence[str]) -> Sequence[int]:
        return [sum(token in subject.vocabulary for subject in self.subjects) for token in tokens]

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        own = (subject.paragraph for subject in self.subjects)
        return [paragraph for paragraph in own if paragraph.document_id == document_id]

    def lookup(self, paragraph_ids: Sequence[str]) -> Sequence[Paragraph]:
        by_id = {s.paragraph.paragraph_id: s.paragraph for s in self.subjects}
        return [by_id[i] for i in paragraph_ids if i in by_id]

    def held(self, terms: Sequence[WeightedTerm]) -> _Held:
        return _Held(self, terms)

    def cleanest(self, found: Sequence[Scored]) -> Sequence[tuple[Paragraph, Sequence[str]]]:
        grouped = self.grouped(self.subjects)
        members = [[s.paragraph for s in grouped[one.cluster]] for one in found]
        return [(first, [p.paragraph_id for p in others]) for first, *others in members]

    def warm(self) -> None:
        """Nothing is put together later."""

    def check(self) -> None:
        """Nothing is kept that could be damaged."""

    def membership(self, subject: Subject) -> Membership:
        """The cluster of a paragraph; of one that resembles no other, its own id."""
        own = subject.paragraph.paragraph_id
        return self.clusters.get(own, Membership(own, 0))

    def grouped(self, subjects: Iterable[Subject]) -> dict[Key | None, list[Subject]]:
        """These paragraphs by cluster, the cleanest first."""
        groups: dict[Key | None, list[Subject]] = {}
        for subject in sorted(subjects, key=lambda subject: self.membership(subject).rank):
            groups.setdefault(self.membership(subject).cluster, []).append(subject)
        return groups


class MemoryFound:
    """The paragraphs that a query matches."""

    def __init__(self, backend: MemoryBackend, query: Query) -> None:
        self._backend = backend
        self._query = query
        self.found = [s for s in backend.subjects if _passes(query, s)]
        groups = backend.grouped(self.found).values() if query.fold else [[s] for s in self.found]
        self._groups = list(groups)
        self.total = len(self.found)
        self.clusters = len(self._groups)

    def page(self) -> Sequence[Candidate]:
        query, score = self._query, _Scorer(self._query, self._backend.subjects)
        listed = [self._candidate(group, score) for group in self._groups]
        listed.sort(key=partial(_place, query))
        return listed[query.offset : query.offset + query.limit]

    def documents(self, limit: int) -> Sequence[Paragraph]:
        listed = sorted(map(Candidate, self.found, repeat(0.0)), key=partial(_place, self._query))
        first: dict[str, Paragraph] = {}
        for subject, *_ in listed:
            first.setdefault(subject.paragraph.document_id, subject.paragraph)
        return list(first.values())[:limit]

    def counts(self, name: str) -> Counts:
        field, counted = named(name), Counter[str]()
        for subject in self._backend.subjects:
            if _passes(self._query, subject, name):
                values = field.values(subject.paragraph)
                counted.update(values or ((UNKNOWN,) if field.ordered else ()))
        return Counts(counted)

    def _candidate(self, group: Sequence[Subject], score: _Scorer) -> Candidate:
        cleanest, *others = group
        known = self._backend.clusters.get(cleanest.paragraph.paragraph_id)
        variants = tuple(other.paragraph.paragraph_id for other in others)
        return Candidate(cleanest, score(cleanest), known.cluster if known else None, variants)


class _Held:
    """The paragraphs that hold some weighted terms, by their place, and how often."""

    def __init__(self, backend: MemoryBackend, terms: Sequence[WeightedTerm]) -> None:
        self._backend = backend
        times = [[_times(term, subject) for subject in backend.subjects] for term in terms]
        self._having = [{at: n for at, n in enumerate(row) if n} for row in times]
        self.counts = [len(having) for having in self._having]

    def best(
        self, drafts: Sequence[Sequence[tuple[int, float]]], limit: int
    ) -> Sequence[Iterable[Scored]]:
        return [self._best(draft)[:limit] for draft in drafts]

    def _best(self, draft: Sequence[tuple[int, float]]) -> list[Scored]:
        subjects = self._backend.subjects
        average = _average(subjects)
        sums: dict[int, float] = {}
        for number, worth in draft:
            for at, times in self._having[number].items():
                if subjects[at].paragraph.form is Form.ROW:
                    continue
                length = floored(len(subjects[at].paragraph.text))
                sums[at] = sums.get(at, 0.0) + worth * bm25(times, length, average)
        # Places are in id order.
        order = sorted(sums, key=lambda at: (-sums[at], at))
        cluster = [self._backend.membership(subjects[at]).cluster for at in order]
        ids = [subjects[at].paragraph.paragraph_id for at in order]
        return list(map(Scored, ids, map(sums.__getitem__, order), cluster))


class MemoryEngine(Engine):
    """An engine that holds its paragraphs in a dictionary."""

    def __init__(self) -> None:
        super().__init__(MemoryBackend({}, {}))
        self._writing = False
        self._documents: _Documents = {}
        self._clusters: Clusters = {}

    def writer(self) -> MemoryWriter:
        """Open a batch of changes."""
        if self._writing:
            raise LockedError("home.being_written")
        self._writing = True
        return MemoryWriter(dict(self._documents), self._clusters, self._finish)

    def _finish(self, committed: tuple[_Documents, Clusters] | None) -> None:
        self._writing = False
        if committed is not None:
            self._documents, self._clusters = committed
            self._backend = MemoryBackend(*committed)


class MemoryWriter:
    """A batch of changes on a copy, which `finish` takes over at commit."""

    def __init__(
        self,
        documents: _Documents,
        clusters: Clusters,
        finish: Callable[[tuple[_Documents, Clusters] | None], None],
    ) -> None:
        self._documents = documents
        self._clusters = clusters
        self._finish = finish

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._finish((self._documents, self._clusters) if kind is None else None)

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Add one document's paragraphs."""
        if paragraphs:
            self._documents[paragraphs[0].document_id] = [Subject(p) for p in paragraphs]

    def remove(self, document_id: str) -> None:
        """Remove a document's paragraphs."""
        self._documents.pop(document_id, None)

    def set_clusters(self, clusters: Clusters) -> None:
        """Replace the near-duplicate clusters of the whole archive."""
        self._clusters = dict(clusters)


class _Scorer:
    """BM25 of a subject for the query's tokens, over the whole archive."""

    def __init__(self, query: Query, archive: Sequence[Subject]) -> None:
        texts = (text for term in query.terms for text in term_texts(term))
        self.tokens = dict.fromkeys(token for text in texts for token in words(fold(text)))
        self.average = _average(archive)
        self.weights = {
            token: idf(len(archive), sum(token in s.vocabulary for s in archive))
            for token in self.tokens
        }

    def __call__(self, subject: Subject) -> float:
        paragraph = subject.paragraph
        frequencies = Counter(token.text for token in subject.tokens)
        titles = (*paragraph.heading_path, paragraph.article or "", paragraph.title)
        context = frozenset(word for text in titles for word in analyze(text))
        length = floored(len(paragraph.text))
        return sum(
            self.weights[token]
            * (bm25(frequencies[token], length, self.average) + CONTEXT_WEIGHT * (token in context))
            for token in self.tokens
        )


def _average(subjects: Sequence[Subject]) -> float:
    """The average length of the paragraphs, as BM25 counts it."""
    lengths = [floored(len(subject.paragraph.text)) for subject in subjects]
    return sum(lengths) / len(lengths) if lengths else 1.0


def _times(term: WeightedTerm, subject: Subject) -> int:
    """How often a weighted term counts in a paragraph."""
    if term.word:
        return sum(token.text == term.options[0] for token in subject.tokens)
    return int(any(option in subject.folded for option in term.options))


def _passes(query: Query, subject: Subject, but: str | None = None) -> bool:
    """Whether a paragraph matches the query, one field's selection left aside."""
    return passes(query, subject.paragraph, but) and matches(query.node, subject)


def _place(query: Query, candidate: Candidate) -> tuple[object, ...]:
    """The sort key of a candidate under the query's order."""
    subject, score, *_ = candidate
    paragraph = subject.paragraph
    if query.order is Sort.RELEVANCE:
        by_tokens = not matches(query.node, subject, literally=True)
        return by_tokens, paragraph.form is not Form.BODY, -score, paragraph.order
    ascending = 1 if query.order is Sort.OLDEST else -1
    key: list[object] = []
    for name in ORDERED_BY:
        values = named(name).values(paragraph)
        number = named(name).number(values[0]) if values else None
        key += [number is None, ascending * (number or 0)]
    return *key, paragraph.order

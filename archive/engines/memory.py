"""The obvious slow engine: every query looks at every paragraph.

It is the oracle of the tests: short enough to be believed by reading it. It keeps nothing
on disk.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from archive.analysis import analyze, words
from archive.engines import Term
from archive.engines.nearness import Clue, Nearest, nearest
from archive.errors import LockedError
from archive.fields import FACETS, UNKNOWN, Field
from archive.matching import Subject, loosened, matches, passes, spans
from archive.model import Clusters, Form, Membership, Paragraph
from archive.nodes import term_texts
from archive.query import Query, Sort
from archive.ranking import CONTEXT_WEIGHT, Tier, bm25, floored, idf
from archive.results import MOST_NEAREST, Facet, Hit, Results, make_facet
from archive.text import fold


class MemoryEngine:
    """An engine that holds its paragraphs in a dictionary."""

    def __init__(self) -> None:
        self._documents: dict[str, list[Subject]] = {}
        self._clusters: Clusters = {}
        self._writing = False

    @property
    def count(self) -> int:
        """The number of paragraphs."""
        return sum(map(len, self._documents.values()))

    def search(self, query: Query) -> Results:
        """Answer `query` by looking at every paragraph."""
        started = time.perf_counter()
        found = [s for s in self._all() if _passes(query, s, None)]
        shown = self._fold(found) if query.fold else [(s, ()) for s in found]
        score = _Scorer(query, list(self._all()))
        hits = sorted(
            (self._hit(query, subject, variants, score) for subject, variants in shown),
            key=lambda hit: _rank(query, hit),
        )
        return Results(
            query=query,
            total=len(found),
            clusters=len(hits),
            hits=tuple(hits[query.offset : query.offset + query.limit]),
            facets=tuple(self._facet(query, field) for field in FACETS),
            nearest=() if found else self._nearest(query),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order."""
        return (s.paragraph for s in self._all() if _passes(query, s, None))

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order."""
        return [subject.paragraph for subject in self._documents.get(document_id, ())]

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order."""
        by_id = {s.paragraph.paragraph_id: s.paragraph for s in self._all()}
        return [by_id[i] for i in paragraph_ids if i in by_id]

    def terms(self, prefix: str, limit: int = 20) -> Sequence[Term]:
        """Return tokens that begin with `prefix`, most frequent first."""
        having = Counter(token for subject in self._all() for token in subject.vocabulary)
        start = fold(prefix)
        listed = [Term(text, n) for text, n in having.items() if text.startswith(start)]
        return sorted(listed, key=lambda term: (-term.count, term.text))[:limit]

    def nearest(self, drafts: Sequence[Sequence[Clue]], limit: int) -> Sequence[Nearest]:
        """For each draft the passages that hold most of its clues."""
        return nearest(list(self._all()), self._clusters, drafts, limit)

    def writer(self) -> MemoryWriter:
        """Open a batch of changes."""
        if self._writing:
            raise LockedError("档案正在写入", "the archive is being written")
        self._writing = True
        return MemoryWriter(self)

    def warm(self) -> None:
        """Nothing is read or put together later."""

    def check(self) -> None:
        """Nothing is kept that could be damaged."""

    def close(self) -> None:
        """Nothing to give back."""

    def replace(self, documents: dict[str, list[Subject]], clusters: Clusters) -> None:
        """Take over what a writer commits."""
        self._documents = documents
        self._clusters = clusters

    def release(self) -> None:
        """Let the next writer in."""
        self._writing = False

    def content(self) -> tuple[dict[str, list[Subject]], Clusters]:
        """A copy of all that is kept, for a writer to change."""
        return dict(self._documents), self._clusters

    def _all(self) -> Iterator[Subject]:
        for document_id in sorted(self._documents):
            yield from self._documents[document_id]

    def _fold(self, found: list[Subject]) -> list[tuple[Subject, tuple[str, ...]]]:
        """One member of each cluster: the cleanest that matched, and the others' ids."""
        groups: dict[str, list[tuple[int, Subject]]] = {}
        for subject in found:
            own = subject.paragraph.paragraph_id
            place = self._clusters.get(own, Membership(own, 0))
            groups.setdefault(place.cluster, []).append((place.rank, subject))
        folded = []
        for members in groups.values():
            cleanest, *others = (s for _, s in sorted(members, key=lambda member: member[0]))
            folded.append((cleanest, tuple(s.paragraph.paragraph_id for s in others)))
        return folded

    def _hit(
        self, query: Query, subject: Subject, variants: tuple[str, ...], score: _Scorer
    ) -> Hit:
        literal = matches(query.node, subject, literally=True)
        place = self._clusters.get(subject.paragraph.paragraph_id)
        return Hit(
            paragraph=subject.paragraph,
            score=score(subject),
            tier=Tier.LITERAL if literal else Tier.TOKENS,
            spans=spans(query, subject),
            cluster=place.cluster if place else None,
            variants=variants,
        )

    def _facet(self, query: Query, field: Field) -> Facet:
        counts: Counter[str] = Counter()
        for subject in self._all():
            if _passes(query, subject, field.name):
                values = field.values(subject.paragraph)
                counts.update(values or ((UNKNOWN,) if field.ordered else ()))
        return make_facet(query, field.name, counts)

    def _nearest(self, query: Query) -> tuple[Hit, ...]:
        """The passages under the same filters that share most of the query's tokens."""
        everything = list(self._all())
        loose = loosened(query)
        tokens = {text for term in loose.terms for text in term_texts(term)}
        score = _Scorer(loose, everything)
        near = [
            Hit(subject.paragraph, score(subject), Tier.TOKENS, spans(loose, subject))
            for subject in everything
            if subject.vocabulary.intersection(tokens) and _passes(loose, subject, None)
        ]
        near.sort(key=lambda hit: (-hit.score, hit.paragraph.order))
        return tuple(near[:MOST_NEAREST])


class MemoryWriter:
    """A batch of changes on a copy, taken over at commit."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self._documents, self._clusters = engine.content()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._engine.replace(self._documents, self._clusters)
        self._engine.release()

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

    def __init__(self, query: Query, archive: list[Subject]) -> None:
        self.tokens = Counter(
            token
            for term in query.terms
            for text in term_texts(term)
            for token in words(fold(text))
        )
        lengths = [floored(len(subject.paragraph.text)) for subject in archive]
        self.average = sum(lengths) / len(lengths) if lengths else 1.0
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


def _passes(query: Query, subject: Subject, but: str | None) -> bool:
    """Whether a paragraph matches the query, one field's selection left aside."""
    return passes(query, subject.paragraph, but) and matches(query.node, subject)


def _rank(query: Query, hit: Hit) -> tuple[object, ...]:
    """The sort key of a hit under the query's order."""
    paragraph = hit.paragraph
    if query.order is Sort.RELEVANCE:
        return hit.tier, paragraph.form is not Form.BODY, -hit.score, paragraph.order
    year = paragraph.year or 0
    ascending = year if query.order is Sort.OLDEST else -year
    return paragraph.year is None, ascending, paragraph.order

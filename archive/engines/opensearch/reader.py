"""One generation, answering."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from archive.engines import Term
from archive.engines.nearness import Clue, Nearest
from archive.engines.opensearch.candidates import resolve
from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.complaints import gone
from archive.engines.opensearch.dsl import (
    any_of,
    every,
    is_loose,
    node_filter,
    selection,
    superset,
    token,
    without,
)
from archive.engines.opensearch.facets import (
    facet_aggregations,
    read_facets,
    terms_by_count,
    top_values,
)
from archive.engines.opensearch.figures import Figures
from archive.engines.opensearch.folding import (
    PLACE,
    Place,
    counting_clusters,
    heads,
    members,
    place,
    read_clusters,
)
from archive.engines.opensearch.mapping import read_paragraph
from archive.engines.opensearch.nearest import Nearness, as_nearest
from archive.engines.opensearch.scoring import BY_SCORE, IN_ID_ORDER, order, ranked
from archive.engines.opensearch.state import State
from archive.errors import EngineError
from archive.ids import parse_paragraph_id
from archive.matching import Subject, loosened, matches, spans
from archive.model import Paragraph
from archive.nodes import Word
from archive.query import Query, Sort
from archive.ranking import Tier
from archive.results import MOST_NEAREST, Hit, Results
from archive.text import fold

# Places fetched at least: a page of twenty, and room for what is folded away.
_LEAST_RUN = 100
_MOST_RUN = 5_000
# Ids asked for together; the cluster takes 65,536.
_IDS = 1_000


class Reader:
    """Answers from one generation that does not change; safe to share between threads."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self._cluster = cluster
        self.state = state
        self._figures = Figures(cluster, state)

    @property
    def count(self) -> int:
        """The number of paragraphs."""
        return self.state.count

    def search(self, query: Query) -> Results:
        """Answer `query`. Raises QueryError over a pattern too broad, EngineError."""
        started = time.perf_counter()
        index, selected = self.state.index, selection(query)
        resolved = resolve(self._cluster, self.state, query.node)
        matching = every([self.state.alive, node_filter(query.node, resolved)])
        asked = facet_aggregations(query)
        if query.fold:
            asked["folded"] = counting_clusters(selected)
        body: Dsl = {
            "size": 0,
            "track_total_hits": True,
            "query": matching,
            "post_filter": every(selected),
            "aggs": asked,
        }
        literal = node_filter(query.node, resolved, literally=True)
        tiers = [[literal], [without(literal)]] if is_loose(query.node) else [[]]
        counted = partial(
            self._cluster.search, index, body, less="aggregations.folded.clusters.buckets"
        )
        # Counting and listing want nothing of each other.
        listing = partial(self._hits, query, every([matching, *selected]), tiers)
        answer, hits = self._cluster.both(counted, listing)
        total = int(answer["hits"]["total"]["value"])
        found: Dsl = answer["aggregations"]
        return Results(
            query=query,
            total=total,
            clusters=read_clusters(found["folded"]) if query.fold else total,
            hits=hits,
            facets=read_facets(self._cluster, index, (query, matching), found),
            nearest=() if total else self._near(query),
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def scan(self, query: Query) -> Iterator[Paragraph]:
        """Yield every paragraph that matches, in id order; each is looked at here."""
        filters = [self.state.alive, superset(query.node), *selection(query)]
        body: Dsl = {"query": every(filters), "sort": IN_ID_ORDER, "_source": _SHOWN}
        for row in self._cluster.rows(self.state.index, body):
            paragraph = read_paragraph(row["_source"])
            if matches(query.node, Subject(paragraph)):
                yield paragraph

    def paragraphs(self, document_id: str) -> Sequence[Paragraph]:
        """Return a document's paragraphs in order."""
        return list(self._fetch({"term": {"document": document_id}}))

    def lookup(self, paragraph_ids: Iterable[str]) -> Sequence[Paragraph]:
        """Return the paragraphs with these ids, in this order."""
        wanted = [i for i in paragraph_ids if _is_id(i)]
        by_id = self._by_id(dict.fromkeys(wanted))
        return [by_id[i] for i in wanted if i in by_id]

    def terms(self, prefix: str, limit: int) -> Sequence[Term]:
        """Return tokens that begin with `prefix`, most frequent first."""
        start = fold(prefix)
        search = every([self.state.alive, *([{"prefix": {"tok": start}}] if start else [])])
        terms = terms_by_count("words", limit)
        if start:
            terms["terms"]["include"] = _escaped(start) + ".*"
        found = top_values(self._cluster, self.state.index, search, (terms, limit))
        return [Term(text, count) for text, count in found]

    def nearest(self, drafts: Sequence[Sequence[Clue]], limit: int) -> Sequence[Nearest]:
        """For each draft the passages that hold most of its clues."""
        nearness = Nearness(self._cluster, self.state, self._figures)
        rarities = nearness.rarities(drafts)
        found = self._cluster.together(
            partial(nearness.passages, draft, rarity, limit)
            for draft, rarity in zip(drafts, rarities, strict=True)
        )
        by_id = self._listed_by_id(dict.fromkeys(ids[0] for best in found for _, ids in best))
        return [
            as_nearest(best, rarity, by_id) for best, rarity in zip(found, rarities, strict=True)
        ]

    def check(self) -> None:
        """Read everything. Raises EngineError where it is not what was committed."""
        read = sum(1 for _ in self._fetch({"match_all": {}}))
        if read != self.state.count:
            raise EngineError(
                f"索引 {self.state.index} 应有 {self.state.count} 段，只读到 {read} 段，"
                "请运行 xianli reindex --full",
                f"the index {self.state.index} should hold {self.state.count} paragraphs, "
                f"{read} were read: run xianli reindex --full",
            )

    def _hits(self, query: Query, search: Dsl, tiers: Sequence[list[Dsl]]) -> tuple[Hit, ...]:
        wanted = query.offset + query.limit if query.limit else 0
        chosen: list[Place] = []
        sort = order(query.order)
        # Only relevance has tiers; by year one list holds both.
        for tier in tiers if query.order is Sort.RELEVANCE else [[]]:
            if len(chosen) == wanted:
                break
            listed = self._listed(
                query, search, (ranked(query, [search, *tier], self._figures), sort, wanted)
            )
            chosen.extend(islice(listed, wanted - len(chosen)))
        return self._shown(query, search, chosen[query.offset :])

    def _listed(
        self, query: Query, search: Dsl, asked: tuple[Dsl, list[Dsl], int]
    ) -> Iterator[Place]:
        """The list in its order, folded where the query folds."""
        scored, sort, wanted = asked
        size = min(max(2 * wanted, _LEAST_RUN), _MOST_RUN)
        body: Dsl = {
            "query": scored,
            "sort": sort,
            "track_scores": True,
            "_source": False,
            "docvalue_fields": PLACE,
        }
        rows = self._cluster.rows(self.state.index, body, size)
        while run := [place(dict(row)) for row in islice(rows, size)]:
            yield from (heads(self._cluster, self.state.index, search, run) if query.fold else run)

    def _shown(self, query: Query, search: Dsl, chosen: Sequence[Place]) -> tuple[Hit, ...]:
        labels = {p.cluster for p in chosen if p.cluster is not None} if query.fold else set()
        of, by_id = self._cluster.both(
            partial(members, self._cluster, self.state.index, search, labels),
            partial(self._listed_by_id, dict.fromkeys(p.paragraph_id for p in chosen)),
        )
        hits = []
        for found in chosen:
            subject = Subject(by_id[found.paragraph_id])
            # Nothing is shown on the word of the cluster alone.
            if not matches(query.node, subject):
                raise EngineError(
                    f"集群给出的 {found.paragraph_id} 不符合检索式，请运行 xianli reindex --full",
                    f"{found.paragraph_id}, which the cluster gave, does not match: "
                    "run xianli reindex --full",
                )
            literal = matches(query.node, subject, literally=True)
            others = of.get(found.cluster or "", [])
            hits.append(
                Hit(
                    paragraph=subject.paragraph,
                    score=found.score,
                    tier=Tier.LITERAL if literal else Tier.TOKENS,
                    spans=spans(query, subject),
                    cluster=found.cluster,
                    variants=tuple(i for i in others if i != found.paragraph_id),
                )
            )
        return tuple(hits)

    def _near(self, query: Query) -> tuple[Hit, ...]:
        """The passages under the same filters that share most of the query's tokens."""
        loose = loosened(query)
        tokens = [term.text for term in loose.terms if isinstance(term, Word)]
        if not tokens:
            return ()
        having = any_of([token(text) for text in tokens])
        filters = [self.state.alive, having, *selection(loose)]
        body: Dsl = {
            "size": MOST_NEAREST,
            "query": ranked(loose, filters, self._figures),
            "sort": BY_SCORE,
            "_source": _SHOWN,
        }
        hits = []
        for row in self._cluster.search(self.state.index, body)["hits"]["hits"]:
            subject = Subject(read_paragraph(row["_source"]))
            hits.append(Hit(subject.paragraph, row["_score"], Tier.TOKENS, spans(loose, subject)))
        return tuple(hits)

    def _by_id(self, paragraph_ids: Iterable[str]) -> dict[str, Paragraph]:
        wanted = list(paragraph_ids)
        found: dict[str, Paragraph] = {}
        for start in range(0, len(wanted), _IDS):
            run = {"terms": {"paragraph": wanted[start : start + _IDS]}}
            found |= {p.paragraph_id: p for p in self._fetch(run)}
        return found

    def _listed_by_id(self, paragraph_ids: Collection[str]) -> dict[str, Paragraph]:
        """The paragraphs that the cluster has listed. Raises EngineError where one is gone."""
        by_id = self._by_id(paragraph_ids)
        if len(by_id) < len(paragraph_ids):
            raise gone(self.state.index)
        return by_id

    def _fetch(self, wanted: Dsl) -> Iterator[Paragraph]:
        query = every([self.state.alive, wanted])
        body: Dsl = {"query": query, "sort": IN_ID_ORDER, "_source": _SHOWN}
        for row in self._cluster.rows(self.state.index, body):
            yield read_paragraph(row["_source"])


_SHOWN = ["kept", "document", "ordinal"]


def _is_id(paragraph_id: str) -> bool:
    try:
        return bool(parse_paragraph_id(paragraph_id))
    except ValueError:
        return False


def _escaped(text: str) -> str:
    """The text as the cluster's regular expressions take it literally."""
    return re.sub(r"([^\w])", r"\\\1", text)

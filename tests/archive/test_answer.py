"""What every answer is made of, with backends that do what no engine should."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import pytest

from archive.engines.memory import MemoryBackend, MemoryFound
from archive.errors import EngineError
from archive.model import Membership, Paragraph
from archive.query.query import Query, parse
from archive.search.answer import answer
from archive.search.backend import Candidate, Counts, WeightedTerm
from archive.search.matching import Subject
from archive.search.more_like_this import more_like_this
from archive.search.ranking import Tier
from tests.fixtures.strategies import FACETS

TEXTS = ("推进均衡发展", "发展要均衡，均衡才是发展", "推进均衡发展。")


def kept(*texts: str) -> dict[str, list[Subject]]:
    return {"d": [Subject(Paragraph("d", n, text)) for n, text in enumerate(texts)]}


class Recording(MemoryBackend):
    """Notes which facets are counted, and how often its guard is entered."""

    def __init__(self, *texts: str) -> None:
        super().__init__(kept(*texts), {})
        self.entered = 0
        self.counted: list[str] = []

    def guard(self) -> AbstractContextManager[None]:
        self.entered += 1
        return nullcontext()

    def match(self, query: Query) -> MemoryFound:
        found = super().match(query)
        counts: Callable[[str], Counts] = found.counts

        def noted(name: str) -> Counts:
            self.counted.append(name)
            return counts(name)

        found.counts = noted  # type: ignore[method-assign]
        return found


class Lying(MemoryBackend):
    """Gives a paragraph that does not match."""

    def match(self, query: Query) -> MemoryFound:
        found = super().match(query)

        def page() -> Sequence[Candidate]:
            return [Candidate(Subject(Paragraph("x", 0, "召开会议")), 1.0)]

        found.page = page  # type: ignore[method-assign]
        return found


@pytest.mark.parametrize(
    "text", ["均衡发展", "“均衡”", "均衡|发展", "均衡 -会议", "标题:均衡", "均…展", "-召开"]
)
def test_a_hit_that_its_text_does_not_prove_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match=r"x:0.*reindex --full"):
        answer(Lying(kept(*TEXTS), {}), parse(text))


def test_a_tier_is_read_from_the_text() -> None:
    hits = answer(MemoryBackend(kept(*TEXTS), {}), parse("均衡发展")).hits
    assert [(hit.paragraph.ordinal, hit.tier) for hit in hits] == [
        (0, Tier.LITERAL),
        (2, Tier.LITERAL),
        (1, Tier.TOKENS),
    ]


def test_a_facet_is_counted_when_it_is_read_inside_the_guard() -> None:
    backend = Recording(*TEXTS)
    results = answer(backend, parse("均衡"))
    assert (backend.counted, backend.entered) == ([], 0)
    assert results.facet("form").buckets[0].count == len(TEXTS)
    assert results.facet("form") is results.facet("form")
    assert (backend.counted, backend.entered) == (["form"], 1)
    tuple(results.facets)
    assert sorted(backend.counted) == sorted(FACETS)


def test_the_cleanest_member_stands_for_a_cluster_at_the_best_score() -> None:
    clusters = {"d:0": Membership("d:0", 1), "d:2": Membership("d:0", 0)}
    backend = MemoryBackend(kept(*TEXTS), clusters)
    drafts = [
        [WeightedTerm(("均衡发展",), 1.0)],
        [],
        [WeightedTerm(("没有",), 1.0)],
        [WeightedTerm(("均衡",), 0.0)],
    ]
    found, *empty = more_like_this(backend, drafts, 3)
    assert [(n.paragraph.paragraph_id, n.variants) for n in found.passages] == [("d:2", ("d:0",))]
    assert [nearest.passages for nearest in empty] == [(), (), ()]
    assert [len(nearest.rarity) for nearest in empty] == [0, 1, 1]
    assert more_like_this(backend, drafts[:1], 0)[0].passages == ()

"""What the cluster answers is what the other engines answer."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive.engines.opensearch import OpenSearchEngine, scoring
from archive.engines.opensearch.client import Cluster, Dsl
from archive.precedents.draft import read_draft
from archive.query.query import Sort, parse
from archive.search.backend import WeightedTerm
from archive.search.results import MAX_BUCKETS, Results
from archive.store.home import Home
from archive.store.library import Archive, open_archive
from archive.suggest import complete
from indexer.run.reindex import Options, reindex
from indexer.run.verify import verify
from tests.fixtures.strategies import FACETS
from tests.measure.cluster.archives import (
    QUERIES,
    both,
    clusters,
    documents,
    load,
    queries,
)
from tests.measure.cluster.nodes import ROOT, Nodes

pytestmark = pytest.mark.cluster
Place = Callable[[str], str]


def whole(results: Results) -> tuple[object, ...]:
    """What two engines must say alike, relevance's last digits aside."""
    ids = [hit.paragraph.paragraph_id for hit in results.hits]
    ordered = ids if results.query.order is not Sort.RELEVANCE else None
    return results.total, results.clusters, results.facets, ordered


def test_an_archive_is_green_with_one_replica(nodes: Nodes, place: Place) -> None:
    engine, _ = both(place("shards=3&replicas=1"), documents(20))
    health = nodes.call("GET", "/_cluster/health")
    assert (health["status"], health["number_of_data_nodes"]) == ("green", 3)
    assert health["unassigned_shards"] == 0
    engine.check()
    engine.close()


def test_facets_and_totals_are_exact_however_many_shards(place: Place) -> None:
    archive = documents(60)
    one, reference = both(place("shards=1"), archive)
    five = OpenSearchEngine(place("shards=5"))
    load(five, archive, clusters(archive))
    sections = reference.search(parse("")).facet("section")
    assert sections.more, "the archive has fewer sections than a facet lists"
    rare = sections.buckets[MAX_BUCKETS - 1].value
    for query in queries():
        narrowed = query.toggle("topic", "专题3").toggle("section", rare)
        for asked in (query, narrowed, query.exclude("site", "1.cn"), replace(query, fold=False)):
            expected = whole(reference.search(asked))
            assert whole(one.search(asked)) == expected, asked
            assert whole(five.search(asked)) == expected, asked
        # Folding changes nothing of a scan, and selections are filters of both.
        for asked in (query, query.toggle("topic", "专题3").exclude("site", "1.cn")):
            expected = list(reference.scan(asked))
            assert list(one.scan(asked)) == expected, asked
            assert list(five.scan(asked)) == expected, asked
    tokens = ("发展", "教育", "没有的词")
    assert one.doc_freqs(tokens) == five.doc_freqs(tokens) == reference.doc_freqs(tokens)
    one.close()
    five.close()


def test_the_first_by_relevance_are_those_of_the_reference(place: Place) -> None:
    engine, reference = both(place("shards=3"), documents(60))
    for text in ("均衡发展", "教育质量", "安全 责任", "推进…发展", "建设机制"):
        for fold in (True, False):
            query = replace(parse(text), limit=50, fold=fold)
            given, expected = engine.search(query), reference.search(query)
            assert [h.tier for h in given.hits] == [h.tier for h in expected.hits]
            scores = [hit.score for hit in expected.hits]
            assert [hit.score for hit in given.hits] == pytest.approx(scores, rel=1e-4)
            deep = replace(query, offset=130, limit=20)
            assert [h.score for h in engine.search(deep).hits] == pytest.approx(
                [h.score for h in reference.search(deep).hits], rel=1e-4
            )
    engine.close()


def test_facets_are_one_request_and_numbers_are_none_of_them(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, reference = both(place("shards=2"), documents(30))
    sent: list[Dsl] = []
    search = Cluster.search

    def noted(cluster: Cluster, index: str, body: Dsl, less: str = "") -> object:
        sent.append(body)
        return search(cluster, index, body, less)

    def facets() -> int:
        return sum("form" in body.get("aggs", {}) for body in sent)

    monkeypatch.setattr(Cluster, "search", noted)
    query = parse("发展")
    results = engine.search(query)
    assert facets() == 0
    assert results.facets == reference.search(query).facets
    assert facets() == 1
    sent.clear()
    assert engine.count(query) == results.total
    assert len(sent) == 1
    assert not sent[0].get("aggs")
    sent.clear()
    assert engine.search(replace(query, limit=0)).total == results.total
    assert len(sent) == 1
    for typed in ("发展", "教育 质"):
        sent.clear()
        assert complete(engine, typed) == complete(reference, typed)
        assert facets() == 1
    engine.close()


def test_what_is_nearest_to_a_draft_is_what_the_reference_says(place: Place) -> None:
    engine, reference = both(place("shards=2"), documents(100))
    drafts = [
        [
            WeightedTerm(("均衡",), 1.0),
            WeightedTerm(("发展",), 1.0),
            WeightedTerm(("质", "安全"), 0.5),
        ],
        [WeightedTerm(("不在",), 1.0)],
        [WeightedTerm(("。", "，"), 0.2), WeightedTerm(("推进",), 1.0)],
        # As words, alone and beside the others: 教育 is a part of the word 义务教育, 的 counts
        # as often as it stands.
        [WeightedTerm(("的",), 1.0, word=True), WeightedTerm(("教育",), 2.0, word=True)],
        [
            WeightedTerm(("义务教育",), 1.0, word=True),
            WeightedTerm(("教育",), 1.0),
            WeightedTerm(("学校",), 1.0, word=True),
        ],
    ]
    given, expected = engine.nearest(drafts, 10), reference.nearest(drafts, 10)
    for ours, theirs in zip(given, expected, strict=True):
        assert ours.rarity == pytest.approx(theirs.rarity)
        assert [n.score for n in ours.passages] == pytest.approx(
            [n.score for n in theirs.passages], rel=1e-5
        )
        by_id = {near.paragraph: near.variants for near in theirs.passages}
        # Equal scores may be cut differently at the end of the list.
        assert sum(by_id.get(n.paragraph) == n.variants for n in ours.passages) >= len(by_id) - 1
    engine.close()


def test_of_a_long_draft_the_commonest_terms_alone_are_left_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, reference = both(place("shards=2"), documents(100))
    # More terms than the cluster takes, but nothing has them.
    unheard = read_draft("".join(chr(0x3400 + n) for n in range(1_200))).terms
    draft = [
        *unheard,
        WeightedTerm(("的",), 1.0),
        WeightedTerm(("均衡",), 1.0),
        WeightedTerm(("义务教育",), 1.0, word=True),
    ]
    assert len(draft) > scoring.MAX_TERMS
    rarest = sorted(draft[-3:], key=lambda term: reference.nearest([[term]], 1)[0].rarity)[-2:]
    for most, kept in ((scoring.MAX_TERMS, draft), (2, rarest)):
        monkeypatch.setattr(scoring, "MAX_TERMS", most)
        [ours], [theirs] = engine.nearest([draft], 20), reference.nearest([kept], 20)
        assert len(ours.passages) == 20
        assert [n.score for n in ours.passages] == pytest.approx(
            [n.score for n in theirs.passages], rel=1e-5
        )
    engine.close()


def _same(embedded: Archive, kept: Archive, texts: Sequence[str] = QUERIES) -> None:
    for text in texts:
        for sort in (Sort.NEWEST, Sort.RELEVANCE):
            asked = replace(parse(text), sort=sort, limit=100)
            ours, theirs = kept.search(asked), embedded.search(asked)
            assert whole(ours) == whole(theirs), text
            if theirs.clusters is not None and theirs.clusters <= 100:
                ids = {hit.paragraph.paragraph_id: hit.variants for hit in theirs.hits}
                assert {hit.paragraph.paragraph_id: hit.variants for hit in ours.hits} == ids


def homes(folder: Path, address: str) -> tuple[Home, Home]:
    """Two homes with one corpus, the second kept in the cluster."""
    for name in ("embedded", "kept"):
        (folder / name / "corpus").mkdir(parents=True)
    (folder / "kept" / "settings.toml").write_text(f"engine = {json.dumps(address)}\n", "utf-8")
    return Home.open(folder / "embedded"), Home.open(folder / "kept")


def test_a_home_on_the_cluster_answers_like_an_embedded_one(place: Place, tmp_path: Path) -> None:
    embedded, kept = homes(tmp_path, place("shards=2"))
    pages = sorted((ROOT / "corpus").iterdir())
    for home in (embedded, kept):
        for page in pages[: len(pages) // 2]:
            shutil.copy(page, home.corpus)
        reindex(home, Options(jobs=1))
        # Then what is new, changed and gone.
        for page in pages[len(pages) // 2 :]:
            shutil.copy(page, home.corpus)
        (home.corpus / pages[0].name).unlink()
        report = reindex(home, Options(jobs=1))
        assert not report.failed
        assert FACETS
    with open_archive(embedded.root) as ours, open_archive(kept.root) as theirs:
        _same(ours, theirs)
        assert ours.stats().paragraphs == theirs.stats().paragraphs
    assert list(verify(kept)) == []
    reindex(kept, Options(jobs=1, full=True))
    with open_archive(embedded.root) as ours, open_archive(kept.root) as theirs:
        assert ours.stats().paragraphs == theirs.stats().paragraphs
    (kept.corpus / pages[1].name).unlink()
    assert [difference.path for difference in verify(kept)] == [pages[1].name]


def test_real_reports_answer_as_in_the_embedded_engine(
    place: Place, tmp_path: Path, testdata: Callable[[str], Path]
) -> None:
    embedded, kept = homes(tmp_path, place("shards=3"))
    lines = gzip.decompress(testdata("real/gov_reports.jsonl.gz").read_bytes()).splitlines()
    for home in (embedded, kept):
        (home.corpus / "reports.jsonl").write_bytes(b"\n".join(lines[:2_000]))
        reindex(home, Options(jobs=1))
    with open_archive(embedded.root) as ours, open_archive(kept.root) as theirs:
        assert ours.stats().paragraphs == theirs.stats().paragraphs >= 2_000
        # Where everything may match a pattern, the embedded engine's bound is the clock.
        _same(ours, theirs, [text for text in QUERIES if text != "#。"])

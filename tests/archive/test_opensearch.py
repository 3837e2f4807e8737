"""What the cluster's engine says and writes before any cluster is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.engines.opensearch import OpenSearchEngine
from archive.engines.opensearch.address import parse_address
from archive.engines.opensearch.client import ROWS, Cluster, Dsl, Row
from archive.engines.opensearch.engine import Reader
from archive.engines.opensearch.error_mapping import from_answer, is_passing
from archive.engines.opensearch.lock import LOCKS, WriteLock
from archive.engines.opensearch.mapping import Version, read_version
from archive.engines.opensearch.state import State
from archive.errors import EngineError, HomeError, QueryError, StaleIndexError
from archive.model import Dating, Form, Membership, Paragraph, YearBasis
from archive.query.query import parse
from archive.search.answer import answer
from archive.search.backend import WeightedTerm
from archive.search.more_like_this import more_like_this
from archive.store.home import Home
from archive.store.library import open_archive
from indexer.run.reindex import Options, reindex
from tests.measure.cluster.archives import documents

ADDRESS = parse_address("opensearch+http://127.0.0.1:9/archive")


@pytest.mark.parametrize(
    "text",
    [
        *("", "opensearch+https://", "opensearch+https://host", "https://host/name"),
        *("opensearch+https://host/Name", "opensearch+https://host/-name", "opensearch+ftp://h/n"),
        *("opensearch+https://host/name?unknown=1", "opensearch+https://host/name?shards=0"),
        *("opensearch+https://host/name?replicas=-1", "opensearch+https://ho:st:x/name"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(HomeError):
        parse_address(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(HomeError) as said:
        parse_address("opensearch+https://user:hunter2@host/name")
    assert "XIANLI_OPENSEARCH_PASSWORD" in said.value.english
    assert "hunter2" not in str(said.value)


def test_a_user_is_not_sent_over_plain_http_to_another_machine() -> None:
    with pytest.raises(HomeError, match="https"):
        parse_address("opensearch+http://user@example.org/name")
    assert parse_address("opensearch+http://user@[::1]:9200/name").user == "user"


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError) as said:
        OpenSearchEngine("opensearch+http://127.0.0.1:9/archive")
    assert "127.0.0.1:9" in said.value.english
    assert "连不上" in said.value.chinese


def test_a_certificate_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"none\.pem"):
        Cluster(parse_address(f"opensearch+https://host/name?ca={tmp_path}/none.pem"))


def test_refusals_are_told_apart() -> None:
    full = {
        "error": {
            "type": "cluster_block_exception",
            "reason": "TOO_MANY_REQUESTS/12/disk "
            "usage exceeded flood-stage watermark, index has read-only-allow-delete",
        }
    }
    assert "磁盘" in from_answer(429, full, ADDRESS).chinese
    assert not is_passing(429, _refusal("cluster_block_exception"))
    assert is_passing(429, _refusal("rejected_execution_exception"))
    assert is_passing(500, {"type": "node_disconnected_exception", "reason": "[n2] disconnected"})
    assert not is_passing(500, _refusal("null_pointer_exception"))
    clauses = {"error": {"root_cause": [{"type": "too_many_nested_clauses", "reason": "x"}]}}
    assert isinstance(from_answer(400, clauses, ADDRESS), QueryError)
    gone = {"error": {"type": "index_not_found_exception", "reason": "no", "index": "i-1"}}
    assert "i-1" in from_answer(404, gone, ADDRESS).english
    assert "503" in from_answer(503, "no JSON at all", ADDRESS).english
    assert "XIANLI_OPENSEARCH_PASSWORD" in from_answer(401, "Unauthorized", ADDRESS).english
    unmanaged = {"error": {"type": "cluster_block_exception", "reason": "state not recovered"}}
    assert "manager" in from_answer(503, unmanaged, ADDRESS).english
    unknown = {"error": {"type": "cluster_block_exception", "reason": "index closed"}}
    assert "index closed" in from_answer(403, unknown, ADDRESS).english


def test_a_search_that_a_dying_node_broke_is_asked_again() -> None:
    # Which of these a cluster says depends on how far the search had come.
    broken: dict[str, object] = {"type": "search_phase_execution_exception", "phase": "fetch"}
    gone = {"type": "node_disconnected_exception", "reason": "[n2] disconnected"}
    accounts: tuple[dict[str, object], ...] = (
        {"root_cause": [gone], "failed_shards": []},
        {"root_cause": [], "failed_shards": [{"shard": 2, "reason": gone}]},
        {"root_cause": [], "failed_shards": [], "caused_by": gone},
        {"root_cause": [broken], "failed_shards": []},
        {"root_cause": [], "failed_shards": []},
        {"root_cause": [], "failed_shards": [], "caused_by": {"type": "null_pointer_exception"}},
    )
    for told in accounts:
        assert is_passing(500, {"error": {**broken, **told}, "status": 500}), told
    for kind in ("script_exception", "query_shard_exception"):
        named = {"root_cause": [{"type": kind}], "failed_shards": []}
        assert not is_passing(500, {"error": {**broken, **named}, "status": 500})


def _refusal(kind: str) -> object:
    return {"error": {"root_cause": [{"type": kind}], "type": kind}, "status": 500}


@pytest.mark.parametrize(
    "answer",
    [
        {"_shards": {"total": 3, "successful": 2, "failed": 1}, "timed_out": False},
        {"_shards": {"total": 3, "successful": 2, "failed": 0}, "timed_out": False},
        {"_shards": {"total": 3, "successful": 3, "failed": 0}, "timed_out": True},
        {
            "_shards": {"total": 3, "successful": 3, "failed": 0},
            "timed_out": False,
            "hits": {"total": {"value": 10_000, "relation": "gte"}},
        },
    ],
)
def test_an_answer_that_is_not_whole_is_refused(answer: dict[str, object]) -> None:
    with pytest.raises(EngineError, match="not whole"):
        Cluster(ADDRESS).check(answer, exact=True)


def test_a_version_comes_back_as_it_was_written() -> None:
    paragraph = Paragraph(
        "文档",
        7,
        "全文 １２",
        form=Form.HEADING,
        article="篇一",
        heading_path=("一、甲", "（一）乙"),
        section="甲",
        dating=Dating(2020, None, YearBasis.CONFLICT, None, 2019, ("建党99周年",), True),
        cut=("点击下载",),
    )
    for version in (
        Version(paragraph, 3, 5, Membership("文档:1", 2), "abc"),
        Version(Paragraph("a", 0, "x"), 1),
    ):
        assert read_version(version.source()) == version


def test_a_home_names_its_engine_in_a_file_or_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Home.open(tmp_path).engine == ""
    settings = tmp_path / "settings.toml"
    settings.write_text('engine = "opensearch+https://host/name"\n', "utf-8")
    assert Home.open(tmp_path).engine == "opensearch+https://host/name"
    monkeypatch.setenv("XIANLI_ENGINE", "")
    assert Home.open(tmp_path).engine == ""
    monkeypatch.delenv("XIANLI_ENGINE")
    for wrong in ("engine = 1\n", "engine = \n", "\xff"):
        settings.write_bytes(wrong.encode("latin-1"))
        with pytest.raises(HomeError, match=r"settings\.toml"):
            Home.open(tmp_path)


def test_another_engine_than_the_index_was_made_with_is_refused_until_a_full_run(
    tmp_path: Path,
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("一、安全\n落实校园安全责任。\n", "utf-8")
    reindex(Home.open(tmp_path), Options(jobs=1))
    (tmp_path / "settings.toml").write_text('engine = "opensearch+http://127.0.0.1:9/a"\n', "utf-8")
    with open_archive(tmp_path) as archive, pytest.raises(StaleIndexError, match="--full"):
        archive.search("安全")


def test_the_made_up_archives_are_the_same_on_every_run() -> None:
    assert documents(3) == documents(3)
    assert documents(3)[2] == documents(9)[2]


class Vanishing(Cluster):
    """A cluster that lists paragraphs which it has no more when they are asked for."""

    def __init__(self, fields: dict[str, object]) -> None:
        super().__init__(ADDRESS)
        self.listed = {"_score": 1.0, "sort": [1.0, "a", 0], "fields": fields}

    def rows(self, index: str, body: Dsl, size: int = ROWS) -> Iterator[Row]:
        # What is listed is asked for without its text, and members are not scored.
        return iter([self.listed] if body.get("track_scores") else ())

    def search(self, index: str, body: Dsl, less: str = "") -> Any:
        """Counts of an archive that holds something, and no cluster."""
        none = {"buckets": [], "sum_other_doc_count": 0, "doc_count_error_upper_bound": 0}
        counts = {"values": none, "alone": {"doc_count": 1}, "number": {"count": 0}}
        counts |= {"a": {"value": 9.0}} | {str(n): {"doc_count": 1} for n in range(9)}
        total = {"value": 1, "relation": "eq"}
        hits = [self.listed] if body["size"] and body.get("_source") is False else []
        return {"hits": {"total": total, "hits": hits}, "aggregations": counts}


@pytest.mark.parametrize("there", [True, False])
def test_the_index_of_locks_is_made_before_the_first_lock(
    there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []

    def answered(method: str, path: str, **_: object) -> object:
        sent.append((method, path.partition("?")[0]))
        return there if method == "HEAD" else {"_seq_no": 0, "_primary_term": 1}

    cluster = Cluster(ADDRESS)
    monkeypatch.setattr(cluster._client.transport, "perform_request", answered)
    WriteLock(cluster).release()
    lock = f"/{LOCKS}/_doc/archive"
    made = [] if there else [("PUT", f"/{LOCKS}")]
    assert sent == [("HEAD", f"/{LOCKS}"), *made, ("PUT", lock), ("DELETE", lock)]
    cluster.close()


@pytest.mark.parametrize("fields", [{"rank": [0]}, {"cluster": ["a:0"], "rank": [0]}])
@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("text", ["安全", "安全 年:2020", ""])
def test_a_hit_that_vanishes_before_it_is_fetched_is_asked_for_again(
    fields: dict[str, object], fold: bool, text: str
) -> None:
    cluster = Vanishing(fields)
    with pytest.raises(EngineError, match=r"kept-1 no longer keeps .* ask again"):
        answer(Reader(cluster, State("kept-1", 3, 5)), replace(parse(text), fold=fold))
    cluster.close()


@pytest.mark.parametrize("fields", [{"rank": [0]}, {"cluster": ["a:0"], "rank": [0]}])
def test_a_passage_that_vanishes_before_it_is_fetched_is_asked_for_again(
    fields: dict[str, object],
) -> None:
    cluster = Vanishing(fields)
    terms = [[WeightedTerm(("均衡",), 1.0, word=True)]]
    with pytest.raises(EngineError, match=r"kept-1 no longer keeps .* ask again"):
        more_like_this(Reader(cluster, State("kept-1", 3, 5)), terms, 5)
    cluster.close()

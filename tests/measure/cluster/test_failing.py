"""What fails is said, in both languages, and no answer is silently a part of one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.engines.opensearch import OpenSearchEngine, client
from archive.engines.opensearch.address import parse_address
from archive.errors import ArchiveError, EngineError
from archive.query.query import Query, parse
from tests.measure.cluster.archives import QUERIES, documents, load
from tests.measure.cluster.nodes import Nodes
from tests.measure.cluster.proxy import PASSWORD, USER, make_authority, proxy

pytestmark = pytest.mark.cluster
Place = Callable[[str], str]


def test_a_node_killed_in_mid_load_loses_nothing_that_was_acknowledged(
    nodes: Nodes, place: Place
) -> None:
    engine = OpenSearchEngine(place("shards=3&replicas=1"))
    archive = documents(1_500)
    with engine.writer() as writer:
        for number, document in enumerate(archive):
            if number == 700:
                acknowledged = writer.flush()
                nodes.kill(1)
                assert acknowledged == 7_000
            if number == 1_400:
                # Two nodes have taken over; the third comes back, for every copy to be there.
                writer.flush()
                nodes.restart(1)
            writer.add(document)
    assert engine.size == 15_000
    assert [p.paragraph_id for p in engine.scan(Query())] == [
        p.paragraph_id for d in archive for p in d
    ]


def test_a_node_killed_in_mid_search_changes_no_answer(nodes: Nodes, place: Place) -> None:
    engine = OpenSearchEngine(place("shards=3&replicas=1"))
    archive = documents(400)
    load(engine, archive, {})
    expected = {text: engine.search(parse(text)).total for text in QUERIES}
    failures: list[str] = []
    answered = 0
    killed = threading.Event()
    until = time.monotonic() + 40

    def ask() -> None:
        nonlocal answered
        while not (killed.is_set() and answered > 300) and time.monotonic() < until:
            for text in QUERIES:
                try:
                    total = engine.search(parse(text)).total
                    if total != expected[text]:
                        failures.append(f"{text}: {total} for {expected[text]}")
                except ArchiveError as error:
                    failures.append(f"{text}: {error}")
                answered += 1

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    exported = engine.scan(Query())
    first = [next(exported) for _ in range(10)]
    nodes.kill(2)
    killed.set()
    rest = list(exported)
    for asker in askers:
        asker.join()
    assert [*first, *rest] == [p for d in archive for p in d]
    assert not failures
    assert answered > 100


def test_an_answer_without_a_shard_is_refused(nodes: Nodes, place: Place) -> None:
    engine = OpenSearchEngine(place("shards=6&replicas=0"))
    load(engine, documents(60), {})
    nodes.kill(0)
    # The client finds the two that are left.
    with pytest.raises(EngineError) as said:
        engine.search(parse("均衡"))
    assert "分片" in said.value.chinese
    assert "shard" in said.value.english
    with pytest.raises(EngineError):
        list(engine.scan(Query()))
    nodes.restart(0)
    assert len(list(engine.scan(Query()))) == 600


def test_a_batch_that_cannot_have_its_replicas_is_not_published(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.engines.opensearch.writer.GREEN_SECONDS", 2)
    engine = OpenSearchEngine(place("shards=1&replicas=3"))
    with pytest.raises(EngineError, match="3 replicas need 4 data nodes"):
        load(engine, documents(3), {})
    assert engine.size == 0


def test_a_cluster_that_is_slow_is_said_to_be(
    nodes: Nodes, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = place("")
    load(OpenSearchEngine(address), documents(2), {})
    with proxy(nodes.http[0]) as slow:
        name = parse_address(address).name
        engine = OpenSearchEngine(f"opensearch+http://127.0.0.1:{slow.port}/{name}")
        assert engine.size == 20
        monkeypatch.setattr(client, "ANSWER_SECONDS", 0.5)
        slow.delay = 3.0
        with pytest.raises(EngineError, match="did not answer in time"):
            engine.search(parse("均衡"))
        engine.close()


def test_a_certificate_is_verified_and_a_password_needed(
    nodes: Nodes, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, others = make_authority(tmp_path, "ours"), make_authority(tmp_path, "others")
    plain = place("")
    load(OpenSearchEngine(plain), documents(2), {})
    name = parse_address(plain).name
    with proxy(nodes.http[0], ours) as secure:
        base = f"opensearch+https://{USER}@127.0.0.1:{secure.port}/{name}?ca="
        monkeypatch.setenv(client.PASSWORD, PASSWORD)
        for wrong in (f"{base}{others}", base.removesuffix("?ca=")):
            with pytest.raises(EngineError) as said:
                OpenSearchEngine(wrong)
            assert "证书" in said.value.chinese
            assert "certificate" in said.value.english
        assert secure.seen == [], "something was sent before the certificate was trusted"
        monkeypatch.setenv(client.PASSWORD, "wrong")
        with pytest.raises(EngineError) as said:
            OpenSearchEngine(f"{base}{ours}")
        assert client.PASSWORD in said.value.english
        monkeypatch.setenv(client.PASSWORD, PASSWORD)
        engine = OpenSearchEngine(f"{base}{ours}")
        assert engine.search(Query()).total == 20
        load(engine, documents(3)[2:], {})
        assert engine.size == 30
        engine.close()

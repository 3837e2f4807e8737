"""Loading and swapping: what was acknowledged is kept, and nobody sees a half."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from archive.engines.opensearch import OpenSearchEngine, bulk, lock
from archive.engines.opensearch.address import parse_address
from archive.engines.opensearch.bulk import Loader
from archive.engines.opensearch.client import Cluster
from archive.engines.opensearch.state import State, answering, indices
from archive.engines.opensearch.writer import OpenSearchWriter
from archive.errors import ArchiveError, EngineError, LockedError
from archive.model import Paragraph
from archive.query.query import Query, parse
from tests.measure.cluster.archives import documents, load
from tests.measure.cluster.nodes import ROOT, Nodes

pytestmark = pytest.mark.cluster
Place = Callable[[str], str]


def full(address: str, text: str, count: int = 30) -> None:
    """A full run: an index of its own, in which every paragraph says `text`."""
    cluster = Cluster(parse_address(address))
    with OpenSearchWriter(cluster, None, lambda state: None) as writer:
        for number in range(count):
            writer.add([Paragraph(f"d{number}", n, f"{text}第{n}段") for n in range(10)])
    cluster.close()


def test_a_swap_under_load_is_never_missing_and_never_mixed(nodes: Nodes, place: Place) -> None:
    address = place("shards=2")
    full(address, "甲")
    name = parse_address(address).name
    done = threading.Event()
    seen: list[set[str]] = []
    failures: list[BaseException] = []

    def ask_by_alias() -> None:
        while not done.is_set():
            try:
                body = {"size": 10_000, "query": {"match_all": {}}, "_source": ["kept.text"]}
                hits = nodes.call("POST", f"/{name}/_search", body)["hits"]["hits"]
                assert len(hits) == 300
                seen.append({hit["_source"]["kept"]["text"][0] for hit in hits})
            except BaseException as error:
                failures.append(error)
                return

    def ask_by_engine() -> None:
        while not done.is_set():
            try:
                engine = OpenSearchEngine(address)
                results = engine.search(replace(parse(""), limit=100))
                assert results.total == 300
                seen.append({hit.paragraph.text[0] for hit in results.hits})
                engine.close()
            except BaseException as error:
                failures.append(error)
                return

    askers = [threading.Thread(target=ask) for ask in (ask_by_alias, ask_by_engine)]
    for asker in askers:
        asker.start()
    full(address, "乙")
    engine = OpenSearchEngine(address)
    load(
        engine,
        [tuple(Paragraph(f"d{d}", n, f"丙第{n}段") for n in range(10)) for d in range(30)],
        {},
    )
    engine.close()
    time.sleep(0.5)
    done.set()
    for asker in askers:
        asker.join()
    assert not failures
    assert all(len(texts) == 1 for texts in seen)
    assert {"甲", "乙", "丙"} == set().union(*seen)


def test_an_export_goes_on_in_its_generation_across_a_swap(place: Place) -> None:
    address = place("")
    full(address, "甲", 200)
    before = OpenSearchEngine(address)
    exported = before.scan(Query())
    first = next(exported)
    full(address, "乙", 200)
    rest = list(exported)
    assert len(rest) == 1_999
    assert {p.text[0] for p in (first, *rest)} == {"甲"}
    assert OpenSearchEngine(address).search(parse("乙")).total == 2_000
    # One former generation is kept, an older one is gone, and says so.
    full(address, "丙", 20)
    with pytest.raises(EngineError) as said:
        before.search(parse("甲"))
    assert "newer generation" in said.value.english


def test_a_reader_two_generations_behind_is_told_so(place: Place) -> None:
    address = place("")
    engine, reader = OpenSearchEngine(address), None
    for number in range(4):
        load(engine, [(Paragraph("d", 0, f"第{number}版"),)], {})
        if number == 0:
            reader = OpenSearchEngine(address)
        elif number == 1:
            assert reader is not None
            assert [p.text for p in reader.paragraphs("d")] == ["第0版"]
    assert reader is not None
    with pytest.raises(EngineError, match="no longer kept"):
        reader.search(parse("第0版"))


def test_refusals_of_a_full_queue_are_repeated_until_all_is_kept(
    nodes: Nodes, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One node takes a single waiting write; so many small requests at once overflow it.
    monkeypatch.setattr(bulk, "MAX_OPERATIONS", 5)
    monkeypatch.setattr(bulk, "WORKERS", 24)
    before = _rejected(nodes)
    engine = OpenSearchEngine(place("shards=6&replicas=0"))
    archive = documents(100)
    with engine.writer() as writer:
        for document in archive:
            writer.add(document)
        acknowledged = writer.flush()
    assert acknowledged == 1_000
    assert _rejected(nodes) > before
    assert list(engine.scan(Query())) == [p for d in archive for p in d]


def _rejected(nodes: Nodes) -> int:
    stats = nodes.call("GET", "/_nodes/stats/thread_pool")["nodes"].values()
    return sum(node["thread_pool"]["write"]["rejected"] for node in stats)


def test_a_disk_block_is_reported_as_such_and_publishes_nothing(nodes: Nodes, place: Place) -> None:
    address = place("")
    engine = OpenSearchEngine(address)
    load(engine, documents(5), {})
    index = next(iter(indices(Cluster(parse_address(address)))))
    block = {"index.blocks.read_only_allow_delete": True}
    nodes.call("PUT", f"/{index}/_settings", block)
    with pytest.raises(EngineError) as said, engine.writer() as writer:
        writer.add(documents(6)[5])
    assert "磁盘" in said.value.chinese
    assert "disks" in said.value.english
    assert engine.search(Query()).total == 50
    nodes.call("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": None})
    load(engine, documents(6)[5:], {})
    assert engine.size == 60


def test_what_never_will_be_taken_stops_the_load_at_once(place: Place) -> None:
    address = place("")
    full(address, "甲", 1)
    cluster = Cluster(parse_address(address))
    [index] = indices(cluster)
    loader = Loader(cluster)

    def put_all() -> None:
        for number in range(10_000):
            loader.put(
                b'{"index":{"_index":"%s"}}\n{"no such field":%d}\n' % (index.encode(), number)
            )
        loader.drain()

    with pytest.raises(ArchiveError, match="strict"):
        put_all()
    loader.close()


def killed(address: str, batch: str) -> int:
    """Let a process write a batch and be killed before it commits; what was acknowledged."""
    script = (
        "import sys; from archive.engines.opensearch import OpenSearchEngine;"
        "from tests.measure.cluster.archives import documents;"
        "engine = OpenSearchEngine(sys.argv[1]); writer = engine.writer();"
        f"{batch}; print(writer.flush(), flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    acknowledged = int(process.stdout.readline())
    process.kill()
    process.communicate()
    return acknowledged


def test_a_killed_full_load_is_resumed_and_sends_only_what_is_missing(place: Place) -> None:
    address = place("shards=2")
    acknowledged = killed(address, "[writer.add(d) for d in documents(400)]")
    assert acknowledged == 4_000
    engine = OpenSearchEngine(address)
    assert engine.size == 0
    with pytest.raises(LockedError, match="if it died"):
        engine.writer()
    _let_the_lock_grow_old(address)
    # One document is gone, one is another, one is new.
    archive = [*documents(400)[1:], *documents(402)[401:]]
    archive[0] = tuple(replace(p, text="换了文字") for p in archive[0][:4])
    with engine.writer() as writer:
        for document in archive:
            writer.add(document)
        assert writer.flush() < 100
    assert list(engine.scan(Query())) == [p for d in archive for p in d]


def test_a_killed_batch_leaves_nothing_behind_that_the_next_one_publishes(place: Place) -> None:
    address = place("")
    engine = OpenSearchEngine(address)
    load(engine, documents(20), {})
    killed(address, "writer.add(documents(30)[25]); writer.remove('d00003')")
    _let_the_lock_grow_old(address)
    load(engine, documents(30)[26:27], {})
    kept = [*documents(20), documents(30)[26]]
    assert list(engine.scan(Query())) == [p for d in kept for p in d]


def test_a_swap_that_a_home_did_not_note_is_made_again(place: Place) -> None:
    address = place("")
    engine = OpenSearchEngine(address)
    load(engine, documents(3), {})
    cluster = Cluster(parse_address(address))
    noted = answering(cluster)
    assert noted is not None
    load(engine, documents(4)[3:], {})
    base = State(noted[0], noted[1], 30)
    with OpenSearchWriter(cluster, base, lambda state: None) as writer:
        writer.add(documents(5)[4])
    again = OpenSearchEngine(address)
    assert sorted({p.document_id for p in again.scan(Query())}) == [
        f"d0000{n}" for n in (0, 1, 2, 4)
    ]


def _let_the_lock_grow_old(address: str) -> None:
    """Make the lock look as it does when nobody has renewed it for long."""
    cluster = Cluster(parse_address(address))
    path = f"/{lock.LOCKS}/_doc/{parse_address(address).name}"
    held = cluster.call("GET", path)["_source"]
    cluster.call("PUT", path, {**held, "renewed": held["renewed"] - 2 * lock.STALE_SECONDS})
    cluster.close()

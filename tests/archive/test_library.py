"""An archive that changes while it is asked: one answer is of one generation."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from archive.engines.whoosh import WhooshEngine
from archive.errors import EngineError, QueryError
from archive.model import Document, Paragraph, Record
from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
from archive.query.query import parse
from archive.ranges import Range
from archive.search.backend import WeightedTerm
from archive.store.library import Archive, open_archive
from archive.wording import wording
from tests.fixtures.home import Kept, publish
from web import create_app

WORDS = "均衡发展"


def one_more(number: int) -> Kept:
    path = f"新{number}.txt"
    paragraph = Paragraph(path, 0, "推进义务教育均衡发展，新建学校三所。", title=path)
    return Document(path, path, path, "0" * 64), [paragraph]


def shown(archive: Archive) -> dict[str, object]:
    answer = wording(archive, parse(WORDS)).to_dict()
    del answer["took_ms"]
    return answer


def test_a_snapshot_answers_as_before_whatever_is_published(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        snapshot = archive.snapshot()
        assert archive.snapshot() is snapshot
        before, generation = shown(snapshot), snapshot.generation
        # So often that the files of the first are gone.
        for number in range(4):
            publish(tmp_path, map(one_more, range(number + 1)))
        assert shown(snapshot) == before
        assert snapshot.generation == generation != archive.generation
        now = archive.snapshot()
        assert now is not snapshot
        assert shown(now) == shown(archive) != before


def test_a_snapshot_is_let_go_with_the_next_generation(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        snapshot = weakref.ref(archive.snapshot())
        publish(tmp_path, [one_more(1)])
        archive.search(WORDS)
        gc.collect()
        assert snapshot() is None


QUESTIONS: dict[str, Callable[[Archive], Sized]] = {
    "search": lambda archive: archive.search(WORDS).hits,
    "scan": lambda archive: list(archive.scan(parse(WORDS))),
    "paragraphs": lambda archive: archive.paragraphs("统计.jsonl"),
    "lookup": lambda archive: archive.lookup(iter(["统计.jsonl:3", "统计.jsonl:5"])),
    "count": lambda archive: [archive.count(parse(WORDS))],
    "doc_freqs": lambda archive: archive.doc_freqs(["教育"]),
    "nearest": lambda archive: (
        archive.nearest([[WeightedTerm(("教育",), 1.0, word=True)]], 5)[0].passages
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_from_the_generation_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    publish(tmp_path)
    asked = getattr(WhooshEngine, name)
    with open_archive(tmp_path) as archive:
        before = QUESTIONS[name](archive)

        def after_a_publication(*given: object) -> object:
            # Another thread has met a new generation between the look at it and the answer.
            monkeypatch.undo()
            publish(tmp_path, [one_more(1)])
            archive.stats()
            gc.collect()
            return asked(*given)

        monkeypatch.setattr(WhooshEngine, name, after_a_publication)
        assert QUESTIONS[name](archive) == before
        assert len(before)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sort": "newest"}, "sort='newest' is wrong: it must be one of relevance, year, -year"),
        ({"sort": 1}, "sort=1 is wrong"),
        ({"year": (2021, 2019)}, r"year=\(2021, 2019\) runs backwards: write \(2019, 2021\)"),
        ({"year": [2018, (2021, 2019)]}, "runs backwards"),
        ({"year": "2021"}, "year='2021' is wrong: it must be a year of four digits"),
        ({"year": ("2019", "2021")}, "year='2019' is wrong"),
        ({"year": True}, "year=True is wrong"),
        ({"year": (True, 2021)}, "year=True is wrong"),
        ({"year": 21}, "year=21 is wrong"),
        ({"year": (None, None)}, "year=.* is wrong"),
        ({"year": 2021.0}, "year=2021.0 is wrong"),
        ({"limit": "5"}, "limit='5' is wrong: it must be a whole number"),
        ({"limit": True}, "limit=True is wrong"),
        ({"limit": 101}, "limit must lie between"),
        ({"limit": -1}, "limit must lie between"),
        ({"offset": 1.5}, "offset=1.5 is wrong"),
        ({"offset": 10_000}, "offset \\+ limit must lie"),
        ({"fold": 1}, "fold=1 is wrong: it must be True or False"),
        ({"fold": "x"}, "fold='x' is wrong"),
        ({"text": "y"}, "no argument text: filters are year, number"),
        ({"node": None}, "no argument node"),
        ({"excluded": ()}, "no argument excluded"),
        ({"colour": "red"}, "no argument colour"),
        ({"topic": 7}, "topic=7 is wrong: it must be a string"),
        ({"topic": ["甲", None]}, "topic=.* is wrong"),
        ({"topic": ""}, "topic='' is wrong"),
        ({"topic": b"x"}, "topic=b'x' is wrong"),
        ({"form": "nonsense"}, "form has no value"),
        ({"query": 7}, "query=7 is wrong: it must be a string or a Query"),
        ({"query": None}, "query=None is wrong"),
    ],
)
def test_a_wrong_argument_is_named(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive, pytest.raises(QueryError, match=told) as said:
        archive.search(**{"query": WORDS, **wrong})
    assert next(iter(wrong)) in said.value.chinese


def test_a_list_is_asked_for_in_keywords_as_in_a_query(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        everything = archive.search("教育", limit=100)
        assert [
            hit
            for start in range(0, 100, 7)
            for hit in archive.search("教育", limit=7, offset=start).hits
        ] == list(everything.hits)
        assert archive.search("教育", limit=0).hits == ()
        assert archive.search("教育", limit=0).total == everything.total
        query = replace(parse("推进"), limit=3, offset=1, fold=False)
        query = query.select("topic", ["义务教育"])
        query = replace(query, offset=1)
        assert (
            archive.search(query).hits
            == archive.search("推进", limit=3, offset=1, fold=False, topic="义务教育").hits
        )
        # What is not said stays as the query has it.
        asked = archive.search(query, year=2020).query
        assert asked.ranges("year") == (Range(2020, 2020),)
        assert (asked.values("topic"), asked.limit) == (("义务教育",), 3)
        years = archive.search("教育", year=[(None, 1985), 1990], limit=0)
        assert years.query.ranges("year") == (Range(None, 1985), Range(1990, 1990))
        assert years.total


def test_a_scan_goes_on_with_the_generation_it_began_with(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        before = list(archive.scan(parse("教育")))
        scan = archive.scan(parse("教育"))
        read = [next(scan)]
        for number in range(3):
            publish(tmp_path, map(one_more, range(number + 1)))
            archive.stats()
        gc.collect()
        assert [*read, *scan] == before


@pytest.mark.parametrize("address", ["/api/wording", "/wording"])
def test_a_wording_does_not_straddle_a_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    publish(tmp_path)
    client = create_app(tmp_path).test_client()
    kept = Archive.sources
    asked = f"{address}?q={WORDS}"
    before = client.get(asked)

    def and_publish(archive: Archive) -> object:
        sources = kept(archive)
        publish(tmp_path, [one_more(1)])
        return sources

    monkeypatch.setattr(Archive, "sources", and_publish)
    straddling = client.get(asked, headers={"Cache-Control": "no-cache"})
    monkeypatch.undo()
    after = client.get(asked)
    if before.is_json:
        totals = [answer.get_json()["total"] for answer in (before, straddling, after)]
        assert totals[0] == totals[1] == totals[2] - 1
    else:
        assert straddling.text == before.text != after.text


@pytest.mark.parametrize(
    ("first", "address"),
    [
        ("document", "/api/document/新1.txt"),
        ("document", "/document/新1.txt"),
        ("document", "/document/新1.txt?all=1"),
        ("search", f"/search?q={WORDS}"),
        ("stats", "/api/stats"),
        ("stats", "/"),
    ],
)
def test_a_page_does_not_straddle_a_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, address: str
) -> None:
    publish(tmp_path, [one_more(1)])
    client = create_app(tmp_path).test_client()
    before = client.get(address)
    assert before.status_code == 200
    asked = getattr(Archive, first)

    def and_publish(*given: object) -> object:
        answer = asked(*given)
        monkeypatch.undo()
        # The document is gone, and the counts are others.
        publish(tmp_path, map(one_more, range(2, 5)))
        return answer

    monkeypatch.setattr(Archive, first, and_publish)
    # Counted again, and not taken from what the app remembers.
    straddling = create_app(tmp_path).test_client().get(address)
    assert steady(straddling) == steady(before)
    assert steady(client.get(address)) != steady(before)


def steady(answer: TestResponse) -> str:
    """An answer without how long it took and the token of the app that gave it."""
    text = re.sub(r'"took_ms":[^,}]*|[0-9.]+ (ms|毫秒)', "", answer.text)
    return re.sub(r'name="token" value="[^"]*"', "", text)


def test_a_clip_is_not_placed_by_two_generations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, [one_more(1)])
    with open_archive(tmp_path) as archive:
        clips = Clips(Store(archive.home.notes))
        [paragraph] = archive.paragraphs("新1.txt")
        source = Source.of(paragraph, archive.document("新1.txt"))
        clips.toggle(Anchor(paragraph.paragraph_id, paragraph.text), source, archive.generation)
        # Renamed, to be found by its text in another document, which is gone by then.
        publish(tmp_path, [one_more(2)])
        document = Archive.document

        def and_publish(asked: Archive, document_id: str) -> Document:
            monkeypatch.undo()
            publish(tmp_path)
            return document(asked, document_id)

        monkeypatch.setattr(Archive, "document", and_publish)
        for attached in (True, False):
            clips.settle(archive)
            [clip] = clips.listed(clips.current())
            assert clip.attached is attached


def test_a_snapshot_says_so_where_its_files_are_gone(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        snapshot = archive.snapshot()
        for number in range(3):
            publish(tmp_path, [one_more(number)])
        assert snapshot.search(WORDS).total
        with pytest.raises(EngineError, match="ask again"):
            snapshot.document("通知.txt")


def test_the_state_of_the_archive_is_counted_once_a_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path)
    client = create_app(tmp_path).test_client()
    counted: list[str] = []
    stats = Archive.stats
    monkeypatch.setattr(
        Archive, "stats", lambda asked: (counted.append(asked.generation), stats(asked))[1]
    )
    for address in ("/", "/api/stats", "/"):
        client.get(address)
    assert len(counted) == 1
    publish(tmp_path, [one_more(1)])
    client.get("/")
    client.get("/api/stats")
    assert len(counted) == 2 == len(set(counted))


def many(count: int) -> list[Kept]:
    """Documents each of a kind and a site of its own."""
    made = []
    for number in range(count):
        path = f"文种{number}.txt"
        record = Record(kind=f"文种{number:03}", site=f"来源{number:03}")
        document = Document(path, path, path, digest="0" * 64, record=record)
        text = "各类文种各有来源。"
        made.append((document, [Paragraph(path, 0, text, title=path, record=record)]))
    return made


def test_lists_that_are_cut_say_how_much_more_there_is(tmp_path: Path) -> None:
    publish(tmp_path)
    client = create_app(tmp_path).test_client()
    with open_archive(tmp_path) as archive:
        few = archive.stats()
        assert few.kinds_more == few.sites_more == 0
        assert "最常用" not in client.get("/document/通知.txt").text
        publish(tmp_path, many(150))
        state = archive.stats()
        assert len(state.kinds) + state.kinds_more == len(few.kinds) + 150
        assert len(state.sites) + state.sites_more == len(few.sites) + 150
        assert state.to_dict()["kinds_more"] == state.kinds_more > 0
        assert state.to_dict()["sites_more"] == state.sites_more > 0
        page = client.get("/document/通知.txt", headers={"Accept-Language": "zh"}).text
        assert f"最常用的 {len(state.kinds)} 个，另有 {state.kinds_more} 个" in page


def test_an_engine_stays_open_while_facets_of_its_answer_may_be_read(tmp_path: Path) -> None:
    publish(tmp_path)
    with open_archive(tmp_path) as archive:
        results = archive.search(parse(WORDS))
        engine = archive._state().engine
        publish(tmp_path, [one_more(1)])
        assert archive.search(parse(WORDS)).generation != results.generation
        gc.collect()
        assert sum(bucket.count for bucket in results.facet("form").buckets) == results.total
        assert engine.size
        del results
        gc.collect()
        with pytest.raises(EngineError, match="closed: ask again"):
            _ = engine.size

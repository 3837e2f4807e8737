"""The Whoosh engine's own promises: segments, damage, hard links, and Whoosh's own tools.

That it answers like the memory engine is the business of the suite of all engines; here
the same is asked of archives in many small segments, and bit by bit.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import index
from whoosh.query import And
from whoosh.query import Term as WhooshTerm

from archive.engines.memory import MemoryEngine
from archive.engines.whoosh import WhooshEngine, arrays, rank, writer
from archive.engines.whoosh.evaluate import Evaluation
from archive.engines.whoosh.filters import Selections
from archive.engines.whoosh.segment import SegmentArrays
from archive.engines.whoosh.sets import intersect
from archive.engines.whoosh.strings import SortedStrings, encode, sorted_arrays
from archive.errors import EngineError, LockedError
from archive.model import Clusters, Dating, Form, Membership, Paragraph, Record, YearBasis
from archive.query.query import Query, parse
from archive.text.fold import fold
from archive.text.tokenize import analyze
from tests.fixtures import strategies
from tests.fixtures.strategies import COSTLY

TEXTS = (
    "推进义务教育均衡发展，新建学校12所。",
    "〔2021〕1号：關於學校安全工作的通知",
    "均衡……發展 abc ABC",
    "控辍保学，一个都不能少",
)


def paragraphs(document_id: str, *texts: str) -> list[Paragraph]:
    return [
        Paragraph(
            document_id,
            ordinal,
            text,
            Form.BODY,
            article="篇一",
            heading_path=("一、主要工作",),
            section="主要工作",
            title=f"{document_id}的总结",
            dating=Dating(year=2021, basis=YearBasis.STATED),
        )
        for ordinal, text in enumerate(texts)
    ]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder with an index of two segments, one paragraph in it deleted."""
    folder = tmp_path / "index"
    with WhooshEngine(folder).writer() as batch:
        batch.add(paragraphs("a", *TEXTS))
        batch.add(paragraphs("b", "安全"))
    with WhooshEngine(folder).writer() as batch:
        batch.add(paragraphs("c", *reversed(TEXTS)))
        batch.remove("b")
        batch.set_clusters({"a:0": Membership("a:0", 1), "c:3": Membership("a:0", 0)})
    return folder


@pytest.fixture
def tiny_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment holds four paragraphs, and more than two small ones are merged."""
    monkeypatch.setattr(writer, "MAX_PARAGRAPHS", 4)
    monkeypatch.setattr(writer, "MAX_SMALL_SEGMENTS", 2)


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("MAIN_*.arrays"))


# Many segments, deletions, merges


@pytest.mark.usefixtures("tiny_segments")
@COSTLY
@given(data=st.data())
def test_many_small_segments_answer_to_the_bit_like_the_reference(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    reference, folder = MemoryEngine(), tmp_path_factory.mktemp("many")
    for _ in range(data.draw(st.integers(1, 6))):
        ids = data.draw(st.lists(st.sampled_from(strategies.DOCUMENT_IDS), max_size=4, unique=True))
        documents = [data.draw(strategies.documents(document_id)) for document_id in ids]
        removed = data.draw(st.sampled_from((None, *strategies.DOCUMENT_IDS)))
        for batch in (reference.writer(), WhooshEngine(folder).writer()):
            with batch:
                if removed is not None and removed not in ids:
                    batch.remove(removed)
                for document in documents:
                    batch.add(document)
    kept = list(reference.scan(Query()))
    clusters: Clusters = data.draw(strategies.clusters(kept))
    for batch in (reference.writer(), WhooshEngine(folder).writer()):
        with batch:
            batch.set_clusters(clusters)
    engine = WhooshEngine(folder)
    engine.check()
    assert engine.size == reference.size
    for query in data.draw(st.lists(strategies.queries(kept), min_size=1, max_size=5)):
        assert list(engine.scan(query)) == list(reference.scan(query))
        mine, theirs = engine.search(query), reference.search(query)
        assert replace(mine, took_ms=0) == replace(theirs, took_ms=0)


@pytest.mark.usefixtures("tiny_segments")
def test_small_segments_are_merged_and_dead_ones_dropped(tmp_path: Path) -> None:
    for number in range(30):
        with WhooshEngine(tmp_path).writer() as batch:
            batch.add(paragraphs(f"d{number % 10}", f"第{number}次修改"))
    engine = WhooshEngine(tmp_path)
    # Ten paragraphs, four to a segment at most, and two small segments beside full ones.
    assert len(segments(tmp_path)) <= 10 // 2 + 2
    assert [p.text for p in engine.scan(Query())] == [f"第{n}次修改" for n in range(20, 30)]
    with engine.writer() as batch:
        for number in range(10):
            batch.remove(f"d{number}")
    assert segments(tmp_path) == []
    assert engine.size == 0


def test_a_large_batch_becomes_several_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_CHARACTERS", 100)
    engine = WhooshEngine(tmp_path)
    with engine.writer() as batch:
        for number in range(20):
            batch.add(paragraphs(f"d{number}", "推进义务教育均衡发展" * 5))
        batch.add(paragraphs("d3", "替换"))
        batch.remove("d4")
    assert len(segments(tmp_path)) > 5
    assert engine.size == 19
    assert engine.search(parse("替换")).total == 1
    assert engine.paragraphs("d4") == []


def test_one_document_may_be_longer_than_a_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_PARAGRAPHS", 3)
    long = paragraphs("long", *(f"第{number}段" for number in range(10)))
    with WhooshEngine(tmp_path).writer() as batch:
        batch.add(paragraphs("short", "短"))
        batch.add(long)
    assert WhooshEngine(tmp_path).paragraphs("long") == long


# The parts that only large archives use


@pytest.fixture
def candidates_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ranking takes the way of large archives."""
    monkeypatch.setattr(rank, "_MIN_CANDIDATE_PASS", 1)
    monkeypatch.setattr(rank, "_SAMPLE", 2)


@pytest.mark.usefixtures("candidates_from_the_start")
@COSTLY
@given(archive=strategies.archives(), data=st.data())
def test_a_candidate_pass_loses_no_hit_and_no_order(
    tmp_path_factory: pytest.TempPathFactory, archive: strategies.Archive, data: st.DataObject
) -> None:
    reference, engine = MemoryEngine(), WhooshEngine(tmp_path_factory.mktemp("candidates"))
    for batch in (reference.writer(), engine.writer()):
        with batch:
            for document in archive.documents:
                batch.add(document)
    for query in data.draw(st.lists(strategies.queries(archive.paragraphs), max_size=5)):
        few = replace(query, limit=data.draw(st.integers(0, 4)), offset=0)
        mine, theirs = engine.search(few), reference.search(few)
        assert [(hit.paragraph, hit.score) for hit in mine.hits] == [
            (hit.paragraph, hit.score) for hit in theirs.hits
        ]


@given(texts=st.sets(st.text(max_size=4), max_size=300), needles=st.lists(st.text(max_size=2)))
def test_a_table_of_strings_finds_what_a_list_of_them_finds(
    tmp_path_factory: pytest.TempPathFactory, texts: set[str], needles: list[str]
) -> None:
    texts |= {f"{number:03}" for number in range(0, 400, 3)}
    ordered = sorted(map(encode, texts))
    path = tmp_path_factory.mktemp("strings") / "table"
    arrays.write_arrays(path, sorted_arrays("t", ordered))
    table = SortedStrings(arrays.ArrayFile(path), "t")
    assert table.all_raw() == ordered
    assert table.all() == [table[i] for i in range(len(table))]
    for needle in (*map(encode, needles), b"0", b"003", b"\xf4", *ordered[::50]):
        assert table.first_from(needle) == bisect_left(ordered, needle)
        assert table.find(needle) == (ordered.index(needle) if needle in ordered else None)
        if needle:
            having = [i for i, text in enumerate(ordered) if needle in text]
            assert table.containing(needle).tolist() == having
            assert table.holding(np.arange(len(ordered)), needle).tolist() == having


@given(lists=st.lists(st.sets(st.integers(0, 299)), min_size=1, max_size=4), few=st.booleans())
def test_lists_are_intersected_as_sets_are(lists: list[set[int]], few: bool) -> None:
    if few:
        lists = [*lists, set(range(300)), set(list(lists[0])[:3])]
    packed = [arrays.pack(np.array(sorted(one), np.int64)) for one in lists]
    assert intersect(packed, 300).tolist() == sorted(set.intersection(*lists))


# Commits


def test_a_batch_that_fails_leaves_no_trace(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    monkeypatch.setattr(writer, "MAX_CHARACTERS", 1)
    with suppress(RuntimeError), WhooshEngine(filled).writer() as batch:
        batch.add(paragraphs("x", "不应留下"))
        batch.remove("a")
        assert len(segments(filled)) == 3
        raise RuntimeError
    assert {path.name: path.read_bytes() for path in filled.iterdir()} == before


def test_a_folder_copied_by_hard_links_keeps_its_own_content(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "next"
    copy.mkdir()
    for path in filled.iterdir():
        os.link(path, copy / path.name)
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    with WhooshEngine(copy).writer() as batch:
        batch.add(paragraphs("a", "新的一代"))
        batch.remove("c")
    assert {path.name: path.read_bytes() for path in filled.iterdir()} == before
    assert [p.text for p in WhooshEngine(copy).scan(Query())] == ["新的一代"]
    assert WhooshEngine(filled).size == 8


def test_what_a_killed_commit_left_behind_is_removed_by_the_next(filled: Path) -> None:
    for name in ("MAIN_0123456789abcdef.arrays", "MAIN_0123456789abcdef.arrays.tmp"):
        (filled / name).write_bytes(b"half")
    (filled / "state_99.arrays.tmp").write_bytes(b"half")
    engine = WhooshEngine(filled)
    assert engine.size == 8
    with engine.writer() as batch:
        batch.add(paragraphs("d", "下一次"))
    assert not [p for p in filled.iterdir() if p.stat().st_size == 4]


def test_another_process_is_refused_while_a_batch_is_open(filled: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from archive.engines.registry import open_engine;"
        "open_engine(Path(sys.argv[1])).writer()"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(filled)]
    with WhooshEngine(filled).writer():
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        with pytest.raises(LockedError):
            WhooshEngine(filled).writer()
    assert refused.returncode
    assert LockedError.__name__ in refused.stderr
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


# Damage


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut short": lambda content: content[:-1],
    "cut in its head": lambda content: content[:20],
    "longer": lambda content: content + b"\0",
    "foreign": lambda content: b"PK\3\4" + bytes(4096),
    "of another format version": lambda content: content[:8] + b"\xee" + content[9:],
    "changed in its table": lambda content: content[:60] + b"\xee" + content[61:],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", ["MAIN_*.arrays", "state_*.arrays"])
def test_a_damaged_file_is_named_with_the_way_out(filled: Path, pattern: str, damage: str) -> None:
    path = next(filled.glob(pattern))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(EngineError) as caught:
        WhooshEngine(filled)
    for sentence in (caught.value.chinese, caught.value.english):
        assert path.name in sentence
        assert "xianli reindex --full" in sentence


@pytest.mark.parametrize("damage", ["empty", "foreign", "cut in its head"])
def test_a_damaged_table_of_contents_is_named(filled: Path, damage: str) -> None:
    path = next(filled.glob("*.toc"))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(EngineError, match="reindex --full") as caught:
        WhooshEngine(filled)
    assert path.name in caught.value.english


@pytest.mark.parametrize("pattern", ["MAIN_*.arrays", "state_*.arrays"])
def test_a_missing_file_is_named(filled: Path, pattern: str) -> None:
    path = next(filled.glob(pattern))
    path.unlink()
    with pytest.raises(EngineError, match="reindex --full") as caught:
        WhooshEngine(filled)
    assert path.name in caught.value.english


def test_a_changed_byte_anywhere_in_a_segment_is_found_by_the_check(filled: Path) -> None:
    path = segments(filled)[0]
    path.write_bytes(flip(path.read_bytes()))
    with pytest.raises(EngineError, match="damaged"):
        WhooshEngine(filled).check()


FAULTS = (IndexError, KeyError, OverflowError, TypeError, ValueError)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "place",
    [
        (Evaluation, "matching"),
        (rank.Scorer, "__init__"),
        (SegmentArrays, "subject"),
        (Selections, "counts"),
    ],
)
def test_a_fault_of_the_program_is_not_told_as_damage(
    filled: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[type, str],
    fault: type[Exception],
) -> None:
    def fail(*_: object) -> None:
        raise fault("a slip of the pen")

    engine = WhooshEngine(filled)
    monkeypatch.setattr(*place, fail)
    with pytest.raises(fault, match="a slip of the pen"):
        engine.search(parse("均衡")).facet("site")


def test_a_hit_that_does_not_match_its_text_is_not_shown(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = WhooshEngine(filled)
    monkeypatch.setattr("archive.search.answer.matches", lambda *_: False)
    with pytest.raises(EngineError, match="does not match: run xianli reindex --full"):
        engine.search(parse("均衡 -没有"))


@pytest.mark.parametrize("pattern", ["MAIN_*.arrays", "state_*.arrays", "*.toc"])
def test_a_folder_in_the_place_of_a_file_is_named(filled: Path, pattern: str) -> None:
    path = next(filled.glob(pattern))
    path.unlink()
    path.mkdir()
    with pytest.raises(EngineError, match="reindex --full") as caught:
        WhooshEngine(filled)
    assert f"cannot read the index file {path}" in caught.value.english


def test_a_device_that_cannot_be_read_is_said_as_it_is(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("archive.engines.whoosh.arrays.mmap.mmap", fail)
    with pytest.raises(EngineError, match=os.strerror(errno.EIO)) as caught:
        WhooshEngine(filled)
    assert "damaged" not in caught.value.english


def test_a_full_disk_is_said_as_it_is_and_leaves_the_old_state(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = WhooshEngine(filled).size
    monkeypatch.setattr(os, "fsync", fail)
    full = os.strerror(errno.ENOSPC)
    with pytest.raises(EngineError, match=full) as caught, WhooshEngine(filled).writer() as batch:
        batch.add(paragraphs("z", "磁盘已满"))
    assert "damaged" not in caught.value.english
    monkeypatch.undo()
    assert WhooshEngine(filled).size == before


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(EngineError):
        WhooshEngine(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_segments_of_another_writer_are_refused(filled: Path) -> None:
    with index.open_dir(str(filled)).writer() as foreign:
        foreign.add_document(document_id="x", text="别人写的")
    with pytest.raises(EngineError, match="another program"):
        WhooshEngine(filled)


def test_a_lone_surrogate_stops_nothing(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    broken = replace(paragraphs("a", "坏\ud800字")[0], title="\udfff", cut=("\ud800",))
    with engine.writer() as batch:
        batch.add([broken])
    assert list(engine.scan(parse("字"))) == [broken]


# Whoosh's own searcher


def test_whoosh_finds_the_same_paragraphs_by_its_own_searcher(filled: Path) -> None:
    engine = WhooshEngine(filled)
    with index.open_dir(str(filled)).searcher() as searcher:
        assert searcher.doc_count() == engine.size == 8
        for token in {token for text in TEXTS for token in analyze(text)}:
            found = searcher.search(WhooshTerm("text", token), limit=None)
            theirs = {f"{hit['document_id']}:{hit['ordinal']}" for hit in found}
            having = [p for p in engine.scan(Query()) if token in analyze(p.text)]
            assert theirs == {p.paragraph_id for p in having}
            assert all(hit.score > 0 and token in fold(hit["text"]) for hit in found)
            assert list(engine.doc_freqs([token])) == [len(having)]
        both = searcher.search(And([WhooshTerm("text", t) for t in ("义务教育", "学校")]))
        assert {hit["document_id"] for hit in both} == {"a", "c"}
        assert not searcher.search(WhooshTerm("text", "没有的词"))


# What is kept


def test_every_field_of_a_paragraph_comes_back(tmp_path: Path) -> None:
    whole = Paragraph(
        document_id="甲",
        ordinal=7,
        text="正文\n两行",
        form=Form.HEADING,
        article="",
        heading_path=("一、", ""),
        section="",
        part="导语",
        topics=("校园安全",),
        title="题",
        record=Record("总结", "a.cn", "2023-11-12"),
        dating=Dating(2021, None, YearBasis.CONFLICT, 2019, None, ("建党99周年",), masked=True),
        cut=("点击下载", "字号"),
    )
    engine = WhooshEngine(tmp_path)
    with engine.writer() as batch:
        batch.add([whole])
    assert engine.paragraphs("甲") == [whole]
    assert engine.lookup(["甲:7", "甲:07", "甲:0", "乙:7", "", "甲"]) == [whole]
    assert fold(engine.paragraphs("甲")[0].text) == fold(whole.text)

"""Reindexing: incremental equals full, failures cost themselves alone, nothing is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import open_archive
from archive.errors import EngineError, HomeError, LockedError, StaleIndexError
from archive.query.query import Query, parse
from archive.search.results import Results
from archive.store.catalog import SourceState
from archive.store.home import Home
from archive.store.library import Archive
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.run.verify import verify

PAGE = """<html><head><meta charset="utf-8"><title>{title}</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/x">下载中心</a></div>
<div class="content"><h1>{title}</h1>
<p>一、主要做法</p><p>{text}</p><p>二、存在问题</p>
<p>一是经费投入仍然不足，部分学校的功能室还没有配齐设备。</p></div>
<div class="footer">客服请联系我们</div></body></html>"""


def page(title: str, text: str) -> str:
    return PAGE.format(title=title, text=text)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    return Home.open(tmp_path)


def write(home: Home, path: str, content: str | bytes) -> None:
    target = home.corpus / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)


def run(home: Home, **options: object) -> Report:
    return reindex(home, replace(Options(jobs=1), **options))  # type: ignore[arg-type]


def answers(home: Home, queries: Sequence[Query]) -> list[dict[str, object]]:
    with Archive(home) as archive:
        return [comparable(archive.search(query)) for query in queries]


def comparable(results: Results) -> dict[str, object]:
    answer = results.to_dict()
    answer.pop("took_ms")
    for hit in (*answer["hits"], *answer.get("nearest", ())):
        # The last digits of a score depend on the order in which sums were formed.
        hit["score"] = round(hit["score"], 2)
    return answer


QUERIES = [parse(q) for q in ("", "学校", '"均衡发展"', "经费 OR 安全", "-安全", "没有这个词组")]


def test_a_folder_becomes_an_archive(home: Home) -> None:
    write(
        home, "2020/a.html", page("2020年云溪县教育工作总结", "全县义务教育均衡发展水平明显提高。")
    )
    write(home, "b.txt", "2021年青柳区工作要点\n\n一、抓好校园安全\n落实三防建设，确保校园平安。\n")
    report = run(home)
    assert (report.new, report.failed, report.published) == (2, [], True)
    with open_archive(home.root) as archive:
        results = archive.search('"均衡发展"')
        assert results.total == 1
        assert results.hits[0].paragraph.year == 2020
        assert archive.search("下载").total == 0
        assert archive.search("客服").total == 0
        assert archive.stats().documents == 2
    assert list(verify(home)) == []


def test_a_run_says_how_long_each_stage_took(home: Home) -> None:
    write(home, "a.html", page("2020年云溪县教育工作总结", "全县义务教育均衡发展水平提高。"))
    write(home, "b.jsonl", json.dumps({"doc_id": "1", "title": "总结", "text": "全年平稳。"}))
    report = run(home)
    assert {"scan", "read", "index", "learn", "cluster", "commit", "publish"} <= set(report.seconds)
    stages = {"page", "structure", "record", "dating", "topics", "signatures"}
    assert set(report.reading) == stages
    assert all(name in report.to_text() for name in report.reading)
    assert report.to_dict()["reading"].keys() == report.reading.keys()


def test_a_run_with_nothing_to_do_makes_no_generation(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n全年工作平稳有序推进。\n")
    first = run(home)
    second = run(home)
    assert not second.published
    assert (second.unchanged, second.generation) == (1, first.generation)


def test_changed_and_removed_sources_are_followed(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    write(home, "b.txt", "云溪县卫生工作总结\n\n推进分级诊疗制度。\n")
    run(home)
    write(home, "a.txt", "云溪县教育工作总结\n\n推进县管校聘改革工作。\n")
    (home.corpus / "b.txt").unlink()
    report = run(home)
    assert (report.changed, report.removed) == (1, 1)
    with Archive(home) as archive:
        assert archive.search('"集团化"').total == 0
        assert archive.search('"县管校聘"').total == 1
        assert archive.search('"分级诊疗"').total == 0


def test_a_source_that_fails_costs_itself_alone_and_is_tried_again(home: Home) -> None:
    write(home, "good.txt", "云溪县教育工作总结\n\n控辍保学成效显著。\n")
    write(home, "bad.jsonl", "{")
    report = run(home)
    assert [source.path for source in report.failed] == ["bad.jsonl"]
    assert "line 1" in report.failed[0].english
    with Archive(home) as archive:
        assert archive.search('"控辍保学"').total == 1
    write(home, "bad.jsonl", json.dumps({"doc_id": "a", "title": "t", "text": "已改正"}))
    assert run(home).failed == []


def test_a_line_that_cannot_be_read_is_counted_and_named_until_it_is_mended(home: Home) -> None:
    lines = [json.dumps({"doc_id": "a", "title": "t", "text": text}) for text in ("一", "二")]
    write(home, "a.jsonl", "\n".join((lines[0], "{", lines[1], "[]")))
    report = run(home)
    assert [(one.path, one.state) for one in report.failed] == [("a.jsonl", SourceState.READ)]
    assert "2 lines were not read" in report.failed[0].english
    assert "line 2 is not valid JSON; line 4 is not a JSON object" in report.failed[0].english
    assert "第 2 行" in report.failed[0].chinese
    assert report.paragraphs == 2
    # The archive agrees with what it says of the file.
    assert list(verify(home)) == []
    again = run(home)
    assert not again.published
    assert again.failed == report.failed
    with Archive(home) as archive:
        assert archive.stats().failed == tuple(report.failed)
    write(home, "a.jsonl", "\n".join(lines))
    assert run(home).failed == []


def test_a_source_that_fails_after_a_change_is_no_longer_found(home: Home) -> None:
    write(home, "a.jsonl", json.dumps({"doc_id": "a", "title": "t", "text": "旧的文字"}))
    run(home)
    write(home, "a.jsonl", "{")
    run(home)
    with Archive(home) as archive:
        assert archive.search('"旧的文字"').total == 0


def test_files_of_other_kinds_are_listed_not_failed(home: Home) -> None:
    write(home, "photo.jpg", b"\xff\xd8")
    report = run(home)
    assert [source.path for source in report.skipped] == ["photo.jpg"]
    assert report.failed == []


def test_a_page_that_becomes_hidden_leaves_the_archive(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    (home.corpus / "a.txt").rename(home.corpus / "a.bak")
    run(home)
    with Archive(home) as archive:
        assert archive.search("集团化").total == 0


def test_a_dry_run_changes_nothing(home: Home) -> None:
    write(home, "a.txt", "文字")
    report = run(home, dry_run=True)
    assert (report.new, report.published) == (1, False)
    assert home.current() is None


def test_a_run_within_a_path_reads_that_path_alone(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    write(home, "new/b.txt", "云溪县卫生工作总结\n\n推进分级诊疗制度。\n")
    write(home, "new/c.txt", "云溪县农业工作总结\n\n推进高标准农田建设。\n")
    assert run(home, paths=("new/b.txt",)).new == 1
    assert run(home).new == 1


def test_a_reader_sees_the_old_generation_until_the_new_one_is_whole(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    with Archive(home) as archive:
        before = archive.scan(parse("集团化"))
        first = next(before)
        (home.corpus / "a.txt").unlink()
        run(home)
        assert archive.search("集团化").total == 0
        # What began on the old generation ends on it.
        assert [first, *before] == [first]


def test_a_run_that_dies_leaves_the_old_generation_answering(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    write(home, "a.txt", "云溪县教育工作总结\n\n推进县管校聘改革。\n")

    def die(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Home, "publish", die)
        with pytest.raises(OSError, match="No space"):
            run(home)
    with Archive(home) as archive:
        assert archive.search("集团化").total == 1
        run(home)
        assert archive.search("县管校聘").total == 1


def test_a_second_run_at_once_is_refused(home: Home) -> None:
    with home.lock(), pytest.raises(LockedError, match=str(os.getpid())):
        run(home)


def test_an_empty_corpus_gives_an_empty_archive(home: Home) -> None:
    assert run(home).paragraphs == 0
    with Archive(home) as archive:
        assert archive.search("任何").total == 0
        assert archive.stats().paragraphs == 0


def stamp_as(home: Home, **stamp: str) -> None:
    """Make the index one that another version made."""
    current = home.current()
    assert current is not None
    with home.lock():
        current.write_stamp(replace(current.stamp(), **stamp))
        home.publish(current)


def test_an_index_of_another_version_is_refused_then_mended_by_full(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    stamp_as(home, analyzer="another")
    with Archive(home) as archive, pytest.raises(StaleIndexError, match="--full"):
        archive.search("改革")
    with pytest.raises(StaleIndexError, match="--full"):
        run(home)
    run(home, full=True)
    with Archive(home) as archive:
        assert archive.search("改革").total == 1


def test_other_reading_rules_read_everything_again(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    stamp_as(home, rules="former")
    assert run(home).new == 1


def test_an_archive_that_was_never_indexed_says_what_to_run(home: Home) -> None:
    with Archive(home) as archive, pytest.raises(HomeError, match="xianli reindex"):
        archive.search("任何")


def test_verify_finds_what_differs(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    write(home, "b.txt", "云溪县卫生工作总结\n\n推进分级诊疗制度。\n")
    run(home)
    write(home, "a.txt", "云溪县教育工作总结\n\n推进县管校聘改革。\n")
    (home.corpus / "b.txt").unlink()
    write(home, "c.txt", "新文件")
    assert sorted(difference.path for difference in verify(home)) == ["a.txt", "b.txt", "c.txt"]


def test_several_processes_read_the_same(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.run.reindex.SMALL_RUN", 0)
    lines = [
        {
            "doc_id": f"d{i % 9}",
            "title": f"第{i % 9}号报告",
            "n": i,
            "year": 2000 + i % 20,
            "text": f"第{i}项：推进义务教育均衡发展，新建学校{i}所，安全检查{i * 7}次。" * 3,
        }
        for i in range(400)
    ]
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    write(home, "a.jsonl", content)
    write(home, "b.jsonl", content)
    other = tmp_path / "other"
    (other / "corpus").mkdir(parents=True)
    alone = Home.open(other)
    for name in ("a.jsonl", "b.jsonl"):
        write(alone, name, content)
    run(home, jobs=2)
    run(alone, jobs=1)
    assert answers(home, QUERIES) == answers(alone, QUERIES)
    assert list(verify(home)) == []


TEXTS = st.sampled_from(
    [
        "2019年云溪县教育工作总结\n\n一、推进均衡发展\n全县新建改扩建学校12所，大班额问题基本解决。",
        "20xx年云溪县教育工作总结\n\n一、推进均衡发展\n全县新建改扩建学校xx所，大班额问题基本解决。",
        "2021年青柳区安全工作汇报\n\n一、抓好校园安全\n开展隐患排查，整改问题37处，保持平安稳定。",
        "2023年临川坪镇工作要点\n\n（一）发展产业\n培育特色产业，带动农户增收。\n（二）治理环境\n清理河道五公里。",
        "",
    ]
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["a.txt", "b.txt", "d/c.txt"]), st.none() | TEXTS),
    min_size=1,
    max_size=5,
)


@settings(max_examples=max(4, settings().max_examples // 5))
@given(rounds=st.lists(CHANGES, min_size=1, max_size=4))
def test_incremental_runs_answer_as_one_full_run(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str | None]]]
) -> None:
    root = tmp_path_factory.mktemp("home")
    (root / "corpus").mkdir()
    home = Home.open(root)
    for changes in rounds:
        for path, text in changes:
            if text is None:
                (home.corpus / path).unlink(missing_ok=True)
            else:
                write(home, path, text)
        run(home)
    incremental = answers(home, QUERIES)
    run(home, full=True)
    assert [a | {"generation": ""} for a in incremental] == [
        a | {"generation": ""} for a in answers(home, QUERIES)
    ]


def test_verify_refuses_an_index_whose_files_were_altered(home: Home) -> None:
    write(home, "a.txt", "云溪县教育工作总结\n\n推进集团化办学改革。\n")
    run(home)
    current = home.current()
    assert current is not None
    (arrays,) = [p for p in current.index.iterdir() if p.name.startswith("MAIN_") and p.suffix]
    data = arrays.read_bytes()
    at = data.index("集团化".encode())
    arrays.write_bytes(data[:at] + "公司化".encode() + data[at + 9 :])
    with pytest.raises(EngineError, match="--full"):
        list(verify(home))

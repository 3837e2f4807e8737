"""JSON Lines: grouped, ordered, and refused with the line that is wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from archive.errors import PartlyReadError, SourceError
from archive.model import Record
from archive.search.export import rows
from indexer import pipeline
from indexer.pipeline import read_source
from indexer.readers import jsonl
from indexer.readers.jsonl import read_records


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def line(doc_id: str, text: str, **more: object) -> dict[str, object]:
    return {"doc_id": doc_id, "title": f"题{doc_id}", "text": text, **more}


def texts_of(document: jsonl.DocumentLines) -> list[str]:
    return [paragraph.text for paragraph, _ in document.paragraphs]


def test_lines_are_grouped_and_ordered(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", line("甲", "二", n=2), line("乙", "别的"), line("甲", "一", n=1)
    )
    records = list(read_records(path))
    assert [record.doc_id for record in records] == ["甲", "乙"]
    assert texts_of(records[0]) == ["一", "二"]


def test_lines_without_a_number_keep_their_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", *(line("甲", f"第{i}段") for i in range(12)))
    (record,) = read_records(path)
    assert texts_of(record) == [f"第{i}段" for i in range(12)]


def test_a_compressed_file_reads_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.jsonl", line("甲", "一段", heading="一、工作", year=2020))
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_records(plain)) == list(read_records(packed))


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(line("a", "b")).encode() + b"\n\n  \n")
    assert len(list(read_records(path))) == 1


def test_texts_are_taken_in_as_those_of_other_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    fields = line("甲", "总　则\t⺠⽣⼯程\t\ud83d", heading=["第一章　总　则"])
    taken = line("甲", "要落实主体责任".encode("gbk").decode("latin-1"))
    path.write_text("\n".join(map(json.dumps, (fields, taken))), "utf-8")
    (record,) = read_records(path)
    assert [draft.text for draft, _ in record.paragraphs] == [
        "总则\t民生工程\t\ufffd",
        "要落实主体责任",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[1]",
        '{"doc_id": "a", "title": "t"}',
        '{"doc_id": 1, "title": "t", "text": "x"}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": "2020"}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": true}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": false}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": 0}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": 99999}',
        '{"doc_id": "a", "title": "t", "text": "x", "year": 2020.5}',
        '{"doc_id": "a", "title": "t", "text": "x", "n": 1' + "0" * 400 + "}",
        '{"doc_id": "a", "title": "t", "text": "x", "n": true}',
        '{"doc_id": "a", "title": "t", "text": "x", "date": "2023-02-31"}',
        '{"doc_id": "a", "title": "t", "text": "x", "date": "2023-13-01T10:00"}',
        '{"doc_id": "a", "title": "t", "text": "x", "date": "2023-00-10"}',
        '{"doc_id": "a", "title": "t", "text": "x", "heading": 3}',
        '{"doc_id": "a", "title": "t", "text": "x", "site": []}',
        "[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line("a", "b")) + "\n" + bad, "utf-8")
    with pytest.raises(SourceError, match="line 2"):
        list(read_records(path))


def test_a_line_that_cannot_be_read_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_LENGTH", 100)
    good = [json.dumps(line("a", word)) for word in ("甲", "乙", "丙")]
    bad = ["{", "x" * 100, "y" * 1_000, json.dumps({**line("a", "丁"), "year": -5})]
    together = [good[0], bad[0], bad[1], bad[2], good[1], bad[3], good[2], "z" * 205]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(together), "utf-8")
    records = read_records(path)
    assert texts_of(next(records)) == ["甲", "乙", "丙"]
    with pytest.raises(PartlyReadError) as said:
        next(records)
    assert "5 lines were not read" in said.value.english
    for named in ("line 2 is", "line 3 is", "line 4 is longer", "第 2 行", "…"):
        assert named in str(said.value)
    assert "line 6" not in str(said.value)


def test_a_file_without_a_good_line_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{\n[", "utf-8")
    with pytest.raises(SourceError, match="line 1 is not valid JSON") as said:
        list(read_records(path))
    assert not isinstance(said.value, PartlyReadError)


@pytest.mark.parametrize(("field", "bad"), [("date", 5), ("type", 5), ("date", "2023-02-31")])
def test_a_field_is_named_as_the_line_names_it(tmp_path: Path, field: str, bad: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**line("a", "b"), field: bad}), "utf-8")
    with pytest.raises(SourceError, match=f"has a {field} that"):
        list(read_records(path))


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(line("a", "b" * 5000)).encode())[:-20])
    with pytest.raises(SourceError, match="damaged"):
        list(read_records(path))


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("MAX_PARAGRAPHS", 11, "'甲' is too large"),
        ("LARGEST_DOCUMENT", 500, "'甲' is too large"),
        ("MAX_LINES", 12, "more than 12 lines"),
    ],
)
def test_what_one_file_may_hold_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, said: str
) -> None:
    """Found by torture: equal lines of one document in a file of 1 MB took 3 GB."""
    lines = [line("甲", f"第{i}段") for i in range(12)]
    path = write(tmp_path / "a.jsonl", line("乙", "一"), *lines)
    assert sum(1 for _ in read_records(path)) == 2
    monkeypatch.setattr(jsonl, limit, most)
    with pytest.raises(SourceError, match=said):
        # Before anything is yielded: a file is read whole or not at all.
        next(read_records(path))


def test_a_file_that_unpacks_beyond_all_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl.gz"
    text = json.dumps(line("甲", "一段")).encode() + b"\n"
    path.write_bytes(gzip.compress(text * 20_000))
    assert len(next(read_records(path)).paragraphs) == 20_000
    monkeypatch.setattr(jsonl, "RATIO_FLOOR", 1 << 18)
    with pytest.raises(SourceError, match="more than 200 times its size"):
        next(read_records(path))


def test_any_id_and_any_place_is_sorted(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        line("甲", "四", n=float("nan")),
        line("甲", "三", n=1e300),
        line("甲", "二", n=2**70),
        line("甲", "一", n=-0.5),
    )
    half = json.dumps(line("\ud800", "半个字符"))
    path.write_text(path.read_text("utf-8") + "\n" + half, "utf-8")
    read = list(read_records(path))
    assert texts_of(read[0]) == ["一", "二", "三", "四"]
    assert read[1].doc_id == "\ud800"


def test_a_disk_that_is_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.jsonl", line("甲", "一"))
    monkeypatch.setattr(jsonl, "_LINES", "SELECT nothing")
    with pytest.raises(OSError, match="nothing"):
        list(read_records(path))


def test_an_empty_file_has_no_documents(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    assert list(read_records(tmp_path / "a.jsonl")) == []


def test_large_documents_are_handed_on_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.jsonl", *(line(f"{i}", "字" * 40) for i in range(6)))
    monkeypatch.setattr(pipeline, "CHARACTERS_PER_TASK", 80)
    tasks = [
        task for task in pipeline.tasks(path, "a.jsonl") if isinstance(task, pipeline.RecordsTask)
    ]
    assert [[record.doc_id for record in task.records] for task in tasks] == [
        ["0", "1"],
        ["2", "3"],
        ["4", "5"],
    ]


def test_a_given_year_is_stated_and_a_type_is_the_kind(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        line("甲", "校园安全。", year=2019, type="报告", heading="一、安全工作"),
    )
    (reading,) = read_source(path, "a.jsonl")
    (paragraph,) = reading.paragraphs
    assert (paragraph.year, paragraph.dating.basis) == (2019, "stated")
    assert (paragraph.kind, paragraph.heading_path) == ("报告", ("一、安全工作",))
    assert paragraph.section == "安全工作"


def test_form_and_cells_of_an_export_are_kept(tmp_path: Path) -> None:
    lines = [
        line("甲", "各乡镇：", form="opening"),
        line("甲", "", cells=["乡镇", "", " 学前\n教育 "]),
        line("甲", "\t东山乡\t普惠性幼儿园3所", form="row", heading="一、学前教育"),
        line("甲", "\t", form="row"),
        line("甲", "2021年3月5日", form="closing", cells=None),
        line("甲", "普惠性幼儿园3所，学前教育覆盖率达90%。"),
    ]
    (reading,) = read_source(write(tmp_path / "a.jsonl", *lines), "a.jsonl")
    assert [(p.form.value, p.text) for p in reading.paragraphs] == [
        ("opening", "各乡镇："),
        ("row", "乡镇\t\t学前 教育"),
        ("row", "\t东山乡\t普惠性幼儿园3所"),
        ("closing", "2021年3月5日"),
        ("body", "普惠性幼儿园3所，学前教育覆盖率达90%。"),
    ]
    assert [p.topic for p in reading.paragraphs] == [None] * 4 + ["学前教育"]
    exported = tmp_path / "b.jsonl"
    exported.write_text("".join(rows(reading.paragraphs, "ndjson")), "utf-8")
    (again,) = read_source(exported, "b.jsonl")
    assert [(p.form, p.text) for p in again.paragraphs] == [
        (p.form, p.text) for p in reading.paragraphs
    ]


@pytest.mark.parametrize("wrong", [{"form": "table"}, {"form": 1}, {"cells": [1]}])
def test_an_unknown_form_is_refused_with_its_line(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = write(tmp_path / "a.jsonl", line("甲", "一"), line("甲", "二", **wrong))
    with pytest.raises(SourceError, match="第 2 行"):
        list(read_records(path))


def test_nothing_of_a_line_is_taken_for_boilerplate(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", line("甲", "下载本文档"), line("甲", "一、标题"))
    (reading,) = read_source(path, "a.jsonl")
    assert [p.text for p in reading.paragraphs] == ["下载本文档", "一、标题"]


def test_elements_have_the_names_of_an_export_too(tmp_path: Path) -> None:
    exported = {
        "document_id": "甲",
        "title": "题",
        "text": "校园安全。",
        "heading_path": ["一、安全工作"],
        "kind": "报告",
        "site": "a.cn",
        "published": "2021-03-05",
        "year": None,
    }
    own = line(
        "甲", "校园安全。", heading="一、安全工作", type="报告", site="a.cn", date="2021-03-05"
    )
    read = [
        list(read_records(write(tmp_path / name, fields)))
        for name, fields in (("a.jsonl", exported), ("b.jsonl", {**own, "title": "题"}))
    ]
    assert read[0] == read[1]
    assert read[0][0].record == Record("报告", "a.cn", "2021-03-05")
    # Its own name goes before another.
    (both,) = read_records(write(tmp_path / "c.jsonl", {**own, "kind": "总结"}))
    assert both.record.kind == "总结"

"""Corrections: applied on every reading, counted as a change, following the file, withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import NotesError
from archive.model import CORRECTED, YearBasis
from archive.notes import Corrections, Store
from archive.notes.corrections import Correction
from archive.query.query import Query, parse
from archive.store.home import Home
from archive.store.library import Archive
from indexer.run.explain import explain_file
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.run.verify import verify

PAGE = "云溪县2021年教育工作总结\n\n一、主要做法\n全力推进义务教育均衡发展，新建学校12所。\n"
OTHER = "青柳区2019年卫生工作总结\n\n推进分级诊疗制度，改善就医条件。\n"
RECORDS = [
    {"doc_id": "x/1", "title": "甲报告", "text": "经济平稳运行。", "year": 2001, "type": "报告"},
    {"doc_id": "x/2", "title": "乙报告", "text": "社会大局稳定。", "year": 2002, "type": "报告"},
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    made = Home.open(tmp_path)
    write(made, "a.txt", PAGE)
    write(made, "b.txt", OTHER)
    write(made, "r.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS))
    run(made)
    return made


def write(home: Home, path: str, text: str) -> None:
    (home.corpus / path).write_text(text, "utf-8")


def run(home: Home, **options: object) -> Report:
    return reindex(home, replace(Options(jobs=1), **options))  # type: ignore[arg-type]


def correct(home: Home, document_id: str = "a.txt", **fields: object) -> None:
    with Archive(home) as archive:
        document = archive.document(document_id)
    made = Correction(document_id, document.path, document.digest)
    Corrections(Store(home.notes)).put(replace(made, **fields))  # type: ignore[arg-type]


def kept(home: Home, document_id: str = "a.txt") -> tuple[str, str | None, set[int | None]]:
    """Title, kind and years of a document, which its paragraphs must repeat."""
    with Archive(home) as archive:
        document = archive.document(document_id)
        paragraphs = archive.paragraphs(document_id)
        assert {p.title for p in paragraphs} == {document.title}
        assert {p.kind for p in paragraphs} == {document.kind}
    return document.title, document.kind, {p.year for p in paragraphs}


def state(home: Home) -> list[dict[str, object]]:
    with Archive(home) as archive:
        answers = [
            archive.search(q).to_dict()
            for q in (Query(), parse("推进"), parse("标题:更正后 -没有"), parse("年:2018"))
        ]
    for answer in answers:
        answer.pop("took_ms")
    return answers


def test_a_correction_counts_as_a_change_of_its_source_alone(home: Home) -> None:
    correct(home, title="更正后的题名", kind="讲话", year=2018)
    report = run(home)
    assert (report.changed, report.unchanged) == (1, 2)
    assert kept(home) == ("更正后的题名", "讲话", {2018})
    assert not run(home).published


def test_facets_filters_sorts_and_title_search_obey_it(home: Home) -> None:
    correct(home, title="更正后的题名", kind="讲话", year=2018)
    run(home)
    with Archive(home) as archive:
        results = archive.search("推进", year=2018, kind="讲话")
        assert results.total == 1
        (paragraph,) = (hit.paragraph for hit in results.hits)
        assert paragraph.dating.basis is YearBasis.STATED
        assert paragraph.dating.evidence == (CORRECTED,)
        # What the text says of itself is not rewritten.
        assert paragraph.dating.stated == 2021
        assert archive.search("推进", year=2021).total == 0
        assert archive.search("标题:更正后").total == len(archive.paragraphs("a.txt"))
        assert archive.search("标题:云溪县").total == 0
        oldest = archive.search("推进", sort="year")
        assert [hit.paragraph.year for hit in oldest.hits] == [2018, 2019]
        years = {b.value: b.count for b in archive.search("").facet("year").buckets}
        assert "2021" not in years


def test_the_page_s_own_words_are_kept_beside_it(home: Home) -> None:
    before = kept(home)
    correct(home, title="更正后的题名", year="unknown")
    run(home)
    with Archive(home) as archive:
        as_read = archive.document("a.txt").as_read
        assert archive.document("b.txt").as_read is None
        (dating,) = {p.dating for p in archive.paragraphs("a.txt")}
    assert as_read
    assert (as_read.title, as_read.record.kind) == before[:2]
    assert {d.year for d in as_read.datings} == before[2]
    assert as_read.corrected == ("title", "year")
    assert (dating.year, dating.basis) == (None, YearBasis.UNKNOWN)


def test_incremental_equals_full_and_explain_and_verify_agree(home: Home) -> None:
    correct(home, title="更正后的题名", kind="讲话", year=2018)
    correct(home, _second(home), year=1999)
    # Once each: that their paragraphs would be read otherwise is what a correction is for.
    assert sorted(d.path for d in verify(home)) == ["a.txt", "r.jsonl"]
    run(home)
    incremental = state(home)
    assert list(verify(home)) == []
    run(home, full=True)
    assert state(home) == incremental
    assert list(verify(home)) == []
    (explained,) = explain_file(home.corpus / "a.txt", "a.txt", home)
    with Archive(home) as archive:
        assert explained.reading.paragraphs == tuple(archive.paragraphs("a.txt"))
        assert explained.reading.document.as_read == archive.document("a.txt").as_read


def _second(home: Home) -> str:
    with Archive(home) as archive:
        (paragraph,) = archive.scan(parse("社会大局稳定"))
    return paragraph.document_id


def test_one_document_of_a_collection_is_corrected_alone(home: Home) -> None:
    second = _second(home)
    correct(home, second, year=1999, kind="公报")
    run(home)
    assert kept(home, second) == ("乙报告", "公报", {1999})
    with Archive(home) as archive:
        assert archive.search("经济平稳", year=2001, kind="报告").total == 1


def test_a_correction_that_is_withdrawn_leaves_no_trace(home: Home) -> None:
    before, was = state(home), kept(home)
    correct(home, title="更正后的题名", kind="讲话", year=2018)
    run(home)
    assert kept(home) != was
    correct(home)
    assert run(home).changed == 1
    assert kept(home) == was
    assert state(home) == before
    assert Corrections(Store(home.notes)).all() == []


@pytest.mark.parametrize("full", [False, True])
def test_a_correction_follows_a_file_that_was_moved(home: Home, full: bool) -> None:
    second = _second(home)
    correct(home, year=2018)
    correct(home, second, year=1999)
    run(home)
    (home.corpus / "2018").mkdir()
    (home.corpus / "a.txt").rename(home.corpus / "2018" / "改名.txt")
    (home.corpus / "r.jsonl").rename(home.corpus / "s.jsonl")
    run(home, full=full)
    with Archive(home) as archive:
        assert {p.year for p in archive.paragraphs("2018~改名.txt")} == {2018}
        assert archive.search("社会大局稳定", year=1999).total == 1
    assert list(verify(home)) == []
    assert not run(home).published


def test_a_correction_of_a_file_that_is_gone_is_kept(home: Home) -> None:
    correct(home, year=2018)
    run(home)
    (home.corpus / "a.txt").unlink()
    run(home)
    assert [c.document_id for c in Corrections(Store(home.notes)).all()] == ["a.txt"]
    write(home, "a.txt", PAGE)
    run(home)
    assert kept(home)[2] == {2018}


def test_a_run_within_another_path_leaves_the_correction_for_the_next(home: Home) -> None:
    correct(home, year=2018)
    assert run(home, paths=("b.txt",)).changed == 0
    assert run(home).changed == 1


def test_nothing_is_read_where_the_corrections_cannot_be(home: Home) -> None:
    correct(home, year=2018)
    run(home)
    home.notes.write_bytes(b"damaged" * 999)
    with pytest.raises(NotesError, match=r"notes\.sqlite"):
        run(home, full=True)
    assert kept(home)[2] == {2018}


@pytest.mark.parametrize("fields", [{"title": ""}, {"title": "字" * 201}, {"kind": "字" * 21}])
def test_a_title_or_kind_without_measure_is_refused(home: Home, fields: dict[str, str]) -> None:
    with pytest.raises(NotesError):
        correct(home, **fields)
    assert Corrections(Store(home.notes)).all() == []

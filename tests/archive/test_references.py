"""What documents of an archive cite of one another: looked up by number and title."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.ids import build_document_id
from archive.store.home import Home
from archive.store.library import Archive
from archive.store.references import MAX_CITING, References
from indexer.run.reindex import Options, reindex

OLD = {"title": "云溪县养犬办法", "number": "云政发〔2008〕22号", "issued": "2008-05-01"}
NEW = {"title": "云溪县养犬办法", "number": "云政发〔2021〕5号", "issued": "2021-03-01"}
REPEALS = "本办法自2021年4月1日起施行，《云溪县养犬办法》（云政发[2008]22号）同时废止。"
CITES = "按照云政发 （2021） 第 5 号文件要求，开展检查。"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "corpus").mkdir()
    return Home.open(tmp_path)


def write(home: Home, doc_id: str, text: str, **record: object) -> None:
    line = {"doc_id": doc_id, "text": text, **record}
    (home.corpus / f"{doc_id}.jsonl").write_text(json.dumps(line, ensure_ascii=False), "utf-8")


def run(home: Home, *, full: bool = False) -> None:
    reindex(home, replace(Options(jobs=1), full=full))


def id_of(doc_id: str) -> str:
    return build_document_id(f"{doc_id}.jsonl", doc_id)


def short(document_id: str) -> str:
    return document_id.partition(".jsonl")[0]


def of(home: Home, doc_id: str) -> References:
    with Archive(home) as archive:
        return archive.references(archive.document(id_of(doc_id)))


def named(home: Home, doc_id: str) -> list[tuple[str, list[str]]]:
    return [
        (one.relation.link.value, [short(found.document_id) for found in one.documents])
        for one in of(home, doc_id).names
    ]


def citing(home: Home, doc_id: str) -> list[tuple[str, str, bool]]:
    return [
        (short(one.document.document_id), one.link.value, one.strikes)
        for one in of(home, doc_id).cited_by
    ]


def test_a_number_in_any_bracket_leads_to_its_document_and_back(home: Home) -> None:
    write(home, "old", "县政府各部门：", **OLD)
    write(home, "new", REPEALS, **NEW)
    write(home, "notice", CITES, title="云溪县检查通知")
    run(home)
    assert named(home, "new") == [("repeals", ["old"])]
    assert named(home, "notice") == [("based_on", ["new"])]
    assert citing(home, "old") == [("new", "repeals", True)]
    assert citing(home, "new") == [("notice", "based_on", False)]
    assert citing(home, "notice") == []


def test_incremental_runs_answer_as_a_full_one(home: Home) -> None:
    write(home, "notice", CITES, title="云溪县检查通知")
    write(home, "old", "县政府各部门：", **OLD)
    run(home)
    assert named(home, "notice") == [("based_on", [])]
    write(home, "new", REPEALS, **NEW)
    run(home)
    steps = [(named(home, "notice"), citing(home, "old"))]
    assert steps == [([("based_on", ["new"])], [("new", "repeals", True)])]
    run(home, full=True)
    assert (named(home, "notice"), citing(home, "old")) == steps[0]
    write(home, "new", "自公布之日起施行。", **NEW)
    run(home)
    assert citing(home, "old") == []
    (home.corpus / "new.jsonl").unlink()
    run(home)
    assert named(home, "notice") == [("based_on", [])]


def test_a_title_leads_to_the_document_of_its_office(home: Home) -> None:
    write(home, "a", "各校：", title="关于做好招生工作的通知", issuer=["云溪县教育局"])
    write(home, "b", "各校：", title="关于做好招生工作的通知", issuer=["清溪县教育局"])
    cited = "依据《云溪县教育局关于做好招生工作的通知》精神。"
    write(home, "c", cited, title="云溪县第一中学招生方案")
    write(home, "d", "见《关于做好招生工作的通知》。", title="云溪县第二中学招生方案")
    run(home)
    assert named(home, "c") == [("based_on", ["a"])]
    assert named(home, "d") == [("cites", ["a", "b"])]


def test_another_number_is_another_document(home: Home) -> None:
    write(home, "old", "县政府各部门：", **OLD)
    write(home, "c", "见《云溪县养犬办法》（清政发〔2008〕22号）。", title="云溪县检查通知")
    run(home)
    assert named(home, "c") == [("cites", [])]
    assert citing(home, "old") == []


@pytest.mark.parametrize(
    ("target", "actor", "struck"),
    [
        ({"issued": "2008-05-01"}, {"issued": "2021-03-01"}, True),
        ({"issued": "2022-05-01"}, {"issued": "2021-03-01"}, False),
        ({}, {"issued": "2021-03-01"}, True),
    ],
)
def test_a_title_alone_strikes_no_later_document(
    home: Home, target: dict[str, str], actor: dict[str, str], struck: bool
) -> None:
    write(home, "t", "县政府各部门：", title="云溪县养犬办法", **target)
    write(home, "r", "《云溪县养犬办法》同时废止。", title="云溪县动物管理条例", **actor)
    run(home)
    assert citing(home, "t") == [("r", "repeals", struck)]


def test_a_copy_of_the_new_document_without_its_number_is_not_struck(home: Home) -> None:
    write(home, "new", REPEALS, **NEW)
    write(home, "copy", "县政府各部门：", title=NEW["title"])
    run(home)
    assert citing(home, "copy") == [("new", "repeals", False)]


def test_the_annex_of_a_notice_is_found_by_its_title(home: Home) -> None:
    (home.corpus / "n.txt").write_text(
        "云溪县人民政府关于印发云溪县养犬办法的通知\n各乡镇人民政府：\n"
        "现将《云溪县养犬办法》印发给你们，请遵照执行。\n云溪县人民政府\n2021年3月1日\n\n"
        "云溪县养犬办法\n第一条 为规范养犬行为，制定本办法。\n第二条 本办法适用于本县县城。\n",
        "utf-8",
    )
    write(home, "c", "根据《云溪县养犬办法》，开展检查。", title="云溪县检查通知")
    run(home)
    with Archive(home) as archive:
        notice = archive.document("n.txt")
        assert [one.title for one in notice.articles][1:] == ["云溪县养犬办法"]
        (issued,) = archive.references(notice).names
    (target,) = issued.documents
    assert (target.document_id, target.first) == ("n.txt", notice.articles[1].first)
    (reference,) = of(home, "c").names
    assert [one.first for one in reference.documents] == [notice.articles[1].first]


def test_a_document_that_many_cite_lists_the_striking_ones(home: Home) -> None:
    write(home, "old", "县政府各部门：", **OLD)
    for n in range(MAX_CITING + 5):
        write(home, f"c{n:03}", "执行云政发〔2008〕22号。", title=f"云溪县第{n}号检查通知")
    write(home, "z", REPEALS, **NEW)
    run(home)
    found = of(home, "old")
    assert found.citing == MAX_CITING + 6
    assert len(found.cited_by) == MAX_CITING
    assert found.cited_by[0].strikes

"""The record of documents in the browser, the API and the command line."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from archive.model import Article, Basis, Dating, Evidence, Record
from archive.notes.anchors import Anchor, Source
from archive.notes.citation import cite, export_words, reference
from archive.notes.clips import Clip
from archive.notes.corrections import Correction, Corrections
from archive.notes.store import Store
from tests.fixtures.commands import xianli
from tests.fixtures.home import Kept, publish, table
from tests.fixtures.pages import get, send, total
from web import create_app

FILED = Record(number="云政办发〔2019〕6号", issuer=("甲局",), issued="2019-01-30")
PLAN = "云溪县人民政府办公室关于印发校舍维修计划的通知"
DOCUMENTS = (
    {
        "doc_id": "a",
        "title": PLAN,
        "text": "各校要按计划落实维修经费。",
        "number": "云政办发〔2019〕6号",
        "issuer": ["云溪县人民政府办公室"],
        "issued": "2019-01-30",
        "year": 2019,
        "type": "通知",
    },
    {
        "doc_id": "b",
        "title": "云溪县教育局 云溪县财政局关于维修经费的函",
        "text": "维修经费按计划拨付。云政办发〔2019〕6号另有规定的除外。",
        "number": "云教函〔2018〕16号",
        "issuer": ["云溪县教育局", "云溪县财政局"],
        "issued": "2018-11-30",
        "year": 2018,
    },
    {"doc_id": "c", "title": "维修记事", "text": "维修经费一事，年内办结。", "year": 2019},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive read from JSON Lines."""
    root = tmp_path_factory.mktemp("record")
    lines = (json.dumps(one, ensure_ascii=False) for one in DOCUMENTS)
    (root / "corpus").mkdir()
    (root / "corpus" / "文件.jsonl").write_text("\n".join(lines), "utf-8")
    assert xianli("reindex", "--jobs", "1", home=root).returncode == 0
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def test_an_issuer_within_some_months_is_found_by_every_way_in(
    client: FlaskClient, home: Path
) -> None:
    asked = "机关:云溪县人民政府办公室 日期:2018-12..2019-02"
    assert total(get(client, f"/search?q={asked}")) == 1
    answer = client.get("/api/search", query_string={"q": asked}).get_json()
    assert [hit["number"] for hit in answer["hits"]] == ["云政办发〔2019〕6号"]
    assert json.loads(xianli("search", asked, "--json", home=home).stdout)["total"] == 1
    options = ("--issuer", "云溪县人民政府办公室", "--issued", "2018-12..2019-02")
    assert json.loads(xianli("search", "", *options, "--json", home=home).stdout)["total"] == 1
    assert total(get(client, f"/search?q={asked.replace('2018-12..2019-02', '2019-02..')}")) == 0


def test_a_number_offers_its_document_above_the_passages_that_cite_it(
    client: FlaskClient, home: Path
) -> None:
    soup = get(client, "/search?q=云政办发[2019]6号")
    assert total(soup) == 1
    (link,) = soup.select(".offered li a")
    assert link.get_text() == f"{PLAN}（云政办发〔2019〕6号）"
    (item,) = soup.select(".offered li small")
    # Issuer and kind stand in the title.
    assert item.get_text() == "2019年1月30日"
    assert get(client, str(link["href"])).select_one("article.official")
    assert "云教函〔2018〕16号" in str(soup.select_one(".hit .head"))
    answer = client.get("/api/search", query_string={"q": "云政办发2019年06号"}).get_json()
    (offered,) = answer["documents"]
    assert offered["title"] == PLAN
    assert offered["issuer"] == ["云溪县人民政府办公室"]
    assert (offered["issued"], offered["year"], offered["kind"]) == ("2019-01-30", 2019, "通知")
    shown = xianli("search", "云政办发 2019 6号", home=home).stdout
    assert f"{PLAN}  [云政办发〔2019〕6号，云溪县人民政府办公室，2019-01-30，" in shown


def test_a_page_that_offers_documents_alone_does_not_say_that_nothing_was_found(
    client: FlaskClient,
) -> None:
    for asked in ("云教函2018年16号", "云教函[2018]16号文件"):
        soup = get(client, f"/search?q={asked}")
        assert total(soup) == 0
        assert len(soup.select(".offered li")) == 1
        (said,) = soup.select(".nothing strong")
        assert said.get_text() == "找到上面的文件；各文件正文里没有出现检索的字。"
    assert "没有符合条件的段落" in str(get(client, "/search?q=云教函2018年17号").main)


def test_words_of_a_title_offer_its_document_on_the_first_page_alone(client: FlaskClient) -> None:
    assert len(get(client, "/search?q=校舍 维修计划").select(".offered li")) == 1
    assert not get(client, "/search?q=维修&limit=10&offset=10").select(".offered")
    assert not get(client, "/search?q=经费 -计划").select(".offered")


def test_days_can_be_typed(client: FlaskClient) -> None:
    form = "/search?q=维修&of=issued&from=2018-12&to=2019-02"
    answer = client.get(form)
    assert answer.status_code == 302
    soup = get(client, answer.location)
    assert total(soup) == 1
    assert [i["value"] for i in soup.select(".days input[maxlength]")] == ["2018-12", "2019-02"]
    assert "成文日期：2018-12–2019-02" in str(soup.select_one(".chips"))
    assert total(get(client, client.get("/search?of=issued&from=&to=2018").location)) == 1
    whole = get(client, "/search?q=维修&issued=2018-12-01..2019-02").select_one(".chips")
    assert "成文日期：2018-12-01–2019-02" in str(whole)
    assert client.get("/search?q=维修&of=issued&from=2018-13").status_code == 400


def test_both_offices_of_a_joint_letter_are_counted(client: FlaskClient) -> None:
    answer = client.get("/api/search", query_string={"q": "维修"}).get_json()
    counts = {bucket["value"]: bucket["count"] for bucket in answer["facets"]["issuer"]}
    joint = {"云溪县教育局": 1, "云溪县财政局": 1}
    assert counts == {"云溪县人民政府办公室": 1, **joint}
    answer = client.get("/api/search?q=维修&not_issuer=云溪县财政局").get_json()
    assert {hit["number"] for hit in answer["hits"]} == {"云政办发〔2019〕6号", None}


def annexed() -> Kept:
    """The notice with its annex, which has the notice's number and day."""
    document, paragraphs = table()
    record = replace(document.record, kind="方案", addressee=None, annexes=())
    first = document.articles[0]
    annex = Article("校舍维修方案", first.count, 1, record)
    other = Article("校舍管理办法", first.count + 1, 1, Record(number="柳政发〔2020〕3号"))
    titles = (annex.title, other.title)
    paragraphs += [
        replace(paragraphs[0], ordinal=first.count + at, text=title or "", article=title)
        for at, title in enumerate(titles)
    ]
    inherited = Evidence(2, "number", "柳政发〔2020〕3号", "办法见附件。", Basis.INFERRED)
    evidence = (*document.evidence, inherited)
    return replace(document, articles=(first, annex, other), evidence=evidence), paragraphs


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The front of an archive with a notice of which much is known, and its annexes."""
    root = tmp_path_factory.mktemp("notice")
    publish(root, [annexed()])
    return create_app(root).test_client()


def test_a_document_opens_with_its_record_and_what_it_stands_on(reader: FlaskClient) -> None:
    soup = get(reader, "/document/计划.html")
    cells = {str(r.th and r.th.string): r.td or r for r in soup.select("h1 + .record tr")}
    assert {label: str(cell.span and cell.span.string) for label, cell in cells.items()} == {
        "文号": "柳教发〔2021〕12号",
        "发文机关": "柳溪县教育局",
        "成文日期": "2021年4月6日",
        "文种": "通知",
        "主送": "各乡镇人民政府，县直有关部门",
        "附件": "校舍维修项目明细",
        "状态": "有效",
        "级别": "县",
        "地区": "柳溪县",
    }
    assert [*cells][:3] == ["文号", "发文机关", "成文日期"]
    words = [q.get_text() for q in cells["文号"].select("details q")]
    assert words == ["文号：柳教发〔2021〕12号"]
    # What the box says otherwise is shown beside it, with its words.
    assert "2021年4月8日" in str(cells["成文日期"].select_one(".conflict"))
    assert "成文日期：2021-04-08" in str(cells["成文日期"].details)
    assert "<i>推定</i>" in str(cells["级别"])
    english = get(reader, "/document/计划.html?lang=en").select("h1 + .record th")
    assert "Number" in [cell.get_text() for cell in english]


def test_an_article_with_a_record_of_its_own_shows_it(reader: FlaskClient) -> None:
    soup = get(reader, "/document/计划.html")
    (own,) = soup.select("details.own-record")
    assert "柳政发〔2020〕3号" in own.get_text()
    assert "随正文" in own.get_text()
    assert not get(reader, "/document/通知.txt").select(".record tr:nth-of-type(2)")


@pytest.mark.parametrize(("expires", "lapsed"), [("2020-12-31", True), ("9999-12-31", False)])
def test_the_days_of_an_annex_stand_under_its_title_and_its_lapse_at_the_head(
    tmp_path: Path, expires: str, lapsed: bool
) -> None:
    document, paragraphs = annexed()
    first, annex, _ = document.articles
    days: dict[str, Any] = {"printed": "2019-01-03", "effective": "2019-02-01", "expires": expires}
    dated = replace(annex, record=replace(annex.record, **days))
    publish(tmp_path, [(replace(document, articles=(first, dated)), paragraphs)])
    soup = get(create_app(tmp_path).test_client(), "/document/计划.html")
    (own,) = soup.select("details.own-record")
    assert "2019年2月1日" in own.get_text()
    assert "2019年1月3日" in own.get_text()
    assert ("已过有效期" in own.get_text()) is lapsed
    head = soup.select_one("h1 + .record")
    assert head is not None
    assert ("2020年12月31日 已过有效期" in head.get_text()) is lapsed
    assert ("失效日期" in head.get_text()) is lapsed


def test_number_issuer_and_day_can_be_corrected(tmp_path: Path) -> None:
    root = tmp_path
    lines = [*DOCUMENTS, {**DOCUMENTS[0], "doc_id": "d", "number": None, "issued": None}]
    (root / "corpus").mkdir()
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    (root / "corpus" / "文件.jsonl").write_text(text, "utf-8")
    assert xianli("reindex", "--jobs", "1", home=root).returncode == 0
    client = create_app(root).test_client()
    found = client.get("/api/search?q=标题:维修计划 文号:6号").get_json()
    document_id = found["hits"][0]["document_id"]
    page = f"/document/{document_id}"
    given = {"number": "云政办函[2019]7号", "issuer": "甲局、 乙局", "issued": "2019年2月3日"}
    assert send(client, page + "/correction", given).status_code == 303
    shown = {i["name"]: i["value"] for i in get(client, page).select(".correct input[name]")}
    assert (shown["number"], shown["issuer"]) == ("云政办函〔2019〕7号", "甲局、乙局")
    assert shown["issued"] == "2019-02-03"
    assert get(client, page).select(".pending")
    assert xianli("reindex", "--jobs", "1", home=root).returncode == 0
    soup = get(client, page)
    assert not soup.select(".pending")
    assert "云政办发〔2019〕6号" in str(soup.select_one(".corrected"))
    assert [mark.get_text() for mark in soup.select(".record i")] == ["已更正"] * 3
    # What was corrected is no other reading.
    assert not soup.select(".record .conflict")
    assert "原文写作：" in soup.select_one(".corrected").get_text()  # type: ignore[union-attr]
    asked = "文号:云政办函2019年7号 机关:乙局 日期:2019-02-03"
    assert client.get("/api/search", query_string={"q": asked}).get_json()["total"] == 1
    # A field left as the page has it is no correction; one that the document lacks is.
    again = {"number": "无", "issuer": "云溪县人民政府办公室", "issued": ""}
    send(client, page + "/correction", again)
    with closing(Store(root / "notes.sqlite")) as store:
        kept = Corrections(store).of(document_id)
    assert kept is not None
    assert kept.given == ("number",)
    assert xianli("reindex", "--jobs", "1", home=root).returncode == 0
    answer = client.get(f"/api/document/{document_id}").get_json()
    assert (answer["number"], answer["issued"]) == (None, "2019-01-30")
    for name, typed, says in (
        ("issued", "2019年", "须写到日"),
        ("issued", "2024-13-45", "没有“2024-13-45”这一天"),
        ("issued", "2023年2月29日", "没有“2023年2月29日”这一天"),
        ("number", "胡写", "“胡写”不是发文字号"),
        ("year", "二〇", "年份“二〇”须是四位数字"),
    ):
        refused = send(client, page + "/correction", {name: typed})
        assert refused.status_code == 400
        assert "<h1>填写有误</h1>" in refused.text
        assert says in refused.text
        assert f'<a href="{quote(page, safe="/~")}">返回这份文档</a>' in refused.text


def test_an_article_otherwise_than_the_first_keeps_its_own() -> None:
    from indexer.corrections import corrected
    from indexer.page import Reading

    document, paragraphs = annexed()
    correction = Correction("计划.html", "", "", number="柳教发〔2021〕13号", issuer=("甲局",))
    made = corrected(Reading(document, tuple(paragraphs)), correction).document
    assert [a.record.number for a in made.articles] == [
        *("柳教发〔2021〕13号", "柳教发〔2021〕13号", "柳政发〔2020〕3号")
    ]
    assert made.record.issuer == ("甲局",)
    assert made.as_read is not None
    assert made.as_read.record.number == "柳教发〔2021〕12号"
    assert Evidence(0, "issuer", "甲局", "读者更正", Basis.CORRECTED) in made.evidence


def test_a_copied_passage_names_number_issuer_and_day(client: FlaskClient) -> None:
    (hit,) = client.get("/api/search?q=各校要按计划").get_json()["hits"]
    address = f"/quote?plain=1&paragraph={hit['paragraph_id']}"
    said = client.get(address).get_data(as_text=True)
    told = f"——《{PLAN}》（云政办发〔2019〕6号）（云溪县人民政府办公室，2019年1月30日），"
    assert said == f"各校要按计划落实维修经费。\n{told}第 1 段，文件 文件.jsonl\n"
    assert "(云溪县人民政府办公室, 2019-01-30)" in client.get(address + "&lang=en").text


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            Source(PLAN, "", "", 0, Dating(), record=FILED, url="https://example.org/1"),
            f"甲局. {PLAN}: 云政办发〔2019〕6号[A/OL]. (2019-01-30)[2026-11-29]. https://example.org/1.",
        ),
        (
            Source(PLAN, "", "", 0, Dating(), record=replace(FILED, issuer=tuple("甲乙丙丁"))),
            f"甲, 乙, 丙, 等. {PLAN}: 云政办发〔2019〕6号[A]. 2019-01-30.",
        ),
        (Source(PLAN, "", "", 0, Dating(), record=Record(issuer=("甲局",))), f"甲局. {PLAN}[A]."),
        (Source("范文", "", "", 0, Dating(), url="https://example.org/2"), ""),
    ],
)
def test_a_clip_is_referred_to_after_the_standard(source: Source, told: str) -> None:
    clip = Clip(1, 1, Anchor("a:0", "原文。"), source, "", "2026-11-29T09:00:00+00:00", True, "")
    assert reference(clip) == told
    lines = dict(cite(clip, export_words("zh")).lines)
    assert lines.get("GB/T 7714", "") == told

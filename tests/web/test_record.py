"""The record of documents in the browser, the API and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.fixtures.commands import xianli
from tests.fixtures.pages import get, total
from web import create_app

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
    assert item.get_text() == "通知 · 云溪县人民政府办公室 · 2019年1月30日"
    assert get(client, str(link["href"])).select_one("article.official")
    assert "云教函〔2018〕16号" in str(soup.select_one(".hit .head"))
    answer = client.get("/api/search", query_string={"q": "云政办发2019年06号"}).get_json()
    (offered,) = answer["documents"]
    assert offered["title"] == PLAN
    assert offered["issuer"] == ["云溪县人民政府办公室"]
    assert (offered["issued"], offered["year"], offered["kind"]) == ("2019-01-30", 2019, "通知")
    shown = xianli("search", "云政办发 2019 6号", home=home).stdout
    assert f"{PLAN}  [云政办发〔2019〕6号，云溪县人民政府办公室，2019-01-30，" in shown


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
    assert client.get("/search?q=维修&of=issued&from=2018-13").status_code == 400


def test_both_offices_of_a_joint_letter_are_counted(client: FlaskClient) -> None:
    answer = client.get("/api/search", query_string={"q": "维修"}).get_json()
    counts = {bucket["value"]: bucket["count"] for bucket in answer["facets"]["issuer"]}
    joint = {"云溪县教育局": 1, "云溪县财政局": 1}
    assert counts == {"云溪县人民政府办公室": 1, **joint}
    answer = client.get("/api/search?q=维修&not_issuer=云溪县财政局").get_json()
    assert {hit["number"] for hit in answer["hits"]} == {"云政办发〔2019〕6号", None}

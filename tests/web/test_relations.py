"""A document's page and JSON: what it cites, what cites it, what abolished it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.store.home import Home
from indexer.run.reindex import Options, reindex
from tests.fixtures.pages import get
from web import create_app
from web.presenters.relations import SHOWN

OLD, NEW = "云政发〔2008〕22号", "云政发〔2021〕5号"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    root = tmp_path_factory.mktemp("home")
    corpus: Path = root / "corpus"
    corpus.mkdir()
    lists = "".join(f"《云溪县第{n}号管理办法》" for n in range(SHOWN + 3))
    lines = [
        {"doc_id": "old", "title": "云溪县养犬办法", "number": OLD, "text": "全文。"},
        {
            "doc_id": "new",
            "title": "云溪县养犬<办法>",
            "number": NEW,
            "text": f"根据《云河市<养犬>条例》，《云溪县养犬办法》（{OLD}）同时废止。",
        },
        {"doc_id": "c", "title": "云溪县检查通知", "text": f"按照云政发[2021]5号，见{lists}。"},
        {"doc_id": "none", "title": "云溪县情况", "text": "全年平稳。"},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (corpus / "a.jsonl").write_text(text, "utf-8")
    reindex(Home.open(root), Options(jobs=1))
    return create_app(root).test_client()


def ids(client: FlaskClient) -> dict[str, str]:
    hits = client.get("/api/search?limit=50").get_json()["hits"]
    return {hit["title"]: hit["document_id"] for hit in hits}


def page(client: FlaskClient, title: str, more: str = "") -> str:
    return f"/document/{ids(client)[title]}{more}"


def test_an_abolished_document_says_by_what_with_a_link(client: FlaskClient) -> None:
    soup = get(client, page(client, "云溪县养犬办法"))
    (note,) = soup.select(".official .warned")
    assert note.get_text(" ", strip=True) == f"被废止 《云溪县养犬<办法>》（{NEW}）"
    link = note.select_one("a")
    assert link
    assert get(client, str(link["href"])).h1.get_text() == "云溪县养犬<办法>"
    english = get(client, page(client, "云溪县养犬办法", "?lang=en"))
    assert "Repealed by" in english.select(".official .warned")[0].get_text()


def test_a_document_lists_what_it_cites_and_what_cites_it(client: FlaskClient) -> None:
    soup = get(client, page(client, "云溪县养犬<办法>"))
    assert not soup.select(".warned")
    section = soup.select_one("#relations")
    assert section
    said = [" ".join(dt.get_text().split()) for dt in section.select("dt")]
    assert said == ["废止", "依据", "被作为依据"]
    names = [li.get_text(strip=True) for li in section.select("li")]
    assert names == [f"《云溪县养犬办法》（{OLD}）", "《云河市<养犬>条例》", "《云溪县检查通知》"]
    linked = [li.a is not None for li in section.select("li")]
    assert linked == [True, False, True]
    assert soup.select(".side a[href='#relations']")[0].get_text() == "引用 2 件，被引用 1 次"


def test_many_of_a_kind_are_folded_away(client: FlaskClient) -> None:
    section = get(client, page(client, "云溪县检查通知")).select_one("#relations")
    assert section
    assert len(section.select("dd > ul > li")) == SHOWN + 1
    assert len(section.select("details li")) == 3
    assert section.select("summary")[0].get_text() == "另有 3 件"


def test_a_document_without_any_says_nothing(client: FlaskClient) -> None:
    assert not get(client, page(client, "云溪县情况")).select("#relations")


def test_the_api_has_the_relations_and_where_they_lead(client: FlaskClient) -> None:
    known = ids(client)
    answer = client.get(f"/api/document/{known['云溪县养犬<办法>']}").get_json()
    repealed = next(one for one in answer["relations"] if one["link"] == "repeals")
    assert repealed["number"] == OLD
    assert [one["document_id"] for one in repealed["documents"]] == [known["云溪县养犬办法"]]
    assert [(one["title"], one["link"], one["strikes"]) for one in answer["cited_by"]] == [
        ("云溪县检查通知", "based_on", False)
    ]
    assert answer["citing"] == 1

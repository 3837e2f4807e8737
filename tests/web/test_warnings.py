"""Uncertain readings on the pages: counted on the first, listed, said under the title."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from tests.fixtures.home import pictures, publish, table
from tests.fixtures.pages import get
from web import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    root: Path = tmp_path_factory.mktemp("warned")
    publish(root, extra=[table(), pictures()])
    return create_app(root).test_client()


def test_the_first_page_counts_documents_and_links_the_list(client: FlaskClient) -> None:
    links = [a for a in get(client, "/").select(".panels a") if "warning=" in a["href"]]
    assert [a.get_text(" ", strip=True) for a in links] == [
        "有乱码 1",
        "所取正文偏少 1",
        "只有图片 1",
    ]
    soup = get(client, str(links[2]["href"]))
    assert [unquote(str(a["href"])) for a in soup.select("table a")] == ["/document/扫描.pdf"]
    assert "图片" in soup.select("main p")[1].get_text()


def test_the_list_leads_to_the_passages_of_its_documents(client: FlaskClient) -> None:
    soup = get(client, "/documents?warning=garbled")
    (passages,) = soup.select("main a.first")
    found = get(client, str(passages["href"]))
    assert found.select(".hit a.to")
    assert "有乱码" in found.select(".chips")[0].get_text()
    assert len(get(client, "/documents").select("table tr")) == 2


def test_a_warning_that_is_none_is_refused(client: FlaskClient) -> None:
    answer = client.get("/documents?warning=beauty")
    assert answer.status_code == 400
    assert "garbled" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("language", "label"), [("zh", "有乱码"), ("en", "garbled")])
def test_the_document_says_what_is_uncertain_and_links_the_original(
    client: FlaskClient, language: str, label: str
) -> None:
    soup = get(client, f"/document/计划.html?lang={language}")
    (box,) = soup.select(".official h1 + .record + .warned")
    assert label in box.get_text()
    targets = [str(a["href"]) for a in box.select("a")]
    assert any("all=1" in target for target in targets)
    assert any(target.startswith("/source/") for target in targets)
    assert not get(client, "/document/通知.txt").select(".warned")


def test_the_filter_is_a_facet_with_labels(client: FlaskClient) -> None:
    soup = get(client, "/search?q=校舍")
    facet = next(f for f in soup.select(".facet") if f.h2 and f.h2.get_text() == "读取提示")
    assert {label.get_text() for label in facet.select(".label")} == {"有乱码", "所取正文偏少"}

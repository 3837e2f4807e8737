"""The API: the same answers as the library and the command line, errors as RFC 9457 says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive import open_archive
from archive.query import from_args
from tests.shelf import publish
from web import create_app


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    publish(root)
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


@pytest.mark.parametrize(
    "args",
    [
        [("q", "均衡发展")],
        [("q", "教育"), ("topic", "专题01"), ("topic", "专题02"), ("year", "1990..2010")],
        [("q", "均衡发展"), ("fold", "0"), ("sort", "-year"), ("limit", "2"), ("offset", "1")],
        [("q", "“均衡发展之外”")],
        [],
    ],
)
def test_search_answers_what_the_library_answers(
    client: FlaskClient, home: Path, args: list[tuple[str, str]]
) -> None:
    answer = client.get("/api/search", query_string=args)
    assert answer.mimetype == "application/json"
    with open_archive(home) as archive:
        expected = json.loads(json.dumps(archive.search(from_args(args)).to_dict()))
    given = answer.get_json()
    # The one field that is measured anew.
    del given["took_ms"], expected["took_ms"]
    assert given == expected


def test_the_same_address_asks_the_page_and_the_api(client: FlaskClient) -> None:
    asked = "q=教育&topic=专题01"
    total = client.get(f"/api/search?{asked}").get_json()["total"]
    assert f"{total} 段" in client.get(f"/search?{asked}").text


def test_a_document_has_its_fields_articles_paragraphs_and_blocks(client: FlaskClient) -> None:
    answer = client.get("/api/document/总结汇编.html").get_json()
    assert answer["path"] == "2023/总结汇编.html"
    assert [(a["title"], a["first"], a["count"]) for a in answer["articles"]] == [
        ("教育工作总结篇一", 0, 5),
        ("教育工作总结篇二", 5, 2),
    ]
    assert answer["blocks"][0] == {"text": "下载本文档", "keep": False, "rule": "button"}
    assert answer["paragraphs"][6] == {
        "article": "教育工作总结篇二",
        "heading_path": [],
        "form": "body",
        "part": None,
        "topic": "校园安全",
        "text": "落实校园安全责任，均衡发展取得进展。",
        "year_stated": 2021,
        "year": 2018,
        "year_basis": "conflict",
        "year_from": 2018,
        "year_to": 2018,
        "year_evidence": ["庆祝改革开放四十周年"],
        "masked": False,
        "cut": [],
    }
    assert answer["paragraphs"][4]["cut"] == ["."]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/search?q=均衡 “发展", 400),
        ("/api/search?q=均衡&year=去年", 400),
        ("/api/search?limit=1000", 400),
        ("/api/search?q=" + "a" * 40_000, 414),
        ("/api/document/nothing", 404),
        ("/api/nothing", 404),
    ],
)
def test_errors_are_problem_documents(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert problem["title"]


def test_a_refused_query_names_the_place_in_the_language_asked_for(client: FlaskClient) -> None:
    problem = json.loads(client.get("/api/search?q=均衡 “发展&lang=en").data)
    assert problem["position"] == 3
    assert "never closed" in problem["detail"]


def test_nothing_indexed_yet_is_503(tmp_path: Path) -> None:
    answer = create_app(tmp_path).test_client().get("/api/search?q=均衡")
    assert answer.status_code == 503
    assert "xianli reindex" in json.loads(answer.data)["detail"]


def test_chinese_is_sent_as_it_is_written(client: FlaskClient) -> None:
    assert "均衡发展".encode() in client.get("/api/search?q=均衡发展").data

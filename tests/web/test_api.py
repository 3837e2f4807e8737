"""The API: the same answers as the library and the command line, errors as RFC 9457 says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive import open_archive
from archive.fields import FIELDS, field_of_key
from archive.query.query import from_args
from archive.wording import wording_args
from tests.fixtures.home import long_document, publish
from tests.fixtures.schemas import check
from web import create_app


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
    # The one field that is measured again.
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
        "topics": ["校园安全"],
        "domains": [],
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


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/api/search?q=均衡发展", "Results"),
        ("/api/search?q=“均衡发展之外”", "Results"),
        ("/api/search?fold=0&limit=100", "Results"),
        ("/api/wording?q=教育经费&limit=100", "Wording"),
        ("/api/wording?q=新建学校%23所&slots=1&sort=left1&side=left&window=3", "Wording"),
        ("/api/wording?q=均衡&sort=beauty", "Problem"),
        ("/api/clips", "Clips"),
        ("/api/clips?collection=1", "Clips"),
        ("/api/clips?collection=7", "Problem"),
        ("/api/stats", "Stats"),
        ("/api/export?format=docx", "Problem"),
        ("/api/export?q=均衡 “发展", "Problem"),
        ("/api/document/总结汇编.html", "Document"),
        ("/api/document/通知.txt", "Document"),
        ("/api/document/hostile.html", "Document"),
        ("/api/document/nothing", "Problem"),
        ("/api/search?q=均衡 “发展", "Problem"),
    ],
)
def test_answers_are_as_described(client: FlaskClient, address: str, schema: str) -> None:
    schemas = client.get("/api/openapi.json").get_json()["components"]["schemas"]
    faults = list(check(json.loads(client.get(address).data), schemas[schema], schemas))
    assert faults == []


def test_precedents_are_as_described(client: FlaskClient) -> None:
    schemas = client.get("/api/openapi.json").get_json()["components"]["schemas"]
    answer = client.post("/api/precedents", json={"draft": "推进均衡发展。开展安全检查。"})
    assert list(check(answer.get_json(), schemas["Precedents"], schemas)) == []
    wrong: list[object] = [[], {"draft": ""}, {"draft": ["推进"]}, {"draft": "推进", "limit": 3}]
    for body in wrong:
        assert client.post("/api/precedents", json=body).status_code == 400
    answer = client.post("/api/precedents", json={})
    assert list(check(json.loads(answer.data), schemas["Problem"], schemas)) == []


def test_every_described_parameter_of_wordings_is_obeyed(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").get_json()["paths"]["/api/wording"]["get"]
    names = {parameter["name"] for parameter in described["parameters"]}
    given = [(name, "1") for name in names - NOT_NUMBERS - {"side"}] + [
        *(("sort", "left1"), ("side", "left")),
        *CHOSEN.items(),
        *((f"not_{name}", _other(name)) for name in CHOSEN),
    ]
    query, options = wording_args(given)
    assert {name for name, _ in (*query.to_args(), *options.to_args())} | {"lang"} == names


def _other(name: str) -> str:
    """Another value of a field than the chosen one."""
    field = field_of_key(name)
    assert field is not None
    return "2001" if field.ordered else [*field.vocabulary][1]


@pytest.mark.parametrize("asked", ["", "q=教育", "q=教育经费&year=1990..2010&not_topic=专题01"])
def test_an_export_is_complete_and_the_same_in_both_formats(
    client: FlaskClient, asked: str
) -> None:
    total = client.get(f"/api/search?{asked}").get_json()["total"]
    table = client.get(f"/api/export?{asked}")
    assert table.mimetype == "text/csv"
    assert "attachment" in table.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"), newline="")))
    lines = client.get(f"/api/export?format=ndjson&{asked}").data.decode().splitlines()
    objects = [json.loads(line) for line in lines]
    assert len(rows) == len(objects) == total
    assert [row["paragraph_id"] for row in rows] == [one["paragraph_id"] for one in objects]
    # What a spreadsheet would run as a formula is text.
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_fifty_thousand_hits_are_exported_piece_by_piece_from_one_generation(
    tmp_path: Path,
) -> None:
    many = 50_000
    publish(tmp_path, extra=[long_document(many)])
    app = create_app(tmp_path)
    client = app.test_client()
    assert client.get("/api/search?q=“逐项落实”&limit=0").get_json()["total"] == many
    answer = client.get("/api/export?format=ndjson&q=“逐项落实”", buffered=False)
    pieces = iter(answer.response)
    first = next(pieces)
    # Another generation is published while the answer is under way: it stays on its own.
    publish(tmp_path)
    sizes = [len(first)]
    ids = [json.loads(line)["paragraph_id"] for line in first.decode().splitlines()]
    for piece in pieces:
        sizes.append(len(piece))
        ids += [json.loads(line)["paragraph_id"] for line in piece.decode().splitlines()]
    assert len(ids) == len(set(ids)) == many
    assert max(sizes) < 200_000
    assert client.get("/api/search?q=“逐项落实”&limit=0").get_json()["total"] == 0


def test_every_described_parameter_is_obeyed(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").get_json()["paths"]["/api/search"]["get"]
    names = {parameter["name"] for parameter in described["parameters"]}
    given = [(n, "1") for n in names - NOT_NUMBERS]
    own = {name for name, _ in from_args(given).to_args()}
    assert own | NOT_NUMBERS == names
    assert client.get("/api/search?q=教育&sort=-year&form=body&basis=stated&year=2000").is_json


# Fields that have values of their own, or ranges: one value of each.
CHOSEN = {
    field.parameter: next(iter(field.vocabulary), "2021-03")
    for field in FIELDS
    if field.vocabulary or field.ordered
} | {"year": "2000"}
# Parameters whose values cannot be "1", or which say how, not what, to answer.
NOT_NUMBERS = {
    *("sort", "fold", "lang"),
    *(before + name for name in CHOSEN for before in ("", "not_")),
}


def test_nothing_indexed_yet_is_503(tmp_path: Path) -> None:
    answer = create_app(tmp_path).test_client().get("/api/search?q=均衡")
    assert answer.status_code == 503
    assert "xianli reindex" in json.loads(answer.data)["detail"]


def test_chinese_is_sent_as_it_is_written(client: FlaskClient) -> None:
    assert "均衡发展".encode() in client.get("/api/search?q=均衡发展").data

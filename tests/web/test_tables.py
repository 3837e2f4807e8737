"""Tables on the pages: rows as tables with heads, marks in their cells, forms as printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from archive.model import Document, Form, Paragraph
from tests.fixtures.home import publish, table
from tests.fixtures.pages import get
from tests.web.test_upload import HERE
from web import create_app
from web.urls.links import PAGE_OF_DOCUMENT

PLAN = "/document/计划.html"


def long_table() -> tuple[Document, list[Paragraph]]:
    """One table over several pages of the document, and over many looks for its first row."""
    rows = ["村名\t户数"] + [f"第{n}村\t{n}" for n in range(PAGE_OF_DOCUMENT + 300)]
    paragraphs = [
        Paragraph("长表.html", n, text, form=Form.ROW, title="长表") for n, text in enumerate(rows)
    ]
    return Document("长表.html", "长表.html", "长表", "8" * 64), paragraphs


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    root: Path = tmp_path_factory.mktemp("tables")
    publish(root, extra=[table(), long_table()])
    return create_app(root).test_client()


def cells(row: Tag) -> list[str]:
    found = row.select("th, td:not(.acts)")
    return [cell.get_text(strip=True) for cell in found]


def test_consecutive_rows_are_one_table_under_its_first_row(client: FlaskClient) -> None:
    first, second = get(client, PLAN).select(".official table.rows")
    assert [cells(row) for row in first.select("tr")] == [
        ["学校", "项目", "金额（万元）"],
        ["柳溪中学", "", "128.5"],
        ["青禾小学", "食堂改造", "46"],
    ]
    assert [len(part.select("tr")) for part in (first.thead, first.tbody) if part] == [1, 2]
    assert cells(second.select("thead tr")[0]) == ["来源", "比例"]
    assert [row["id"] for row in second.select("tr")] == ["p7", "p8"]


def test_marks_stay_in_their_cells(client: FlaskClient) -> None:
    (row,) = get(client, f"{PLAN}?q=食堂改造").select(".official tr.found")
    assert [[m.get_text() for m in cell.select("mark")] for cell in row.select("td")[:3]] == [
        *([], ["食堂改造"], [])
    ]


def test_a_row_found_shows_the_heads_of_its_columns(client: FlaskClient) -> None:
    (hit,) = get(client, "/search?q=食堂改造").select(".hit")
    assert [cells(row) for row in hit.select("table tr")] == [
        ["学校", "项目", "金额（万元）"],
        ["青禾小学", "食堂改造", "46"],
    ]
    assert [mark.get_text() for mark in hit.select("td mark")] == ["食堂改造"]
    (head,) = get(client, "/search?q=金额").select(".hit")
    assert [cells(row) for row in head.select("table tr")] == [["学校", "项目", "金额（万元）"]]


@pytest.mark.parametrize("n", [1, 49, 50, 51, 120, PAGE_OF_DOCUMENT + 298])
def test_the_heads_are_found_however_far_above(client: FlaskClient, n: int) -> None:
    (hit,) = get(client, f"/search?q=“第{n}村”").select(".hit")
    assert [cells(row) for row in hit.select("tr")] == [["村名", "户数"], [f"第{n}村", str(n)]]


def test_a_table_goes_on_under_its_heads_on_the_next_page(client: FlaskClient) -> None:
    (listed,) = get(client, f"/document/长表.html?at={PAGE_OF_DOCUMENT}").select("table.rows")
    assert cells(listed.select("thead tr")[0])[:2] == ["村名", "户数"]
    first = listed.select("tbody tr")[0]
    assert first["id"] == f"p{PAGE_OF_DOCUMENT}"


def test_copying_a_row_copies_its_cells(client: FlaskClient) -> None:
    text = client.get("/quote?plain=1&paragraph=计划.html:4").text
    assert text.splitlines()[:2] == ["学校\t项目\t金额（万元）", "柳溪中学\t\t128.5"]


def test_opening_and_closing_lines_stand_as_printed(client: FlaskClient) -> None:
    soup = get(client, PLAN)
    placed = {str(p["id"]): " ".join(p.get("class") or ()) for p in soup.select(".official p[id]")}
    assert placed["p1"] == "salutation"
    assert [key for key, own in placed.items() if own == "signature"] == ["p10", "p11"]


def test_blocks_that_were_rows_are_told_apart_from_text(client: FlaskClient) -> None:
    soup = get(client, f"{PLAN}?all=1")
    assert "柳溪中学 │ │ 128.5" in " ".join(soup.select(".blocks")[0].get_text().split())


def test_a_row_is_copied_and_clipped_with_the_heads_of_its_columns(client: FlaskClient) -> None:
    (hit,) = get(client, "/search?q=食堂改造").select(".hit")
    link, button = hit.select_one("a.copy"), hit.select_one("button.clip")
    assert link
    assert button
    told = "学校\t项目\t金额（万元）\n青禾小学\t食堂改造\t46\n"
    assert client.get(f"{link['href']}&plain=1").text.startswith(told)
    token = get(client, "/clips").select("input[name=token]")[0]["value"]
    data = {"token": token, "paragraph": button["value"]}
    assert client.post("/clips", data=data, headers=HERE).status_code == 303
    table = (
        "> | 学校 | 项目 | 金额（万元） |\n> | --- | --- | --- |\n> | 青禾小学 | 食堂改造 | 46 |\n"
    )
    assert table in client.get("/clips.md").text

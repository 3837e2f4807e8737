"""A list of wordings, pasted or sent as a file, comes back as a table of counts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.fixtures.pages import get
from web import create_app
from web.pages.batch import MAX_LINES

ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def sent(client: FlaskClient, address: str = "/wording/batch", **fields: object) -> str:
    field = get(client, "/wording/batch").select_one("[name=token]")
    assert field
    answer = client.post(address, data={"token": field["value"], **fields}, headers=ORIGIN)
    assert answer.status_code == 200
    return answer.text


def test_each_line_is_counted_and_leads_to_its_sentences(client: FlaskClient) -> None:
    soup = BeautifulSoup(sent(client, lines="均衡发展\r\n\r\n“没有闭合\r\n新建学校#所"), "lxml")
    rows = soup.select("tbody tr")
    assert [row.th.get_text() for row in rows if row.th] == ["均衡发展", "“没有闭合", "新建学校#所"]
    assert rows[1].select_one(".failed")
    for row in (rows[0], rows[2]):
        link, count = row.select_one("a"), row.select_one("td")
        assert link
        assert count
        shown = client.get(str(link["href"]).replace("/wording?", "/api/wording?")).get_json()
        assert shown["total"] == int(count.get_text()) > 0


def test_filters_of_the_address_hold_for_every_line(client: FlaskClient) -> None:
    soup = BeautifulSoup(sent(client, "/wording/batch?kind=没有这种", lines="均衡发展"), "lxml")
    assert [cell.get_text() for cell in soup.select("tbody td")][:2] == ["0", "0"]
    assert soup.select(".chips a")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_is_taken_in_the_encodings_of_offices(client: FlaskClient, encoding: str) -> None:
    file = (io.BytesIO("均衡发展\n校园安全\n".encode(encoding)), "清单.txt")
    table = sent(client, file=file, **{"as": "csv"})
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert [row["query"] for row in rows] == ["均衡发展", "校园安全"]
    assert int(rows[0]["total"]) > 0


def test_too_long_a_list_and_another_sites_form_are_refused(client: FlaskClient) -> None:
    field = get(client, "/wording/batch").select_one("[name=token]")
    assert field
    long = {"token": field["value"], "lines": "均衡\n" * (MAX_LINES + 1)}
    assert client.post("/wording/batch", data=long, headers=ORIGIN).status_code == 400
    elsewhere = {"Origin": "http://elsewhere.example"}
    assert client.post("/wording/batch", data=long, headers=elsewhere).status_code == 403

"""Help with typing on the pages: completion over the API, did-you-mean among the results."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.fixtures.pages import get
from web import create_app


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def test_the_box_asks_for_completions_where_the_api_gives_them(client: FlaskClient) -> None:
    box = get(client, "/").select_one("#q")
    assert box
    answer = client.get(str(box["data-complete"]), query_string={"q": "义务教育均"})
    (first, *_) = answer.get_json()["completions"]
    assert first["kind"] == "wording"
    assert first["text"].startswith("义务教育均衡发展")
    found = client.get("/api/search", query_string={"q": f"“{first['text']}”"}).get_json()
    assert found["total"] == first["count"]


def test_a_slip_is_offered_right_with_its_filters_kept(client: FlaskClient) -> None:
    soup = get(client, "/search?q=均横发展&year=2018..")
    (link,) = soup.select(".meant a")
    assert link.get_text() == "均衡发展"
    opened = get(client, str(link["href"]))
    assert opened.select(".hit mark")
    assert "year=2018.." in str(link["href"])
    answer = client.get("/api/search?q=均横发展&year=2018..").get_json()
    assert [one["replacement"] for one in answer["did_you_mean"]] == ["均衡发展"]


def test_nothing_is_offered_where_something_was_found(client: FlaskClient) -> None:
    assert not get(client, "/search?q=均衡发展").select(".meant")
    assert "did_you_mean" not in client.get("/api/search?q=均衡发展").get_json()

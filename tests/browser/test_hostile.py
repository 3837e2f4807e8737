"""Markup kept in every field that a reader or a document fills, shown by a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fixtures.browsing import served
from tests.fixtures.home import publish
from tests.fixtures.pages import PASSAGE, send
from web import create_app

pytestmark = pytest.mark.browser

MARKUP = "\"'><img src=x onerror=alert(1)><svg onload=alert(2)>"
# The name of a collection has 40 characters at most.
SHORT = "\"'><img src=x onerror=alert(1)>"
QUERY = urlencode([("q", "alert"), ("site", MARKUP), ("topic", MARKUP)])
PAGES = (
    "/", "/clips", "/history", "/document/通知.txt", f"/search?{QUERY}", f"/wording?{QUERY}",
    "/search?q=alert", "/search?" + urlencode([("q", MARKUP)]), "/facet/site?find=img",
    "/precedents?" + urlencode([("draft", MARKUP)]), "/add", "/wording/batch",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("home")
    publish(root)
    app = create_app(root)
    client = app.test_client()
    sent = [
        send(client, "/clips", {"paragraph": PASSAGE}),
        send(client, "/clips/1", {"do": "note", "note": MARKUP}),
        send(client, "/clips/collections", {"do": "make", "name": SHORT}),
        send(client, "/history", {"do": "keep", "args": QUERY, "name": MARKUP}),
        send(client, "/document/通知.txt/correction", {"title": MARKUP}),
    ]
    assert [answer.status_code for answer in sent] == [303] * len(sent)
    with served(app) as address:
        yield address


@pytest.mark.parametrize("page", PAGES)
def test_markup_in_any_field_stays_text(site: str, desk: Any, page: str) -> None:
    desk.get_log("browser")
    # An open dialog would make this raise.
    desk.get(site + page)
    made = desk.execute_script(
        "return [...document.querySelectorAll('*')].filter(e => [...e.attributes].some("
        "a => a.name.startsWith('on')) || e.matches('img[src=x], script:not([src])'))"
        ".map(e => e.outerHTML)"
    )
    assert made == []
    said = [entry["message"] for entry in desk.get_log("browser")]
    assert not [one for one in said if "Content Security" in one or "rror:" in one]

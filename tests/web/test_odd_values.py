"""Whatever is asked of whatever address, with whatever in it: an answer, never a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from archive.store.access import set_password
from archive.store.home import Home
from indexer.pipeline import SUFFIXES
from tests.fixtures.home import publish
from tests.fixtures.pages import ORIGIN, PASSAGE, token
from web import create_app

WEB = Path(__file__).parents[2] / "web"

# Ids of nothing, numbers out of any range, what only looks like a number or an address, what
# no header, name or path may hold.
ODD = (
    *("999", "0", "-1", "99999999999999999999", "1e9", "٣", "９", "²"),
    *("nothing", "nothing:0", "总结汇编.html:999", ":", "a:b:c", "unknown", "2021..2019"),
    *("//[", "/\\[", "http://[", "http:/\\evil", "http://a:b:c", "//[::1", "/\t/evil", "\\\\evil"),
    *("a\r\nSet-Cookie: x=1", "\x00", "\x7f\x1b", "\ud83d", "\u202e\u200b\ufeff", "../../../etc"),
    *("\"'<>;=,%", "%zz%", "[", "{甲", "=", "==", "长" * 900),
)
# A page of each kind with the parameters that it reads by name, beside those of a query.
READ = {
    "/search": ("open", "from", "to", "of", "within", "lang"),
    "/facet/year": ("for", "find"),
    "/document/通知.txt": ("at", "all", "job"),
    "/wording": ("with", "window", "side", "slots", "sort"),
    "/precedents": ("paragraph", "draft"),
    "/quote": ("paragraph", "start", "end", "plain"),
    "/clips": ("collection", "undo"),
    "/clips.docx": ("collection",),
    "/api/clips": ("collection",),
    "/history": ("keep", "q"),
    "/login": ("next",),
    "/documents": ("warning",),
    "/api/export": ("format",),
    "/api/complete": ("q",),
    "/api/search": (
        *("q", "section", "topic", "form", "year", "basis"),
        *("not_section", "not_year", "not_form", "sort", "limit", "offset", "fold"),
    ),
}
# Each form with its fields, and what its buttons do.
SENT = {
    "/clips?start=1&end=2": (("paragraph", "back"), ("",)),
    "/clips": (("paragraph", "back"), ("",)),
    "/clips/1": (
        ("collection", "note", "to"),
        ("note", "up", "remove", "restore", "transfer", "dance"),
    ),
    "/clips/collections": (("collection", "name"), ("make", "rename", "choose", "drop", "dance")),
    "/history": (("args", "name"), ("keep", "on", "clear", "dance")),
    "/history/1": ((), ("looked", "drop", "dance")),
    "/document/通知.txt/correction": (("title", "kind", "year"), ("", "withdraw")),
    "/document/通知.txt/blocks": (("restore", "cut", "undo", "all"), ("",)),
    "/wording/batch": (("lines", "as"), ("",)),
    "/precedents": (("draft",), ("",)),
    "/login": (("next", "password"), ("",)),
    "/add": (("file",), ("",)),
    "/held": (("digest", "comment"), ("",)),
}
HEADERS = (
    *("Origin", "Referer", "Host", "Cookie", "Authorization", "Accept", "Accept-Language"),
    *("If-None-Match", "If-Modified-Since", "Range", "Content-Type", "Sec-Fetch-Site"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Expect"),
)
# What a server lets through of a header: one line of Latin-1.
IN_HEADERS = (
    *("", "//[", "http://[", "http://[::1", "http://a:b:c", "http://\xff\xfe", "null", "[", "]:80"),
    *("http:/\\evil", "bytes=-", "bytes=9-1,a", 'W/"', '"', "Basic !!!", "Basic Og==", "Bearer"),
    *("xianli==;;=", "a;q=x,b;q=-1", "*/*;q=9", "a/b/c", "Thu, 99 Foo 99999 99:99:99 GMT"),
)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    publish(tmp_path)
    # Nobody waits here for a corrected document to be read again.
    monkeypatch.setattr("web.pages.corrections.TIME_BUDGET", 0.0)
    return create_app(tmp_path, lambda *_: {}, SUFFIXES)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def routes(app: Flask, method: str) -> Iterator[str]:
    """Every route that answers `method`, its parts filled with each of the odd values."""
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        for value in ODD if rule.arguments else ("",):
            text = quote(encoded(value), safe="")
            yield re.sub("<[^>]*>", lambda _, text=text: text, rule.rule)


def encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def faults(client: FlaskClient, method: str, path: str, **sent: Any) -> list[str]:
    """The request, where the program fails at it."""
    answer = client.open(path, method=method, **sent)
    answer.close()
    return [f"{method} {path} {sent}"] if answer.status_code == 500 else []


def test_no_unknown_or_odd_id_fails(app: Flask, client: FlaskClient) -> None:
    asked = {"data": {"token": token(client)}, "headers": ORIGIN}
    found = [fault for path in routes(app, "GET") for fault in faults(client, "GET", path)]
    for path in routes(app, "POST"):
        found += faults(client, "POST", path, **asked)
    assert found == []


@pytest.mark.parametrize("path", READ)
def test_no_odd_value_of_a_parameter_fails(client: FlaskClient, path: str) -> None:
    found = []
    for name, value in product(READ[path], ODD):
        found += faults(client, "GET", path, query_string=f"{name}={quote(encoded(value))}")
    assert found == []


@pytest.mark.parametrize("path", SENT)
def test_no_odd_value_of_a_field_fails(client: FlaskClient, path: str) -> None:
    fields, deeds = SENT[path]
    found = []
    own = {"token": token(client), "paragraph": PASSAGE}
    for name, deed, value in product(fields or ("do",), deeds, ODD):
        sent = urlencode({**own, "do": deed, name: encoded(value)})
        found += faults(
            client,
            "POST",
            path,
            data=sent,
            headers=ORIGIN,
            content_type="application/x-www-form-urlencoded",
        )
    assert found == []


def test_every_value_that_is_read_by_name_is_asked_oddly() -> None:
    """A parameter or field that joins the pages joins the lists above."""
    source = "".join(path.read_text("utf-8") for path in WEB.glob("**/*.py"))
    named = r'request\.%s(?:\.get\(|\.getlist\(|\[)"(\w+)"'
    assert set(re.findall(named % "args", source)) <= {n for names in READ.values() for n in names}
    known = {name for names, _ in SENT.values() for name in names} | {"do"}
    assert set(re.findall(named % "form", source)) <= known


@pytest.mark.parametrize("locked", [False, True], ids=["open", "password"])
def test_no_odd_header_fails(tmp_path: Path, app: Flask, locked: bool) -> None:
    client = app.test_client()
    sent = {"token": token(client), "paragraph": PASSAGE, "draft": "均衡发展", "do": "clear"}
    # An exposed server cannot know its names, and needs a password.
    app.config["XIANLI_HOSTS"] = None if locked else frozenset({"localhost"})
    if locked:
        set_password(Home.open(tmp_path), "几个不相干的词，一共很长")
    found = []
    for name, value in product(HEADERS, IN_HEADERS):
        headers = {**ORIGIN, name: value}
        for path in ("/api/clips", "/source/通知.txt"):
            found += faults(client, "GET", path, headers=headers)
        for path in ("/add", "/login"):
            found += faults(client, "POST", path, headers=headers, data=sent)
        found += faults(client, "POST", "/api/precedents", headers=headers, json={"draft": "均衡"})
    assert found == []

"""The login of an archive with a password: who is let in, and what is seen from outside."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from archive.store import access as password
from archive.store.access import remove_password, set_password
from archive.store.home import Home
from tests.fixtures.home import publish
from tests.fixtures.pages import COMPILATION, get
from web import create_app
from web.auth import guard, sessions
from web.auth.guard import OPEN
from web.auth.rate_limit import FREE

HERE = {"Origin": "http://localhost"}
PASSWORD = "均衡发展 控辍保学 2021"
OTHER = "another long password"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # What hashing costs is tested with the password; here it would only be waited for.
    monkeypatch.setattr(password, "_N", 1 << 4)
    publish(tmp_path)
    set_password(Home.open(tmp_path), PASSWORD)
    return tmp_path


@pytest.fixture
def app(home: Path) -> Flask:
    return create_app(home, lambda *_: {}, (".txt",))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token_of(client: FlaskClient, address: str = "/login") -> str:
    field = get(client, address).select_one("main input[name=token], .leave input[name=token]")
    assert field
    return str(field["value"])


def enter(client: FlaskClient, given: str = PASSWORD, **more: Any) -> Any:
    data = {"token": token_of(client), "password": given, "next": more.pop("wanted", "")}
    return client.post("/login", data=data, headers=HERE, **more)


def basic(given: str, name: str = "script") -> dict[str, str]:
    sent = base64.b64encode(f"{name}:{given}".encode()).decode()
    return {"Authorization": f"Basic {sent}"}


def addresses(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every endpoint, method and address that the app answers, with a value in each slot."""
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "x")
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            yield rule.endpoint, method, address


def test_nothing_but_the_login_is_shown_to_a_stranger(app: Flask, client: FlaskClient) -> None:
    asked = list(addresses(app))
    assert {"home.home", "document.document", "upload.receive", "api.search"} <= {
        e for e, *_ in asked
    }
    for endpoint, method, address in asked:
        answer = client.open(address, method=method, headers=HERE)
        if endpoint in OPEN:
            continue
        if address.startswith("/api/"):
            assert answer.status_code == 401, (method, address)
            if method != "HEAD":
                assert answer.mimetype == "application/problem+json"
                assert json.loads(answer.data)["status"] == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic")
        else:
            assert answer.status_code == 303, (method, address)
            assert answer.headers["Location"].startswith("/login")
    assert client.get("/nothing").status_code == 303
    assert client.options("/search").status_code == 303


def test_the_open_pages_tell_nothing_of_the_archive(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert "教育" not in page
    assert "公文" not in BeautifulSoup(page, "lxml").get_text()
    answer = client.get("/static/xianli.css")
    assert answer.status_code == 200
    answer.close()


def test_every_change_is_refused_without_a_token_and_from_elsewhere(
    app: Flask, client: FlaskClient
) -> None:
    """Those who are in, and the login of those who are not."""
    changes = [(e, m, a) for e, m, a in addresses(app) if m not in ("GET", "HEAD")]
    assert {"access.enter", "access.leave", "upload.receive"} <= {e for e, *_ in changes}
    assert enter(client).status_code == 303
    token = token_of(client, "/help")
    for endpoint, method, address in changes:
        asking = app.test_client() if endpoint == "access.enter" else client
        own = token_of(asking) if endpoint == "access.enter" else token
        elsewhere = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        if address.startswith("/api/"):
            sent: dict[str, Any] = {"json": {"draft": "均衡"}, "headers": elsewhere}
            assert asking.open(address, method=method, **sent).status_code == 403
            continue
        data = {"token": own, "password": PASSWORD}
        for headers, given in ((elsewhere, data), (HERE, data | {"token": "x"}), ({}, data)):
            answer = asking.open(address, method=method, data=given, headers=headers)
            assert answer.status_code == 403, (address, headers)
            assert "Set-Cookie" not in answer.headers
    assert client.get("/").status_code == 200


def test_the_password_opens_and_leaving_closes(client: FlaskClient) -> None:
    answer = enter(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/api/search?q=均衡").status_code == 200
    assert client.get("/login").headers["Location"] == "/"
    kept = client.get_cookie("xianli")
    assert kept
    left = client.post("/logout", data={"token": token_of(client, "/help")}, headers=HERE)
    assert left.headers["Location"] == "/login"
    assert client.get("/").status_code == 303
    # A copy of the cookie opens nothing any more.
    client.set_cookie("xianli", kept.value)
    assert client.get("/").status_code == 303


def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(client: FlaskClient) -> None:
    secure = {"base_url": "https://localhost"}
    page = BeautifulSoup(client.get("/login", **secure).text, "lxml")
    field = page.select_one("input[name=token]")
    assert field
    data = {"token": str(field["value"]), "password": PASSWORD}
    origin = {"Origin": "https://localhost"}
    answer = client.post("/login", data=data, headers=origin, **secure)
    assert answer.headers["Set-Cookie"].startswith("__Host-xianli=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert client.get("/", **secure).status_code == 200
    assert client.post("/login", data=data, headers=HERE, **secure).status_code == 403


def test_a_wrong_password_is_refused_then_made_to_wait(client: FlaskClient) -> None:
    for _ in range(FREE):
        answer = enter(client, "wrong password")
        assert answer.status_code == 403
        assert "密码错误" in answer.text
        assert "wrong password" not in answer.text
    # The right one waits too: a wait that it could end would tell that it is right.
    for given in ("wrong password", PASSWORD):
        answer = enter(client, given)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert "秒" in answer.text
    assert client.get("/api/search", headers=basic(PASSWORD)).status_code == 429
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert enter(client, **elsewhere).status_code == 303


def test_programs_send_the_password_with_their_question(client: FlaskClient) -> None:
    assert client.get("/api/search?q=均衡", headers=basic(PASSWORD)).status_code == 200
    assert client.get("/api/search?q=均衡", headers=basic(PASSWORD, "")).status_code == 200
    sent = {"json": {"draft": "均衡发展"}, "headers": basic(PASSWORD)}
    assert client.post("/api/precedents", **sent).status_code == 200
    for headers in (
        basic("wrong password"),
        {"Authorization": "Basic !!!"},
        {"Authorization": f"Bearer {PASSWORD}"},
        {"Authorization": "Basic"},
    ):
        answer = client.get("/api/search?q=均衡", headers=headers)
        assert answer.status_code == 401
        assert json.loads(answer.data)["detail"]
    # Pages are for those who have logged in: a browser would send it from anywhere.
    assert client.get("/", headers=basic(PASSWORD)).status_code == 303


def test_a_password_once_found_right_is_not_hashed_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/api/search", headers=basic(PASSWORD)).status_code == 200
    monkeypatch.setattr(guard.Access, "admits", lambda *_: pytest.fail("hashed again"))
    assert client.get("/api/search", headers=basic(PASSWORD)).status_code == 200


def test_a_new_password_ends_sessions_and_the_old_one_at_once(
    client: FlaskClient, home: Path
) -> None:
    enter(client)
    assert client.get("/api/search", headers=basic(PASSWORD)).status_code == 200
    set_password(Home.open(home), OTHER)
    assert client.get("/").status_code == 303
    client.delete_cookie("xianli")
    assert client.get("/api/search", headers=basic(PASSWORD)).status_code == 401
    assert enter(client, OTHER).status_code == 303
    assert client.get("/").status_code == 200


def test_a_session_ends_after_its_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    enter(client)
    later = app.extensions["xianli-auth"].sessions
    monkeypatch.setattr(later, "_clock", lambda: 4e12)
    assert client.get("/").status_code == 303
    assert sessions.LIFETIME <= 24 * 3_600


def test_the_page_that_was_asked_for_follows(client: FlaskClient) -> None:
    asked = client.get(COMPILATION + "?q=均衡发展&lang=en")
    page = get(client, asked.headers["Location"])
    html = page.select_one("html")
    assert html
    assert html["lang"] == "en"
    field = page.select_one("input[name=next]")
    assert field
    answer = enter(client, wanted=str(field["value"]))
    followed = client.get(answer.headers["Location"])
    assert followed.status_code == 200
    assert "教育工作总结" in followed.text


@pytest.mark.parametrize(
    "wanted",
    [
        "http://elsewhere.example/",
        "https:elsewhere.example",
        "//elsewhere.example/help",
        "///elsewhere.example/help",
        "/\\elsewhere.example/help",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/help\r\nSet-Cookie: a=b",
        "/%5celsewhere.example",
        "/.//elsewhere.example/help",
        "help",
        "javascript:alert(1)",
        "/logout",
        "/nothing",
        "http://[",
        "@elsewhere.example",
        " /help",
        "/\u202ehelp",
    ],
)
def test_the_login_leads_nowhere_else(client: FlaskClient, wanted: str) -> None:
    page = BeautifulSoup(client.get("/login", query_string={"next": wanted}).text, "lxml")
    field = page.select_one("input[name=next]")
    assert field
    assert field["value"] == ""
    answer = enter(client, wanted=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/login", query_string={"next": wanted}).headers["Location"] == "/"


def test_without_a_password_there_is_no_login(tmp_path: Path) -> None:
    publish(tmp_path)
    client = create_app(tmp_path).test_client()
    assert client.get("/").status_code == 200
    assert client.get("/login").headers["Location"] == "/"
    assert not get(client, "/").select(".leave")


def test_where_one_is_needed_nothing_is_answered_without(home: Path, app: Flask) -> None:
    app.config["XIANLI_NEEDS_PASSWORD"] = True
    client = app.test_client()
    enter(client)
    assert client.get("/").status_code == 200
    remove_password(Home.open(home))
    assert client.get("/").status_code == 503
    assert client.get("/api/search").status_code == 503
    assert "xianli password" in client.get("/").text


def test_a_damaged_password_file_lets_nobody_in_and_names_no_place(
    home: Path, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    enter(client)
    (home / "access.json").write_text("{")
    for address in ("/", "/login", "/api/search"):
        answer = client.get(address, headers=basic(PASSWORD))
        assert answer.status_code == 503
        assert str(home) not in answer.text


def test_no_log_has_a_password(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    enter(client, "wrong password")
    enter(client)
    client.get("/api/search", headers=basic(PASSWORD))
    said = caplog.text + "".join(capfd.readouterr())
    assert PASSWORD not in said
    assert "wrong password" not in said


def test_tokens_of_one_session_are_of_no_use_in_another(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    stranger = token_of(first)
    enter(first)
    enter(second)
    own, other = token_of(first, "/help"), token_of(second, "/help")
    assert len({stranger, own, other}) == 3
    for token in (stranger, other):
        assert first.post("/logout", data={"token": token}, headers=HERE).status_code == 403
    assert first.get("/").status_code == 200


def test_a_page_kept_by_the_browser_is_not_confirmed_to_a_stranger(client: FlaskClient) -> None:
    enter(client)
    tag = {"If-None-Match": client.get("/search?q=均衡").headers["ETag"]}
    assert client.get("/search?q=均衡", headers=tag).status_code == 304
    client.delete_cookie("xianli")
    assert client.get("/search?q=均衡", headers=tag).status_code == 303

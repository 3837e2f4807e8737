"""The server itself, started as its users start it and asked over the wire."""

from __future__ import annotations

import contextlib
import gc
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from flask import Flask

from archive.cli import cli
from archive.store.access import set_password
from archive.store.home import Home
from tests.fixtures.home import publish
from web.limits import LARGEST_REQUEST, LARGEST_UPLOAD, LARGEST_UPLOAD_REQUEST

PASSWORD = "均衡发展 控辍保学 2021"
ROOT = Path(__file__).parent.parent.parent


@contextlib.contextmanager
def served(home: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A server of `home` on a free port, ended as a service is ended."""
    command = [sys.executable, "-m", "archive", "--home", str(home), "serve", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "LANG": "en_GB"}
    process = subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout
        found = re.search(r":(\d+)/", process.stdout.readline())
        assert found, process.communicate()
        yield int(found.group(1)), process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path)
    return tmp_path


def ask(
    port: int, method: str, address: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, address, body, named)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def announce(port: int, address: str, length: int, cookie: str = "", seconds: float = 60) -> str:
    """Say that a body of `length` comes, send none of it, and return the first line of the answer.

    Nothing comes back within `seconds` where the server waits for it.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as wire:
        wire.sendall(
            f"POST {address} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
            f"Cookie: {cookie}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        try:
            return wire.recv(200).decode().partition("\r\n")[0]
        except TimeoutError:
            return ""


def login(port: int, **headers: str) -> tuple[int, dict[str, str], str]:
    _, _, page = ask(port, "GET", "/login", **headers)
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token
    sent = urlencode({"token": token.group(1), "password": PASSWORD}).encode()
    scheme = headers.get("X_Forwarded_Proto", "http")
    host = headers.get("X_Forwarded_Host", f"127.0.0.1:{port}")
    kind = "application/x-www-form-urlencoded"
    more = {"Origin": f"{scheme}://{host}", "Content_Type": kind, **headers}
    return ask(port, "POST", "/login", sent, **more)


@pytest.mark.parametrize("options", [("--host", "0.0.0.0"), ("--proxy", "127.0.0.1")])
def test_without_a_password_nothing_is_served_to_others(
    home: Path, options: tuple[str, str]
) -> None:
    command = [sys.executable, "-m", "archive", "--home", str(home), "serve", "--port", "0"]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 1
    assert "xianli password" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_with_a_password_others_come_as_far_as_the_login(home: Path) -> None:
    set_password(Home.open(home), PASSWORD)
    with served(home, "--host", "0.0.0.0", "--name", "desk.example") as (port, process):
        assert ask(port, "GET", "/")[0] == 303
        assert ask(port, "GET", "/", Host="desk.example")[0] == 303
        assert ask(port, "GET", "/login", Host="elsewhere.example")[0] == 400
        status, headers, _ = login(port)
        assert status == 303
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert ask(port, "GET", "/search?q=x", Cookie=cookie)[0] == 200
        # Not believed, for no proxy was named.
        forged = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "elsewhere.example"}
        assert ask(port, "GET", "/", Cookie=cookie, **forged)[0] == 200
        # A stranger's body is turned away at its announcement, a reader's is waited for.
        assert "413" in announce(port, "/add", LARGEST_UPLOAD)
        assert "413" in announce(port, "/search", LARGEST_REQUEST, cookie)
        assert "413" in announce(port, "/add", LARGEST_UPLOAD_REQUEST, cookie)
        assert announce(port, "/add", LARGEST_UPLOAD, cookie, seconds=2) == ""
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)
        assert process.returncode == 0
        assert not any(PASSWORD in text for text in said)
        assert "Traceback" not in said[1]


def test_behind_a_proxy_its_word_is_taken(home: Path) -> None:
    set_password(Home.open(home), PASSWORD)
    forwarded = {
        "X_Forwarded_For": "192.0.2.1",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "archive.example",
    }
    with served(home, "--proxy", "127.0.0.1", "--name", "archive.example") as (port, _):
        status, headers, page = login(port, **forwarded)
        assert status == 303, page
        assert headers["Set-Cookie"].startswith("__Host-xianli=")
        assert "Secure" in headers["Set-Cookie"]
        elsewhere = forwarded | {"X_Forwarded_Host": "elsewhere.example"}
        assert ask(port, "GET", "/login", **elsewhere)[0] == 400


def test_a_name_of_several_addresses_is_served(home: Path) -> None:
    with served(home, "--host", "localhost") as (port, _):
        assert ask(port, "GET", "/", Host="localhost")[0] == 200
        assert ask(port, "GET", "/", Host="elsewhere.example")[0] == 400


def test_a_search_before_the_end_stands_in_the_history(home: Path) -> None:
    with served(home) as (port, _):
        assert ask(port, "GET", "/search?" + urlencode({"q": "均衡发展"}))[0] == 200
    with served(home) as (port, _):
        assert "均衡发展" in ask(port, "GET", "/history")[2]


def test_an_upload_that_is_too_large_is_refused_with_a_page(home: Path) -> None:
    """300 MB in one file: the server takes it in, the app says why not."""
    with served(home) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        size = 300 << 20

        def body() -> Iterator[bytes]:
            yield head
            for _ in range(size >> 20):
                yield b"x" * (1 << 20)

        connection.request(
            "POST",
            "/add?lang=en",
            body(),
            {
                "Content-Type": "multipart/form-data; boundary=b",
                "Content-Length": str(len(head) + size),
                "Origin": f"http://127.0.0.1:{port}",
            },
        )
        answer = connection.getresponse()
        assert answer.status == 413
        page = answer.read().decode()
        connection.close()
        assert "nothing was kept" in page
        assert not any((home / ".xianli" / "incoming").iterdir())
        assert not (home / "corpus").exists()


def test_what_a_server_has_loaded_is_no_longer_searched_for_rubbish(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[int] = []
    opened: list[bool] = []

    def serving(app: Flask, *_: object, **__: object) -> None:
        frozen.append(gc.get_freeze_count())
        kept = app.extensions["xianli"].archive
        view = weakref.ref(kept._state().engine.backend._view)
        kept.search("").facet("year")
        kept.close()
        gc.collect()
        opened.append(view() is None)

    monkeypatch.setattr("web.server.serving.serve_app", serving)
    before = signal.getsignal(signal.SIGTERM)
    try:
        done = CliRunner().invoke(cli, ["--home", str(home), "serve"], catch_exceptions=False)
    finally:
        gc.unfreeze()
        signal.signal(signal.SIGTERM, before)
    assert done.exit_code == 0
    assert frozen[0] > 10_000
    # The archive's own objects can go: a new generation takes the place of an old one.
    assert opened == [True]

"""Connections that take their time, over the wire: they are closed, and keep nobody out."""

from __future__ import annotations

import re
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from archive.store.access import set_password
from archive.store.home import Home
from tests.fixtures.home import publish

ROOT = Path(__file__).parents[2]
HEAD = b"GET /help HTTP/1.1\r\nHost: localhost\r\n"
BODY = (
    b"POST /add HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 400\r\n\r\n"
)
ASKED = b"POST /api/precedents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n\r\n"

Connect = Callable[[bytes], socket.socket]


@contextmanager
def served(home: Path, settings: str, *options: str) -> Iterator[Connect]:
    """A server with other `settings` of web.server.connections; yields what connects to it."""
    program = f"from archive.cli import main\nfrom web.server import connections as c\n{settings}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-uc",
            f"{program}\nmain()",
            "--home",
            home,
            "serve",
            "--port=0",
            *options,
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    found = re.search(r":(\d+)/", process.stdout.readline())
    with ExitStack() as opened:

        def connect(sent: bytes) -> socket.socket:
            assert found
            one = socket.create_connection(("127.0.0.1", int(found[1])), 30)
            one.sendall(sent)
            return opened.enter_context(one)

        try:
            yield connect
        finally:
            process.terminate()
            process.communicate(timeout=60)


def answer(one: socket.socket) -> bytes:
    """All that comes until the other end closes."""
    said = b""
    try:
        while more := one.recv(65_536):
            said += more
    except ConnectionResetError:
        pass
    return said


def dripped(one: socket.socket) -> bytes:
    """What comes back while a byte is sent ten times a second."""
    one.settimeout(0.1)
    for _ in range(600):
        try:
            one.sendall(b"x")
            if not (more := one.recv(100)):
                return b"closed"
            return more
        except TimeoutError:
            continue
        except OSError:
            return b"closed"
    return b"open"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    publish(home)
    return home


def is_open(one: socket.socket) -> bool:
    one.settimeout(3)
    try:
        return one.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_a_thousand_dripping_connections_keep_nobody_out(home: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    try:
        with served(home, "") as connect:
            slow = []
            for number in range(1_000):
                slow.append(connect(HEAD))
                if number % 100 == 99:
                    asked = connect(HEAD + b"Connection: close\r\n\r\n")
                    assert answer(asked).startswith(b"HTTP/1.1 200")
            # The one that has waited longest gave its place.
            assert not is_open(slow[0])
            assert is_open(slow[-1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("begun", [HEAD + b"X-Long: ", ASKED, HEAD + b"\r\n" + HEAD + b"X-Long: "])
def test_a_request_that_drips_is_closed(home: Path, begun: bytes) -> None:
    with served(home, "c.HEAD_SECONDS = 0.5; c.BODY_RATE = 100_000") as connect:
        one = connect(begun)
        if begun.count(b"GET") > 1:
            # The first of the two is whole.
            said = b""
            while b"</html>" not in said:
                said += one.recv(65_536)
            assert said.startswith(b"HTTP/1.1 200")
        assert dripped(one) == b"closed"
        assert answer(connect(HEAD + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")


def test_an_upload_keeps_its_place_and_a_proxy_is_not_bounded(tmp_path: Path) -> None:
    home = tmp_path
    publish(home)
    body = b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--b--\r\n".ljust(400)
    with served(home, "c.MAX_WAITING = 2") as connect:
        upload = connect(BODY + body[:200])
        slow = [connect(HEAD) for _ in range(6)]
        assert not is_open(slow[0])
        upload.sendall(body[200:])
        assert answer(upload).startswith(b"HTTP/1.1 ")
    set_password(Home.open(home), "均衡发展 控辍保学 2021")
    settings = "c.MAX_WAITING = 2; c.HEAD_SECONDS = 0.1"
    with served(home, settings, "--proxy", "127.0.0.1") as connect:
        slow = [connect(HEAD) for _ in range(6)]
        assert is_open(slow[0])


def test_head_has_no_body(home: Path) -> None:
    with served(home, "") as connect:
        for address in (
            b"/api/export",
            b"/wording.csv?q=%E6%95%99",
            b"/help",
            b"/nowhere",
            b"/api/x",
        ):
            said = answer(
                connect(
                    b"HEAD "
                    + address
                    + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
            )
            assert said.startswith(b"HTTP/1.1 "), address
            assert said.partition(b"\r\n\r\n")[2] == b"", address

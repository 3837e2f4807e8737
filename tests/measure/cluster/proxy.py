"""A loopback proxy of ours before a node: TLS, a password, and slowness at will.

The nodes' jars have no security; what we show is that our side refuses a certificate that
it has no reason to trust, asks for nothing before that, and says who it is.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, PASSWORD = "reader", "秘密 pass"


@dataclass
class Proxy:
    """What runs: its port, how long it waits, and which requests came through."""

    port: int
    delay: float = 0.0
    seen: list[str] = field(default_factory=list)


def make_authority(folder: Path, name: str) -> Path:
    """Make a certificate authority and a certificate for 127.0.0.1; the authority's file."""
    own = folder / name
    own.mkdir()
    (own / "san").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", "utf-8")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout key.pem -out request.pem",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-extfile san -out cert.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=own, check=True, capture_output=True)
    return own / "ca.pem"


@contextmanager
def proxy(target: int, authority: Path | None = None) -> Iterator[Proxy]:
    """Pass requests on to the node at `target`; with an authority, by TLS and with a password."""
    running = Proxy(0)
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            running.seen.append(self.path)
            if authority is not None and self.headers.get("Authorization") != wanted:
                self._answer(401, b'{"error":"Unauthorized"}')
                return
            time.sleep(running.delay)
            node = http.client.HTTPConnection("127.0.0.1", target, timeout=120)
            headers = {"Content-Type": "application/json"}
            with closing(node):
                node.request(self.command, self.path, body, headers)
                answer = node.getresponse()
                self._answer(answer.status, answer.read())

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the tests ask `seen`."""

    for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
        setattr(Handler, f"do_{method}", Handler._pass_on)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A client that will not trust us ends the connection: that is the test."""

    server = Server(("127.0.0.1", 0), Handler)
    running.port = server.server_address[1]
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.with_name("cert.pem"), authority.with_name("key.pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

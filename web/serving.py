"""Serving the app with waitress."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from flask import Flask
from waitress import create_server

from archive.errors import ArchiveError

# Threads that answer at once; searches take milliseconds, so few serve many readers.
THREADS = 8
# The names of this machine for itself. A page elsewhere can have its own name lead here
# (DNS rebinding), but cannot make the browser send one of these.
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def serve_app(app: Flask, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. `announce` is told the address; port 0 takes a free one.

    On a loopback address only requests for this machine by its own names are answered;
    elsewhere any name is, for the network's names are not ours to know. Raises ArchiveError
    where nothing can listen there.
    """
    app.config["XIANLI_HOSTS"] = OWN_NAMES | {host} if is_loopback(host) else None
    try:
        server = create_server(app, host=host, port=port, threads=THREADS, ident=None)
    except OSError as error:
        raise ArchiveError(
            f"无法监听 {host}:{port}（{error.strerror}），请用 --port 换一个端口",
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port",
        ) from error
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{server.effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "desk")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

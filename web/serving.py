"""Serving the app with waitress."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from waitress import create_server

# Threads that answer at once; searches take milliseconds, so few serve many readers.
THREADS = 8


def serve_app(app: Flask, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. `announce` is told the address; port 0 takes a free one."""
    server = create_server(app, host=host, port=port, threads=THREADS, ident=None)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{server.effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()

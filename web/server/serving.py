"""Serving the app with waitress."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from flask import Flask
from waitress import create_server

from archive.errors import ArchiveError
from archive.store.access import read_access
from web.context import AppState
from web.presenters.notes import Notes
from web.server.connections import bound
from web.server.warming import start_warming

# Threads that answer; searches take milliseconds, so few serve many readers.
THREADS = 8
# Connections at once, answered ones and a proxy's among them, and the seconds that one may say
# nothing; a process has 1,024 files.
MAX_CONNECTIONS = 600
IDLE_SECONDS = 60
# The names of this machine for itself. A page elsewhere can have its own name lead here
# (DNS rebinding), but cannot make the browser send one of these.
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where to serve: the address to listen on, and how others get there.

    `names` are the names under which the server may be asked for, beside this machine's own;
    `proxy` is the address of the reverse proxy whose word is taken for who asks, by which
    name, and whether encrypted.
    """

    host: str
    port: int
    names: Collection[str] = ()
    proxy: str | None = None

    @property
    def exposed(self) -> bool:
        """Whether others than this machine's users can reach it."""
        return self.proxy is not None or not is_loopback(self.host)

    @property
    def hosts(self) -> frozenset[str] | None:
        """The names to answer to; None for any, where the network's names are not ours to know.

        Then the password, whose session no other name is sent, keeps strangers' pages out.
        """
        if self.exposed and not self.names:
            return None
        return OWN_NAMES | {self.host} | {name.lower() for name in self.names}


def serve_app(app: Flask, place: Place, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. `announce` is told the address; port 0 takes a free one.

    Raises ArchiveError where nothing can listen there, and where others could enter without
    a password.
    """
    state: AppState = app.extensions["xianli"]
    notes: Notes = app.extensions["xianli-notes"]
    if place.exposed and read_access(state.archive.home) is None:
        raise ArchiveError(
            "serve.password_needed", value=place.proxy or place.host, host=place.host
        )
    app.config["XIANLI_NEEDS_PASSWORD"] = place.exposed
    app.config["XIANLI_HOSTS"] = place.hosts
    # Waitress says a line of each question that waits: under load the log has no other.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    settings: dict[str, Any] = {
        "threads": THREADS,
        "ident": None,
        "connection_limit": MAX_CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
        # Seconds between two looks for connections that are late.
        "cleanup_interval": 1,
        # select() knows no file beyond the 1,024th.
        "asyncore_use_poll": True,
    }
    if place.proxy is not None:
        settings |= {
            "trusted_proxy": place.proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }
    # Waitress keeps its sockets in this map; for a name it listens on each of its addresses.
    sockets: dict[int, Any] = {}
    try:
        server = create_server(app, host=place.host, port=place.port, map=sockets, **settings)
    except OSError as error:
        raise ArchiveError(
            "serve.cannot_listen", host=place.host, port=place.port, strerror=error.strerror
        ) from error
    listening = [one for one in sockets.values() if hasattr(one, "channel_class")]
    for one in listening:
        bound(one, app, place.proxy)
    shown = f"[{place.host}]" if ":" in place.host else place.host
    end_warming = start_warming(state.archive)
    announce(f"http://{shown}:{listening[0].effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    finally:
        end_warming()
        notes.history.settle()


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

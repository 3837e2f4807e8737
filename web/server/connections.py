"""The connections of the server: how long a request may take to arrive, and how many may wait.

A connection waits while no complete request of it is being answered. Those alone are bounded:
whoever sends a request at once is answered however many others drip theirs.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

from archive.errors import ArchiveError
from web.auth.guard import AuthGuard
from web.limits import LARGEST_REQUEST, LARGEST_UPLOAD_REQUEST

# Seconds from the first byte of a request's head to its last, and for a body's first bytes.
HEAD_SECONDS = 15.0
# Bytes a second that a body must bring from then on: a tenth of what a modem did.
BODY_RATE = 500
# Connections that may wait; one more, and the one that has waited longest is closed. A body in
# a temporary file takes a second of the 1,024 files of a process.
MAX_WAITING = 300


class _Task(WSGITask):  # type: ignore[misc]
    """Waitress ends a stream with a line of its own, which an answer to HEAD may not have."""

    def finish(self) -> None:
        if self.request.command == "HEAD":
            # Which writes the head, where nothing has.
            self.write(b"")
            self.chunked_response = False
        super().finish()


def bound(server: BaseWSGIServer, app: Flask, proxy: str | None) -> None:
    """Bound the connections of a listening server; those of `proxy`, which does so, are exempt.

    A request may bring so many bytes as `_most` says of its head. Waitress stores a body as it
    comes and asks the app when it is whole, so the bound that holds is the one that it knows:
    it answers 413 to more and closes the connection.
    """

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any
        began = 0.0

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            self.began = time.monotonic()
            # The settings are shared by all requests; this one's differ.
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = _most(app, self.path, self.headers)

        @property
        def is_upload(self) -> bool:
            """Whether it brings files from somebody who may."""
            return bool(self.adj.max_request_body_size == LARGEST_UPLOAD_REQUEST)

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser
        task_class = _Task

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # When its last request was answered, and when the first byte of the next one came.
            self.answered = self.began = time.monotonic()
            waiting = [one for one in server.active_channels.values() if one.waits]
            if len(waiting) > MAX_WAITING:
                # The loop closes it: here its number could pass to a new one that is polled.
                min(waiting, key=lambda one: float(one.answered)).will_close = True

        @property
        def waits(self) -> bool:
            """Whether it holds a place without a request that is being answered."""
            if self.requests or self.total_outbufs_len or self.will_close:
                return False
            upload = self.request is not None and self.request.is_upload
            return not upload and self.addr[0] != proxy

        def received(self, data: bytes) -> bool:
            if self.request is None:
                self.began = time.monotonic()
            return bool(super().received(data))

        def service(self) -> None:
            super().service()
            self.answered = time.monotonic()

        def is_late(self, now: float) -> bool:
            """Whether its request is slower in coming than a request may be."""
            request = self.request
            if self.requests or self.total_outbufs_len or request is None or self.addr[0] == proxy:
                return False
            if not request.headers_finished:
                return now - max(self.began, self.answered) > HEAD_SECONDS
            due = HEAD_SECONDS + request.body_bytes_received / BODY_RATE
            return bool(now - max(request.began, self.answered) > due)

    def maintenance(now: float) -> None:
        BaseWSGIServer.maintenance(server, now)
        for channel in server.active_channels.values():
            if channel.is_late(time.monotonic()):
                channel.will_close = True

    server.channel_class = Channel
    server.maintenance = maintenance


def _most(app: Flask, path: str, headers: Mapping[str, str]) -> int:
    """The bytes that a request may bring: much only where files are added, by who may enter."""
    auth: AuthGuard = app.extensions["xianli-auth"]
    try:
        may_add = path == "/add" and auth.is_open_to(headers.get("COOKIE", ""))
    except ArchiveError:
        may_add = False
    return LARGEST_UPLOAD_REQUEST if may_add else LARGEST_REQUEST

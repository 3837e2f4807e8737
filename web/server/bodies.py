"""How much may be sent before anyone looks: decided from a request's head, by the server.

Waitress stores a body as it comes and asks the app when it is whole, so the bound that holds
against a stranger is the one that it knows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

# The path and the headers of a request (upper case, `_` for `-`) → the bytes it may bring.
Bound = Callable[[str, Mapping[str, str]], int]


def bounded_channel(bound: Bound) -> type[Any]:
    """Return a channel whose requests may bring what `bound` says, each by its head.

    What brings more is answered 413 by the server itself and its connection closed.
    """

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            # The settings are shared by all requests; this one's differ.
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = bound(self.path, self.headers)

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel

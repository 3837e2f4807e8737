"""Addresses: paths, and parameters encoded once for the hundred links of a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from flask import request, url_for

from archive.fields import FIELDS
from archive.query.query import EXCLUDED, Query

Pairs = Sequence[tuple[str, str]]

# Facet values and the parts of an id come again in every answer; a query typed by hand does
# not, and may be long.
MAX_KEPT_LENGTH = 64

# The order in which `Query.to_args` writes parameters; what excludes values stands together.
_NAMES = ("q", *(field.parameter for field in FIELDS), EXCLUDED)
_PLACE = {name: place for place, name in enumerate(_NAMES)}


def encoded(text: str) -> str:
    """Return a name or a value as it stands in a query string.

    Commas, colons and slashes may stand there as they are.

    >>> encoded("均衡 a:b")
    '%E5%9D%87%E8%A1%A1+a:b'
    """
    return _encoded(text) if len(text) <= MAX_KEPT_LENGTH else quote_plus(text, safe=":,/")


@lru_cache(maxsize=8_192)
def _encoded(text: str) -> str:
    return quote_plus(text, safe=":,/")


def query_string(pairs: Pairs) -> str:
    """Return pairs as a query string, without the question mark.

    >>> query_string([("topic", "a b"), ("year", "2021")])
    'topic=a+b&year=2021'
    """
    return "&".join([f"{encoded(name)}={encoded(value)}" for name, value in pairs])


def address(path: str, pairs: Pairs) -> str:
    """Return `path` with the pairs as its query string.

    >>> address("/search", [("q", "均衡"), ("year", "2021")])
    '/search?q=%E5%9D%87%E8%A1%A1&year=2021'
    >>> address("/", [])
    '/'
    """
    return f"{path}?{query_string(pairs)}" if pairs else path


def path_of(endpoint: str, **values: str) -> str:
    """Return the address of a view or file, of which there are few: it is kept."""
    return _path_of(request.root_path, endpoint, tuple(values.items()))


@lru_cache(maxsize=256)
def _path_of(root: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    # Flask takes 20 µs to build a path, and a page has dozens of them; `root` is where the
    # app is mounted, the only thing beside the values that such a path depends on.
    named: dict[str, Any] = dict(values)
    return url_for(endpoint, **named)


def document_path(document_id: str) -> str:
    """Return the path of a document's page."""
    return _document_root(request.root_path) + _quoted(document_id)


@lru_cache(maxsize=8)
def _document_root(root: str) -> str:
    return url_for("document.document", document_id="x").removesuffix("x")


@lru_cache(maxsize=8_192)
def _quoted(document_id: str) -> str:
    return quote(document_id, safe="!$&'()*+,:;=@")


class Spread:
    """A query's parameters encoded and laid out by name, so that one more costs one more.

    They are those of the first page: a narrower query begins there. `rest` are the
    parameters behind them.
    """

    def __init__(self, query: Query, rest: Pairs) -> None:
        self._pieces: list[tuple[int, str]] = []
        for name, value in query.to_args():
            if name != "offset":
                own = EXCLUDED if name.startswith(EXCLUDED) else name
                place = _PLACE.get(own, len(_NAMES))
                self._pieces.append((place, f"{encoded(name)}={encoded(value)}"))
        self._rest = query_string(rest)
        self._around: dict[int, tuple[str, str]] = {}

    def with_one(self, name: str, value: str) -> str:
        """The query string with one more value of `name`, as `Query.to_args` would order it."""
        place = _PLACE[EXCLUDED if name.startswith(EXCLUDED) else name]
        around = self._around.get(place)
        if around is None:
            before = "".join([piece + "&" for own, piece in self._pieces if own <= place])
            behind = [piece for own, piece in self._pieces if own > place]
            after = "".join(["&" + piece for piece in (*behind, self._rest) if piece])
            around = self._around[place] = before, after
        return f"{around[0]}{name}={encoded(value)}{around[1]}"

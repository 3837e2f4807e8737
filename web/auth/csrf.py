"""What is sent to us rather than asked by an address: from our own pages only.

A form carries a token that only a page of this server shows, and the browser says which
site sent it; another site can neither read the one nor forge the other.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import abort, current_app, g, request
from werkzeug.exceptions import HTTPException

TOKEN = "token"


def token() -> str:
    """The token that a form of ours carries: another one in every session."""
    own: str = current_app.config["XIANLI_TOKEN"]
    session: str = g.get("session") or ""
    return hmac.new(own.encode(), session.encode(), hashlib.sha256).hexdigest()


def is_own_form() -> bool:
    """Whether a form of this server was sent from a page of this server."""
    given = request.form.get(TOKEN, "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(given, token().encode()) and is_from_here(named=True)


def require_json() -> dict[str, object]:
    """Return the object that was sent as JSON; 403 where another site's page sends it.

    415 for another type: a form of another site can send text, but not this type unasked.
    400 where it is no object.
    """
    if not is_from_here(named=False):
        abort(403)
    try:
        sent = request.get_json()
    except RecursionError:
        # A thousand brackets: no JSON that means anything.
        abort(400)
    if not isinstance(sent, dict):
        abort(400)
    return sent


def is_from_here(*, named: bool) -> bool:
    """Whether the sender is a page of this server, or, unless it must be `named`, a program.

    Every browser names the sender of a form, and newer ones say how it stands to us;
    programs do neither. Nothing of the body is read.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return not named
    # A browser writes the header in one way only: nothing is to be parsed.
    return origin == f"{request.scheme}://{request.host}"


def safe_redirect(given: str, fallback: str) -> str:
    """Return an address that was sent to us where it is a page of ours, else `fallback`.

    No scheme, no host, and no character that a browser would read as either or leave out:
    it takes `//host`, `/\\host` and control characters for other places.
    """
    plain = given.isprintable() and "\\" not in given and "//" not in given.partition("?")[0]
    if not plain or not given.startswith("/"):
        return fallback
    try:
        path = urlsplit(given).path
        current_app.url_map.bind("").match(path, method="GET")
    except (ValueError, HTTPException):
        return fallback
    return given

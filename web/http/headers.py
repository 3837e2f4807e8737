"""What every response carries and what no request may exceed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import SecurityError

# The pages need their own style sheet, script and icon, what the script asks for (a passage
# to copy), and forms that come back here;
# nothing else is loaded, framed or sent anywhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Queries tell what a reader works on; they are not passed on to a linked site.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# A query of 2,000 Chinese characters takes 18 kB in an address; the rest is for filters.
MAX_QUERY_STRING_LENGTH = 32_000
# A draft of 5,000 Chinese characters takes 45 kB in a form.
LARGEST_BODY = 64_000


def secure(app: Flask) -> None:
    """Bound what requests may bring, and put the headers on every response."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config.setdefault("XIANLI_HOSTS", None)
    app.before_request(refuse_other_hosts)
    app.before_request(refuse_oversize)
    app.after_request(add_headers)


def refuse_other_hosts() -> None:
    """Refuse a request for a host that is none of ours, where `XIANLI_HOSTS` names ours.

    Werkzeug's own list cannot name an IPv6 address.
    """
    hosts = current_app.config["XIANLI_HOSTS"]
    if hosts is None:
        return
    try:
        asked = urlsplit(f"//{request.host}").hostname
    except ValueError:
        asked = None
    if asked not in hosts:
        raise SecurityError


def refuse_oversize() -> None:
    """Answer 414 to an address that no page of ours leads to."""
    if len(request.query_string) > MAX_QUERY_STRING_LENGTH:
        abort(414)


def add_headers(response: Response) -> Response:
    """Put the security headers on `response`, and keep search engines from states.

    Every combination of filters is an address; a crawler would never see the end of them.
    """
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.query_string or request.path.startswith(("/search", "/facet", "/api")):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

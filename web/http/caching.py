"""Answering 304 where the reader's copy still holds."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, g, request


@cache
def version() -> str:
    """A digest of this package's own files: a page made by another version is another page."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(Path(__file__).parent.parent.rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".js", ".svg", ".toml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def page_tag(generation: str, language: str) -> str:
    """The ETag of the current address: what is asked, of which generation, in which language."""
    key = "\0".join((version(), generation, language, request.full_path))
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def unchanged(tag: str) -> Response | None:
    """Return 304 where the reader already has `tag`, before any work is done.

    The tag is weak: times of measurement may differ in a page that is otherwise the same.
    """
    g.page_tag = tag
    if request.if_none_match.contains_weak(tag):
        return tagged(Response(status=304))
    return None


def tagged(response: Response) -> Response:
    """Put the ETag of the current page on a response that holds, and have it checked again."""
    tag = g.get("page_tag")
    if tag and response.status_code in (200, 304):
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Accept-Language")
    return response

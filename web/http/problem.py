"""Errors as RFC 9457 has them."""

from __future__ import annotations

from typing import Any

from flask import Response, json


def problem(status: int, title: str, detail: str, position: int | None = None) -> Response:
    """An error as RFC 9457 has it; `position` is the offset in the query, from 0."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body["detail"] = detail
    if position is not None:
        body["position"] = position
    return Response(json.dumps(body), status, mimetype="application/problem+json")

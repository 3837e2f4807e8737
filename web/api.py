"""The same questions and answers as JSON, in the words of the command line."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, jsonify

from archive.explained import blocks_to_dicts, paragraph_to_dict
from archive.model import Document
from archive.suggesting import did_you_mean
from web.context import archive, asked
from web.openapi import description

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/search")
def search() -> Response:
    """The results of the query in the address."""
    results = archive().search(asked())
    answer = results.to_dict()
    if meant := did_you_mean(archive(), results):
        answer["did_you_mean"] = [correction.to_dict() for correction in meant]
    return jsonify(answer)


@api.get("/document/<document_id>")
def document(document_id: str) -> Response:
    """A document with its articles, paragraphs and labelled blocks."""
    kept = archive().document(document_id)
    answer = document_dict(kept)
    answer["paragraphs"] = [paragraph_to_dict(p) for p in archive().paragraphs(document_id)]
    return jsonify(answer)


@api.get("/openapi.json")
def openapi() -> Response:
    """The description of this API."""
    return jsonify(description())


def document_dict(document: Document) -> dict[str, Any]:
    """A document's own fields, its articles and blocks."""
    return {
        "document_id": document.document_id,
        "path": document.path,
        "title": document.title,
        "digest": document.digest,
        "kind": document.kind,
        "site": document.site,
        "url": document.url,
        "published": document.published,
        "encoding": document.encoding,
        "articles": [
            {"title": a.title, "first": a.first, "count": a.count, "kind": a.kind}
            for a in document.articles
        ],
        "blocks": blocks_to_dicts(document.blocks),
    }


def problem(status: int, title: str, detail: str, position: int | None = None) -> Response:
    """An error as RFC 9457 has it; `position` is the offset in the query, from 0."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    body["detail"] = detail
    if position is not None:
        body["position"] = position
    return Response(json.dumps(body), status, mimetype="application/problem+json")

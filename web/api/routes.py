"""The same questions and answers as JSON, in the words of the command line."""

from __future__ import annotations

import re
from typing import get_args

from flask import Response, jsonify, request

from archive.errors import QueryError
from archive.search.export import Format, rows
from archive.serializers import paragraph_to_dict, to_dict
from archive.suggest import complete, did_you_mean
from web.api import api
from web.api.openapi import CLIP_KEYS, DOCUMENT_KEYS, description, parameters
from web.context import app_state, archive, asked, words
from web.http.downloads import download
from web.presenters.notes import asked_collection, notes

_TYPES: dict[Format, str] = {"csv": "text/csv", "ndjson": "application/x-ndjson"}


@api.before_request
def refuse_unknown() -> None:
    """Refuse what no answer of ours would follow: a filter that is misspelt filters nothing."""
    known = parameters(re.sub("<(.+?)>", r"{\1}", str(request.url_rule)))
    for name in request.args:
        if known is not None and name not in known:
            raise QueryError("query.no_parameter", name=name[:40], names=", ".join(sorted(known)))


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
    """A document with its articles, paragraphs, labelled blocks, and what it cites."""
    kept = archive().document(document_id)
    answer = to_dict(kept, DOCUMENT_KEYS) | archive().references(kept).to_dict()
    answer["paragraphs"] = [paragraph_to_dict(p) for p in archive().paragraphs(document_id)]
    return jsonify(answer)


@api.get("/export")
def export() -> Response:
    """Every paragraph that the query in the address finds, in id order, of one generation.

    The answer is sent while the archive is read; memory does not grow with it.
    """
    form = _format(request.args.get("format") or "csv")
    return download(rows(archive().scan(asked()), form), f"xianli.{form}", _TYPES[form])


@api.get("/clips")
def clips() -> Response:
    """A collection of clips, the current one where none is named; 404 where there is none."""
    kept = notes().clips
    kept.settle(archive())
    known, current = kept.collections(), kept.current()
    shown = asked_collection(kept).collection_id
    return jsonify(
        {
            "collection_id": shown,
            "collections": [
                to_dict(one)
                | {
                    "name": one.name or words()("clips.default"),
                    "current": one.collection_id == current,
                }
                for one in known
            ],
            "clips": [to_dict(clip, CLIP_KEYS) for clip in kept.listed(shown)],
        }
    )


@api.get("/stats")
def stats() -> Response:
    """The state of the archive."""
    return jsonify(app_state().stats().to_dict())


@api.get("/openapi.json")
def openapi() -> Response:
    """The description of this API."""
    return jsonify(description())


def _format(given: str) -> Format:
    for form in get_args(Format):
        if given == form:
            known: Format = form
            return known
    raise QueryError("query.format", given=given)


@api.get("/complete")
def completions() -> Response:
    """How the query that is being typed goes on."""
    found = complete(archive(), request.args.get("q", ""))
    return jsonify({"completions": [completion.to_dict() for completion in found]})

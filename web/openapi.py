"""The description of the API as OpenAPI 3.1, made from the values that the API is made of."""

from __future__ import annotations

from typing import Any

from archive.model import Form, YearBasis
from archive.nodes import FACETS, VALUE_FACETS
from archive.query import DEEPEST_HIT, LARGEST_PAGE, Sort

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
FORM: Schema = {"type": "string", "enum": [form.value for form in Form]}
BASIS: Schema = {"type": "string", "enum": [basis.value for basis in YearBasis]}


def description() -> Schema:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "xianli",
            "version": "1",
            "description": "Full-text search over an archive of Chinese official documents: "
            "the questions of the pages, answered as JSON.",
        },
        "paths": {
            "/api/search": {
                "get": {
                    "operationId": "search",
                    "summary": "Paragraphs that match a query, with facets",
                    "parameters": _search_parameters(),
                    "responses": _responses("Results", 400, 414, 503),
                }
            },
            "/api/document/{document_id}": {
                "get": {
                    "operationId": "document",
                    "summary": "A document with its articles, paragraphs and labelled blocks",
                    "parameters": [
                        {"name": "document_id", "in": "path", "required": True, "schema": TEXT},
                        _language(),
                    ],
                    "responses": _responses("Document", 404, 503),
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


def _search_parameters() -> list[Schema]:
    values = [
        _parameter(facet, _list(TEXT), "Any of these values; `section`: part of a heading above")
        for facet in VALUE_FACETS
    ]
    return [
        _parameter("q", TEXT, "The query in the grammar of /help; empty: everything"),
        *values,
        _parameter("year", _list(TEXT), "2021, 2019..2021, ..2021, 2019.. or unknown"),
        _parameter("sort", {"type": "string", "enum": [sort.value for sort in Sort]}, "The order"),
        _parameter("limit", _whole(LARGEST_PAGE, 20), "Hits a page"),
        _parameter("offset", _whole(DEEPEST_HIT, 0), f"offset + limit ≤ {DEEPEST_HIT}"),
        _parameter("fold", {"type": "string", "enum": ["0", "1"]}, "0: list near-duplicates too"),
        _language(),
    ]


def _schemas() -> Schema:
    bucket = _object({"value": TEXT, "count": NUMBER, "selected": TRUTH})
    article = _object({"title": MAYBE_TEXT, "first": NUMBER, "count": NUMBER, "kind": MAYBE_TEXT})
    counts = {"type": "object", "additionalProperties": NUMBER}
    results = _object(
        {
            "query": TEXT,
            "total": NUMBER,
            "clusters": MAYBE_NUMBER,
            "took_ms": {"type": "number"},
            "hits": _list(_reference("Hit")),
            "facets": _object({name: _list(bucket) for name in FACETS}),
            "facets_more": counts,
            "nearest": _list(_reference("Hit")),
        },
        optional=("nearest",),
    )
    return {
        "Results": results,
        "Hit": _object(_hit()),
        "Document": _object(
            {
                **dict.fromkeys(("document_id", "path", "title", "digest"), TEXT),
                **dict.fromkeys(("kind", "site", "url", "published", "encoding"), MAYBE_TEXT),
                "articles": _list(article),
                "paragraphs": _list(_reference("Paragraph")),
                "blocks": _list(_object({"text": TEXT, "keep": TRUTH, "rule": MAYBE_TEXT})),
            }
        ),
        "Paragraph": _object(_paragraph()),
        "Problem": _object(
            {"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT, "position": NUMBER},
            optional=("position",),
        ),
    }


def _hit() -> Schema:
    return {
        **dict.fromkeys(("paragraph_id", "document_id", "title", "text"), TEXT),
        **dict.fromkeys(("article", "topic", "part", "kind", "site", "cluster"), MAYBE_TEXT),
        "heading_path": _list(TEXT),
        "form": FORM,
        "year": MAYBE_NUMBER,
        "year_basis": BASIS,
        "spans": _list({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}),
        "score": {"type": "number"},
        "variants": _list(TEXT),
    }


def _paragraph() -> Schema:
    return {
        **dict.fromkeys(("article", "part", "topic"), MAYBE_TEXT),
        **dict.fromkeys(("year_stated", "year", "year_from", "year_to"), MAYBE_NUMBER),
        "heading_path": _list(TEXT),
        "form": FORM,
        "text": TEXT,
        "year_basis": BASIS,
        "year_evidence": _list(TEXT),
        "masked": TRUTH,
        "cut": _list(TEXT),
    }


def _responses(schema: str, *problems: int) -> Schema:
    answers: Schema = {
        "200": {
            "description": "The answer",
            "content": {"application/json": {"schema": _reference(schema)}},
        }
    }
    for status in problems:
        answers[str(status)] = {
            "description": "What was wrong, and what to do next",
            "content": {"application/problem+json": {"schema": _reference("Problem")}},
        }
    return answers


def _parameter(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _language() -> Schema:
    return _parameter("lang", {"type": "string", "enum": ["zh", "en"]}, "The language of errors")


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _whole(most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}

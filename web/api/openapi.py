"""The description of the API as OpenAPI 3.1, made from the values that the API is made of."""

from __future__ import annotations

from typing import get_args

from archive.fields import FACETS, FIELDS, Field
from archive.query.query import DEEPEST_HIT, EXCLUDED, LARGEST_PAGE, Sort
from archive.search.export import Format
from archive.wording import LineSort, Side
from archive.wording.options import DEFAULT_WINDOW, WIDEST_WINDOW
from web.api.schemas import (
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    SPANS,
    TEXT,
    TRUTH,
    Schema,
    array,
    clips_schema,
    entity,
    exported_properties,
    job_schema,
    record_properties,
    reference,
    stats_schema,
    wording_schemas,
)

# One range, as archive.ranges reads it.
_ENDS = {"int": "[0-9]{4}", "day": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"}
_EXAMPLES = {
    "int": "2021, 2019..2021, ..2021, 2019.. or unknown",
    "day": "2021-03-05, 2021-03..2021-06, ..2021, 2019.. or unknown",
}
_SWITCH: Schema = {"type": "string", "enum": ["0", "1", "false", "true", "no", "yes"]}


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
            "/api/complete": {
                "get": {
                    "operationId": "complete",
                    "summary": "How a query that is being typed goes on",
                    "parameters": [_parameter("q", TEXT, "What was typed so far"), _language()],
                    "responses": _responses("Completions", 414, 503),
                }
            },
            "/api/wording": {
                "get": {
                    "operationId": "wording",
                    "summary": "How a wording or pattern is used: lines, groups, neighbours, years",
                    "parameters": _wording_parameters(),
                    "responses": _responses("Wording", 400, 414, 503),
                }
            },
            "/api/precedents": {
                "post": {
                    "operationId": "precedents",
                    "summary": "Passages that put a draft alike, as a whole and clause by clause",
                    "parameters": [_language()],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": reference("Draft")}},
                    },
                    "responses": _responses("Precedents", 400, 403, 413, 415, 503),
                }
            },
            "/api/export": {
                "get": {
                    "operationId": "export",
                    "summary": "Every paragraph that matches, complete, in id order, unfolded",
                    "parameters": [
                        _parameter(
                            "format",
                            {"type": "string", "enum": [*get_args(Format)]},
                            "csv (the default) begins with a byte order mark and a header",
                        ),
                        *_filters(),
                        _language(),
                    ],
                    "responses": {
                        **_responses("Results", 400, 414, 503),
                        "200": {
                            "description": "A line a paragraph, sent while it is read",
                            "content": {
                                "text/csv": {"schema": TEXT},
                                "application/x-ndjson": {"schema": TEXT},
                            },
                        },
                    },
                }
            },
            "/api/clips": {
                "get": {
                    "operationId": "clips",
                    "summary": "The passages that were collected, with their sources and notes",
                    "parameters": [
                        _parameter(
                            "collection",
                            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
                            "The collection; the one that new clips go to, where none is named",
                        ),
                        _language(),
                    ],
                    "responses": _responses("Clips", 400, 404, 503),
                }
            },
            "/api/stats": {
                "get": {
                    "operationId": "stats",
                    "summary": "What the archive holds, and which files it could not read",
                    "parameters": [_language()],
                    "responses": _responses("Stats", 503),
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
            "/api/jobs/{job_id}": {
                "get": {
                    "operationId": "job",
                    "summary": "How far the reading of added files is, and what became of each",
                    "parameters": [
                        {"name": "job_id", "in": "path", "required": True, "schema": TEXT},
                        _language(),
                    ],
                    "responses": _responses("Job", 404),
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


def _search_parameters() -> list[Schema]:
    return [
        *_filters(),
        _parameter("sort", {"type": "string", "enum": [sort.value for sort in Sort]}, "The order"),
        _parameter("limit", _whole(LARGEST_PAGE, 20), "Hits a page"),
        _parameter("offset", _whole(DEEPEST_HIT, 0), f"offset + limit ≤ {DEEPEST_HIT}"),
        _parameter("fold", _SWITCH, "0: list near-duplicates too"),
        _language(),
    ]


def _wording_parameters() -> list[Schema]:
    window = {"type": "integer", "minimum": 1, "maximum": WIDEST_WINDOW, "default": DEFAULT_WINDOW}
    return [
        *_filters(asked=True),
        _parameter("sort", {"type": "string", "enum": [*LineSort]}, "The order of the lines"),
        _parameter("limit", _whole(LARGEST_PAGE, 20), "Lines a page"),
        _parameter("offset", _whole(DEEPEST_HIT, 0), f"offset + limit ≤ {DEEPEST_HIT}"),
        _parameter("window", window, "Words on each side in which collocates are counted"),
        _parameter("side", {"type": "string", "enum": [*Side]}, "The side of the collocates"),
        _parameter("slots", _SWITCH, "1: figures and masks are one"),
        _language(),
    ]


def _filters(*, asked: bool = False) -> list[Schema]:
    values = [
        _parameter(f.parameter, array(_wanted(f)), f"Any of these values of `{f.name}`")
        for f in FIELDS
    ]
    excluded = [
        _parameter(EXCLUDED + f.parameter, array(_wanted(f)), f"None of these values of `{f.name}`")
        for f in FIELDS
    ]
    return [
        {**_parameter("q", TEXT, "The query in the grammar of /help"), "required": asked},
        *values,
        *excluded,
    ]


def _wanted(field: Field) -> Schema:
    """What may be asked of a field."""
    if field.ordered:
        end = _ENDS[field.type]
        pattern = rf"^(unknown|{end}|{end}\.\.({end})?|\.\.{end})$"
        return {"type": "string", "pattern": pattern, "description": _EXAMPLES[field.type]}
    if field.vocabulary:
        return {"type": "string", "enum": [*field.vocabulary]}
    return {**TEXT, "description": "Part of the value"} if field.match == "contains" else TEXT


def _schemas() -> Schema:
    bucket = entity({"value": TEXT, "count": NUMBER, "selected": TRUTH})
    article = entity({"title": MAYBE_TEXT, "first": NUMBER, "count": NUMBER, "kind": MAYBE_TEXT})
    correction = entity({"word": TEXT, "replacement": TEXT, "query": TEXT, "count": NUMBER})
    completion = entity({"kind": TEXT, "text": TEXT, "query": TEXT, "count": NUMBER})
    counts = {"type": "object", "additionalProperties": NUMBER}
    results = entity(
        {
            "query": TEXT,
            "total": NUMBER,
            "clusters": MAYBE_NUMBER,
            "took_ms": {"type": "number"},
            "hits": array(reference("Hit")),
            "facets": entity({field.name: array(bucket) for field in FACETS}),
            "facets_more": counts,
            "nearest": array(reference("Hit")),
            "did_you_mean": array(correction),
        },
        optional=("nearest", "did_you_mean"),
    )
    return {
        "Results": results,
        "Hit": entity(_hit()),
        "Completions": entity({"completions": array(completion)}),
        "Document": entity(
            {
                **dict.fromkeys(("document_id", "path", "title", "digest"), TEXT),
                **dict.fromkeys(("url", "encoding"), MAYBE_TEXT),
                **record_properties(),
                "articles": array(article),
                "paragraphs": array(reference("Paragraph")),
                "blocks": array(entity({"text": TEXT, "keep": TRUTH, "rule": MAYBE_TEXT})),
            }
        ),
        "Paragraph": entity(_paragraph()),
        "Clips": clips_schema(),
        "Draft": entity({"draft": {"type": "string", "minLength": 1}}),
        "Job": job_schema(),
        **wording_schemas(),
        "Stats": stats_schema(),
        "Problem": entity(
            {"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT, "position": NUMBER},
            optional=("position",),
        ),
    }


def _hit() -> Schema:
    return {
        **dict.fromkeys(("paragraph_id", "document_id", "title", "text"), TEXT),
        **dict.fromkeys(("article", "cluster"), MAYBE_TEXT),
        **exported_properties(),
        "heading_path": array(TEXT),
        "spans": SPANS,
        "score": {"type": "number"},
        "variants": array(TEXT),
    }


def _paragraph() -> Schema:
    return {
        "article": MAYBE_TEXT,
        **exported_properties(document=False),
        **dict.fromkeys(("year_stated", "year_from", "year_to"), MAYBE_NUMBER),
        "heading_path": array(TEXT),
        "text": TEXT,
        "year_evidence": array(TEXT),
        "masked": TRUTH,
        "cut": array(TEXT),
    }


def _responses(schema: str, *problems: int) -> Schema:
    answers: Schema = {
        "200": {
            "description": "The answer",
            "content": {"application/json": {"schema": reference(schema)}},
        }
    }
    for status in problems:
        answers[str(status)] = {
            "description": "What was wrong, and what to do next",
            "content": {"application/problem+json": {"schema": reference("Problem")}},
        }
    return answers


def _parameter(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "description": text, "schema": _or_empty(schema)}


def _or_empty(schema: Schema) -> Schema:
    """The schema of a parameter, which may be empty as forms send it: it is then none."""
    if schema.get("type") == "array":
        return array(_or_empty(schema["items"]))
    plain = schema.get("type") == "string" and not {"enum", "pattern"} & schema.keys()
    return schema if plain else {"anyOf": [schema, {"const": ""}]}


def _language() -> Schema:
    return _parameter(
        "lang", TEXT, "The language of errors: zh or en; else what Accept-Language says"
    )


def _whole(most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": most, "default": default}

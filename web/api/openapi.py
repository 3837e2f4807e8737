"""The description of the API as OpenAPI 3.1, made from openapi.toml and the program's types."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import get_args

from archive.fields import FACETS, FIELDS, Field
from archive.model import Document, Paragraph
from archive.notes.clips import Clip, Collection
from archive.precedents.answer import Precedent, Precedents
from archive.query.query import DEEPEST_HIT, EXCLUDED, LARGEST_PAGE, Sort
from archive.search.export import Format
from archive.search.results import Bucket, Hit, Offered, Results
from archive.serializers import PARAGRAPH_KEYS
from archive.store.references import References
from archive.store.stats import COUNTED, Stats
from archive.suggest import Completion, Correction
from archive.wording import LineSort, Side, Wording
from archive.wording.options import DEFAULT_WINDOW, WIDEST_WINDOW
from web.api.schemas import (
    MAYBE_NUMBER,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    array,
    choice,
    entity,
    exported_properties,
    properties_of,
    reference,
    schema_of,
)
from web.jobs import JobAnswer

# What documents and clips are printed with (archive.serializers).
DOCUMENT_KEYS = (
    *("document_id", "path", "title", "digest", "record"),
    *("url", "encoding", "articles", "blocks"),
)
CLIP_KEYS = (
    *("clip_id", "anchor.paragraph_id", "anchor.passage", "note", "added", "attached", "held"),
    *("source.title", "source.article", "source.heading_path", "source.record", "source.url"),
    *("source.dating.year", "year_basis=source.dating.basis", "file=source.path"),
    "year_evidence=source.dating.evidence",
)

# One range, as archive.ranges reads it.
_ENDS = {"int": "[0-9]{4}", "day": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"}
_EXAMPLES = {
    "int": "2021, 2019..2021, ..2021, 2019.. or unknown",
    "day": "2021-03-05, 2021-03..2021-06, ..2021, 2019.. or unknown",
}
# What stands before the parameter of a field, and what its values are then.
_SIGNS = {"": "Any of these values of", EXCLUDED: "None of these values of"}
# A parameter that is not described; no password, a wrong one, or one tried too often.
_EVERYWHERE = (400, 401, 429)


@cache
def parameters(path: str) -> frozenset[str] | None:
    """The names of what the operation at a path of the description may be asked; None for none."""
    operations = description()["paths"].get(path, {}).values()
    asked = [one["name"] for operation in operations for one in operation["parameters"]]
    return frozenset(asked) if operations else None


def description() -> Schema:
    """Return the whole description."""
    text = resources.files("web.api").joinpath("openapi.toml").read_text("utf-8")
    described: Schema = tomllib.loads(text)
    known = _parameters(described.pop("parameters"))
    for methods in described["paths"].values():
        for operation in methods.values():
            asked = [one for name in operation["parameters"] for one in known[name]]
            operation["parameters"] = [one | {"schema": _or_empty(one)} for one in asked]
            answers = operation.setdefault("responses", {})
            if "answer" in operation:
                schema = reference(operation.pop("answer"))
                answers["200"] = _response("The answer", "application/json", schema)
            for status in sorted({*operation.pop("problems"), *_EVERYWHERE}):
                problem = "What was wrong, and what to do next"
                answers[str(status)] = _response(
                    problem, "application/problem+json", reference("Problem")
                )
    described["components"]["schemas"] |= _schemas()
    return described


def _response(text: str, mimetype: str, schema: Schema) -> Schema:
    return {"description": text, "content": {mimetype: {"schema": schema}}}


def _parameters(known: Schema) -> dict[str, list[Schema]]:
    """What the operations can be asked, by the names that openapi.toml uses."""
    schemas = {
        "sort": choice(Sort),
        "line_sort": choice(LineSort),
        "limit": _whole(0, LARGEST_PAGE, 20),
        "offset": _whole(0, DEEPEST_HIT, 0),
        "window": _whole(1, WIDEST_WINDOW, DEFAULT_WINDOW),
        "side": choice(Side),
        "format": choice(get_args(Format)),
    }
    filters = [
        {
            "name": sign + field.parameter,
            "in": "query",
            "description": f"{which} `{field.name}`",
            "schema": array(_wanted(field)),
        }
        for sign, which in _SIGNS.items()
        for field in FIELDS
    ]
    parameters = {name: [{"schema": schemas.get(name, TEXT), **one}] for name, one in known.items()}
    return parameters | {"filters": filters}


def _wanted(field: Field) -> Schema:
    """What may be asked of a field."""
    if field.ordered:
        end = _ENDS[field.type]
        pattern = rf"^(unknown|{end}|{end}\.\.({end})?|\.\.{end})$"
        return {"type": "string", "pattern": pattern, "description": _EXAMPLES[field.type]}
    if field.vocabulary:
        return choice(field.vocabulary)
    return {**TEXT, "description": "Part of the value"} if field.match == "contains" else TEXT


def _or_empty(parameter: Schema) -> Schema:
    """The schema of a parameter, which may be empty as forms send it: it is then none."""
    schema = parameter["schema"]
    if schema["type"] == "array":
        return array(_or_empty({**parameter, "schema": schema["items"]}))
    plain = schema["type"] == "string" and not {"enum", "pattern"} & schema.keys()
    return schema if plain or parameter["in"] == "path" else {"anyOf": [schema, {"const": ""}]}


def _whole(least: int, most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default}


def _counted(name: str) -> Schema:
    """How often there is one value."""
    return entity({name: MAYBE_NUMBER if name == "year" else TEXT, "count": NUMBER})


def _schemas() -> Schema:
    named = {Hit: "Hit", Precedent: "Precedent"}
    bucket = schema_of(Bucket)
    collection = {**properties_of(Collection), "current": TRUTH}
    results = entity(
        {
            **properties_of(Results, ("query", "total", "clusters", "took_ms", "hits"), named),
            "facets": entity({field.name: array(bucket) for field in FACETS}),
            "facets_more": {"type": "object", "additionalProperties": NUMBER},
            "documents": schema_of(tuple[Offered, ...]),
            "nearest": array(reference("Hit")),
            "did_you_mean": schema_of(tuple[Correction, ...]),
        },
        optional=("documents", "nearest", "did_you_mean"),
    )
    document = properties_of(Document, DOCUMENT_KEYS)
    document |= properties_of(References, References.json_keys)
    paragraph = properties_of(Paragraph, (*PARAGRAPH_KEYS, "cells"))
    return {
        "Results": results,
        "Hit": schema_of(Hit),
        "Completions": entity({"completions": schema_of(tuple[Completion, ...])}),
        "Document": entity({**document, "paragraphs": array(reference("Paragraph"))}),
        "Paragraph": entity({**paragraph, **exported_properties(document=False)}),
        "Clips": entity(
            {
                "collection_id": NUMBER,
                "collections": array(entity(collection)),
                "clips": array(entity(properties_of(Clip, CLIP_KEYS))),
            }
        ),
        "Job": schema_of(JobAnswer),
        "Wording": schema_of(Wording),
        "Precedent": schema_of(Precedent),
        "Precedents": schema_of(Precedents, named),
        "Stats": entity(
            {
                **properties_of(Stats, Stats.json_keys),
                **{name: array(_counted(name.removesuffix("s"))) for name in COUNTED},
            }
        ),
    }

"""The schemas of the API's values: their small change, and those of wordings and precedents."""

from __future__ import annotations

from typing import Any

from archive.fields import EXPORTED, Field
from archive.intake.importer import Outcome
from archive.model import NO_RECORD, YearBasis
from archive.precedents.differences import Operation
from archive.store.catalog import SourceState
from archive.stored import attributes
from web.jobs import JobState

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
REAL: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
BASIS: Schema = {"type": "string", "enum": [basis.value for basis in YearBasis]}
_ELEMENTS = attributes(NO_RECORD)


def entity(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others, all there but the `optional` ones."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def array(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def value_schema(field: Field) -> Schema:
    """The schema of a field's value in the words of `--json`."""
    if field.several:
        return array(TEXT)
    if field.ordered:
        return MAYBE_NUMBER if field.type == "int" else MAYBE_TEXT
    return {"type": "string", "enum": [*field.vocabulary]} if field.vocabulary else MAYBE_TEXT


def exported_properties(*, document: bool = True) -> Schema:
    """The properties of a passage's fields, without those of its `document` if not wanted."""
    fields = (field for field in EXPORTED if document or field.record is None)
    return {field.column or field.name: value_schema(field) for field in fields}


def record_properties() -> Schema:
    """The properties of the elements of a document's record."""
    return {n: array(TEXT) if isinstance(v, tuple) else MAYBE_TEXT for n, v in _ELEMENTS.items()}


def reference(name: str) -> Schema:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


SPANS = array({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2})


def job_schema() -> Schema:
    """The schema of what /api/jobs answers."""
    made = entity(
        {"document_id": TEXT, "title": TEXT, "paragraphs": NUMBER, "years": array(NUMBER)}
    )
    file = entity(
        {
            **dict.fromkeys(("name", "path", "reason"), TEXT),
            "outcome": {"type": "string", "enum": [*Outcome]},
            "state": {"type": "string", "enum": [*SourceState]},
            "documents": array(made),
            "count": NUMBER,
        },
        # What is known when the job is over.
        optional=("state", "documents", "count"),
    )
    return entity(
        {
            "job_id": TEXT,
            "state": {"type": "string", "enum": [*JobState]},
            "over": TRUTH,
            "done": NUMBER,
            "total": NUMBER,
            "said": TEXT,
            "files": array(file),
        }
    )


def clips_schema() -> Schema:
    """The schema of what /api/clips answers."""
    collection = entity({"collection_id": NUMBER, "name": TEXT, "count": NUMBER, "current": TRUTH})
    clip = entity(
        {
            "clip_id": NUMBER,
            **dict.fromkeys(("paragraph_id", "passage", "note", "added", "title", "file"), TEXT),
            **dict.fromkeys(("article", "url"), MAYBE_TEXT),
            **record_properties(),
            **dict.fromkeys(("heading_path", "year_evidence"), array(TEXT)),
            "attached": TRUTH,
            "year": MAYBE_NUMBER,
            "year_basis": BASIS,
        }
    )
    return entity({"collection_id": NUMBER, "collections": array(collection), "clips": array(clip)})


def wording_schemas() -> Schema:
    """The schemas of what /api/wording and /api/precedents answer, by name."""
    operation = {"type": "string", "enum": [*Operation]}
    change = entity({"operation": operation, "draft": TEXT, "passage": TEXT})
    precedent = entity(
        {
            **dict.fromkeys(("paragraph_id", "document_id", "title", "text"), TEXT),
            "article": MAYBE_TEXT,
            **exported_properties(),
            **dict.fromkeys(("heading_path", "evidence", "variants"), array(TEXT)),
            **dict.fromkeys(("first_year", "last_year"), MAYBE_NUMBER),
            "spans": SPANS,
            "similarity": REAL,
            "sources": NUMBER,
            "differences": array(change),
        }
    )
    listed = array(reference("Precedent"))
    return {
        "Wording": entity(
            {
                "query": TEXT,
                **dict.fromkeys(("total", "paragraphs", "documents", "sources"), NUMBER),
                "took_ms": REAL,
                "lines": array(_line()),
                "groups": array(_group()),
                "group_count": NUMBER,
                "collocates": array(_collocate()),
                "years": array(_year()),
                "life": _life(),
            }
        ),
        "Precedent": precedent,
        "Precedents": entity(
            {"overall": listed, "clauses": array(entity({"text": TEXT, "precedents": listed}))}
        ),
    }


def _line() -> Schema:
    return entity(
        {
            **dict.fromkeys(
                ("left", "match", "right", "paragraph_id", "document_id", "title"), TEXT
            ),
            "year": MAYBE_NUMBER,
            **dict.fromkeys(("start", "end"), NUMBER),
            **dict.fromkeys(("left_words", "right_words"), array(TEXT)),
        }
    )


def _group() -> Schema:
    return entity(
        {
            **dict.fromkeys(("text", "query"), TEXT),
            **dict.fromkeys(("count", "sources", "paragraphs"), NUMBER),
            "share": REAL,
            **dict.fromkeys(("first_year", "last_year"), MAYBE_NUMBER),
        }
    )


def _collocate() -> Schema:
    return entity(
        {
            "word": TEXT,
            "side": {"type": "string", "enum": ["left", "right"]},
            **dict.fromkeys(("count", "paragraphs", "archive"), NUMBER),
            "score": REAL,
            "query": MAYBE_TEXT,
        }
    )


def _year() -> Schema:
    return entity(
        {
            "year": MAYBE_NUMBER,
            **dict.fromkeys(("count", "characters"), NUMBER),
            "per_million": REAL,
            "query": TEXT,
        }
    )


def _life() -> Schema:
    years = ("first", "last", "peak", "peak_per_million", "last_seen")
    return entity({**dict.fromkeys(years, MAYBE_NUMBER), "undated": NUMBER})


def stats_schema() -> Schema:
    """The schema of what /api/stats answers."""
    counts = ("sources", "documents", "articles", "paragraphs", "characters")
    source = entity(dict.fromkeys(("path", "state", "reason"), TEXT))
    return entity(
        {
            **dict.fromkeys(("generation", "built"), TEXT),
            **dict.fromkeys(counts, NUMBER),
            "years": array(entity({"year": MAYBE_NUMBER, "count": NUMBER})),
            "sites": array(entity({"site": TEXT, "count": NUMBER})),
            "sites_more": NUMBER,
            "kinds": array(entity({"kind": TEXT, "count": NUMBER})),
            "kinds_more": NUMBER,
            **dict.fromkeys(("skipped", "failed"), array(source)),
            "stale_templates": array(TEXT),
        }
    )

"""JSON schemas, made of the types of the values that the API prints."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from archive.fields import EXPORTED, Field
from archive.model import Block, Paragraph, ReadingWarning, Record
from archive.query.query import Query
from archive.serializers import BLOCK_KEYS, OF_SOME, Printed, paths

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["integer", "null"]}
_SIMPLE = {str: "string", Query: "string", bool: "boolean", int: "integer", float: "number"}


def entity(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others, all there but the `optional` ones."""
    required = [name for name in properties if name not in (*optional, *OF_SOME)]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def array(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def choice(values: type[StrEnum] | tuple[str, ...] | Mapping[str, object]) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": [*map(str, values)]}


def reference(name: str) -> Schema:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(kind: Any, named: Mapping[Any, str] | None = None) -> Schema:
    """The schema of a value of this type as it is printed; types in `named` by reference."""
    named = named or {}
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if kind in named:
        return reference(named[kind])
    if origin in (Union, UnionType):
        (known,) = (one for one in inner if one is not NoneType)
        return {"type": [schema_of(known)["type"], "null"]}
    if origin is Literal:
        return choice(inner)
    if origin is tuple and inner[-1] is not Ellipsis:
        return array(schema_of(inner[0])) | {"minItems": len(inner), "maxItems": len(inner)}
    if origin in (tuple, list):
        return array(schema_of(inner[0], named))
    if issubclass(kind, StrEnum):
        return choice(kind)
    if is_typeddict(kind):
        hints = get_type_hints(kind).items()
        return entity({n: schema_of(h, named) for n, h in hints}, (*kind.__optional_keys__,))
    keys = kind.json_keys if issubclass(kind, Printed) else BLOCK_KEYS if kind is Block else ()
    return entity(properties_of(kind, keys, named))


def properties_of(
    kind: Any, keys: tuple[str, ...] = (), named: Mapping[Any, str] | None = None
) -> Schema:
    """The properties of a dataclass that is printed with these keys (archive.serializers)."""
    properties: Schema = {}
    for name, path in paths(kind, keys).items():
        known = _type_at(kind, path)
        if known is Paragraph:
            properties |= properties_of(Paragraph, ("paragraph_id", "document_id", "title"))
            properties |= properties_of(
                Paragraph, ("article", "heading_path", "topic", "text", "cells")
            )
            properties |= exported_properties()
        elif known is Record:
            properties |= properties_of(Record) | {"warnings": array(_WARNING)}
        else:
            properties[name] = schema_of(known, named)
    return properties


def exported_properties(*, document: bool = True) -> Schema:
    """The properties of a passage's fields, without those of its `document` if not wanted."""
    fields = (field for field in EXPORTED if document or field.record is None)
    return {field.column or field.name: _value_schema(field) for field in fields}


# A warning about the reading of a document, with what it means.
_WARNING = entity({"code": choice(ReadingWarning), "message": TEXT})


def _value_schema(field: Field) -> Schema:
    """The schema of a field's value in the words of `--json`."""
    if field.several:
        return array(TEXT)
    if field.ordered:
        return MAYBE_NUMBER if field.type == "int" else MAYBE_TEXT
    if not field.vocabulary:
        return MAYBE_TEXT
    # What a record has may be unknown.
    return (
        {**MAYBE_TEXT, "enum": [*field.vocabulary, None]}
        if field.record
        else choice(field.vocabulary)
    )


def _type_at(kind: Any, path: str) -> Any:
    """The type of the attribute or property that `path` leads to."""
    for name in path.split("."):
        member = getattr(kind, name, None)
        own = member.fget if isinstance(member, property) else kind
        kind = get_type_hints(own)["return" if isinstance(member, property) else name]
    return kind

"""Values as the command line, the API and exports print them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar

from archive.errors import warning_message
from archive.fields import EXPORTED, printed
from archive.model import Block, Form, Paragraph, ReadingWarning, Record
from archive.query.query import Query
from archive.stored import attributes

# A document's own elements stand beside its paragraphs.
_OF_PARAGRAPHS = tuple(field for field in EXPORTED if field.record is None)

# What a paragraph is printed with inside its document, beside its fields.
PARAGRAPH_KEYS = (
    *("article", "heading_path", "topic", "text", "cut", "dating.masked"),
    *("year_stated=dating.stated", "year_from=dating.first", "year_to=dating.last"),
    "year_evidence=dating.evidence",
)
BLOCK_KEYS = ("text", "keep", "rule", "added", "cut", "cells")
# Keys that not all have: the cells of a table's row, a list's number that a reader wrote out.
OF_SOME = ("added", "cut", "cells")


class Printed:
    """A dataclass that is printed as a JSON object with its attributes, or those of `json_keys`.

    A key is the path of an attribute or property (`paragraph.title`, printed as `title`), or
    `name=path`. A paragraph and a record are printed as their own keys beside the others. The
    API's schemas are made of the same keys and the types of what they name.
    """

    __slots__ = ()
    json_keys: ClassVar[tuple[str, ...]] = ()

    def to_dict(self) -> dict[str, Any]:
        """The value in the words of `--json` and the API."""
        return to_dict(self, self.json_keys)


def to_dict(value: Any, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the dataclass `value` as a JSON object with these keys, all its attributes if none.

    >>> from archive.model import Article
    >>> to_dict(Article("篇一", 0, 5), ("title", "paragraphs=count"))
    {'title': '篇一', 'paragraphs': 5}
    """
    kind: Any = type(value)
    answer: dict[str, Any] = {}
    for name, path in paths(kind, keys).items():
        own = attrgetter(path)(value)
        if isinstance(own, Paragraph):
            answer |= passage_to_dict(own)
        elif isinstance(own, Record):
            answer |= record_to_dict(own)
        else:
            answer[name] = _plain(own)
    return answer


@lru_cache(maxsize=64)
def paths(kind: Any, keys: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the keys that values of this type are printed with, and what each is the path of."""
    listed = keys or getattr(kind, "_fields", ()) or tuple(field.name for field in fields(kind))
    parted = (key.rpartition("=") for key in listed)
    return {name or path.rpartition(".")[2]: path for name, _, path in parted}


def paragraph_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph in the words of `explain --json`."""
    return {
        **to_dict(paragraph, PARAGRAPH_KEYS),
        **printed(_OF_PARAGRAPHS, paragraph),
        **_cells(paragraph),
    }


def passage_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph found, by itself, in the words of `search --json` and of exports."""
    return {
        "paragraph_id": paragraph.paragraph_id,
        "document_id": paragraph.document_id,
        "title": paragraph.title,
        "article": paragraph.article,
        "heading_path": list(paragraph.heading_path),
        "topic": paragraph.topic,
        **printed(EXPORTED, paragraph),
        "text": paragraph.text,
        **_cells(paragraph),
    }


def _cells(paragraph: Paragraph) -> dict[str, Any]:
    return {"cells": paragraph.cells} if paragraph.form is Form.ROW else {}


def record_to_dict(record: Record) -> dict[str, Any]:
    """The elements of a document, each under its name; a warning with what it means."""
    elements = attributes(record)
    told = {name: list(v) if isinstance(v, tuple) else v for name, v in elements.items()}
    known = [code for code in record.warnings if code in set(ReadingWarning)]
    said = [f"{warning_message(code, 'zh')} ({warning_message(code, 'en')})" for code in known]
    pairs = zip(known, said, strict=True)
    return told | {"warnings": [{"code": code, "message": message} for code, message in pairs]}


def blocks_to_dicts(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Labelled blocks in the words of `explain --json`: those of rows with their cells."""
    return [
        {
            name: value
            for name, value in to_dict(block, BLOCK_KEYS).items()
            if name not in OF_SOME or (block.row if name == "cells" else value)
        }
        for block in blocks
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Printed):
        return value.to_dict()
    if isinstance(value, tuple):
        if value and isinstance(value[0], Block):
            return blocks_to_dicts(value)
        return [_plain(item) for item in value]
    if isinstance(value, Query):
        return value.text
    if isinstance(value, float):
        return round(value, 4)
    return to_dict(value) if is_dataclass(value) else value

"""Blocks and paragraphs as the command line, the API and exports print them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.fields import EXPORTED, printed
from archive.model import Block, Paragraph, Record
from archive.stored import attributes

# A document's own elements stand beside its paragraphs.
_OF_PARAGRAPHS = tuple(field for field in EXPORTED if field.record is None)


def paragraph_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph in the words of `explain --json`."""
    dating = paragraph.dating
    return {
        "article": paragraph.article,
        "heading_path": list(paragraph.heading_path),
        **printed(_OF_PARAGRAPHS, paragraph),
        "text": paragraph.text,
        "year_stated": dating.stated,
        "year_from": dating.first,
        "year_to": dating.last,
        "year_evidence": list(dating.evidence),
        "masked": dating.masked,
        "cut": list(paragraph.cut),
    }


def passage_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph found, by itself, in the words of `search --json` and of exports."""
    return {
        "paragraph_id": paragraph.paragraph_id,
        "document_id": paragraph.document_id,
        "title": paragraph.title,
        "article": paragraph.article,
        "heading_path": list(paragraph.heading_path),
        **printed(EXPORTED, paragraph),
        "text": paragraph.text,
    }


def record_to_dict(record: Record) -> dict[str, Any]:
    """The elements of a document, each under its name."""
    elements = attributes(record)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in elements.items()}


def blocks_to_dicts(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Labelled blocks in the words of `explain --json`."""
    return [{"text": block.text, "keep": block.keep, "rule": block.rule} for block in blocks]

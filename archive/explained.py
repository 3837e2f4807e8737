"""Blocks and paragraphs as the command line, the API and exports print them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.model import Block, Paragraph


def paragraph_to_dict(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph in the words of `explain --json`."""
    dating = paragraph.dating
    return {
        "article": paragraph.article,
        "heading_path": list(paragraph.heading_path),
        "form": paragraph.form.value,
        "part": paragraph.part,
        "topic": paragraph.topic,
        "text": paragraph.text,
        "year_stated": dating.stated,
        "year": dating.year,
        "year_basis": dating.basis.value,
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
        "form": paragraph.form.value,
        "year": paragraph.year,
        "year_basis": paragraph.dating.basis.value,
        "topic": paragraph.topic,
        "part": paragraph.part,
        "kind": paragraph.kind,
        "site": paragraph.site,
        "text": paragraph.text,
    }


def blocks_to_dicts(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Labelled blocks in the words of `explain --json`."""
    return [{"text": block.text, "keep": block.keep, "rule": block.rule} for block in blocks]

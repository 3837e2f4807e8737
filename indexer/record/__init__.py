"""What a document states of itself: its number, who issues it, when, and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive.model import Evidence, Form, Record
from indexer.page import DraftArticle, LabelledPage
from indexer.record.numbers import is_number

__all__ = ["Recorded", "read_records"]

# A number stands among so many lines at the head of a text.
_HEAD = 12


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of one article, and the words on which its elements stand."""

    record: Record
    evidence: tuple[Evidence, ...]


def read_records(labelled: LabelledPage, drafts: Sequence[DraftArticle]) -> tuple[Recorded, ...]:
    """Return the record of each of `drafts`, the articles of `labelled`, in their order."""
    return tuple(_read(labelled, draft, place) for place, draft in enumerate(drafts))


def _read(labelled: LabelledPage, draft: DraftArticle, place: int) -> Recorded:
    found = next(_numbers(draft), None)
    if found is None:
        return Recorded(labelled.record, ())
    record = replace(labelled.record, number=found)
    return Recorded(record, (Evidence(place, "number", found, found),))


def _numbers(draft: DraftArticle) -> Iterator[str]:
    for paragraph in draft.paragraphs[:_HEAD]:
        if paragraph.form is Form.OPENING:
            return
        if is_number(paragraph.text):
            yield paragraph.text

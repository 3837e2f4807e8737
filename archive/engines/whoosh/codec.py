"""The codec: how Whoosh itself reads our arrays.

A Whoosh codec decides how a segment lies on disk. With this one there is a single copy of
everything: the engine evaluates on the arrays, and Whoosh's own readers, matchers, query
parser and searcher see the same terms, postings and stored fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Segment
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from archive.engines.whoosh.schema import STORED_NAMES
from archive.engines.whoosh.segment import SUFFIX, SegmentArrays
from archive.engines.whoosh.strings import SortedStrings, decode
from archive.fields import FACETS
from archive.stored import attributes

_Term = tuple[str, bytes]

# Fields whose terms the arrays hold, in the order in which Whoosh walks them.
_FIELDS = ("text", "title")


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads segments of arrays; they are written by the engine's writer alone."""

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        """A segment with a new random name; it keeps the deletions, as Whoosh's own does."""
        return W3Segment(self, indexname)

    def terms_reader(self, storage: Any, segment: W3Segment) -> ArrayTerms:
        """The term dictionary and the postings of a segment."""
        return ArrayTerms(open_segment(Path(storage.folder), segment))

    def per_document_reader(self, storage: Any, segment: W3Segment) -> ArrayDocuments:
        """The stored fields, lengths and deletions of a segment."""
        return ArrayDocuments(open_segment(Path(storage.folder), segment), segment)


def open_segment(folder: Path, segment: W3Segment) -> SegmentArrays:
    """Map the arrays of a segment of the index in `folder`."""
    return SegmentArrays(folder / segment.make_filename(SUFFIX), segment.doc_count_all())


class ArrayTerms(base.TermsReader):  # type: ignore[misc]
    """A segment's terms, as Whoosh asks for them."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays

    def _table(self, field: str) -> SortedStrings | None:
        return {"text": self._arrays.tokens, "title": self._arrays.around}.get(field)

    def __contains__(self, term: _Term) -> bool:
        table = self._table(term[0])
        return table is not None and table.find(term[1]) is not None

    def indexed_field_names(self) -> tuple[str, ...]:
        """The fields that have terms."""
        return _FIELDS

    def terms(self) -> Iterator[_Term]:
        """Every term, by field and bytes."""
        for field in _FIELDS:
            yield from self.terms_from(field, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[_Term]:
        """The terms of a field from `prefix` on."""
        table = self._table(fieldname)
        if table is not None:
            for at in range(table.first_from(prefix), len(table)):
                yield fieldname, table.raw(at)

    def items(self) -> Iterator[tuple[_Term, TermInfo]]:
        """Every term with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[_Term, TermInfo]]:
        """The terms of a field from `prefix` on, with their statistics."""
        return ((t, self.term_info(*t)) for t in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term. Raises TermNotFound."""
        ids, weights = self._postings(fieldname, text)
        lengths = _lengths(self._arrays, fieldname)[ids]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(ids),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(ids[0]),
            maxid=int(ids[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs. Raises TermNotFound."""
        return float(self._postings(fieldname, text)[1].sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many paragraphs hold a term. Raises TermNotFound."""
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Whoosh's matcher over the postings of a term. Raises TermNotFound."""
        ids, weights = self._postings(fieldname, text)
        return ListMatcher(
            ids.tolist(),
            weights.astype(float).tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def close(self) -> None:
        """Nothing to give back: the file is unmapped with its last array."""

    def _postings(self, fieldname: str, text: bytes) -> tuple[Any, Any]:
        table = self._table(fieldname)
        if table is None or table.find(text) is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        if fieldname == "text":
            return self._arrays.postings(decode(text))
        chosen = np.zeros(len(self._arrays.file["profile"]), np.bool_)
        chosen[self._arrays.contexts_around(decode(text))] = True
        ids = np.flatnonzero(chosen[self._arrays.file["context"]])
        return ids, np.ones(len(ids))


class ArrayDocuments(base.PerDocumentReader):  # type: ignore[misc]
    """A segment's stored fields and deletions, as Whoosh asks for them."""

    def __init__(self, arrays: SegmentArrays, segment: W3Segment) -> None:
        self._arrays = arrays
        self._segment = segment

    def close(self) -> None:
        """Nothing to give back: the file is unmapped with its last array."""

    def doc_count(self) -> int:
        """The number of paragraphs that are not deleted."""
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        """The number of paragraphs, deleted ones included."""
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        """Whether any paragraph is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether the paragraph at `docnum` is deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """The deleted paragraphs."""
        return iter(self._segment.deleted_docs())

    def supports_columns(self) -> bool:
        """Whoosh's columns are not kept: the arrays are better ones."""
        return False

    def has_column(self, fieldname: str) -> bool:
        """No field has a Whoosh column."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The number of tokens in a field of a paragraph."""
        return int(self._lengths(fieldname)[docnum]) if fieldname in _FIELDS else default

    def field_length(self, fieldname: str) -> int:
        """The number of tokens in a field of all paragraphs."""
        return int(self._lengths(fieldname).sum()) if fieldname in _FIELDS else 0

    def min_field_length(self, fieldname: str) -> int:
        """The smallest number of tokens in a field of a paragraph."""
        return int(self._lengths(fieldname).min()) if fieldname in _FIELDS else 0

    def max_field_length(self, fieldname: str) -> int:
        """The largest number of tokens in a field of a paragraph."""
        return int(self._lengths(fieldname).max()) if fieldname in _FIELDS else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The paragraph as a dictionary, under the names of the schema."""
        paragraph = self._arrays.subject(docnum).paragraph
        own = attributes(paragraph)
        return {name: own[name] for name in STORED_NAMES} | {
            field.name: field.printed(paragraph) for field in FACETS
        }

    def _lengths(self, field: str) -> Any:
        return self._text_lengths if field == "text" else self._title_lengths

    @cached_property
    def _text_lengths(self) -> Any:
        return _lengths(self._arrays, "text")

    @cached_property
    def _title_lengths(self) -> Any:
        return _lengths(self._arrays, "title")


def _lengths(arrays: SegmentArrays, field: str) -> Any:
    """How many tokens each paragraph has in `field`."""
    if field == "text":
        return arrays.file["token.length"]
    return arrays.file["around.length"][arrays.file["context"]]

"""The codec: how Whoosh itself reads our arrays.

A Whoosh codec decides how a segment lies on disk. With this one there is a single copy of
everything: the engine evaluates on the arrays, and Whoosh's own searcher sees the same
tokens, postings and stored fields.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whoosh.analysis import IDAnalyzer
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from archive.engines.whoosh.segment import SUFFIX, SegmentArrays
from archive.engines.whoosh.strings import decode

# The field whose terms the arrays hold: the tokens of the folded text.
_FIELD = "text"


def make_schema() -> Schema:
    """The schema of every index: one searchable field, and the paragraph's id.

    Whoosh never cuts a text here: a query names a token.
    """
    return Schema(
        document_id=ID(stored=True),
        ordinal=NUMERIC(stored=True),
        text=TEXT(analyzer=IDAnalyzer(), stored=True, phrase=False),
    )


def open_segment(folder: Path, segment: W3Segment) -> SegmentArrays:
    """Map the arrays of a segment of the index in `folder`."""
    return SegmentArrays(folder / segment.make_filename(SUFFIX), segment.doc_count_all())


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


class ArrayTerms(base.TermsReader):  # type: ignore[misc]
    """A segment's tokens, as Whoosh's searcher asks for them."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self._arrays = arrays

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[0] == _FIELD and self._arrays.tokens.find(term[1]) is not None

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a token. Raises TermNotFound."""
        ids, weights = self._postings(fieldname, text)
        lengths = self._arrays.file["token.length"][ids]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(ids),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(ids[0]),
            maxid=int(ids[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Whoosh's matcher over the postings of a token. Raises TermNotFound."""
        ids, weights = self._postings(fieldname, text)
        return ListMatcher(
            ids.tolist(),
            weights.astype(float).tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _postings(self, fieldname: str, text: bytes) -> tuple[Any, Any]:
        if (fieldname, text) not in self:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return self._arrays.postings(decode(text))


class ArrayDocuments(base.PerDocumentReader):  # type: ignore[misc]
    """A segment's stored fields and deletions, as Whoosh's searcher asks for them."""

    def __init__(self, arrays: SegmentArrays, segment: W3Segment) -> None:
        self._arrays = arrays
        # The segment itself knows how many paragraphs it has, and which are deleted.
        self.doc_count, self.doc_count_all = segment.doc_count, segment.doc_count_all
        self.has_deletions, self.is_deleted = segment.has_deletions, segment.is_deleted
        self.deleted_docs = segment.deleted_docs

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The number of tokens of a paragraph."""
        return int(self._arrays.file["token.length"][docnum])

    def field_length(self, fieldname: str) -> int:
        """The number of tokens of all paragraphs."""
        return int(self._arrays.file["token.length"].sum())

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The paragraph as a dictionary, under the names of the schema."""
        paragraph = self._arrays.subject(docnum).paragraph
        return {name: getattr(paragraph, name) for name in ("document_id", "ordinal", "text")}

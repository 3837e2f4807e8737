"""One segment's arrays, read: its paragraphs, its postings, its exact substrings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Packed
from archive.engines.whoosh.impact import average
from archive.engines.whoosh.invert import GRAM_BITS
from archive.engines.whoosh.sets import NOTHING, chosen, intersect, marked, unite, without
from archive.engines.whoosh.strings import SortedStrings, Strings, Texts, decode, encode
from archive.errors import EngineError
from archive.fields import FIELDS
from archive.ids import build_paragraph_id
from archive.model import Paragraph
from archive.search.matching import Subject
from archive.stored import arguments

# The file of a segment's arrays is named after the segment, so Whoosh removes it with it.
SUFFIX = ".arrays"

# Characters of a string that is found without reading any text.
MAX_UNREAD = 2

# Up to so many texts are searched in the time that it takes to tell them apart.
_MAX_READ = 32

# So many contexts are kept decoded: pages of hits share theirs, a scan passes them in order.
_MAX_DECODED = 2_000

# A record is read for every other hit of a page: these spare half of the time.
_read_json = json.JSONDecoder().raw_decode

# What paragraphs share with others: all attributes between the text and the cuts.
_OF_CONTEXT = attrgetter(*[field.name for field in fields(Paragraph)][3:-1])

# Where no document's name begins.
_NO_DOCUMENT = -1


class SegmentArrays:
    """The arrays of one segment. Ordinals are places in the segment, which stand in id order."""

    def __init__(self, path: Path, count: int) -> None:
        """Map the file of a segment of `count` paragraphs.

        Raises FileNotFoundError, and EngineError where the file is damaged.
        """
        self.file = ArrayFile(path)
        self.count = count
        self.documents = SortedStrings(self.file, "document")
        self.texts = Texts(self.file)
        self.folded = self.texts.folded
        self.tokens = SortedStrings(self.file, "token")
        self.around = SortedStrings(self.file, "around")
        self.values = {f.name: Strings(self.file, f"value.{f.name}") for f in FIELDS}
        self.records = Strings(self.file, "record")
        self.cuts = Strings(self.file, "cut")
        self._last_document = (_NO_DOCUMENT, "")
        self._decoded: dict[int, tuple[Any, ...]] = {}
        if len(self.file["context"]) != count:
            raise EngineError("file.other_segment", path=path)

    # Documents and paragraphs

    @cached_property
    def average(self) -> float:
        """The average length of the paragraphs, under which their tokens' impacts are."""
        return average(self.file["length"])

    @cached_property
    def first(self) -> NDArray[np.int32]:
        """The ordinal of each document's first paragraph, and the number of paragraphs."""
        return self.file["document.first"]

    def document(self, document_id: str) -> range:
        """The ordinals of a document's paragraphs; empty where it is not here."""
        at = self.documents.find(encode(document_id))
        return range(0) if at is None else range(int(self.first[at]), int(self.first[at + 1]))

    def subject(self, ordinal: int) -> Subject:
        """The paragraph at `ordinal`, as it was added, ready to be matched."""
        row = self._rows[ordinal].tolist()
        folded = decode(self.folded.between(row[0], row[1]))
        cut = tuple(json.loads(self.cuts.raw(row[9] - 1))) if row[9] else ()
        shared = (*self._context(row[6], row[7]), cut)
        document_id, text = self._document_id(row[4], row[5]), self.texts.written(folded, *row[2:4])
        return Subject(Paragraph(document_id, row[8], text, *shared), folded)

    @cached_property
    def _rows(self) -> Packed:
        """Where the parts of each paragraph lie, side by side.

        Read one by one from ten arrays, a hit of a large archive waits ten times for memory.
        In each row: where begin and end the folded text, its odd characters, the name of the
        document, the record of the context; the ordinal; the number of the cut from 1, or 0.
        """
        sizes = np.diff(self.first)
        document = np.repeat(np.arange(len(sizes)), sizes)
        context = self.file["context"].astype(np.intp)
        texts, names, records = self.folded.at, self.documents.at, self.records.at
        odd, having = self.file["odd.first"], self.file["cut.of"]
        cut = np.zeros(self.count, np.uint32)
        cut[having] = np.arange(1, len(having) + 1)
        columns = (
            *(texts[:-1], texts[1:] - 1, odd[:-1], odd[1:]),
            *(names.take(document), names.take(document + 1) - 1),
            *(records.take(context), records.take(context + 1) - 1),
            *(self.file["ordinal"], cut),
        )
        largest = max(int(table[-1]) for table in (texts, names, records, odd))
        rows = np.empty((self.count, len(columns)), np.uint32 if largest < 1 << 32 else np.uint64)
        for at, column in enumerate(columns):
            rows[:, at] = column
        return rows

    def paragraph_id(self, ordinal: int) -> str:
        """The id of the paragraph at `ordinal`."""
        row = self._rows[ordinal].tolist()
        return build_paragraph_id(self._document_id(row[4], row[5]), row[8])

    def example(self, context: int) -> Paragraph:
        """A paragraph without text that has the context numbered `context`."""
        at = self.records.at
        return Paragraph("", 0, "", *self._context(at.item(context), at.item(context + 1) - 1))

    def _document_id(self, start: int, end: int) -> str:
        # Asked for a document's paragraphs one after another: the last one is mostly meant.
        known, document_id = self._last_document
        if start != known:
            document_id = decode(self.documents.between(start, end))
            self._last_document = start, document_id
        return document_id

    def _context(self, start: int, end: int) -> tuple[Any, ...]:
        """The attributes of a paragraph in the record that lies from `start` to before `end`.

        They stand in the order of Paragraph: given by name, they take twice as long.
        """
        known = self._decoded.get(start)
        if known is None:
            if len(self._decoded) >= _MAX_DECODED:
                self._decoded.clear()
            record = _read_json(decode(self.records.between(start, end)))[0]
            known = _OF_CONTEXT(Paragraph("", 0, "", **arguments(Paragraph, record)))
            self._decoded[start] = known
        return known

    # Postings

    def postings(self, token: str) -> tuple[Packed, Packed]:
        """The paragraphs whose text holds `token`, ascending, and how often each does."""
        at = self.tokens.find(encode(token))
        part = (0, 0) if at is None else self.extent(at)
        return self.file.part("token.in", *part), self.file.part("token.times", *part)

    def extent(self, token: int) -> tuple[int, int]:
        """Where the postings of the token at `token` begin and end."""
        first = self.file["token.first"]
        return int(first[token]), int(first[token + 1])

    # Exact substrings: pairs of characters find the candidates, the text decides

    def beginning(self, character: str) -> Packed:
        """The paragraphs whose folded text contains `character`: that begins some pair there.

        Every paragraph contains the empty string.
        """
        if not character:
            return np.arange(self.count)
        key = ord(character) << GRAM_BITS
        between = np.array([key, key + (1 << GRAM_BITS)], np.uint64)
        low, high = self.file["gram.key"].searchsorted(between)
        first = self.file["gram.first"]
        stretch = self.file.part("gram.in", int(first[low]), int(first[high]))
        # A text may hold several pairs that begin with the character.
        return chosen(marked(stretch, self.count))

    def containing(
        self, needle: bytes, pairs: Sequence[tuple[int, int]], sure: Packed, within: Packed | None
    ) -> Packed:
        """The paragraphs whose folded text contains `needle`: exact, by construction.

        `pairs` are where the postings of its pairs lie, `sure` some paragraphs of which it
        is known. Of others than those `within` no text is read.
        """
        candidates = self._holding_all(pairs)
        if within is not None:
            candidates = intersect([candidates, within], self.count)
        if not len(candidates):
            return NOTHING
        if not len(sure) or len(candidates) <= _MAX_READ:
            return self.folded.holding(candidates, needle)
        unsure = without(candidates, sure, self.count)
        return unite([sure, self.folded.holding(unsure, needle)], self.count)

    def _holding_all(self, extents: Sequence[tuple[int, int]]) -> Packed:
        """The paragraphs that all of these postings have, and up to a few that some have."""
        shortest, *others = sorted((end - start, start, end) for start, end in extents)
        if not shortest[0]:
            return NOTHING
        found = self.file.part("gram.in", *shortest[1:])
        for _, start, end in others:
            if len(found) <= _MAX_READ:
                break
            found = intersect([found, self.file.part("gram.in", start, end)], self.count)
        return found

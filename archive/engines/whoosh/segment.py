"""One segment's arrays, read: its paragraphs, its postings, its exact substrings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import ArrayFile, Bools, Ordinals, Packed, damaged
from archive.engines.whoosh.invert import GRAM_BITS
from archive.engines.whoosh.strings import Strings, decode, encode
from archive.engines.whoosh.texts import Texts
from archive.ids import build_paragraph_id
from archive.matching import Subject
from archive.model import Dating, Form, Paragraph, YearBasis
from archive.nodes import VALUE_FACETS, ValueFacet

# The file of a segment's arrays is named after the segment, so Whoosh removes it with it.
SUFFIX = ".arrays"

# So many contexts are kept decoded: pages of hits share theirs, a scan passes them in order.
_MOST_DECODED = 2_000

# Up to so many texts are searched in the time that it takes to look a token up.
_MOST_READ = 16

NOTHING: Packed = np.empty(0, np.intp)


class SegmentArrays:
    """The arrays of one segment. Ordinals are places in the segment, which stand in id order."""

    def __init__(self, path: Path, count: int) -> None:
        """Map the file of a segment of `count` paragraphs.

        Raises FileNotFoundError, and EngineError where the file is damaged.
        """
        self.file = ArrayFile(path)
        self.count = count
        self.documents = Strings(self.file, "document")
        self.texts = Texts(self.file)
        self.folded = self.texts.folded
        self.tokens = Strings(self.file, "token")
        self.around = Strings(self.file, "around")
        self.names = Strings(self.file, "name")
        self.headings = Strings(self.file, "heading")
        self.values: dict[ValueFacet, Strings] = {
            facet: Strings(self.file, f"value.{facet}") for facet in VALUE_FACETS
        }
        self.records = Strings(self.file, "record")
        self.cuts = Strings(self.file, "cut")
        self._last_document = (-1, "")
        self._decoded: dict[int, dict[str, Any]] = {}
        if len(self.file["context"]) != count:
            raise damaged(path, "与段目录不符", "does not fit its segment")

    # Documents and paragraphs

    @cached_property
    def first(self) -> NDArray[np.int32]:
        """The ordinal of each document's first paragraph, and the number of paragraphs."""
        return self.file["document.first"]

    def document(self, document_id: str) -> range:
        """The ordinals of a document's paragraphs; empty where it is not here."""
        at = self.documents.find(encode(document_id))
        return range(0) if at is None else range(int(self.first[at]), int(self.first[at + 1]))

    def subjects(self, ordinals: Ordinals) -> list[Subject]:
        """The paragraphs at `ordinals`, as they were added, ready to be matched."""
        documents = np.searchsorted(self.first, ordinals, side="right") - 1
        cuts = self._cuts_of(ordinals)
        return [
            Subject(
                Paragraph(
                    document_id=self._document_id(document),
                    ordinal=number,
                    text=text,
                    cut=cuts.get(ordinal, ()),
                    **self._context(context),
                ),
                folded,
            )
            for ordinal, document, number, (text, folded), context in zip(
                ordinals.tolist(),
                documents.tolist(),
                self.file["ordinal"][ordinals].tolist(),
                self.texts.many(ordinals),
                self.file["context"][ordinals].tolist(),
                strict=True,
            )
        ]

    def paragraphs(self, ordinals: Ordinals) -> list[Paragraph]:
        """The paragraphs at `ordinals`, as they were added."""
        return [subject.paragraph for subject in self.subjects(ordinals)]

    def paragraph_ids(self, ordinals: Ordinals) -> list[str]:
        """The ids of the paragraphs at `ordinals`."""
        documents = np.searchsorted(self.first, ordinals, side="right") - 1
        numbers = self.file["ordinal"][ordinals].tolist()
        return [
            build_paragraph_id(self._document_id(document), number)
            for document, number in zip(documents.tolist(), numbers, strict=True)
        ]

    def example(self, context: int) -> Paragraph:
        """A paragraph without text that has the context numbered `context`."""
        return Paragraph("", 0, "", **self._context(context))

    def _document_id(self, document: int) -> str:
        # Asked for a document's paragraphs one after another: the last one is mostly meant.
        known, document_id = self._last_document
        if known != document:
            document_id = self.documents[document]
            self._last_document = (document, document_id)
        return document_id

    def _cuts_of(self, ordinals: Ordinals) -> dict[int, tuple[str, ...]]:
        """What was cut from those of the paragraphs from which anything was."""
        having = self.file["cut.of"]
        if not len(having):
            return {}
        at = np.searchsorted(having, ordinals)
        at[at == len(having)] = 0
        found = at[having[at] == ordinals]
        return {int(having[i]): tuple(json.loads(self.cuts.raw(i))) for i in found.tolist()}

    def _context(self, context: int) -> dict[str, Any]:
        known = self._decoded.get(context)
        if known is None:
            title, article, path, section, part, topic, kind, site, published, form, dating = (
                json.loads(self.records.raw(context))
            )
            stated, year, basis, first, last, evidence, masked = dating
            if len(self._decoded) >= _MOST_DECODED:
                self._decoded.clear()
            known = self._decoded[context] = {
                "title": title,
                "article": article,
                "heading_path": tuple(path),
                "section": section,
                "part": part,
                "topic": topic,
                "kind": kind,
                "site": site,
                "published": published,
                "form": Form(form),
                "dating": Dating(
                    stated, year, YearBasis(basis), first, last, tuple(evidence), masked
                ),
            }
        return known

    # Postings

    def postings(self, token: str) -> tuple[Packed, Packed]:
        """The paragraphs whose text holds `token`, ascending, and how often each does."""
        at = self.tokens.find(encode(token))
        if at is None:
            return NOTHING, NOTHING
        start, end = self.extent(at)
        return self.file["token.in"][start:end], self.file["token.times"][start:end]

    def extent(self, token: int) -> tuple[int, int]:
        """Where the postings of the token at `token` begin and end."""
        first = self.file["token.first"]
        return int(first[token]), int(first[token + 1])

    def contexts_around(self, token: str) -> Packed:
        """The contexts whose titles or headings hold `token`, ascending."""
        at = self.around.find(encode(token))
        if at is None:
            return NOTHING
        first = self.file["around.first"]
        return self.file["around.in"][int(first[at]) : int(first[at + 1])]

    def completions(self, prefix: str) -> Iterator[tuple[str, Packed]]:
        """The tokens that begin with `prefix`, and the paragraphs that hold each."""
        start = encode(prefix)
        places = self.file["token.in"]
        for at in range(self.tokens.first_from(start), len(self.tokens)):
            token = self.tokens.raw(at)
            if not token.startswith(start):
                return
            first, end = self.extent(at)
            yield decode(token), places[first:end]

    # Exact substrings

    def containing(self, needle: str) -> Bools:
        """Which paragraphs' folded text contains `needle` (folded): exact, by construction."""
        found = np.zeros(self.count, np.bool_)
        self.mark_containing(needle, found)
        return found

    def mark_containing(self, needle: str, found: Bools) -> None:
        """Set `found`, all false, for each paragraph whose folded text contains `needle`.

        Pairs of characters find the candidates, the text decides. What is no longer than
        two characters is a pair, or the pairs that begin with it.
        """
        if not needle:
            found[:] = True
        elif len(needle) == 1:
            found[self._beginning(ord(needle))] = True
        else:
            candidates = self._candidates(needle)
            if len(needle) > 2 and len(candidates):
                if len(candidates) > _MOST_READ:
                    # Whatever holds the needle as a token holds its characters.
                    found[self.postings(needle)[0]] = True
                    candidates = candidates[~found[candidates]]
                candidates = self.folded.holding(candidates, encode(needle))
            found[candidates] = True

    def _beginning(self, character: int) -> Packed:
        keys, first = self.file["gram.key"], self.file["gram.first"]
        low, high = np.searchsorted(
            keys, np.array([character << GRAM_BITS, (character + 1) << GRAM_BITS], np.uint64)
        )
        return self.file["gram.in"][int(first[low]) : int(first[high])]

    def _candidates(self, needle: str) -> Packed:
        """The paragraphs that hold every pair of neighbouring characters of `needle`."""
        pairs = {(ord(a) << GRAM_BITS) | ord(b) for a, b in pairwise(needle)}
        wanted = np.array(sorted(pairs), np.uint64)
        keys, first = self.file["gram.key"], self.file["gram.first"]
        at = np.searchsorted(keys, wanted)
        if (at == len(keys)).any() or (keys[at] != wanted).any():
            return NOTHING
        lists = [self.file["gram.in"][int(first[i]) : int(first[i + 1])] for i in at]
        return intersect(lists, self.count)


def intersect(lists: list[Packed], count: int) -> Packed:
    """What all of the ascending `lists` of ordinals below `count` hold, ascending."""
    ordered = sorted(lists, key=len)
    common = ordered[0]
    for other in ordered[1:]:
        # Looking up a few in a long list costs less than marking the long list.
        if len(common) * 12 < len(other):
            at = np.searchsorted(other, common)
            at[at == len(other)] = 0
            common = common[other[at] == common]
        elif len(common):
            marked = np.zeros(count, np.bool_)
            marked[other] = True
            common = common[marked[common]]
    return common

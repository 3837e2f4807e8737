"""Paragraphs to the arrays of one segment: inverted by sorting whole numbers.

Everything a paragraph repeats of its document and its place in it (titles, headings,
facets, dating) is its context: kept once, and counted, filtered and searched by context.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import pack
from archive.engines.whoosh.impact import impacts
from archive.engines.whoosh.strings import encode, sorted_arrays, string_arrays, text_arrays
from archive.fields import FIELDS, Field
from archive.model import Paragraph
from archive.stored import attributes, to_stored
from archive.text.fold import fold
from archive.text.tokenize import Numbers, number_tokens

Arrays = dict[str, NDArray[Any]]

# A segment holds no more paragraphs, so that 16 bits name one: half the size of 32.
MAX_PARAGRAPHS = 1 << 16

# A code point takes 21 bits, a paragraph 22: two characters and a paragraph fill a 64-bit
# number exactly, and one sort of such numbers is the whole inversion.
GRAM_BITS = 21
DOCUMENT_BITS = 22
# Follows the last character of a text; no code point is as large.
TEXT_END = (1 << GRAM_BITS) - 1

# Stands between the values that one context has of a field; no UTF-8 holds this byte.
BETWEEN = b"\xfe"

# What a paragraph has of its own; all else of it is its context.
OWN = ("document_id", "ordinal", "text", "cut")
_context_key = attrgetter(*(name for name in attributes(Paragraph("", 0, "")) if name not in OWN))


class Vocabulary(dict[Any, int]):
    """Numbers its keys in the order of their first sight."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def invert(documents: Iterable[Sequence[Paragraph]]) -> Arrays:
    """Return the arrays of a segment that holds `documents` (none of them empty).

    Within the segment paragraphs stand in id order, so that ordinals sort like ids.
    """
    ordered = sorted(documents, key=lambda paragraphs: paragraphs[0].document_id)
    paragraphs = [paragraph for document in ordered for paragraph in document]
    folded = [fold(paragraph.text) for paragraph in paragraphs]
    sizes = [len(document) for document in ordered]
    arrays = sorted_arrays("document", [encode(d[0].document_id) for d in ordered])
    arrays["document.first"] = np.cumsum([0, *sizes], dtype=np.int32)
    arrays["ordinal"] = pack(np.array([p.ordinal for p in paragraphs], np.int64))
    arrays["length"] = pack(np.array([len(p.text) for p in paragraphs], np.int64))
    arrays |= text_arrays([p.text for p in paragraphs], folded)
    cut = [i for i, paragraph in enumerate(paragraphs) if paragraph.cut]
    arrays["cut.of"] = pack(np.array(cut, np.int64))
    arrays |= string_arrays("cut", (json.dumps(paragraphs[i].cut).encode() for i in cut))
    arrays |= _contexts(paragraphs)
    arrays |= _tokens("token", folded)
    arrays["token.impact"] = impacts(arrays["token.times"], arrays["token.in"], arrays["length"])
    arrays |= _grams(folded)
    return arrays


def _tokens(name: str, texts: Sequence[str]) -> Arrays:
    """Sorted tokens, and for each the texts it occurs in, ascending, and how often."""
    numbers = Numbers()
    tokens, places = number_tokens(texts, numbers)
    raw = [encode(token) for token in numbers][1:]
    order = sorted(range(len(raw)), key=raw.__getitem__)
    rank = np.empty(len(raw) + 1, np.uint64)
    rank[np.array(order, np.intp) + 1] = np.arange(len(raw), dtype=np.uint64)
    keys = (rank[tokens] << np.uint64(32)) | places.astype(np.uint64)
    keys.sort()
    first = np.flatnonzero(changes(keys))
    return {
        **sorted_arrays(name, [raw[i] for i in order]),
        **postings(name, keys[first], np.diff(first, append=len(keys)), len(raw)),
        f"{name}.length": pack(np.bincount(places, minlength=len(texts))),
    }


def postings(name: str, keys: NDArray[np.uint64], times: NDArray[Any], tokens: int) -> Arrays:
    """The arrays of postings whose `keys` (token, then place) ascend."""
    token_of = keys >> np.uint64(32)
    bounds = np.searchsorted(token_of, np.arange(tokens + 1, dtype=np.uint64))
    return {
        f"{name}.first": bounds.astype(np.uint32),
        f"{name}.in": pack(keys & np.uint64(0xFFFFFFFF)),
        f"{name}.times": pack(times),
    }


def _grams(folded: Sequence[str]) -> Arrays:
    """Each pair of neighbouring characters, and the texts it occurs in, ascending.

    The last character of a text is paired with TEXT_END, so that a single character is
    found by the pairs that begin with it, which stand together.
    """
    lengths = [len(text) for text in folded]
    joined = "".join(folded).encode("utf-32-le", "surrogatepass")
    characters = np.frombuffer(joined, np.uint32).astype(np.uint64)
    following = np.empty_like(characters)
    following[:-1] = characters[1:]
    ends = np.cumsum(lengths, dtype=np.int64)
    following[ends[np.array(lengths, np.int64) > 0] - 1] = TEXT_END
    characters <<= np.uint64(GRAM_BITS)
    characters |= following
    del following
    characters <<= np.uint64(DOCUMENT_BITS)
    characters |= np.repeat(np.arange(len(folded), dtype=np.uint64), lengths)
    characters.sort()
    keys = characters[changes(characters)]
    del characters
    return grams(keys)


def grams(keys: NDArray[np.uint64]) -> Arrays:
    """The arrays of pairs of characters whose `keys` (pair, then place) ascend, all different."""
    pairs = keys >> np.uint64(DOCUMENT_BITS)
    first = np.flatnonzero(changes(pairs))
    return {
        "gram.key": pairs[first],
        "gram.first": np.append(first, len(pairs)).astype(np.uint32),
        "gram.in": pack(keys & np.uint64((1 << DOCUMENT_BITS) - 1)),
    }


def pair_key(first: str, second: str) -> int:
    """The key of a pair of characters in the table of pairs."""
    return (ord(first) << GRAM_BITS) | ord(second)


def changes(keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where a sorted array holds another value than just before."""
    changed = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changed[1:])
    return changed


def _contexts(paragraphs: Sequence[Paragraph]) -> Arrays:
    numbers = Vocabulary()
    of = [numbers[_context_key(paragraph)] for paragraph in paragraphs]
    _, examples = np.unique(of, return_index=True)
    return {
        "context": pack(np.array(of, np.int64)),
        **contexts([paragraphs[i] for i in examples.tolist()]),
    }


def contexts(examples: Sequence[Paragraph]) -> Arrays:
    """The arrays of contexts, from one paragraph of each."""
    arrays: Arrays = {}
    arrays |= string_arrays("record", map(encode, map(_written, examples)))
    for field in FIELDS:
        arrays |= _column(field, [field.values(paragraph) for paragraph in examples])
    # Line breaks keep the tokens of one title or heading from running into the next.
    around = ["\n".join((*p.heading_path, p.article or "", p.title)) for p in examples]
    return arrays | _tokens("around", list(map(fold, around)))


def _written(paragraph: Paragraph) -> str:
    """A context as it is kept, each attribute by its name.

    What is an object itself stands in it as a text: a document's contexts share the record and
    mostly the dating, which are then decoded once.
    """
    kept = to_stored(paragraph, but=OWN)
    nested = {name: _json(value) for name, value in kept.items() if isinstance(value, dict)}
    return _json({**kept, **nested})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _column(field: Field, values: Sequence[tuple[str, ...]]) -> Arrays:
    """The values of a field, one or several each, numbered from 1; 0 stands for none."""
    entries = Vocabulary()
    numbers = [entries[_entry(field, own)] + 1 if own else 0 for own in values]
    return {
        f"facet.{field.name}": pack(np.array(numbers, np.int64)),
        **string_arrays(f"value.{field.name}", entries),
    }


def _entry(field: Field, values: tuple[str, ...]) -> bytes:
    """What stands for some values of a field in its table; without a column, normalised."""
    return BETWEEN.join(
        encode(value if field.columned else field.normalised(value)) for value in values
    )

"""What is new in a search since it was last looked at, told by the words of the passages.

Ids shift when a document is read otherwise; the words stay. So a passage is new where more
paragraphs have its folded text than had it then: a second copy in another document is new,
a paragraph with another number, or in a file of another name, is not.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from archive.model import Paragraph
from archive.query.query import Query
from archive.store.library import Archive
from archive.text.fold import fold

# A search that finds more is too broad to be told news of, and to be read through.
MAX_FOLLOWED = 5_000

# Bytes of each of the two hashes kept of a paragraph: of 5,000 no two will be alike by
# chance (one in 10^12).
_BYTES = 8

# The hash of a folded text, and that of its document's id.
_Trace = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Seen:
    """The paragraphs that a search found, each by the hashes of its words and its document."""

    traces: tuple[_Trace, ...]

    @classmethod
    def of(cls, paragraphs: Iterable[Paragraph]) -> Seen:
        """What is remembered of `paragraphs`."""
        return cls(tuple(_trace(paragraph) for paragraph in paragraphs))

    def to_bytes(self) -> bytes:
        """The traces as they are kept."""
        return b"".join(half for trace in self.traces for half in trace)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Seen:
        """Read back what `to_bytes` wrote.

        >>> seen = Seen.of([Paragraph("a", 0, "甲"), Paragraph("b", 0, "乙")])
        >>> Seen.from_bytes(seen.to_bytes()) == seen
        True
        """
        halves = [kept[at : at + _BYTES] for at in range(0, len(kept), _BYTES)]
        return cls(tuple(zip(halves[::2], halves[1::2], strict=True)))


def found(archive: Archive, query: Query) -> list[Paragraph] | None:
    """Every paragraph that a search finds, in id order; None where it finds too many."""
    paragraphs = list(islice(archive.scan(query), MAX_FOLLOWED + 1))
    return paragraphs if len(paragraphs) <= MAX_FOLLOWED else None


def news(paragraphs: Iterable[Paragraph], seen: Seen) -> list[Paragraph]:
    """Those of `paragraphs` that were not there when `seen` was.

    Of several with the same words those in documents that did not have them come first.

    >>> before = Seen.of([Paragraph("a", 0, "甲"), Paragraph("a", 1, "乙")])
    >>> after = [Paragraph("a", 0, "序"), Paragraph("a", 1, "甲"), Paragraph("b", 0, "乙"),
    ...          Paragraph("c", 0, "乙")]
    >>> [p.paragraph_id for p in news(after, before)]
    ['a:0', 'b:0']
    """
    had = Counter(words for words, _ in seen.traces)
    places = Counter(seen.traces)
    now: list[tuple[bool, Paragraph, bytes]] = []
    for paragraph in paragraphs:
        trace = _trace(paragraph)
        known = places[trace] > 0
        places[trace] -= known
        now.append((known, paragraph, trace[0]))
    more = Counter(words for _, _, words in now)
    more.subtract(had)
    fresh = []
    for _, paragraph, words in sorted(now, key=itemgetter(0)):
        if more[words] > 0:
            more[words] -= 1
            fresh.append(paragraph)
    return sorted(fresh, key=lambda paragraph: paragraph.order)


def _trace(paragraph: Paragraph) -> _Trace:
    return _hash(fold(paragraph.text)), _hash(paragraph.document_id)


def _hash(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_BYTES).digest()

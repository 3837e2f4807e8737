"""Document and paragraph ids: how they are built from a source's path, and read back.

A document id is safe in a URL and in a file name, says where the text came from, and
never changes while the source keeps its place in the corpus.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Letters, digits and CJK survive: an id should be readable in an address bar.
_UNSAFE = re.compile(r"[^\w.\-]+", re.UNICODE)
# A file name holds 255 bytes of UTF-8 on the usual file systems; this leaves room for the
# digest and a suffix.
_MAX_LENGTH = 200
_DIGEST_BYTES = 6
_DIGESTED = re.compile(rf"-[0-9a-f]{{{2 * _DIGEST_BYTES}}}\Z")
# As Python writes it, and short: an id has one spelling, and int() of a very long numeral
# takes quadratic time.
_ORDINAL = re.compile(r"0|[1-9][0-9]{0,8}")


def build_document_id(path: str, doc_id: str | None = None) -> str:
    """Return the id of the document at `path` (relative to the corpus, POSIX separators).

    `doc_id` names one document among several in the same source (a JSONL file). Two
    different inputs give two different ids: wherever making a name safe loses
    something, a digest of the exact input is appended.

    >>> build_document_id("2021/总结.html")
    '2021~总结.html'
    >>> build_document_id("a b.html") == build_document_id("a_b.html")
    False
    >>> build_document_id("reports.jsonl.gz", "gov/000").startswith("reports.jsonl.gz~~gov~000")
    True
    """
    exact = path if doc_id is None else f"{path}\0{doc_id}"
    readable = path if doc_id is None else f"{path}//{doc_id}"
    safe = "~".join(_UNSAFE.sub("_", part) for part in readable.split("/"))
    reversible = (
        unicodedata.normalize("NFC", readable) == readable and safe.replace("~", "/") == readable
    )
    # A name that ends like a digest could be another source's id: it gets one of its own.
    if reversible and len(safe.encode()) <= _MAX_LENGTH and not _DIGESTED.search(safe):
        return safe
    digest = hashlib.blake2b(exact.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
    return f"{safe.encode()[:_MAX_LENGTH].decode(errors='ignore')}-{digest.hexdigest()}"


def build_paragraph_id(document_id: str, ordinal: int) -> str:
    """Return the id of the paragraph at `ordinal` (from 0) of a document.

    >>> build_paragraph_id("总结.html", 7)
    '总结.html:7'
    """
    return f"{document_id}:{ordinal}"


def parse_paragraph_id(paragraph_id: str) -> tuple[str, int]:
    """Return document id and ordinal; the pair sorts in reading order.

    Raises ValueError where `paragraph_id` is no paragraph's id.

    >>> parse_paragraph_id("总结.html:7")
    ('总结.html', 7)
    """
    document_id, colon, ordinal = paragraph_id.rpartition(":")
    if not colon or not document_id or not _ORDINAL.fullmatch(ordinal):
        raise ValueError(f"not a paragraph id: {paragraph_id!r}")
    return document_id, int(ordinal)

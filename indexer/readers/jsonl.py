"""JSON Lines: paragraphs that were cut and described elsewhere.

One object a line: `doc_id`, `title`, `text`, optionally `year`, `heading`, `n` and any element
of archive.model.Record, of which `kind` and `published` may also be called `type` and `date`.
What an export writes is read back: its `document_id` and `heading_path` are `doc_id` and
`heading`. Lines are grouped by `doc_id`, which need not stand together, and ordered by
`n`; a line is one paragraph whatever its length. A file may be larger than memory, so the
lines are spooled to a temporary file and only their places are sorted. What a file may hold
is limited all the same: a line, a document, the lines of a file, and how far it unpacks.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
import tempfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from archive.errors import SourceError
from archive.model import EARLIEST, LATEST, NO_RECORD, Record
from archive.stored import attributes

SUFFIXES = (".jsonl", ".jsonl.gz")

# One paragraph: a line longer than this is not one.
LONGEST_LINE = 4 << 20
# One document, in bytes and in lines. The longest of 5,000 real ones has 1 MB in 1,800 lines;
# beyond, the lines of a whole archive have one id by mistake. The index needs up to 150 bytes
# of memory a character while it takes a document in.
LARGEST_DOCUMENT = 8 << 20
MOST_PARAGRAPHS = 50_000
# A line's place takes 70 bytes while the lines are sorted.
MOST_LINES = 5_000_000
# A file may unpack to this many times its size once it is larger than the floor: real text
# unpacks 4 times, equal lines 100, DEFLATE's own limit is 1,032.
MAX_RATIO = 200
RATIO_FLOOR = 64 << 20
# In JSON `true` is no number; in Python it is one.
_NUMBERS = (int, float)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


# Each element, and whether it is a list of texts; other names that lines may use.
_ELEMENTS = {name: isinstance(value, tuple) for name, value in attributes(NO_RECORD).items()}
_OTHER_NAMES = {
    "document_id": "doc_id",
    "heading_path": "heading",
    "type": "kind",
    "date": "published",
}


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """The lines of one `doc_id`: what they say of the document, and each paragraph.

    `paragraphs` holds (heading path, text, year) in order.
    """

    doc_id: str
    title: str
    record: Record
    paragraphs: tuple[tuple[tuple[str, ...], str, int | None], ...]


def read_records(path: Path) -> Iterator[DocumentLines]:
    """Yield the documents of a JSON Lines file, in the order of their first lines.

    Raises SourceError naming the line where one cannot be read.
    """
    names, order, at, sizes = array("q"), array("d"), array("q"), array("q")
    with tempfile.TemporaryFile() as spool:
        for number, line in _lines(path):
            fields = _parse(line, number)
            names.append(hash(fields["doc_id"]))
            order.append(_place(fields.get("n", number), number))
            at.append(spool.tell())
            sizes.append(len(line))
            spool.write(line)
        if not names:
            return
        places = np.frombuffer(at, np.int64), np.frombuffer(sizes, np.int64)
        rows, starts = _documents(np.frombuffer(names, np.int64), np.frombuffer(order))
        _check_sizes(rows, starts, spool, places)
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            by_id: dict[str, list[dict[str, Any]]] = {}
            for row in rows[start:end]:
                fields = _named(json.loads(_line(spool, places, row)))
                # Two ids may have one hash.
                by_id.setdefault(fields["doc_id"], []).append(fields)
            yield from map(_together, by_id.values())


Rows = NDArray[np.int64]
Places = tuple[Rows, Rows]
"""Of each line of a file, in order: where it stands in the spool, and its length in bytes."""


def _documents(names: Rows, order: NDArray[np.float64]) -> tuple[Rows, Rows]:
    """All lines, document by document, and where each document starts among them.

    Documents are ordered by their first lines, the lines of one as they say.
    """
    _, first, document = np.unique(names, return_index=True, return_inverse=True)
    first = first[document]
    rows = np.lexsort((order, first))
    return rows, np.flatnonzero(np.diff(first[rows], prepend=-1))


def _check_sizes(rows: Rows, starts: Rows, spool: IO[bytes], places: Places) -> None:
    """Raise SourceError where a document is larger than one may be."""
    lines = np.diff(starts, append=len(rows))
    size = np.add.reduceat(places[1][rows], starts)
    too_large = np.flatnonzero((lines > MOST_PARAGRAPHS) | (size > LARGEST_DOCUMENT))
    if len(too_large):
        first = _named(json.loads(_line(spool, places, rows[starts[too_large[0]]])))
        name = first["doc_id"][:80]
        raise SourceError(
            "jsonl.document_too_large",
            name=name,
            megabytes=LARGEST_DOCUMENT >> 20,
            lines=MOST_PARAGRAPHS,
        )


def _line(spool: IO[bytes], places: Places, row: int) -> bytes:
    spool.seek(int(places[0][row]))
    return spool.read(int(places[1][row]))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank with its number, from 1."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as stream:
            at = unpacked = 0
            most = max(RATIO_FLOOR, MAX_RATIO * path.stat().st_size)
            while line := stream.readline(LONGEST_LINE + 1):
                at += 1
                if len(line) > LONGEST_LINE:
                    raise _refusal(at, "过长", f"is longer than {LONGEST_LINE} bytes")
                unpacked += len(line)
                if unpacked > most or at > MOST_LINES:
                    raise _too_much(unpacked > most)
                if line.strip():
                    yield at, line.removeprefix(b"\xef\xbb\xbf")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError("jsonl.compressed", error=error) from error


def _too_much(bomb: bool) -> SourceError:
    if bomb:
        return SourceError("jsonl.bomb", max_ratio=MAX_RATIO)
    return SourceError("jsonl.too_many_lines", most_lines=MOST_LINES)


def _place(stated: float, number: int) -> float:
    """Where a line stands in its document: as it says, else as it stands in the file."""
    try:
        return float(stated)
    except OverflowError as error:
        raise _refusal(number, "的 n 过大", "has an n that is too large") from error


def _parse(line: bytes, at: int) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _refusal(at, "不是有效的 JSON", "is not valid JSON") from error
    if not isinstance(fields, dict):
        raise _refusal(at, "不是 JSON 对象", "is not a JSON object")
    written = {own: name for name, own in _OTHER_NAMES.items() if name in fields}
    fields = _named(fields)
    for name in ("doc_id", "title", "text"):
        if not isinstance(fields.get(name), str):
            raise _refusal(at, f"缺少文字字段 {name}", f"has no text field {name}")
    for name, several in _ELEMENTS.items():
        value = fields.get(name)
        if not (isinstance(value, str | None) or (several and _is_texts(value))):
            name = written.get(name, name)
            raise _refusal(at, f"的 {name} 不是文字", f"has a {name} that is not text")
    heading = fields.get("heading")
    if not (isinstance(heading, str | None) or _is_texts(heading)):
        raise _refusal(at, "的 heading 不是文字", "has a heading that is not text")
    if type(fields.get("n", 0)) not in _NUMBERS:
        raise _refusal(at, "的 n 不是数字", "has an n that is no number")
    year = fields.get("year")
    if year is not None and not (type(year) is int and EARLIEST <= year <= LATEST):
        raise _refusal(
            at,
            f"的 year 不是 {EARLIEST} 到 {LATEST} 之间的整数",
            f"has a year that is no whole number from {EARLIEST} to {LATEST}",
        )
    if not _is_day(fields.get("published") or ""):
        name = written.get("published", "published")
        raise _refusal(at, f"的 {name} 不是历书上的日子", f"has a {name} that no calendar has")
    return fields


def _together(lines: list[dict[str, Any]]) -> DocumentLines:
    first = lines[0]
    return DocumentLines(
        doc_id=first["doc_id"],
        title=first["title"],
        record=Record(**{n: _element(first[n], s) for n, s in _ELEMENTS.items() if first.get(n)}),
        paragraphs=tuple(
            (_path(line.get("heading")), line["text"].strip(), line.get("year"))
            for line in lines
            if line["text"].strip()
        ),
    )


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """A line's fields under the names that we use."""
    others = {own: fields[name] for name, own in _OTHER_NAMES.items() if name in fields}
    return {**others, **{name: v for name, v in fields.items() if name not in _OTHER_NAMES}}


def _element(value: Any, several: bool) -> Any:
    return (tuple(value) if isinstance(value, list) else (value,)) if several else value


def _path(heading: str | list[str] | None) -> tuple[str, ...]:
    if not heading:
        return ()
    return (heading,) if isinstance(heading, str) else tuple(heading)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_day(given: str) -> bool:
    """Whether a date that is written as a day (ISO 8601) is one; other words are left alone."""
    day = _DAY.match(given)
    if day is None:
        return True
    try:
        datetime.date.fromisoformat(day.group())
    except ValueError:
        return False
    return True


def _refusal(at: int, chinese: str, english: str) -> SourceError:
    return SourceError("jsonl.line", at=at, chinese=chinese, english=english)

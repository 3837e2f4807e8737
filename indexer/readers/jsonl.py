"""JSON Lines: paragraphs that were cut and described elsewhere.

One object a line: `doc_id`, `title`, `text`, optionally `year`, `heading`, `n`, `form`, `cells`
(of a table's row, and then its text) and any element of archive.model.Record, of which `kind`
and `published` may also be called `type` and `date`.
What an export writes is read back: its `document_id` and `heading_path` are `doc_id` and
`heading`. Lines are grouped by `doc_id`, which need not stand together, and ordered by
`n`; a line is one paragraph whatever its length. A file may be larger than memory, so
SQLite groups and sorts the lines in a temporary file. What a file may hold is limited all the
same: a line, a document, the lines of a file, and how far it unpacks.
"""

from __future__ import annotations

import datetime
import errno
import gzip
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from archive.errors import PartlyReadError, SourceError
from archive.model import EARLIEST, LATEST, NO_RECORD, Form, ReadingWarning, Record
from archive.stored import attributes
from indexer.page import DraftParagraph
from indexer.text.mojibake import repair
from indexer.text.spacing import close_up, plain

SUFFIXES = (".jsonl", ".jsonl.gz")

# One paragraph: a line longer than this is not one.
MAX_LINE_LENGTH = 4 << 20
# One document, in bytes and in lines. The longest of 5,000 real ones has 1 MB in 1,800 lines;
# beyond, the lines of a whole archive have one id by mistake. The index needs up to 150 bytes
# of memory a character while it takes a document in.
LARGEST_DOCUMENT = 8 << 20
MAX_PARAGRAPHS = 50_000
# Each line is written to the disk and sorted there before the first document is read.
MAX_LINES = 5_000_000
# Lines that cannot be read and are named; the others are counted.
MAX_NAMED = 3
# A file may unpack to this many times its size once it is larger than the floor: real text
# unpacks 4 times, equal lines 100, DEFLATE's own limit is 1,032.
MAX_RATIO = 200
RATIO_FLOOR = 64 << 20
# In JSON `true` is no number; in Python it is one.
_NUMBERS = (int, float)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# An id is kept as bytes: JSON may hold half of a surrogate pair, which is no text of SQLite's.
_SPOOL = "CREATE TABLE lines (number INTEGER PRIMARY KEY, doc_id BLOB, n REAL, line BLOB)"
_BY_DOCUMENT = "CREATE INDEX by_document ON lines (doc_id)"
_TOO_LARGE = """
SELECT doc_id FROM lines GROUP BY doc_id HAVING count(*) > ? OR sum(length(line)) > ?
ORDER BY min(number) LIMIT 1
"""
_DOCUMENTS = "SELECT doc_id FROM lines GROUP BY doc_id ORDER BY min(number)"
_LINES = "SELECT line FROM lines WHERE doc_id = ? ORDER BY n NULLS LAST, number"

# Each element, and whether it is a list of texts; other names that lines may use.
_ELEMENTS = {name: isinstance(value, tuple) for name, value in attributes(NO_RECORD).items()}
_OTHER_NAMES = {
    "document_id": "doc_id",
    "heading_path": "heading",
    "type": "kind",
    "date": "published",
}


_DAYS = ("published", "issued", "printed", "effective", "expires")


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """The lines of one `doc_id`: what they say of the document, and each paragraph.

    `paragraphs` are in order, each with its year where one is given.
    """

    doc_id: str
    title: str
    record: Record
    paragraphs: tuple[tuple[DraftParagraph, int | None], ...]


@dataclass
class _Refused:
    """The lines that cannot be read: the first of them, and how many there are."""

    first: list[SourceError] = field(default_factory=list)
    count: int = 0

    def add(self, error: SourceError) -> None:
        self.count += 1
        if len(self.first) < MAX_NAMED:
            self.first.append(error)

    def error(self) -> PartlyReadError:
        chinese = [f"第 {e.values['at']} 行{e.values['chinese']}" for e in self.first]
        english = [f"line {e.values['at']} {e.values['english']}" for e in self.first]
        more = ["…"] if self.count > len(self.first) else []
        return PartlyReadError(
            "jsonl.lines",
            count=self.count,
            chinese="；".join(chinese + more),
            english="; ".join(english + more),
        )


def read_records(path: Path) -> Iterator[DocumentLines]:
    """Yield the documents of a JSON Lines file, in the order of their first lines.

    Raises PartlyReadError, after the last of them, where lines cannot be read, and SourceError
    where none can, or the file is beyond the limits.
    """
    refused = _Refused()
    # A database without a name is a temporary file that goes when it is closed, which may
    # happen in another thread.
    with closing(sqlite3.connect("", check_same_thread=False)) as spool:
        try:
            spool.execute(_SPOOL)
            spool.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", _rows(path, refused))
            spool.execute(_BY_DOCUMENT)
            limits = (MAX_PARAGRAPHS, LARGEST_DOCUMENT)
            if (found := spool.execute(_TOO_LARGE, limits).fetchone()) is not None:
                raise SourceError(
                    "jsonl.document_too_large",
                    name=found[0].decode("utf-8", "replace")[:80],
                    megabytes=LARGEST_DOCUMENT >> 20,
                    lines=MAX_PARAGRAPHS,
                )
            for document in spool.execute(_DOCUMENTS):
                lines = spool.execute(_LINES, document)
                yield _together([_cleaned(_named(json.loads(line))) for (line,) in lines])
            if refused.first:
                total = spool.execute("SELECT count(*) FROM lines").fetchone()
                raise refused.error() if total[0] else refused.first[0]
        except sqlite3.Error as error:
            # The disk is full.
            raise OSError(errno.EIO, str(error)) from error


def _rows(path: Path, refused: _Refused) -> Iterator[tuple[int, bytes, float, bytes]]:
    """Yield each line that is not blank: its number from 1, its document, its place, itself.

    One that cannot be read is added to `refused` instead.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    most = max(RATIO_FLOOR, MAX_RATIO * path.stat().st_size)
    try:
        with opened(path, "rb") as stream:
            for at, line in enumerate(_lines(stream, most), 1):
                if at > MAX_LINES:
                    raise SourceError("jsonl.too_many_lines", most_lines=MAX_LINES)
                if line.strip():
                    line = line.removeprefix(b"\xef\xbb\xbf")
                    try:
                        fields = _parse(line, at)
                    except SourceError as error:
                        refused.add(error)
                        continue
                    doc_id = fields["doc_id"].encode("utf-8", "surrogatepass")
                    yield at, doc_id, fields["n"], line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError("jsonl.compressed", error=error) from error


def _lines(stream: IO[bytes] | gzip.GzipFile, most: int) -> Iterator[bytes]:
    """Yield the lines of a file of at most that many bytes; of one too long the beginning."""
    unpacked, within = 0, False
    while piece := stream.readline(MAX_LINE_LENGTH + 1):
        unpacked += len(piece)
        if unpacked > most:
            raise SourceError("jsonl.bomb", max_ratio=MAX_RATIO)
        if not within:
            yield piece
        within = len(piece) > MAX_LINE_LENGTH and not piece.endswith(b"\n")


def _parse(line: bytes, at: int) -> dict[str, Any]:
    if len(line) > MAX_LINE_LENGTH:
        raise _refusal(at, "过长", f"is longer than {MAX_LINE_LENGTH} bytes")
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
    for name, several in (*_ELEMENTS.items(), ("heading", True), ("cells", True)):
        value = fields.get(name)
        if not (isinstance(value, str | None) or (several and _is_texts(value))):
            name = written.get(name, name)
            raise _refusal(at, f"的 {name} 不是文字", f"has a {name} that is not text")
    if (form := fields.get("form")) not in (None, *Form):
        given = plain(str(form))[:40]
        raise _refusal(at, f"的 form 不在 {'、'.join(Form)} 之中", f"has an unknown form: {given}")
    if type(fields.get("n", 0)) not in _NUMBERS:
        raise _refusal(at, "的 n 不是数字", "has an n that is no number")
    try:
        fields["n"] = float(fields.get("n", at))
    except OverflowError as error:
        raise _refusal(at, "的 n 过大", "has an n that is too large") from error
    year = fields.get("year")
    if year is not None and not (type(year) is int and EARLIEST <= year <= LATEST):
        raise _refusal(
            at,
            f"的 year 不是 {EARLIEST} 到 {LATEST} 之间的整数",
            f"has a year that is no whole number from {EARLIEST} to {LATEST}",
        )
    for day in _DAYS:
        if not _is_day(fields.get(day) or ""):
            name = written.get(day, day)
            raise _refusal(at, f"的 {name} 不是历书上的日子", f"has a {name} that no calendar has")
    return fields


def _together(lines: list[dict[str, Any]]) -> DocumentLines:
    first = lines[0]
    stated = [name for name in _ELEMENTS if first.get(name)]
    elements: dict[str, Any] = {n: _texts(first[n]) if _ELEMENTS[n] else first[n] for n in stated}
    # Those of another version mean nothing here.
    known = tuple(code for code in elements.pop("warnings", ()) if code in (*ReadingWarning,))
    return DocumentLines(
        doc_id=first["doc_id"],
        title=first["title"],
        record=Record(**elements, warnings=known),
        paragraphs=tuple(
            (paragraph, line.get("year")) for line in lines if (paragraph := _paragraph(line)).text
        ),
    )


def _paragraph(line: dict[str, Any]) -> DraftParagraph:
    """The paragraph of a line; that of a row has its cells, joined by TAB."""
    form = Form(line.get("form") or (Form.ROW if line.get("cells") else Form.BODY))
    text = line["text"]
    if form is Form.ROW:
        cells = _texts(line.get("cells")) or text.split("\t")
        text = "\t".join(" ".join(cell.split()) for cell in cells)
    # Cells that are all empty are no paragraph.
    return DraftParagraph(
        text if form is Form.ROW and text.strip() else text.strip(),
        form,
        _texts(line.get("heading")),
    )


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """A line's fields under the names that we use."""
    others = {own: fields[name] for name, own in _OTHER_NAMES.items() if name in fields}
    return {**others, **{name: v for name, v in fields.items() if name not in _OTHER_NAMES}}


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    """A line's fields as readers take in text; its blanks stay, a row's TABs are among them."""
    for name, value in fields.items():
        if name != "doc_id" and isinstance(value, str):
            fields[name] = close_up(plain(repair(value)))
        elif isinstance(value, list):
            fields[name] = [plain(repair(own)) if isinstance(own, str) else own for own in value]
    return fields


def _texts(value: str | list[str] | None) -> tuple[str, ...]:
    """A text, or a list of texts, as a tuple."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_day(given: str) -> bool:
    """Whether a date that is written as a day (ISO 8601) is one; other words are left alone."""
    try:
        return not _DAY.match(given) or bool(datetime.date.fromisoformat(given[:10]))
    except ValueError:
        return False


def _refusal(at: int, chinese: str, english: str) -> SourceError:
    return SourceError("jsonl.line", at=at, chinese=chinese, english=english)

"""JSON Lines: paragraphs that were cut and described elsewhere.

One object a line: `doc_id`, `title`, `text`, optionally `year`, `date`, `heading`, `type`,
`site`, `n`. Lines are grouped by `doc_id`, which need not stand together, and ordered by
`n`; a line is one paragraph whatever its length. A file may be larger than memory, so the
lines are spooled to a temporary file and only their places are sorted.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from archive.errors import SourceError

SUFFIXES = (".jsonl", ".jsonl.gz")

# One paragraph: a line longer than this is not one.
LONGEST_LINE = 4 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """The lines of one `doc_id`: what they say of the document, and each paragraph.

    `paragraphs` holds (heading path, text, year) in order.
    """

    doc_id: str
    title: str
    kind: str | None
    site: str | None
    date: str | None
    paragraphs: tuple[tuple[tuple[str, ...], str, int | None], ...]


def read_records(path: Path) -> Iterator[Record]:
    """Yield the documents of a JSON Lines file, in the order of their first lines.

    Raises SourceError naming the line where one cannot be read.
    """
    numbers: dict[str, int] = {}
    places: list[tuple[int, float, int, int]] = []
    with tempfile.TemporaryFile() as spool:
        for at, line in _lines(path):
            fields = _parse(line, at)
            document = numbers.setdefault(fields["doc_id"], len(numbers))
            places.append((document, float(fields.get("n", at)), spool.tell(), len(line)))
            spool.write(line)
        ordered = np.array(places, dtype=[("d", "i8"), ("n", "f8"), ("at", "i8"), ("size", "i8")])
        places.clear()
        ordered.sort(order=("d", "n", "at"), kind="stable")
        starts = np.flatnonzero(np.diff(ordered["d"], prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
            lines = []
            for place in ordered[start:end]:
                spool.seek(int(place["at"]))
                lines.append(json.loads(spool.read(int(place["size"]))))
            yield _record(lines)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank with its number, from 1."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as stream:
            at = 0
            while line := stream.readline(LONGEST_LINE + 1):
                at += 1
                if len(line) > LONGEST_LINE:
                    raise _refusal(at, "过长", f"is longer than {LONGEST_LINE} bytes")
                if line.strip():
                    yield at, line.removeprefix(b"\xef\xbb\xbf")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(
            f"压缩文件已损坏：{error}", f"the compressed file is damaged: {error}"
        ) from error


def _parse(line: bytes, at: int) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _refusal(at, "不是有效的 JSON", "is not valid JSON") from error
    if not isinstance(fields, dict):
        raise _refusal(at, "不是 JSON 对象", "is not a JSON object")
    for name in ("doc_id", "title", "text"):
        if not isinstance(fields.get(name), str):
            raise _refusal(at, f"缺少文字字段 {name}", f"has no text field {name}")
    for name in ("date", "type", "site"):
        if not isinstance(fields.get(name), str | None):
            raise _refusal(at, f"的 {name} 不是文字", f"has a {name} that is not text")
    heading = fields.get("heading")
    if not (isinstance(heading, str | None) or _is_texts(heading)):
        raise _refusal(at, "的 heading 不是文字", "has a heading that is not text")
    if not isinstance(fields.get("n", 0), int | float) or not _is_year(fields.get("year")):
        raise _refusal(at, "的 n 或 year 不是数字", "has an n or a year that is no number")
    return fields


def _record(lines: list[dict[str, Any]]) -> Record:
    first = lines[0]
    return Record(
        doc_id=first["doc_id"],
        title=first["title"],
        kind=first.get("type") or None,
        site=first.get("site") or None,
        date=first.get("date") or None,
        paragraphs=tuple(
            (_path(line.get("heading")), line["text"].strip(), line.get("year"))
            for line in lines
            if line["text"].strip()
        ),
    )


def _path(heading: str | list[str] | None) -> tuple[str, ...]:
    if not heading:
        return ()
    return (heading,) if isinstance(heading, str) else tuple(heading)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_year(value: object) -> bool:
    return value is None or (isinstance(value, int) and 0 < value < 10_000)


def _refusal(at: int, chinese: str, english: str) -> SourceError:
    return SourceError(
        f"第 {at} 行{chinese}，请改正后再运行 xianli reindex",
        f"line {at} {english}: mend it and run xianli reindex again",
    )

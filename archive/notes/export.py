"""A collection of clips as one file to pass on: Word, Markdown, or a table.

The same clips give the same Markdown and the same table, on any day and any machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from operator import attrgetter

from archive.model import NO_RECORD
from archive.notes.anchors import text_hash
from archive.notes.citation import Words, cite, export_words, reference
from archive.notes.clips import Clip
from archive.notes.docx import Line, Style, document
from archive.plurals import filled
from archive.search.export import csv_line
from archive.stored import attributes

# What Markdown would take for mark-up at the beginning of a line, or anywhere.
_OPENS = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([#>+\-=~.)])", re.MULTILINE)
_MARKS = re.compile(r"([\\`*_\[\]<>|&])")


class ExportFormat(StrEnum):
    """The kinds of file; the value is the suffix."""

    DOCX = "docx"
    MARKDOWN = "md"
    CSV = "csv"


def export_clips(clips: Sequence[Clip], name: str, form: ExportFormat, language: str) -> bytes:
    """Return a collection's clips, in their order, as a file.

    `name` is the collection's (empty: the default one's), `language` that of the labels:
    Chinese for `zh…`, English for any other.
    """
    words = export_words(language)
    title = name or words["default"]
    if form is ExportFormat.DOCX:
        return document(title, _lines(clips, title, words), language=language)
    text = _table(clips) if form is ExportFormat.CSV else _markdown(clips, title, words)
    return text.encode("utf-8", "replace")


def _lines(clips: Sequence[Clip], title: str, words: Words) -> list[Line]:
    lines = [Line(title, Style.TITLE), Line(filled(words["count"], n=len(clips)), Style.COUNT)]
    for number, clip in enumerate(clips, start=1):
        citation = cite(clip, words)
        lines.append(Line(words["number"].format(n=number), Style.NUMBER))
        lines += [
            Line(part, Style.ROW if "\t" in part else Style.PASSAGE)
            for part in citation.passage.splitlines()
            if part
        ]
        lines.append(Line(citation.credit, Style.CREDIT))
        for label, said in citation.lines:
            style = Style.NOTE if label == words["note"] else Style.DETAIL
            lines.append(Line(f"{label}{words['colon']}{said}", style))
        if citation.lost:
            lines.append(Line(citation.lost, Style.DETAIL))
    return lines


def _markdown(clips: Sequence[Clip], title: str, words: Words) -> str:
    parts = [f"# {_plain(title)}\n"]
    for number, clip in enumerate(clips, start=1):
        citation = cite(clip, words)
        passage = _marked_up(citation.passage)
        lines = [f"## {words['number'].format(n=number)}\n"]
        lines += [f"> {part}".rstrip() for part in (*passage, "", _plain(citation.credit))]
        lines.append("")
        for label, said in citation.lines:
            # A note of several lines stays one item of the list.
            lines.append(f"- {label}{words['colon']}" + "\n  ".join(_plain(said).splitlines()))
        if citation.lost:
            lines.append(f"- {citation.lost}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _marked_up(passage: str) -> list[str]:
    """The lines of a passage in Markdown; a table's rows are a table, the first one its head.

    >>> _marked_up("甲\\t\\t3|4\\n0.5\\t乙\\t")
    ['| 甲 |  | 3\\\\|4 |', '| --- | --- | --- |', '| 0.5 | 乙 |  |']
    """
    lines: list[str] = []
    inside = False
    for line in passage.splitlines():
        cells = [_MARKS.sub(r"\\\1", cell) for cell in line.split("\t")]
        if len(cells) == 1:
            lines.append(_plain(line))
        else:
            lines.append(f"| {' | '.join(cells)} |")
            lines += [] if inside else ["|" + " --- |" * len(cells)]
        inside = len(cells) > 1
    return lines


def _plain(text: str) -> str:
    r"""`text` so that Markdown shows it as it is.

    >>> print(_plain("1. 推进*均衡*"))
    1\. 推进\*均衡\*
    """
    return _OPENS.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text))


def _table(clips: Sequence[Clip]) -> str:
    """The clips as CSV, with the byte order mark by which spreadsheets know UTF-8."""
    rows = [csv_line(("clip", *_COLUMNS))]
    for number, clip in enumerate(clips, start=1):
        rows.append(csv_line((number, *(_cell(value(clip)) for value in _COLUMNS.values()))))
    return "\ufeff" + "".join(rows)


# The columns of the table behind the place of the clip, and how each value is got from a clip.
_COLUMNS: dict[str, Callable[[Clip], object]] = {
    "passage": lambda clip: clip.anchor.passage,
    "column_heads": lambda clip: clip.source.heads,
    "note": lambda clip: clip.note,
    "title": lambda clip: clip.source.title,
    "article": lambda clip: clip.source.article,
    "heading_path": lambda clip: clip.source.heading_path,
    **{name: attrgetter(f"source.record.{name}") for name in attributes(NO_RECORD)},
    "reference": reference,
    "url": lambda clip: clip.source.url,
    "year": lambda clip: clip.source.dating.year,
    "year_basis": lambda clip: clip.source.dating.basis.value,
    "year_stated": lambda clip: clip.source.dating.stated,
    "year_from": lambda clip: clip.source.dating.first,
    "year_to": lambda clip: clip.source.dating.last,
    "year_evidence": lambda clip: clip.source.dating.evidence,
    "file": lambda clip: clip.source.path,
    "place": lambda clip: clip.source.ordinal + 1,
    "paragraph_id": lambda clip: clip.anchor.paragraph_id,
    "text_hash": lambda clip: text_hash(clip.anchor.folded),
    "file_sha256": lambda clip: clip.source.digest,
    "attached": lambda clip: clip.attached,
    "added": lambda clip: clip.added,
}


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return " > ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

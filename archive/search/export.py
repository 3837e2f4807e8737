"""Complete results as CSV or NDJSON, a line at a time."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Literal

from archive.fields import EXPORTED
from archive.model import Paragraph
from archive.serializers import passage_to_dict
from archive.text.fold import IGNORABLE

Format = Literal["csv", "ndjson"]

_COLUMNS = (
    *("paragraph_id", "title", "article", "heading_path"),
    *(field.column or field.name for field in EXPORTED),
    "text",
)

# A spreadsheet takes a cell that begins so for a formula and runs it: East Asian ones in full
# width too, some behind what is not seen.
_FORMULA = re.compile(rf"[\s\x00-\x1f\x7f{IGNORABLE}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|\r")


def rows(paragraphs: Iterable[Paragraph], form: Format) -> Iterator[str]:
    """Yield the paragraphs as lines of a file, each with its line end.

    CSV begins with a byte order mark, by which spreadsheets know UTF-8, and a header line;
    a cell that a spreadsheet would run as a formula gets an apostrophe before it. NDJSON
    has one object a line.
    """
    if form == "ndjson":
        for paragraph in paragraphs:
            yield json.dumps(passage_to_dict(paragraph), ensure_ascii=False) + "\n"
        return
    # The first is asked for before anything is said: what refuses leaves no half file behind.
    paragraphs = iter(paragraphs)
    first = list(islice(paragraphs, 1))
    yield "\ufeff" + csv_line(_COLUMNS)
    for paragraph in chain(first, paragraphs):
        fields = passage_to_dict(paragraph)
        fields["heading_path"] = " > ".join(paragraph.heading_path)
        yield csv_line(fields[column] for column in _COLUMNS)


def csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(_cell(cell) for cell in cells)
    return line.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, list):
        value = "; ".join(value)
    # A table's row within one cell.
    text = "" if value is None else str(value).replace("\t", " | ")
    return "'" + text if _FORMULA.match(text) else text

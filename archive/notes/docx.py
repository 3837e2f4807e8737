"""A Word document of plain paragraphs in a few styles, which styles.xml describes.

Fonts and sizes follow the national standard for official documents as far as an export of
quotations has use for it: 仿宋 for text, 楷体 for sources, 黑体 for headings.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIDES = ("top", "left", "bottom", "right", "insideV")
_BORDERS = (
    '<w:tblBorders xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    + "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in _SIDES)
    + "</w:tblBorders>"
)
# Of a document's title in its properties, by python-docx's measure.
_MAX_TITLE_LENGTH = 255


class Style(StrEnum):
    """The styles of an export's paragraphs; the value is the name in styles.xml."""

    TITLE = "Title"
    COUNT = "Subtitle"
    NUMBER = "heading 1"
    PASSAGE = "Quote"
    ROW = "Cell"
    CREDIT = "Credit"
    DETAIL = "Detail"
    NOTE = "Note"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the document; a line break in its text stays one.

    A table's row has its cells joined by TAB.
    """

    text: str
    style: Style


def document(title: str, lines: Iterable[Line], *, language: str) -> bytes:
    """Return a .docx file that holds `lines` and calls itself `title`."""
    # Loading them takes a tenth of a second, and few commands write a document.
    import docx
    from docx.oxml.parser import parse_xml
    from docx.shared import Mm

    tag = "zh-CN" if language.startswith("zh") else "en-US"
    styles = resources.files("archive.notes").joinpath("styles.xml").read_text("utf-8")
    made = docx.Document()
    made.styles.element[:] = parse_xml(styles.replace("{language}", tag))[:]
    section = made.sections[0]
    # A4 with the margins of official documents.
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    about = made.core_properties
    about.title, about.language = _text(title)[:_MAX_TITLE_LENGTH], tag
    about.author = about.comments = ""
    about.created = about.modified = datetime.datetime.now(datetime.UTC)
    for line in lines:
        if line.style is not Style.ROW:
            made.add_paragraph(_text("\n".join(line.text.splitlines())), line.style.value)
            continue
        cells = line.text.split("\t")
        table = made.add_table(1, len(cells))
        table._tbl.tblPr.append(parse_xml(_BORDERS))
        for place, text in zip(table.rows[0].cells, cells, strict=True):
            (paragraph,) = place.paragraphs
            paragraph.style = line.style.value
            paragraph.add_run(_text(text))
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def _text(text: str) -> str:
    return _FORBIDDEN.sub("", text)

"""A Word document of plain paragraphs in a few styles.

Fonts and sizes follow the national standard for official documents as far as a export of
quotations has use for it: 仿宋 for text, 楷体 for sources, 黑体 for headings.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Of a document's title in its properties, by python-docx's measure.
_LONGEST_TITLE = 255


class Style(StrEnum):
    """The styles of a export's paragraphs."""

    TITLE = "Title"
    COUNT = "Subtitle"
    NUMBER = "Heading1"
    PASSAGE = "Quote"
    CREDIT = "Credit"
    DETAIL = "Detail"
    NOTE = "Note"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the document; a line break in its text stays one."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class _Look:
    """How a style looks: font of Chinese text, size in half points, paragraph properties."""

    name: str
    font: str
    size: int
    paragraph: str = ""
    run: str = ""


_INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
_LOOKS = {
    Style.TITLE: _Look("Title", "黑体", 44, '<w:spacing w:after="120"/><w:jc w:val="center"/>'),
    Style.COUNT: _Look("Subtitle", "楷体", 24, '<w:spacing w:after="240"/><w:jc w:val="center"/>'),
    Style.NUMBER: _Look(
        "heading 1",
        "黑体",
        28,
        '<w:keepNext/><w:spacing w:before="360" w:after="60"/><w:outlineLvl w:val="0"/>',
    ),
    Style.PASSAGE: _Look(
        "Quote", "仿宋", 32, '<w:spacing w:line="560" w:lineRule="exact"/>' + _INDENT
    ),
    Style.CREDIT: _Look("Credit", "楷体", 24, '<w:spacing w:before="60"/><w:jc w:val="right"/>'),
    Style.DETAIL: _Look("Detail", "宋体", 18, run='<w:color w:val="595959"/>'),
    Style.NOTE: _Look(
        "Note",
        "楷体",
        24,
        '<w:pBdr><w:left w:val="single" w:sz="12" w:space="6" w:color="808080"/></w:pBdr>'
        '<w:spacing w:before="60"/>',
    ),
}


def document(title: str, lines: Iterable[Line], *, language: str) -> bytes:
    """Return a .docx file that holds `lines` and calls itself `title`."""
    # Loading them takes a tenth of a second, and few commands write a document.
    import docx
    from docx.oxml.parser import parse_xml
    from docx.shared import Mm

    made = docx.Document()
    made.styles.element[:] = parse_xml(_styles(language))[:]
    section = made.sections[0]
    # A4 with the margins of official documents.
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    about = made.core_properties
    about.title, about.language = _text(title)[:_LONGEST_TITLE], _tag(language)
    about.author = about.comments = ""
    about.created = about.modified = datetime.datetime.now(datetime.UTC)
    for line in lines:
        text = "\n".join(line.text.splitlines())
        made.add_paragraph(_text(text), _LOOKS[line.style].name)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def _styles(language: str) -> str:
    defaults = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" '
        'w:hAnsi="Times New Roman" w:eastAsia="仿宋" w:cs="Times New Roman"/>'
        f'<w:sz w:val="24"/><w:lang w:val="{_tag(language)}" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        '<w:name w:val="Normal"/></w:style>'
    )
    listed = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style.value}"><w:name w:val="{look.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{look.paragraph}</w:pPr>'
        f'<w:rPr><w:rFonts w:eastAsia="{look.font}"/>{look.run}<w:sz w:val="{look.size}"/></w:rPr>'
        "</w:style>"
        for style, look in _LOOKS.items()
    )
    return f'<w:styles xmlns:w="{_WORD}">{defaults}{listed}</w:styles>'


def _text(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _tag(language: str) -> str:
    return "zh-CN" if language.startswith("zh") else "en-US"

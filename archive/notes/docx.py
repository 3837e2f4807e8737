"""A Word document of plain paragraphs, written straight: a package of five small parts.

Office Open XML (ECMA-376) needs no more for text in a few styles. Fonts and sizes follow
the national standard for official documents as far as a packet of quotations has use for
it: 仿宋 for text, 楷体 for sources, 黑体 for headings.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The earliest time that a zip archive can name: the same clips give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Style(StrEnum):
    """The styles of a packet's paragraphs."""

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
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(title, language),
        "word/_rels/document.xml.rels": _relations((f"{_OFFICE}/styles", "styles.xml")),
        "word/document.xml": _body(lines),
        "word/styles.xml": _styles(language),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The system that made it is written too: say the same on every one.
            entry.create_system = 0
            package.writestr(entry, content.encode())
    return packed.getvalue()


_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _core(title: str, language: str) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{_text(title)}</dc:title><dc:language>{_tag(language)}</dc:language>"
        "</cp:coreProperties>"
    )


def _body(lines: Iterable[Line]) -> str:
    # A4 with the margins of official documents, in twentieths of a point.
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588" '
        'w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>'
    )
    written = "".join(_paragraph(line) for line in lines)
    return f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{written}{page}</w:body></w:document>'


def _paragraph(line: Line) -> str:
    runs = '</w:t><w:br/><w:t xml:space="preserve">'.join(
        _text(part) for part in line.text.splitlines() or [""]
    )
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{line.style.value}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{runs}</w:t></w:r></w:p>'
    )


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
    return f'{_HEAD}<w:styles xmlns:w="{_WORD}">{defaults}{listed}</w:styles>'


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


def _tag(language: str) -> str:
    return "zh-CN" if language.startswith("zh") else "en-US"

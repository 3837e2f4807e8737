"""Word files from their descriptions, `measure/quality/sets/record/wNN.json`.

A description has `core` (file properties), `header`, `footer` and `body`, three lists of blocks:

    ["p", text, {style, align, size, colour, font}]   a paragraph; every option may be absent
    ["table", [[cell, …], …]]                         a cell is a text, a list of paragraphs, or
                                                      {text, columns, down: "start" or "on"}
    ["box", [block, …], "vml" | "drawing" | "both"]   a text box, in the markup of old Word, of
                                                      new Word, or in both as Word saves it
    ["line"]                                          an empty paragraph with a rule below it
    ["break"]                                         a page break

A text is a string or a list of runs; a run is a string, or {"ins": …} or {"del": …} for a
tracked change. In a text a line feed is a line break and a TAB a tab. The same description
gives the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Blocks = Iterable[Any]

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:a="{_DRAWING}/main" xmlns:wp="{_DRAWING}/wordprocessingDrawing" '
    f'xmlns:wps="{_SHAPE}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = {"Normal": "Normal", "Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2"}
_PARTS = {"header": "hdr", "footer": "ftr"}
# A file's members carry the first day that ZIP can write, so that bytes do not change.
_DAY = (1980, 1, 1, 0, 0, 0)
_TRACKED = 'w:id="1" w:author="编辑" w:date="2024-01-01T00:00:00Z"'


def build(path: Path) -> bytes:
    """Return the Word file that the JSON at `path` describes."""
    described = json.loads(path.read_text(encoding="utf-8"))
    members = {
        "[Content_Types].xml": _content_types(described),
        "_rels/.rels": _relations(
            {
                "officeDocument": "word/document.xml",
                "metadata/core-properties": "docProps/core.xml",
            }
        ),
        "docProps/core.xml": _core(described["core"]),
        "word/_rels/document.xml.rels": _relations(
            {"styles": "styles.xml", **{part: f"{part}.xml" for part in _PARTS if described[part]}}
        ),
        "word/styles.xml": _styles(),
        "word/document.xml": _document(described),
    }
    for part, tag in _PARTS.items():
        if described[part]:
            inside = _blocks(described[part])
            members[f"word/{part}.xml"] = f"{_HEAD}<w:{tag} {_SPACES}>{inside}</w:{tag}>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for name, text in members.items():
            packed.writestr(zipfile.ZipInfo(name, _DAY), text)
    return buffer.getvalue()


def _document(described: Mapping[str, Any]) -> str:
    # Relations are numbered in the order in which they are listed; styles are the first.
    present = [part for part in _PARTS if described[part]]
    references = "".join(
        f'<w:{part}Reference w:type="default" r:id="r{number}"/>'
        for number, part in enumerate(present, start=2)
    )
    page = '<w:pgSz w:w="11906" w:h="16838"/>'
    body = f"{_blocks(described['body'])}<w:sectPr>{references}{page}</w:sectPr>"
    return f"{_HEAD}<w:document {_SPACES}><w:body>{body}</w:body></w:document>"


def _blocks(blocks: Blocks) -> str:
    return "".join(_block(*block) for block in blocks)


def _block(form: str, *rest: Any) -> str:
    match form:
        case "p":
            return _paragraph(*rest)
        case "table":
            return _table(*rest)
        case "box":
            return f"<w:p><w:r>{_box(*rest)}</w:r></w:p>"
        case "line":
            border = '<w:pBdr><w:bottom w:val="single" w:sz="12" w:color="FF0000"/></w:pBdr>'
            return f"<w:p><w:pPr>{border}</w:pPr></w:p>"
        case "break":
            return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    raise ValueError(f"a block has no form {form!r}")


def _paragraph(text: Any, options: Mapping[str, Any] | None = None) -> str:
    said = options or {}
    style = f"<w:pStyle w:val={quoteattr(said['style'])}/>" if "style" in said else ""
    align = f"<w:jc w:val={quoteattr(said['align'])}/>" if "align" in said else ""
    looks = ""
    if "font" in said:
        looks += f"<w:rFonts w:eastAsia={quoteattr(said['font'])}/>"
    if "colour" in said:
        looks += f"<w:color w:val={quoteattr(said['colour'])}/>"
    if "size" in said:
        looks += f'<w:sz w:val="{2 * said["size"]}"/>'
    runs = "".join(_run(run, looks) for run in ([text] if isinstance(text, str) else text))
    return f"<w:p><w:pPr>{style}{align}</w:pPr>{runs}</w:p>"


def _run(run: str | Mapping[str, str], looks: str) -> str:
    if isinstance(run, str):
        return f"<w:r><w:rPr>{looks}</w:rPr>{_text(run, 't')}</w:r>"
    [(change, text)] = run.items()
    inside = _text(text, "delText" if change == "del" else "t")
    return f"<w:{change} {_TRACKED}><w:r><w:rPr>{looks}</w:rPr>{inside}</w:r></w:{change}>"


def _text(text: str, tag: str) -> str:
    lines = []
    for line in text.split("\n"):
        pieces = [
            f'<w:{tag} xml:space="preserve">{escape(piece)}</w:{tag}>' if piece else ""
            for piece in line.split("\t")
        ]
        lines.append("<w:tab/>".join(pieces))
    return "<w:br/>".join(lines)


def _table(rows: list[list[Any]]) -> str:
    cells = ("".join(_cell(cell) for cell in row) for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _cell(cell: Any) -> str:
    said = cell if isinstance(cell, dict) else {"text": cell}
    looks = f'<w:gridSpan w:val="{said["columns"]}"/>' if "columns" in said else ""
    if "down" in said:
        looks += f'<w:vMerge w:val="{"restart" if said["down"] == "start" else "continue"}"/>'
    texts = [said["text"]] if isinstance(said["text"], str) else said["text"]
    paragraphs = "".join(_paragraph(text) for text in texts)
    return f"<w:tc><w:tcPr>{looks}</w:tcPr>{paragraphs}</w:tc>"


def _box(blocks: Blocks, markup: str) -> str:
    inside = f"<w:txbxContent>{_blocks(blocks)}</w:txbxContent>"
    old = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
    if markup == "vml":
        return old
    shape = f"<wps:wsp><wps:spPr/><wps:txbx>{inside}</wps:txbx><wps:bodyPr/></wps:wsp>"
    graphic = f'<a:graphic><a:graphicData uri="{_SHAPE}">{shape}</a:graphicData></a:graphic>'
    size = '<wp:extent cx="5400000" cy="900000"/><wp:docPr id="1" name="文本框 1"/>'
    new = f"<w:drawing><wp:inline>{size}{graphic}</wp:inline></w:drawing>"
    fallback = f"<mc:Fallback>{old}</mc:Fallback>" if markup == "both" else ""
    choice = f'<mc:Choice Requires="wps">{new}</mc:Choice>'
    return f"<mc:AlternateContent>{choice}{fallback}</mc:AlternateContent>"


def _styles() -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in _STYLES.items()
    )
    return f"{_HEAD}<w:styles {_SPACES}>{styles}</w:styles>"


def _core(properties: Mapping[str, str]) -> str:
    spaces = (
        f'xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    inside = "".join(
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{value}</dcterms:created>'
        if name == "created"
        else f"<dc:{name}>{escape(value)}</dc:{name}>"
        for name, value in properties.items()
    )
    return f"{_HEAD}<cp:coreProperties {spaces}>{inside}</cp:coreProperties>"


def _relations(targets: Mapping[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="r{number}" Target="{target}" Type="'
        f'{_PACKAGE + "/relationships" if "/" in kind else _OFFICE}/{kind}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(described: Mapping[str, Any]) -> str:
    types = {"/word/document.xml": "document.main", "/word/styles.xml": "styles"}
    types |= {f"/word/{part}.xml": part for part in _PARTS if described[part]}
    lines = "".join(
        f'<Override PartName="{name}" ContentType="{_WORD_TYPE}.{kind}+xml"/>'
        for name, kind in types.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{core}"/>{lines}</Types>'
    )

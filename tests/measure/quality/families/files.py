"""Word and PDF files, made from their own marks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape

from tests.fixtures.pdf import LEFT, RIGHT, STEP, WIDTH, centred, pdf_file
from tests.measure.quality.families.chance import Chance, Draft
from tests.measure.quality.families.rosters import table_rows
from tests.measure.quality.families.texts import Block, Cell, Row, Text, gold

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def word(chance: Chance) -> Draft:
    """A Word file: a title of one or two lines, styles, tables, a page number below."""
    blocks, title = _content(chance)
    split = len(title) > 18 and chance.likely()
    shown = [title[: len(title) // 2], title[len(title) // 2 :]] if split else [title]
    style = chance.pick(("Title", "a", "", ""))
    made = [_centred(line, style) for line in shown]
    for block in blocks:
        if block.form == "table":
            made.append(_table(block))
        else:
            made.append(_paragraph(chance, block))
    footer = f'<w:footerReference r:id="rId1" w:type="default" xmlns:r="{_R}"/>'
    foot = f"<w:sectPr>{footer}</w:sectPr>"
    document = f"<w:document {_W}><w:body>{''.join(made)}{foot}</w:body></w:document>"
    stale = chance.choose(("", "", title, "XXX单位20XX年度材料"))
    return Draft(_docx(document, stale), ".docx", title, gold(blocks))


def _content(chance: Chance) -> tuple[list[Block], str]:
    """The blocks and the title: of a text of the pool, or of a long table."""
    if chance.turn(("text", "table", "text")) == "text":
        text = chance.text()
        return _headed(text), text.title
    title = (
        f"{chance.pick(('清溪县', '临山县'))}{chance.pick(('岗位', '补助', '项目', '考核'))}明细表"
    )
    return [Block("table", rows=tuple(table_rows(chance)))], title


def _headed(text: Text) -> list[Block]:
    number = [Block("verse", text.number)] if text.number else []
    return [*number, *text.blocks]


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text, quote=False)}</w:t></w:r>'


def _centred(text: str, style: str) -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{named}<w:jc w:val="center"/></w:pPr>{_run(text)}</w:p>'


def _paragraph(chance: Chance, block: Block) -> str:
    """A paragraph; a heading by style or by type alone, a long text in several runs."""
    match block.form:
        case "closing":
            properties = '<w:jc w:val="right"/>'
        case "verse":
            properties = '<w:jc w:val="center"/>'
        case "heading":
            properties = '<w:pStyle w:val="1"/>' if chance.likely() else ""
        case _:
            properties = '<w:ind w:firstLineChars="200"/>'
    at = chance.between(0, len(block.text))
    runs = "".join(_run(part) for part in (block.text[:at], block.text[at:]) if part)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _table(block: Block) -> str:
    """A table: a cell that spans rows is merged downwards."""
    rows = []
    for row in block.rows:
        cells = "".join(map(_table_cell, row))
        rows.append(f"<w:tr>{cells}</w:tr>")
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def _table_cell(cell: Cell) -> str:
    merge = ""
    if cell.covered:
        merge = "<w:vMerge/>"
    elif cell.rows > 1:
        merge = '<w:vMerge w:val="restart"/>'
    inner = "".join(f"<w:p>{_run(text)}</w:p>" for text in cell.paragraphs) or "<w:p/>"
    return f"<w:tc><w:tcPr>{merge}</w:tcPr>{inner}</w:tc>"


def _docx(document: str, title: str) -> bytes:
    """The package around a document part; its time stamps are always the same."""
    styles = (
        f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        "</w:styles>"
    )
    footer = f"<w:ftr {_W}><w:p>{_run('— 1 —')}</w:p></w:ftr>"
    core = (
        '<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:cp="{_PACKAGE}/metadata/core-properties"><dc:title>{title}</dc:title>'
        "</cp:coreProperties>"
    )
    kinds = {"document": "document.main", "styles": "styles", "footer1": "footer"}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPES}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
        'Target="docProps/core.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/footer" Target="footer1.xml"/>'
        f'<Relationship Id="rId2" Type="{_R}/styles" Target="styles.xml"/></Relationships>',
        "word/document.xml": document,
        "word/styles.xml": styles,
        "word/footer1.xml": footer,
        "docProps/core.xml": core,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return made.getvalue()


_EM = 16.0
_FIRST = 730.0
Piece = tuple[float, float, float, str]


def pdf(chance: Chance) -> Draft:
    """A PDF: a centred title, indented paragraphs over pages, running heads, page numbers."""
    blocks, title = _content(chance)
    blocks = [_plain(block) for block in blocks]
    head = f"{chance.pick(('清溪县', '云河市'))}公文汇编" if chance.likely() else ""
    # Short pages make a short text go over several.
    setter = _Setter(head, chance.choose((90.0, 400.0, 480.0)))
    half = len(title) // 2
    for line in (title[:half], title[half:]) if len(title) > 20 else (title,):
        x, _, size, text = centred(0.0, line, 20.0)
        setter.line([(x, size, text)])
    for block in blocks:
        setter.block(block)
    return Draft(pdf_file(setter.pages), ".pdf", title, gold(blocks))


def _plain(block: Block) -> Block:
    """The table with as much of each cell as its column holds on one line."""
    if block.form != "table":
        return block
    rows: list[Row] = []
    for row in block.rows:
        rows.append(
            tuple(Cell(tuple(text[:8] for text in cell.paragraphs[:1])) for cell in row[:5])
        )
    return Block("table", rows=tuple(rows))


class _Setter:
    """Sets lines on pages from the top down."""

    def __init__(self, head: str, last: float) -> None:
        self.pages: list[list[Piece]] = []
        self._head = head
        self._last = last
        self._y = 0.0

    def line(self, pieces: Sequence[tuple[float, float, str]]) -> None:
        """Set pieces (x, size, text) on the next line."""
        if self._y < self._last:
            self._turn()
        self.pages[-1] += [(x, self._y, size, text) for x, size, text in pieces]
        self._y -= STEP

    def block(self, block: Block) -> None:
        """Set a paragraph in lines, or each row of a table on a line."""
        if block.form == "table":
            for row in block.rows:
                placed = [(LEFT + 90 * at, 10.0, cell.text) for at, cell in enumerate(row)]
                self.line([piece for piece in placed if piece[2]])
        elif block.form == "closing":
            self.line([(RIGHT - _EM * len(block.text), _EM, block.text)])
        else:
            first = WIDTH - 2
            rest = block.text[first:]
            self.line([(LEFT + 2 * _EM, _EM, block.text[:first])])
            for at in range(0, len(rest), WIDTH):
                self.line([(LEFT, _EM, rest[at : at + WIDTH])])

    def _turn(self) -> None:
        """Begin a page with its running head and its number."""
        number = f"— {len(self.pages) + 1} —"
        page = [centred(40.0, number, 10.0)]
        if self._head:
            page.append((LEFT, 800.0, 9.0, self._head))
        self.pages.append(page)
        self._y = _FIRST

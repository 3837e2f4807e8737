"""Clips as a Word document: what Word and LibreOffice need to show it as it is meant."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from archive.model import Dating
from archive.notes.anchors import Anchor, Source
from archive.notes.clips import Clip
from archive.notes.docx import Line, Style, document
from archive.notes.export import ExportFormat, export_clips
from indexer.readers.docx.reader import read_docx

LINES = [
    Line("我的摘录", Style.TITLE),
    Line("摘录 1", Style.NUMBER),
    Line("全力推进<均衡>发展\x00\ufffe\ud800。\t第二栏", Style.PASSAGE),
    Line("备注：一\n二\x0b三", Style.NOTE),
    Line("", Style.DETAIL),
]


def test_it_reads_back_with_its_styles_fonts_and_page() -> None:
    made = docx.Document(io.BytesIO(document("我的摘录", LINES, language="zh-CN")))
    assert [p.text for p in made.paragraphs] == [
        *("我的摘录", "摘录 1", "全力推进<均衡>发展。\t第二栏", "备注：一\n二\n三", "")
    ]
    styles = [p.style for p in made.paragraphs]
    assert [s.name for s in styles if s] == ["Title", "Heading 1", "Quote", "Note", "Detail"]
    fonts = [s.element.rPr.rFonts.get(qn("w:eastAsia")) for s in styles if s]
    assert fonts == ["黑体", "黑体", "仿宋", "楷体", "宋体"]
    passage = styles[2]
    assert passage
    assert (passage.font.size, passage.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    (section,) = made.sections
    lengths = section.page_width, section.page_height, section.top_margin, section.left_margin
    assert [round(length.mm) for length in lengths if length] == [210, 297, 37, 28]
    about = made.core_properties
    assert (about.title, about.language, about.author) == ("我的摘录", "zh-CN", "")
    assert "\ud800" not in read_docx(document("", LINES, language="zh"), "a.docx").blocks[2].text


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en-US")])
def test_every_part_is_whole_and_names_its_language(language: str, tag: str) -> None:
    packed = document("长" * 300 + "\x00", LINES, language=language)
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        assert package.testzip() is None
        assert {"[Content_Types].xml", "word/document.xml"} <= set(package.namelist())
        styles = package.read("word/styles.xml").decode()
    assert f'<w:lang w:val="{tag}" w:eastAsia="zh-CN"/>' in styles


def test_a_row_is_a_table_of_its_cells() -> None:
    lines = [Line("柳溪中学\t\t128.5", Style.ROW), Line("——《计划》", Style.CREDIT)]
    packed = document("摘录", lines, language="zh-CN")
    (table,) = docx.Document(io.BytesIO(packed)).tables
    assert [cell.text for cell in table.rows[0].cells] == ["柳溪中学", "", "128.5"]
    assert {p.style.name for cell in table.rows[0].cells for p in cell.paragraphs if p.style} == {
        "Cell"
    }


def test_a_row_stands_below_its_heads_and_figures_stay() -> None:
    heads = ("序号", "学校", "增长")
    source = Source("计划", "a.txt", "00", 3, Dating(), heads=heads)
    row = clip_of("2.\t清溪小学\t0.28", source)
    table = "> | 序号 | 学校 | 增长 |\n> | --- | --- | --- |\n> | 2. | 清溪小学 | 0.28 |"
    assert table in export_clips([row], "", ExportFormat.MARKDOWN, "zh").decode()
    made = docx.Document(io.BytesIO(export_clips([row], "", ExportFormat.DOCX, "zh")))
    cells = [[cell.text for cell in one.rows[0].cells] for one in made.tables]
    assert cells == [list(heads), ["2.", "清溪小学", "0.28"]]
    assert "序号 > 学校 > 增长" in export_clips([row], "", ExportFormat.CSV, "zh").decode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2.项目选址意见", "2\\.项目选址意见"),
        ("12) 五", "12\\) 五"),
        ("5.1%", "5\\.1%"),
        ("2019年", "2019年"),
        ("- 甲", "\\- 甲"),
        ("# 甲", "\\# 甲"),
    ],
)
def test_markdown_shows_a_line_as_it_is(text: str, written: str) -> None:
    clip = clip_of(text, Source("计划", "a.txt", "00", 3, Dating()))
    assert f"> {written}\n" in export_clips([clip], "", ExportFormat.MARKDOWN, "zh").decode()


def clip_of(text: str, source: Source) -> Clip:
    return Clip(1, 1, Anchor("a.txt:3", text), source, "", "2026-01-31T09:05:12+00:00", True, "g")

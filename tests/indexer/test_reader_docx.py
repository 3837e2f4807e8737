"""DOCX: paragraphs, headings, automatic numbers, tables, and what is not the text."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer import extract
from indexer.page import Page, PageBlock
from indexer.readers.docx.numerals import format_number
from indexer.readers.docx.reader import read_docx
from tests.fixtures.docx import SPACES, docx, numbered, par, run, table


def read(body: str, **more: object) -> Page:
    return read_docx(docx(body, **more), "a.docx")  # type: ignore[arg-type]


def texts(body: str, **more: object) -> list[str]:
    return [block.text for block in read(body, **more).blocks]


# Paragraphs and headings


def test_headings_are_known_by_their_styles_and_outline_levels() -> None:
    page = read(
        par("总结", "t")
        + par("工作", "1")
        + par("德育", "2")
        + par("体育", "2x")
        + par("正文")
        + par("外线", properties='<w:outlineLvl w:val="2"/>')
        + par("不是标题", "1", '<w:outlineLvl w:val="9"/>')
    )
    assert [block.tag for block in page.blocks] == ["h1", "h1", "h2", "h2", "p", "h3", "p"]


def test_indents_of_the_paragraph_and_of_its_style_are_told() -> None:
    page = read(
        par("甲", "b")
        + par("乙", "b", '<w:ind w:firstLineChars="0"/>')
        + par("丙", properties='<w:ind w:firstLine="640"/>')
        + par("\u3000\u3000丁")
        + par("戊")
    )
    assert [block.indented for block in page.blocks] == [True, False, True, True, False]


def test_breaks_and_signs_inside_a_paragraph() -> None:
    body = "<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t><w:noBreakHyphen/></w:r>"
    split = "<w:r><w:t>四</w:t><w:br w:type='page'/><w:t>五</w:t></w:r>"
    assert texts(par(body) + par(split)) == ["一 二", "三-", "四五"]


def test_deleted_text_is_gone_and_inserted_text_stays() -> None:
    body = (
        run("坚持")
        + f"<w:del>{'<w:r><w:delText>反复</w:delText></w:r>'}{run('旧')}</w:del>"
        + f"<w:ins>{run('立德')}</w:ins><w:moveFrom>{run('移')}</w:moveFrom>{run('树人')}"
    )
    assert texts(par(body)) == ["坚持立德树人"]


def test_paragraphs_whose_border_was_deleted_are_one() -> None:
    border = "<w:rPr><w:del w:id='1'/></w:rPr>"
    assert texts(par("推进义务教育", properties=border) + par("均衡发展。")) == [
        "推进义务教育均衡发展。"
    ]


def test_hidden_text_is_a_hidden_block() -> None:
    blocks = read(par(run("公开") + run("暗记", "<w:vanish/>") + run("的字"))).blocks
    assert [(b.text, b.hidden) for b in blocks] == [("公开的字", False), ("暗记", True)]


def test_text_is_hidden_by_its_style_too() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="h"><w:name w:val="x"/><w:rPr><w:vanish/></w:rPr>'
        '</w:style><w:style w:type="character" w:styleId="i"><w:name w:val="y"/>'
        '<w:basedOn w:val="h"/></w:style><w:style w:type="paragraph" w:styleId="p">'
        '<w:name w:val="z"/><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = par(run("公开") + run("暗记", '<w:rStyle w:val="i"/>') + run("的字")) + par("批注", "p")
    shown = par(run("仍显", '<w:rStyle w:val="h"/><w:vanish w:val="0"/>'))
    parts = {"styles.xml": f"<w:styles {SPACES}>{styles}</w:styles>"}
    blocks = read(body + shown, parts=parts).blocks
    assert [(b.text, b.hidden) for b in blocks] == [
        *(("公开的字", False), ("暗记", True), ("批注", True), ("仍显", False)),
    ]


RAISED = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    ("runs", "text", "cut"),
    [
        (
            [("巩固率达到99.8", ""), ("1", RAISED), ("，比上年提高。", "")],
            "巩固率达到99.8，比上年提高。",
            ("1",),
        ),
        ([("产值", ""), ("[", RAISED), ("2]", RAISED), ("1761亿元", "")], "产值1761亿元", ("[2]",)),
        ([("投资1.2×10", ""), ("5", RAISED), ("万元", "")], "投资1.2×10^5万元", ()),
        ([("面积900 m", ""), ("2", RAISED)], "面积900 m²", ()),
        ([("CO", ""), ("2", '<w:vertAlign w:val="subscript"/>'), ("排放", "")], "CO2排放", ()),
        ([("见附表", ""), ("3", '<w:rStyle w:val="n"/>'), ("。", "")], "见附表。", ("3",)),
    ],
)
def test_raised_marks_never_touch_a_figure(
    runs: list[tuple[str, str]], text: str, cut: tuple[str, ...]
) -> None:
    style = f'<w:style w:type="character" w:styleId="n"><w:rPr>{RAISED}</w:rPr></w:style>'
    parts = {"styles.xml": f"<w:styles {SPACES}>{style}</w:styles>"}
    body = "".join(run(*piece) for piece in runs)
    (block,) = read(par(body), parts=parts).blocks
    assert (block.text, block.cut) == (text, cut)
    row = read(table([par("甲"), par(body)]), parts=parts).blocks[0]
    assert (row.text, row.cut) == (f"甲\t{text}", cut)


def test_exponents_and_fractions_of_formulas_are_told_apart() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def t(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:oMath {m}><m:sSup><m:e>{t('10')}</m:e><m:sup>{t('5')}</m:sup></m:sSup></m:oMath>"
    half = f"<m:oMath {m}><m:f><m:num>{t('1')}</m:num><m:den>{t('2')}</m:den></m:f></m:oMath>"
    assert texts(par(run("共") + power + run("件，") + half)) == ["共10^5件，1/2"]


def test_fields_give_their_results_and_not_their_instructions() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>'
        + run("PAGE")
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("2021年")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + run("工作")
    )
    assert texts(par(field)) == ["2021年工作"]


def test_a_link_is_told_by_its_share_of_the_text() -> None:
    linked = par(f'<w:hyperlink r:id="r9">{run("更多范文")}</w:hyperlink>')
    assert read(linked).blocks[0].link_density == 1.0


def test_readings_above_the_characters_are_left_out() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('chóng')}</w:rt><w:rubyBase>{run('重')}</w:rubyBase></w:ruby>"
    assert texts(par(ruby + "</w:r>" + run("庆"))) == ["重庆"]


def test_a_text_box_is_read_once_and_behind_its_paragraph() -> None:
    box = f"<w:txbxContent>{par('框中')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(par(run("上") + drawing) + par("下")) == ["上", "框中", "下"]


# Numbers


def test_automatic_numbers_are_written_out() -> None:
    body = (
        numbered("工作", 0)
        + numbered("德育", 1)
        + numbered("招生。", 2)
        + numbered("考试。", 2)
        + numbered("智育", 1)
        + numbered("体育。", 2)
        + numbered("打算", 0)
        + numbered("美育", 1)
        + numbered("细目", 3)
    )
    assert texts(body) == [
        *("一、工作", "（一）德育", "1.招生。", "2.考试。", "（二）智育", "1.体育。"),
        *("二、打算", "（一）美育", "2.1.1 细目"),
    ]


def test_numbers_come_from_styles_and_can_be_taken_away() -> None:
    none = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = par("工作", "1") + par("德育", "2x") + par("附件", "1", none) + par("打算", "1")
    assert texts(body) == ["一、工作", "（一）德育", "附件", "二、打算"]


def test_a_list_may_begin_again_and_bullets_print_no_number() -> None:
    body = numbered("甲", 0) + numbered("乙", 0, 3) + numbered("丙", 0, 3) + numbered("丁", 0, 2)
    assert texts(body + numbered("总则", 1, 2)) == [
        "一、甲",
        "一、乙",
        "二、丙",
        "丁",
        "第1条 总则",
    ]


def test_a_deleted_paragraph_is_not_counted() -> None:
    gone = par(
        f"<w:del>{run('旧')}</w:del>",
        properties='<w:rPr><w:del/></w:rPr><w:numPr><w:numId w:val="1"/></w:numPr>',
    )
    assert texts(numbered("甲", 0) + gone + numbered("乙", 0)) == ["一、甲", "二、乙"]


@pytest.mark.parametrize(
    ("value", "name", "printed"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (110, "japaneseCounting", "一百一十"),
        (1001, "taiwaneseCountingThousand", "一千零一"),
        (20, "ideographDigital", "二〇"),
        (3, "ideographTraditional", "丙"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (28, "lowerLetter", "bb"),
        (4, "upperRoman", "IV"),
        (20, "decimalEnclosedCircleChinese", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (7, "decimalZero", "07"),
        (12, "decimalFullWidth", "１２"),
        (-1, "lowerRoman", "-1"),
        (5, "hebrew1", "5"),
    ],
)
def test_number_formats(value: int, name: str, printed: str) -> None:
    assert format_number(value, name) == printed


# Tables


def rows(*tables: str, **more: object) -> list[str]:
    """The rows that are read, their cells parted by |."""
    blocks = read("".join(tables), **more).blocks
    return [block.text.replace("\t", "|") for block in blocks if block.row]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{par(text)}</w:tc>"


def grid(*lines: list[str]) -> str:
    """A table of cells that bring their own properties."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(line)}</w:tr>" for line in lines) + "</w:tbl>"


def test_a_row_is_one_block_of_its_cells() -> None:
    body = table([par("学校"), par("人数")], [par("一中"), par("1200")], [par("二中"), par("")])
    assert [(b.text, b.tag) for b in read(body).blocks] == [
        ("学校\t人数", "tr"),
        ("一中\t1200", "tr"),
        ("二中\t", "tr"),
    ]


def test_the_paragraphs_and_lines_of_a_cell_are_joined() -> None:
    lines = par("<w:r><w:t>文秘岗</w:t><w:br/><w:t>科员</w:t></w:r>")
    body = table([par("1"), par("大学本科") + par("") + par("硕士"), lines, par("12")])
    assert rows(body) == ["1|大学本科 硕士|文秘岗 科员|12"]
    long = "限期整改到位，并建立长效机制。" * 6
    scored = table([par("内容"), par("分值")], [par(long) + par(long) + par(long), par("10")])
    assert rows(scored)[1] == f"{long} {long} {long}|10"


def test_cells_over_several_columns_and_rows_stand_once() -> None:
    top, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = grid(
        [
            cell("学段", top),
            cell("人数", '<w:gridSpan w:val="2"/>'),
        ],
        [cell("", below), cell("男"), cell("女")],
        [cell("初中"), cell("46"), cell("820")],
    )
    assert rows(body) == ["学段|人数|", "|男|女", "初中|46|820"]
    indented = "<w:tbl><w:tr><w:trPr><w:gridBefore w:val='1'/><w:gridAfter w:val='2'/></w:trPr>"
    cells = "".join(f"<w:tc>{par(text)}</w:tc>" for text in ("甲", "乙"))
    assert rows(f"{indented}{cells}</w:tr></w:tbl>") == ["|甲|乙||"]


def test_what_the_lower_part_of_a_cell_hides_is_a_hidden_block() -> None:
    merged = cell("旧名", "<w:vMerge/>")
    blocks = read(grid([merged, cell("甲"), cell("7")])).blocks
    assert [(b.text, b.hidden) for b in blocks] == [("\t甲\t7", False), ("旧名", True)]


def test_tracked_changes_in_cells_are_accepted() -> None:
    changed = par(f"<w:del><w:r><w:delText>40</w:delText></w:r></w:del><w:ins>{run('46')}</w:ins>")
    joined = par("第一", properties="<w:rPr><w:del/></w:rPr>") + par("中学")
    assert rows(table([joined, changed, par("820")])) == ["第一中学|46|820"]
    gone = "<w:tbl><w:tr><w:trPr><w:del/></w:trPr>" + "<w:tc/>" * 2 + "</w:tr></w:tbl>"
    assert texts(gone.replace("<w:tc/>", f"<w:tc>{par('旧')}</w:tc>")) == []
    deleted = cell("旧", "<w:cellDel/>")
    assert rows(grid([cell("甲"), deleted, cell("5")])) == ["甲|5"]


def test_controls_around_rows_cells_and_their_text_change_nothing() -> None:
    def controlled(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    row = (
        f"<w:tr><w:tc>{par('甲')}</w:tc>{controlled(cell('3'))}"
        f"<w:tc>{controlled(par('人'))}</w:tc><w:tc><w:p>{controlled(run('备'))}</w:p></w:tc></w:tr>"
    )
    assert rows(f"<w:tbl>{controlled(row)}{row}</w:tbl>") == ["甲|3|人|备"] * 2


def test_boxes_and_tables_in_cells_come_behind_the_row() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{par('框中')}</w:txbxContent></w:pict></w:r>"
    inner = table([par("男"), par("20")], [par("女"), par("26")])
    body = table([par("一中"), par(run("46") + box)], [par("其中") + inner, par("46")])
    assert [block.text for block in read(body).blocks] == [
        *("一中\t46", "框中", "其中\t46", "男\t20", "女\t26"),
    ]


def test_automatic_numbers_of_rows_are_written_and_told() -> None:
    body = table(*([numbered("", 2), par(name)] for name in ("甲", "乙")))
    blocks = read(body).blocks
    assert [(b.text, b.added) for b in blocks] == [("1.\t甲", "1."), ("2.\t乙", "2.")]
    assert [(b.text, b.added) for b in read(numbered("工作", 0)).blocks] == [("一、工作", "一、")]


def test_a_frame_around_text_is_no_row() -> None:
    long = "坚持立德树人根本任务，推进义务教育优质均衡发展，办好人民满意的教育。" * 2
    assert rows(table([par(long) + par(long), par(long) + par(long)])) == []
    form = table([par("事迹"), (par(long) * 4)], [par("意见"), par("同意")], [par("日期"), par("")])
    assert texts(form) == ["事迹", *[long] * 4, "意见\t同意", "日期\t"]
    assert rows(table([par("甲")], [par("乙")])) == []


def test_a_text_whose_last_border_was_deleted_is_kept() -> None:
    assert texts(par("末段。", properties="<w:rPr><w:del/></w:rPr>")) == ["末段。"]


def test_a_whole_document_in_one_cell_is_paragraphs() -> None:
    assert texts(table([par("一、工作") + par("正文。")])) == ["一、工作", "正文。"]


# What is not the text


def margin(name: str, text: str) -> str:
    return f"<w:{name} {SPACES}>{par(text)}</w:{name}>"


def labelled(page: Page) -> list[tuple[str, str | None]]:
    return [(block.text, block.rule) for block in extract.label(page).blocks]


def test_page_headers_and_footers_are_labelled_and_stand_once() -> None:
    sentence = "坚持立德树人根本任务，推进义务教育优质均衡发展。"
    page = read(
        par(sentence),
        parts={
            "header1.xml": margin("hdr", "云溪县教育局"),
            "header2.xml": margin("hdr", "云溪县教育局"),
            "footer1.xml": margin("ftr", "第 1 页"),
        },
    )
    rules = dict(labelled(page))
    assert [text for text, _ in labelled(page)] == ["云溪县教育局", sentence, "第 1 页"]
    assert rules[sentence] is None
    assert rules["云溪县教育局"] is not None
    assert rules["第 1 页"] is not None


def test_a_table_of_contents_is_labelled() -> None:
    sentence = "坚持立德树人根本任务，推进义务教育优质均衡发展。"
    linked = par(f'<w:hyperlink w:anchor="_Toc1">{run("一、工作 3")}</w:hyperlink>')
    rules = dict(labelled(read(par("二、打算\u30005", "c1") + linked + par(sentence))))
    assert rules[sentence] is None
    assert rules["一、工作 3"] is not None
    assert rules["二、打算 5"] is not None


def test_footnotes_come_behind_the_text_without_their_separators() -> None:
    notes = (
        f'<w:footnotes {SPACES}><w:footnote w:type="separator">{par("线")}</w:footnote>'
        f"<w:footnote>{par('见附件。')}</w:footnote></w:footnotes>"
    )
    assert texts(par("正文。"), parts={"footnotes.xml": notes}) == ["正文。", "见附件。"]


def test_an_embedded_page_is_read_once() -> None:
    chunk = '<w:altChunk r:id="r2"/>' * 3
    inner = "<html><meta charset=utf-8><h1>总结</h1><p>正文。</p></html>"
    assert texts(chunk, parts={"chunk.html": inner}) == ["总结", "正文。"]


def test_an_embedded_document_is_read_but_nothing_embedded_in_it() -> None:
    chunk = '<w:altChunk r:id="r2"/>'
    innermost = docx(par("最里。"))
    inner = docx(par("里面。") + chunk, parts={"chunk.docx": innermost})
    page = read(par("外面。") + chunk, parts={"chunk.docx": inner})
    assert [block.text for block in page.blocks if not block.hidden] == ["外面。", "里面。"]


def test_what_is_embedded_in_another_form_is_said() -> None:
    page = read(par("正文。") + '<w:altChunk r:id="r2"/>', parts={"chunk.rtf": "{\\rtf1 x}"})
    assert [(block.text, block.hidden) for block in page.blocks] == [
        ("正文。", False),
        ("内嵌文件未读取：word/chunk.rtf", True),
    ]


DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def drawn(*words: str) -> str:
    return "".join(
        f'<a:p xmlns:a="{DRAWING}/main"><a:r><a:t>{word}</a:t></a:r></a:p>' for word in words
    )


def drawing(inner: str) -> str:
    return par(f"<w:r><w:drawing>{inner}</w:drawing></w:r>")


def test_the_words_of_a_diagram_are_read() -> None:
    data = f'<d:dataModel xmlns:d="{DRAWING}/diagram">{drawn("受理申请", "公示10日")}</d:dataModel>'
    refers = f'<d:relIds xmlns:d="{DRAWING}/diagram" r:dm="r2"/>'
    page = read(drawing(refers) + par("正文。"), parts={"diagramData1.xml": data})
    assert [block.text for block in page.blocks] == ["受理申请", "公示10日", "正文。"]
    assert page.warnings == ()


def test_a_chart_gives_its_title_and_is_said_to_be_unread() -> None:
    chart = (
        f'<c:chart xmlns:c="{DRAWING}/chart">{drawn("招生人数")}'
        "<c:pt><c:v>2021</c:v></c:pt> <c:pt><c:v>46</c:v></c:pt></c:chart>"
    )
    refers = f'<c:chart xmlns:c="{DRAWING}/chart" r:id="r2"/>'
    page = read(drawing(refers), parts={"chart1.xml": chart})
    assert [(b.text, b.hidden, b.added) for b in page.blocks] == [
        ("招生人数", False, ""),
        ("图表未读取：2021 46", True, "图表未读取："),
    ]
    assert page.warnings == ("unread",)


PICTURE = drawing(f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="pic"/></a:graphic>')


def test_a_document_of_pictures_says_so() -> None:
    preview = par('<w:r><w:pict><v:shape><v:imagedata r:id="r9"/></v:shape></w:pict></w:r>')
    page = read(PICTURE + preview + par("附件1"))
    assert page.warnings == ("pictures",)
    assert [b.text for b in page.blocks if b.hidden] == ["图片 2 张，图中文字未读取"]


def test_pictures_in_a_text_are_counted_and_shapes_are_none() -> None:
    shape = drawing(f"<s:wsp xmlns:s='s'><w:txbxContent>{par('框中')}</w:txbxContent></s:wsp>")
    page = read(par("推进义务教育优质均衡发展。") + PICTURE + shape)
    assert page.warnings == ()
    assert page.blocks[-1] == PageBlock(
        *("图片 1 张，图中文字未读取", "p", ("embedded",)),
        hidden=True,
        added="图片 1 张，图中文字未读取",
    )


def test_comments_are_hidden_blocks() -> None:
    comments = f"<w:comments {SPACES}><w:comment>{par('此处核实')}</w:comment></w:comments>"
    blocks = read(par("正文。"), parts={"comments.xml": comments}).blocks
    assert [(b.text, b.hidden) for b in blocks] == [("正文。", False), ("此处核实", True)]


# Titles


@pytest.mark.parametrize(
    ("stated", "printed", "title"),
    [
        ("教育工作总结", "云溪县教育工作总结", "云溪县教育工作总结"),
        ("2009年财政工作总结", "云溪县2021年教育工作总结", "云溪县2021年教育工作总结"),
        ("关于招生工作的通知", "", "关于招生工作的通知"),
        ("Word 文档", "", None),
        ("", "", None),
    ],
)
def test_the_title_is_the_printed_one_before_a_stale_property(
    stated: str, printed: str, title: str | None
) -> None:
    centred = par(printed, properties='<w:jc w:val="center"/>') if printed else ""
    letterhead = par("云溪县教育局文件", properties='<w:jc w:val="center"/>')
    assert read(letterhead + centred + par("各学校："), title=stated).title == title


# Hostile files


@pytest.mark.parametrize("cut", [0, 4, 200, -10])
def test_a_damaged_package_is_refused(cut: int) -> None:
    whole = docx(par("正文"))
    with pytest.raises(SourceError, match="damaged"):
        read_docx(whole[:cut], "a.docx")


def test_a_package_without_a_document_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "a")
    with pytest.raises(SourceError, match="damaged"):
        read_docx(stream.getvalue(), "a.docx")


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    data = docx(" " * 60_000_000)
    assert len(data) < 100_000
    with pytest.raises(SourceError, match="unpacks beyond the limits"):
        read_docx(data, "a.docx")


def test_a_size_that_lies_inflates_no_further_than_it_says() -> None:
    data = docx(" " * 60_000_000)
    honest = len(f"<w:document {SPACES}><w:body></w:body></w:document>") + 60_000_000
    lying = data.replace(honest.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(SourceError, match="damaged"):
        read_docx(lying, "a.docx")


@pytest.mark.parametrize(("levels", "said"), [(10, "amplification"), (2, "declares XML entities")])
def test_entities_are_refused_whether_they_multiply_or_not(levels: int, said: str) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)
    )
    styles = f"<!DOCTYPE x [{entities}]><w:styles {SPACES}>&a{levels - 1};</w:styles>"
    with pytest.raises(SourceError, match=said):
        read(par("正文"), parts={"styles.xml": styles})


def test_ten_thousand_nested_tables_are_refused() -> None:
    depth = 10_000
    body = "<w:tbl><w:tr><w:tc>" * depth + par("深") + "</w:tc></w:tr></w:tbl>" * depth
    with pytest.raises(SourceError, match="damaged"):
        read(body)


def test_tables_nested_as_deep_as_the_parser_allows_are_read() -> None:
    assert texts("<w:tbl><w:tr><w:tc>" * 80 + par("深") + "</w:tc></w:tr></w:tbl>" * 80) == ["深"]


def test_styles_in_a_circle_end() -> None:
    circle = "".join(
        f'<w:style w:styleId="{a}"><w:name w:val="x"/><w:basedOn w:val="{b}"/></w:style>'
        for a, b in ("12", "21")
    )
    styles = f"<w:styles {SPACES}>{circle}</w:styles>"
    assert read(par("正文", "1"), parts={"styles.xml": styles}).blocks == (PageBlock("正文"),)


def test_an_encrypted_part_is_named_as_such() -> None:
    data = bytearray(docx(par("正文")))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    with pytest.raises(SourceError, match="encrypted"):
        read_docx(bytes(data), "a.docx")


# From the file to the answer


def test_an_imported_document_is_found_under_its_headings(tmp_path: Path) -> None:
    source = tmp_path / "总结.docx"
    source.write_bytes(
        docx(
            par("云溪县2021年教育工作总结", properties='<w:jc w:val="center"/>')
            + par("主要工作", "1")
            + par("推进均衡发展", "2")
            + par("全县新建学校12所，控辍保学成效显著，义务教育巩固率稳步提高。", "b")
            + par("下一步打算", "1")
            + par("我们将继续加大投入，办好人民满意的教育，让每个孩子有学上。", "b")
        )
    )
    home = tmp_path / "home"
    home.mkdir()

    def xianli(*arguments: str) -> str:
        command = [sys.executable, "-m", "archive", "--home", str(home), *arguments]
        return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout

    xianli("import", str(source))
    (hit,) = json.loads(xianli("search", '"控辍保学"', "--json"))["hits"]
    assert hit["title"] == "云溪县2021年教育工作总结"
    assert hit["heading_path"] == ["一、主要工作", "（一）推进均衡发展"]
    assert hit["year"] == 2021

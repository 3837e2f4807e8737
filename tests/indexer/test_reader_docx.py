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


def test_a_row_of_short_cells_is_one_block() -> None:
    rows = table([par("学校"), par("人数")], [par("一中"), par("1200")])
    assert [(b.text, b.tag) for b in read(rows).blocks] == [
        ("学校 人数", "tr"),
        ("一中 1200", "tr"),
    ]


def test_cells_with_text_keep_their_paragraphs_in_reading_order() -> None:
    rows = table([par("甲一") + par("甲二"), par("长" * 80)], [table([par("内")]), par("外")])
    assert texts(rows) == ["甲一", "甲二", "长" * 80, "内", "外"]


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

"""PDF: the rows of tables, with rules around their cells and without, over pages too."""

from __future__ import annotations

import pytest

from indexer.page import Page
from indexer.readers.pdf.reader import read_pdf
from tests.fixtures.pdf import EM, LEFT, STEP, TOP, Text, grid, pdf_file, sentences, typeset

XS = (60.0, 160.0, 330.0, 430.0, 540.0)
HEAD = ("职位代码", "部门名称", "人数", "成绩")


def cells(top: float, *rows: tuple[str, ...], step: float = STEP) -> list[Text]:
    """Rows whose cells begin 4 points right of XS."""
    return [
        (XS[column] + 4, top - number * step, 12.0, text)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    ]


def records(first: int, last: int) -> list[tuple[str, ...]]:
    return [
        (f"2200402010{n:02}", "清溪市乡镇", f"{n}", f"{100 + n}.5{n % 10}")
        for n in range(first, last)
    ]


def rows(page: Page) -> list[tuple[str, ...]]:
    return [tuple(block.text.split("\t")) for block in page.blocks if block.row and not block.path]


def ruled(*pages: list[Text], lines: int) -> bytes:
    ys = [TOP + 20 - n * STEP for n in range(lines + 1)]
    return pdf_file(pages, extra=grid(XS, ys))


@pytest.mark.parametrize("has_rules", [True, False])
def test_rows_over_pages_are_no_running_heads_and_their_head_comes_once(has_rules: bool) -> None:
    every = records(1, 61)
    pages = [cells(TOP, HEAD, *every[at : at + 20]) for at in range(0, 60, 20)]
    data = ruled(*pages, lines=21) if has_rules else pdf_file(pages)
    page = read_pdf(data, "a.pdf")
    assert rows(page) == [HEAD, *every]
    assert page.title is None
    again = [block for block in page.blocks if block.path]
    assert [block.path[-1] for block in again] == ["table-head"] * 2
    assert {block.text for block in again} == {"\t".join(HEAD)}


def test_a_row_alone_on_the_next_page_is_a_row() -> None:
    every = records(1, 22)
    page = read_pdf(pdf_file([cells(TOP, HEAD, *every[:-1]), cells(TOP, every[-1])]), "a.pdf")
    assert rows(page) == [HEAD, *every]


def test_page_numbers_and_running_heads_beside_a_table_stay_what_they_are() -> None:
    every = records(1, 41)
    pages = [
        [
            (LEFT, 800.0, 9.0, "清溪市公务员局"),
            (400.0, 800.0, 9.0, "录用公示"),
            *cells(740, *every[at : at + 20]),
            (280.0, 40.0, 9.0, f"— {at // 20 + 1} —"),
        ]
        for at in (0, 20)
    ]
    page = read_pdf(pdf_file(pages), "a.pdf")
    assert rows(page) == every
    kinds = [block.path[-1] for block in page.blocks if block.path]
    assert sorted(kinds) == ["page-header"] * 2 + ["page-number"] * 2


def test_lines_that_differ_in_figures_only_are_running_heads_where_these_count_pages() -> None:
    pages = typeset(sentences(60))
    for n, page in enumerate(pages, 1):
        page.insert(0, (LEFT, 810.0, 9.0, f"清溪市文件汇编 第{n}页"))
        page.append((LEFT, 60.0, EM, f"附注：本页共{n * n + 7}项"))
    blocks = read_pdf(pdf_file(pages), "a.pdf").blocks
    kinds = [block.path[-1] for block in blocks if block.path]
    assert kinds == ["page-header"] * len(pages)


def test_empty_cells_and_spans_keep_their_places() -> None:
    rules = "".join(f"{XS[0]} {y} m {XS[-1]} {y} l S\n" for y in (760, 670, 640))
    # The first cell is two rows high, the head over the last two columns one row.
    rules += f"{XS[1]} 730 m {XS[-1]} 730 l S\n{XS[1]} 700 m {XS[-1]} 700 l S\n"
    rules += "".join(f"{x} 640 m {x} 760 l S\n" for x in (XS[0], XS[1], XS[2], XS[4]))
    rules += f"{XS[3]} 640 m {XS[3]} 730 l S\n"
    texts = [
        (64.0, 710.0, 12.0, "单位"),
        (164.0, 740.0, 12.0, "类别"),
        (400.0, 740.0, 12.0, "人数"),
        (334.0, 710.0, 12.0, "男"),
        (434.0, 710.0, 12.0, "女"),
        (164.0, 680.0, 12.0, "教师"),
        (434.0, 680.0, 12.0, "820"),
        (64.0, 650.0, 12.0, "第二中学"),
        (334.0, 650.0, 12.0, "46"),
    ]
    page = read_pdf(pdf_file([texts], extra=rules), "a.pdf")
    assert rows(page) == [
        ("单位", "类别", "人数", ""),
        ("", "", "男", "女"),
        ("", "教师", "", "820"),
        ("第二中学", "", "46", ""),
    ]


@pytest.mark.parametrize("has_rules", [True, False])
def test_lines_of_one_cell_are_one_cell(has_rules: bool) -> None:
    long = "完成整改并建立台账报市教育局备案"
    texts = cells(TOP, HEAD, step=STEP)
    for n in range(1, 5):
        y = TOP - n * 1.5 * STEP
        texts += cells(y, (f"{n}", "", f"{n * 37}", "优秀"))
        texts += [(XS[1] + 4, y + 8, 12.0, long[:13]), (XS[1] + 4, y - 8, 12.0, long[13:])]
    ys = [TOP + 20, *(TOP + 22 - n * 1.5 * STEP for n in range(1, 6))]
    data = pdf_file([texts], extra=grid(XS, ys) if has_rules else "")
    assert rows(read_pdf(data, "a.pdf")) == [
        HEAD,
        *((f"{n}", long, f"{n * 37}", "优秀") for n in range(1, 5)),
    ]


def test_figures_of_two_lines_of_a_cell_are_not_run_together() -> None:
    texts = [*cells(TOP, ("甲校", "", "46"), ("乙校", "", "8")), (XS[2] + 4, TOP - 12, 12.0, "820")]
    page = read_pdf(ruled(texts, lines=2), "a.pdf")
    assert rows(page) == [("甲校", "", "46 820", ""), ("乙校", "", "8", "")]


def test_rows_without_rules_between_them_stay_apart() -> None:
    frame = grid(XS, [TOP + 20, TOP - 10, TOP - 10 - 6 * STEP])
    page = read_pdf(pdf_file([cells(TOP, HEAD, *records(1, 7))], extra=frame), "a.pdf")
    assert rows(page) == [HEAD, *records(1, 7)]


def test_note_marks_in_cells_are_cut() -> None:
    texts = cells(TOP, HEAD, ("1", "教师", "46", "9.5"), ("2", "学生", "820", "8.5"))
    texts.append((XS[2] + 4 + 2 * 12 * 0.46, TOP - STEP + 4, 7.0, "2"))
    page = read_pdf(ruled(texts, lines=3), "a.pdf")
    assert rows(page)[1] == ("1", "教师", "46", "9.5")
    assert page.blocks[1].cut == ("2",)


def test_text_in_a_frame_is_no_table() -> None:
    wanted = sentences(4)
    lines = typeset(wanted)
    frame = grid((60, 530), (790, 100))
    page = read_pdf(pdf_file(lines, extra=frame), "a.pdf")
    assert [block.text for block in page.blocks] == wanted
    assert rows(page) == []


def test_numbers_of_headings_and_signatures_are_no_rows() -> None:
    texts: list[Text] = []
    for n, name in enumerate(("总则", "职责", "附则")):
        y = TOP - n * STEP
        texts += [(LEFT, y, EM, f"第{'一二三'[n]}章"), (LEFT + 5 * EM, y, EM, name)]
    texts += [(LEFT + 30, 500, EM, "清溪市教育局"), (LEFT + 250, 500, EM, "清溪市财政局")]
    texts += [(LEFT + 250, 500 - STEP, EM, "2021年3月5日")]
    page = read_pdf(pdf_file([texts]), "a.pdf")
    assert rows(page) == []
    assert [block.text for block in page.blocks][:2] == ["第一章 总则", "第二章 职责"]


def test_entries_of_a_list_of_contents_are_labelled() -> None:
    texts = [
        (LEFT, TOP - n * STEP, EM, f"{name}{'.' * 40}{3 * n + 1}")
        for n, name in enumerate(("总则", "机构和职责", "附则"))
    ]
    page = read_pdf(pdf_file([texts, *typeset(sentences(4))]), "a.pdf")
    assert [block.path for block in page.blocks[:4]] == [("nav", "contents")] * 3 + [()]


@pytest.mark.parametrize("name", ["表1 各校专项资金", "图3-2 分布情况", "续表2 各校专项资金"])
def test_names_of_tables_are_captions(name: str) -> None:
    text = sentences(3)
    page = read_pdf(pdf_file(typeset([text[0], name, *text[1:]])), "a.pdf")
    assert [(block.text, block.tag) for block in page.blocks][1] == (name, "caption")
    told = "表1所列各校的专项资金由市教育局负责安排，各校要管好用好。"
    page = read_pdf(pdf_file(typeset([text[0], told, *text[1:]])), "a.pdf")
    assert [block.tag for block in page.blocks] == ["p"] * 4

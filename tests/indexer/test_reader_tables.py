"""Tables of HTML: a row is one block of cells, a table that lays out a page is text."""

from __future__ import annotations

import pytest

from indexer.readers.html.reader import parse_html

LONG = (
    "各校要按月核对食堂台账，逐项登记采购、留样和检查情况，发现问题的立即整改，整改结果报县教育局备案，"
    "并在校内显著位置公示一周。"
)


def rows(html: str) -> list[list[str]]:
    return [block.text.split("\t") for block in parse_html(html).blocks if block.row]


def texts(html: str) -> list[str]:
    return [block.text for block in parse_html(html).blocks if not block.row]


def table(*lines: str, head: str = "") -> str:
    return f"<table {head}>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def cells(*values: str, tag: str = "td") -> str:
    return "".join(f"<{tag}>{value}</{tag}>" for value in values)


def test_empty_cells_keep_their_columns() -> None:
    made = table(
        cells("单位", "人数", "备注", tag="th"), cells("一中", "", "新建"), cells("", "9", "")
    )
    assert rows(made) == [["单位", "人数", "备注"], ["一中", "", "新建"], ["", "9", ""]]


@pytest.mark.parametrize(
    "cell",
    ["<p>第一中学</p><p>（含分校）</p>", "第一中学<br>（含分校）", "<div>第一中学</div>（含分校）"],
)
def test_paragraphs_of_a_cell_are_joined_by_a_space(cell: str) -> None:
    made = table(cells("单位", "教师", "学生"), cells(cell, "<p>46</p>", "<p><b>8</b>20</p>"))
    assert rows(made)[1] == ["第一中学 （含分校）", "46", "820"]


def test_spanning_cells_are_written_once_in_their_first_place() -> None:
    made = table(
        '<td rowspan="2">单位</td><td colspan="2">人数</td>',
        cells("教师", "学生"),
        '<td rowspan="2">一中</td>' + cells("46", "820"),
        cells("47", "830"),
        '<td colspan="3">合计两行</td>',
    )
    assert rows(made) == [
        ["单位", "人数", ""],
        ["", "教师", "学生"],
        ["一中", "46", "820"],
        ["", "47", "830"],
        ["合计两行", "", ""],
    ]


def test_rows_under_spanning_cells_are_as_wide_as_the_others() -> None:
    pairs = ('<td rowspan="2">一中</td>' + cells("46", "<p>甲</p><p>乙</p>"), cells("47", "丙"))
    assert [len(row) for row in rows(table(*pairs, *pairs, *pairs))] == [3] * 6


def test_columns_in_which_no_cell_begins_are_not_counted() -> None:
    made = table(
        '<td colspan="4">甲</td><td colspan="8">乙</td>', '<td colspan="4">1</td><td>2</td>'
    )
    assert rows(made) == [["甲", "乙"], ["1", "2"]]


def test_rows_of_a_table_inside_follow_the_row_around_it() -> None:
    inner = table(cells("班", "人"), cells("一班", "40"))
    made = table(
        cells("学校", "各班", tag="th"), cells("一中", f"见表{inner}完"), cells("二中", "无")
    )
    assert rows(made) == [
        ["学校", "各班"],
        ["一中", "见表 完"],
        ["班", "人"],
        ["一班", "40"],
        ["二中", "无"],
    ]
    wrapped = table(cells("学校", "人", tag="th"), cells("一中", table(cells("40"))))
    assert rows(wrapped)[1] == ["一中", "40"]


def test_what_was_cut_inside_a_hidden_piece_is_cut_too() -> None:
    hidden = "<div hidden>见9人<sup>[1]</sup></div>"
    block = parse_html(table(cells("名", "数", tag="th"), cells(f"甲{hidden}", "8"))).blocks[1]
    assert (block.text, block.cut) == ("甲\t8", ("见9人", "[1]"))


def test_a_caption_is_a_block_of_its_own() -> None:
    made = f"<table><caption>表1 学校情况</caption><tr>{cells('一中', '46')}</tr></table>"
    assert (texts(made), rows(made)) == (["表1 学校情况"], [["一中", "46"]])


@pytest.mark.parametrize("head", ["", 'border="1"'])
def test_a_long_cell_beside_its_figures_is_a_row(head: str) -> None:
    made = table(cells("考核内容", "分值", "得分"), cells(LONG, "10", "8"), head=head)
    assert rows(made)[1] == [LONG, "10", "8"]
    many = "".join(f"<p>{number}.{LONG}</p>" for number in range(3))
    made = table(*(cells(f"{n}", many, "5") for n in range(4)))
    assert [row[2] for row in rows(made)] == ["5"] * 4


def test_a_hidden_row_is_hidden_and_a_hidden_cell_is_cut() -> None:
    made = table(cells("甲", "乙"), cells("1", "2") + "<td hidden>密</td>", cells("3", "4"))
    blocks = parse_html(made.replace("<tr><td>3", '<tr style="display:none"><td>3')).blocks
    assert [(b.text, b.hidden, b.cut) for b in blocks] == [
        ("甲\t乙", False, ()),
        ("1\t2", False, ("密",)),
        ("3\t4", True, ()),
    ]


@pytest.mark.parametrize(
    "page",
    [
        table(cells("菜单<br>首页<br>专题", "".join(f"<p>{LONG}</p>" for _ in range(4)))),
        table(
            cells("<a href=a>一</a>", "<a href=b>二</a>"),
            cells("".join([LONG, "<br>"] * 9), "广告"),
        ),
        table(cells(f"<h1>通知</h1><p>{LONG}</p>", "日历"), cells(f"<p>{LONG}</p>", "天气")),
        table(cells(LONG), cells(LONG), cells(LONG)),
        table(cells(LONG, LONG), cells(LONG, LONG), head="role=presentation"),
    ],
    ids=["menu", "breaks", "headings", "column", "role"],
)
def test_a_table_that_lays_out_a_page_is_text(page: str) -> None:
    assert LONG in texts(page)


@pytest.mark.parametrize(
    "page",
    [
        table(cells("第一章", "总　则")),
        table(cells("第一章　总　则")) + f"<p>{LONG}</p>",
        table(cells("第二章", "附　则"), cells(f"第九条　{LONG}")),
    ],
)
def test_a_chapter_set_in_a_table_is_a_heading(page: str) -> None:
    assert not rows(page)
    assert "".join(texts(page)).replace(" ", "")[3:5] in ("总则", "附则")


def test_spans_beyond_reason_swell_nothing() -> None:
    made = table('<td colspan="99999" rowspan="99999">甲</td><td>乙</td>', cells("1", "2"))
    assert rows(made) == [["甲", "乙"], ["", "", "1", "2"]] or len(rows(made)) == 2
    assert sum(len(block.text) for block in parse_html(made).blocks) < 20
    wide = table("<td rowspan=60000>x" * 400, *("<td>y" for _ in range(400)))
    assert sum(len(block.text) for block in parse_html(wide).blocks) < 400_000

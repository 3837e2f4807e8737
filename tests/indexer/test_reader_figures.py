"""Figures of HTML stay what they are: note marks, exponents, readings, numbers of lists."""

from __future__ import annotations

import pytest

from indexer.readers.html.reader import parse_html


def line(html: str) -> tuple[str, tuple[str, ...]]:
    (block,) = parse_html(f"<p>{html}</p>").blocks
    return block.text, block.cut


def numbered(html: str) -> list[tuple[str, str]]:
    return [(block.text, block.added) for block in parse_html(html).blocks]


@pytest.mark.parametrize(
    ("html", "text", "cut"),
    [
        ("达到99.8<sup>1</sup>，", "达到99.8，", ("1",)),
        ("达到99.8%<sup><a href='#f'>[1]</a></sup>，比", "达到99.8%，比", ("[1]",)),
        ("人口<sup>①</sup>1761万<sup>2,3</sup>人", "人口1761万人", ("①", "2,3")),
        ("92<span style='vertical-align:super;font-size:9px'>3</span>%", "92%", ("3",)),
        ("共30人<a href='#_ftn1' name='_ftnref1'>[2]</a>。", "共30人。", ("[2]",)),
        ("1.2×10<sup>5</sup>万元", "1.2×10^5万元", ()),
        ("10<sup>-3</sup>克", "10^-3克", ()),
        ("2010<sup>5</sup>年", "2010年", ("5",)),
        ("建筑面积900m<sup>2</sup>、30米<sup>3</sup>", "建筑面积900m²、30米³", ()),
        ("the 5<sup>th</sup>", "the 5th", ()),
        ("CO<sub>2</sub>、PM<sub>2.5</sub>", "CO2、PM2.5", ()),
        ("占<sup>1</sup>/<sub>3</sub>以上", "占1/3以上", ()),
        ("<sup>1</sup>2020年数据", "1 2020年数据", ()),
        ("见<a href='#a'>第3条</a>", "见第3条", ()),
    ],
)
def test_a_raised_mark_never_touches_a_figure(html: str, text: str, cut: tuple[str, ...]) -> None:
    assert line(html) == (text, cut)


def test_a_mark_in_a_cell_leaves_its_figure_alone() -> None:
    page = "<table><tr><th>指标<th>数<tr><td>入园率<sup>a</sup><td>92.1<sup>2</sup></table>"
    blocks = parse_html(page).blocks
    assert [(b.text, b.cut) for b in blocks] == [("指标\t数", ()), ("入园率\t92.1", ("a", "2"))]


@pytest.mark.parametrize(
    ("html", "cut"),
    [
        ("要<ruby>踔厉<rp>(</rp><rt>chuō lì</rt><rp>)</rp></ruby>奋发", ("(chuō lì)",)),
        ("要<ruby>踔<rt>chuō</rt>厉<rt>lì</rt></ruby>奋发", ("chuō", "lì")),
        ("要<ruby><rb>踔厉</rb><rtc><rt>chuō lì</rt></rtc></ruby>奋发", ("chuō lì",)),
    ],
)
def test_readings_are_cut(html: str, cut: tuple[str, ...]) -> None:
    assert line(html) == ("要踔厉奋发", cut)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("坚持&amp;ldquo;安全第一&amp;rdquo;", "坚持“安全第一”"),
        ("甲乡&amp;nbsp;&amp;nbsp;乙镇&amp;amp;#183;丙", "甲乡 乙镇·丙"),
        ("AT&amp;T；R&amp;D;投入", "AT&T；R&D;投入"),
    ],
)
def test_entities_that_were_escaped_twice_are_read(text: str, read: str) -> None:
    assert line(text) == (read, ())


# ---- Numbers of lists -------------------------------------------------------------------------


def test_numbers_go_on_from_start_and_value() -> None:
    page = '<ol start="3"><li>甲<li value="7"><p>乙</p><p>丙</p><li>丁</ol><ol><li>戊</ol>'
    assert numbered(page) == [
        ("3.甲", "3."),
        ("7.乙", "7."),
        ("丙", ""),
        ("8.丁", "8."),
        ("1.戊", "1."),
    ]
    assert [text for text, _ in numbered("<ol reversed><li>甲<li>乙</ol>")] == ["2.甲", "1.乙"]


@pytest.mark.parametrize(
    ("head", "first", "third"),
    [
        ('<ol style="list-style-type: cjk-ideographic">', "一、", "三、"),
        ('<ol style="list-style:outside simp-chinese-informal">', "一、", "三、"),
        ("<style>ol.cn{list-style-type:cjk-heavenly-stem}</style><ol class=cn>", "甲、", "丙、"),
        ("<style>.cn > li{list-style-type:cjk-decimal}</style><ol class=cn>", "一、", "三、"),
        ('<ol type="A">', "A.", "C."),
        ('<ol type="i">', "i.", "iii."),
        ("<ol style='list-style-type:decimal-leading-zero'>", "01.", "03."),
        ("<ol style='list-style:none'>", "", ""),
        ("<style>ol{list-style:none}</style><ol>", "", ""),
        ("<ul>", "", ""),
    ],
)
def test_every_style_of_numbers_is_written_out(head: str, first: str, third: str) -> None:
    page = f"{head}<li>加强领导<li>落实责任<li>严格检查"
    found = numbered(page)
    assert found[0] == (f"{first}加强领导", first)
    assert found[2] == (f"{third}严格检查", third)


def test_a_list_inside_a_list_has_its_own_count() -> None:
    page = "<ol><li>甲<ol type=a><li>乙<li>丙</ol><li>丁<ul><li>戊</ul></ol>"
    assert [text for text, _ in numbered(page)] == ["1.甲", "a.乙", "b.丙", "2.丁", "戊"]


def test_a_number_that_is_written_is_not_written_again() -> None:
    page = "<ol><li>一、加强领导<li>（二）落实责任<li>2021年工作<li hidden>丙<li>丁</ol>"
    assert [text for text, _ in numbered(page)] == [
        "一、加强领导",
        "（二）落实责任",
        "3. 2021年工作",
        "丙",
        "4.丁",
    ]


def test_a_numbered_menu_has_no_numbers() -> None:
    page = "<ol><li><a href=a>首页</a><li><a href=b>专题</a></ol>"
    assert [text for text, _ in numbered(page)] == ["首页", "专题"]

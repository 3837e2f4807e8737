"""What is the body of pages that are no long text: notices, lists, tables, verses, threads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.model import ReadingWarning
from indexer.extract import kept_text, label
from indexer.page import LabelledPage, Page, PageBlock
from indexer.readers.html.reader import parse_html

SETS = Path(__file__).parent.parent / "measure" / "quality" / "sets"
A = "各村要对照台账逐户核实，于本月二十日前将名单报镇农业农村办公室，逾期不再受理。"
B = "核实中发现的问题要当场登记，能够立即整改的立即整改，一时难以整改的要明确时限和责任人。"
NAMES = [
    f"{surname}{given}（{office}）"
    for surname, given, office in zip(
        "赵钱孙李周吴郑王冯陈褚卫",
        "安宁康平顺和谦慎勤俭朴厚",
        ["镇农办", "镇财政所", "镇水管站"] * 4,
        strict=True,
    )
]
MENU = "".join(f'<li><a href="/{n}">临山镇工作动态第{n}期</a></li>' for n in range(12))
AROUND = (
    "<title>{title} - 临山镇人民政府</title><div class=nav><a href=/>首页</a>"
    "<a href=/z>政务公开</a></div><ul>"
    + MENU
    + "</ul><div id=main>{body}</div><div class=foot><p>版权所有 临山镇人民政府</p></div>"
)


def page(body: str, title: str = "关于核实农户名单的通知") -> LabelledPage:
    return label(parse_html(AROUND.format(title=title, body=body), "a.html"))


def kept(read: LabelledPage) -> list[str]:
    return kept_text(read).split("\n") if kept_text(read) else []


def paragraphs(*texts: str, tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


def plain(*texts: str) -> LabelledPage:
    """A page without mark-up; a text with TABs is a row."""
    return label(Page("a.txt", tuple(PageBlock(t, tag="tr" if "\t" in t else "p") for t in texts)))


# ---- One paragraph, or none -------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ["时间：2023年4月6日", "地点：镇政府二楼", "主持人：赵安", A, "记录：钱宁"],
        ["时间：2023-04-06", "地点：镇政府二楼", "参加人员：各村书记", A],
        [A, "联系人：赵安", "电话：0000-8120055", "临山镇人民政府", "2023年4月6日"],
        ["镇属各单位：", A, "附件：名单", "临山镇人民政府"],
    ],
)
def test_what_stands_around_the_only_paragraph_is_kept(lines: list[str]) -> None:
    assert kept(page(paragraphs(*lines))) == lines
    assert kept(page(paragraphs(*lines, tag="div"))) == lines


@pytest.mark.parametrize(
    "body",
    [
        paragraphs("组长：孙康", A)
        + f"<ul>{paragraphs(*NAMES, tag='li')}</ul><p>临山镇人民政府</p>",
        paragraphs("组长：孙康", A) + f"<div>{paragraphs(*NAMES)}</div><p>临山镇人民政府</p>",
        paragraphs("组长：孙康", A) + "<div>" + "<br>".join(NAMES) + "</div><p>临山镇人民政府</p>",
    ],
)
def test_a_notice_that_is_a_list_of_names_is_kept_whole(body: str) -> None:
    assert kept(page(body)) == ["组长：孙康", A, *NAMES, "临山镇人民政府"]


def test_the_only_paragraph_does_not_bring_dropped_boxes_along() -> None:
    boxes = f'<div class="related"><p>推荐</p></div><ul>{MENU}</ul><p>临山镇便民服务</p>'
    read = page(f"<div><p>镇属各单位：</p><p>{A}</p><p>特此通知</p></div>{boxes}")
    assert kept(read) == ["镇属各单位：", A, "特此通知"]


@pytest.mark.parametrize(
    "lines",
    [
        ["青山一带绕平川，", "稻浪千重到眼前。", "莫道山乡无好景，", "家家门外有清泉。"],
        ["春风又到柳林村，", "新燕衔泥过短垣。"],
        ["停电通知", "今晚八点停电。", "请提前准备。"],
        ["因检修，明日停水。", "请储水备用。"],
    ],
)
def test_short_lines_that_are_all_of_a_text_are_kept(lines: list[str]) -> None:
    assert kept(page(paragraphs(*lines), "柳林村")) == lines
    read = plain(*lines)
    assert set(lines) <= {read.title, *kept(read)}


def test_a_page_of_links_has_no_text() -> None:
    read = page("<p>栏目简介</p>", "工作动态")
    assert kept(read) == []
    assert read.record.warnings == (ReadingWarning.EMPTY,)


# ---- Tables -----------------------------------------------------------------------------------

VILLAGES = ["柳林", "石桥", "高坪", "沙坝", "青岭", "云湾", "龙井", "梨园", "枫树", "大田"]
ROWS = [
    f"{n}\t{village}村\t{n * 37 % 90}\t{n * 1453 % 9000}.{n % 10}"
    for n, village in enumerate(VILLAGES, 1)
]


def test_rows_are_neither_joined_nor_page_numbers_nor_neighbours() -> None:
    rows = ["序号\t村名\t户数\t金额（元）", *ROWS, "合计\t\t463\t33620", "46\t820", "7\t"]
    read = plain(A, *rows, "临山镇人民政府")
    assert kept(read) == [A, *rows, "临山镇人民政府"]
    assert kept(plain(*rows)) == rows


@pytest.mark.parametrize("width", [18, 22, 30])
def test_rows_of_one_width_are_not_printed_lines(width: int) -> None:
    rows = [
        f"{n}\t" + ("临山镇农业技术推广中心及其所属各站" * 3)[: width - 4] for n in range(10, 40)
    ]
    assert kept(plain(A, *rows, B)) == [A, *rows, B]


def test_a_table_with_sentences_in_its_rows_is_not_all_of_the_body() -> None:
    place = (1, 2)
    rows = [f"{n}\t台账齐全，数据真实，一次核查不符的扣二分\t{n}" for n in range(1, 9)]
    blocks = [
        PageBlock("临山镇", place=(1, 9), link_density=1.0),
        PageBlock("考核办法", place=(*place, 3)),
        *(PageBlock(row, tag="tr", place=(*place, 4, n)) for n, row in enumerate(rows, 5)),
        PageBlock("联系电话：0000-8120055", place=(*place, 20)),
        PageBlock("2023年4月6日", place=(*place, 21)),
    ]
    read = label(Page("a.html", tuple(blocks), title="考核评分表"))
    assert kept(read) == ["考核办法", *rows, "联系电话：0000-8120055", "2023年4月6日"]


# ---- Threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        "<div><b>甲</b> <i>{n}楼</i> <i>2022-05-0{n}</i><p>{text}</p><em>回复 点赞({n})</em></div>",
        "<li><span>路过 发表于 2022-05-0{n} 10:2{n}</span><p>{text}</p></li>",
    ],
)
def test_replies_of_readers_are_dropped_and_the_first_text_stays(reply: str) -> None:
    texts = [
        "这条路早该修了，支持，希望别再拖，大家都等着。",
        "顶一下。",
        "说得对。",
        "路过，看看再说，先收藏一下。",
    ]
    replies = "".join(reply.format(n=n, text=text) for n, text in enumerate(texts, 2))
    read = page(f"<div>{paragraphs(A, B)}</div><div>{replies}</div>", "修路问题")
    assert kept(read) == [A, B]


def test_questions_with_answers_and_lists_of_floors_are_text() -> None:
    asked = "".join(f"<div><p>问题{n}：{A}</p><p>回复</p><p>{B}</p></div>" for n in (1, 2, 3))
    assert kept(page(asked, "网上咨询")).count(B) == 3
    floors = paragraphs(A, "党政办：1楼", "财政所：2楼", "便民中心：3楼", "信访办：4楼", tag="div")
    assert "便民中心：3楼" in kept(page(floors, "办公地点"))


# ---- Nothing or little kept -------------------------------------------------------------------


def test_where_little_is_kept_the_visible_prose_is_kept_with_a_warning() -> None:
    side = paragraphs(*[f"{n}。{A}{B}" for n in range(8)])
    read = label(
        parse_html(f"<div class=txt><p>{A}</p></div><div class=sidebar>{side}</div>", "a.html")
    )
    assert all(any(str(n) in line for line in kept(read)) for n in range(8))
    whole = label(parse_html(f"<div class=tail>{paragraphs(A, B)}</div>", "a.html"))
    assert whole.record.warnings == ()


def test_a_hidden_text_is_better_than_none_and_an_empty_page_says_so() -> None:
    hidden = PageBlock(A, hidden=True)
    read = label(Page("a.html", (PageBlock("下载"), hidden)))
    assert (kept(read), read.record.warnings) == ([A], (ReadingWarning.HIDDEN,))
    nothing = label(Page("a.html", (), warnings=(ReadingWarning.PICTURES,)))
    assert nothing.record.warnings == (ReadingWarning.PICTURES, ReadingWarning.EMPTY)


# ---- The strength of rules --------------------------------------------------------------------

GENUINE = [
    json.loads(line) for line in (SETS / "genuine_lines.jsonl").read_text("utf-8").splitlines()
]


def test_no_rule_touches_a_genuine_line_wherever_it_stands() -> None:
    lost = 0
    for row in GENUINE:
        before, line, after = row["before"], row["line"], row["after"]
        rows = f"<table><tr><td>{'</td><td>'.join(line.split(chr(9)))}</td></tr></table>"
        marked = rows if "\t" in line else f"<p>{line}</p>"
        pages = [
            plain(line),
            plain(before, line, after),
            plain(before, after, line),
            page(f"<p>{before}</p>{marked}<p>{after}</p>"),
            page(f"<p>{before}</p><p>{after}</p>{marked}"),
        ]
        bare = "".join(line.split())
        lost += any(bare not in "".join(kept_text(read).split()) for read in pages)
    # Which they are is not said: half of them must stay unseen.
    assert lost == 0


WEAK = [
    "关注“临山发布”微信公众号",
    "客服电话：0000-8120055",
    "现价2元一吨",
    "咨询邮箱：lszn@163.com",
]


@pytest.mark.parametrize("line", WEAK)
def test_a_weak_rule_acts_beside_boilerplate_only(line: str) -> None:
    assert kept(plain(A, line, B)) == [A, line, B]
    assert kept(plain(A, B, line)) == [A, B, line]
    assert kept(plain(A, B, line, "下载本文档")) == [A, B]
    assert kept(plain(A, "精选优质文档-----倾情为你奉上", line, B)) == [A, B]


@pytest.mark.parametrize(
    "line",
    [
        "3.关注“临山发布”微信公众号",
        "第五条　转载时须注明来源，不得擅自修改",
        "各站点客服电话由镇便民中心统一公布，号码变更的应当及时更新。",
        "姓名\t客服热线\t0000-8120055",
    ],
)
def test_numbered_lines_sentences_and_rows_stay_beside_boilerplate(line: str) -> None:
    assert kept(plain(A, "下载本文档", line, B)) == [A, line, B]


SIGNED = ["云河县水利局", "2022年5月6日"]


@pytest.mark.parametrize(
    "below",
    [
        "<tr><td align=right>云河县水利局<br>2022年5月6日</td></tr>",
        "<tr><td>云河县水利局</td></tr><tr><td>2022年5月6日</td></tr>",
    ],
)
def test_number_and_signature_in_cells_of_a_layout_belong_to_the_text(below: str) -> None:
    body = f"<tr><td><p>{A}</p><p>{B}</p></td></tr>"
    table = f"<table><tr><td><p>云水〔2022〕15号</p></td></tr>{body}{below}</table>"
    assert kept(page(table)) == ["云水〔2022〕15号", A, B, *SIGNED]
    footer = f"<table>{body}<tr><td>云河县水利局</td></tr><tr><td>网站地图</td></tr></table>"
    assert "云河县水利局" not in kept(page(footer))


HEAD = "<tr><td>序号</td><td>名称</td></tr>"
LINKED = [f"<tr><td>{n}</td><td><a href=/{n}>云河县供水办法{n}</a></td></tr>" for n in range(1, 6)]
ROWS = ["序号\t名称", *(f"{n}\t云河县供水办法{n}" for n in range(1, 6))]


def test_linked_rows_of_a_table_in_the_text_are_rows() -> None:
    table = f"<table>{HEAD}{''.join(LINKED)}</table>"
    announced = page(f"<p>现将目录公布如下：</p>{table}")
    assert kept(announced) == ["现将目录公布如下：", *ROWS]
    signed = page(f"{table}<p>云河县水利局</p><p>2022年5月6日</p>")
    assert kept(signed) == [*ROWS, *SIGNED]
    assert kept(page(table)) == []
    headless = page(f"<p>{A}</p><table>{''.join(LINKED)}</table>")
    assert kept(headless) == [A]

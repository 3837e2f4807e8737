"""Notices that are mostly a table, and notices that are mostly a list of names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.measure.quality.families.chance import Chance, Draft, words
from tests.measure.quality.families.markup import STYLES, elements, lines, menu, page
from tests.measure.quality.families.texts import Block, Cell, Row, gold

_PLACES = ("清溪县", "临山县", "东望区", "云河市")


def _cell(*paragraphs: str) -> Cell:
    return Cell(tuple(text for text in paragraphs if text))


def people(chance: Chance, count: int) -> list[str]:
    """The names of `count` invented people, no two alike."""
    families, given = chance.own(words("surname")), chance.own(words("given"))
    return chance.draw([family + name for family in families for name in given], count)


def _posts(chance: Chance, count: int) -> list[Row]:
    """Posts to fill: a unit spans the rows of its posts, conditions are two paragraphs."""
    rows = [tuple(map(_cell, ("序号", "招聘单位", "岗位名称", "人数", "条件", "备注")))]
    number = 1
    while number <= count:
        span = min(chance.between(1, 4), count - number + 1)
        unit = chance.word("unit")
        for at in range(span):
            needs = chance.several("need", chance.between(1, 2))
            named = Cell((unit,), rows=span) if at == 0 else Cell(covered=True)
            rows.append(
                (
                    _cell(str(number)),
                    named,
                    _cell(chance.word("post")),
                    _cell(str(chance.between(1, 5))),
                    _cell(*needs),
                    _cell(chance.word("remark")),
                )
            )
            number += 1
    return rows


def _grants(chance: Chance, count: int) -> list[Row]:
    """Households with their grants and a sum; many cells are empty or one figure."""
    rows = [tuple(map(_cell, ("编号", "户主", "村（社区）", "人口", "补助金额（元）", "备注")))]
    total = 0
    for number, name in enumerate(people(chance, count), 1):
        amount = chance.between(1, 40) * 150
        total += amount
        village = f"{chance.pick(('柳林', '石桥', '上湾', '白沙'))}村{chance.between(1, 9)}组"
        cells = (str(number), name, village, str(chance.between(1, 6)), str(amount))
        rows.append((*map(_cell, cells), _cell(chance.word("remark"))))
    rows.append((_cell("合计"), Cell(), Cell(), Cell(), _cell(str(total)), Cell()))
    return rows


def _marks(chance: Chance, count: int) -> list[Row]:
    """A score sheet: long cells beside figures, the last column is to be filled in."""
    rows = [tuple(map(_cell, ("考核项目", "考核内容", "分值", "得分")))]
    while len(rows) <= count:
        span = chance.between(1, 3)
        task = chance.word("task")
        for at in range(span):
            named = Cell((task,), rows=span) if at == 0 else Cell(covered=True)
            details = chance.several("detail", chance.between(1, 2))
            rows.append((named, _cell(*details), _cell(str(chance.between(2, 10))), Cell()))
    return rows


def _purchases(chance: Chance, count: int) -> list[Row]:
    """Goods with their prices."""
    rows = [tuple(map(_cell, ("序号", "品目", "数量", "单价（万元）", "金额（万元）")))]
    for number in range(1, count + 1):
        pieces, price = chance.between(1, 20), chance.between(5, 400)
        cells = (str(number), chance.word("goods"), str(pieces), f"{price / 100:.2f}")
        rows.append(tuple(map(_cell, (*cells, f"{pieces * price / 100:.2f}"))))
    return rows


_Rows = Callable[[Chance, int], list[Row]]
# The makers of tables with a title and the words above and below.
_TABLES: tuple[tuple[_Rows, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _posts,
        "关于公开招聘事业单位工作人员的公告",
        ("因工作需要，经批准，面向社会公开招聘工作人员，岗位和条件见下表。",),
        ("报名时间为本月20日至24日，报名网址另行通知。", "咨询电话：0000-8120099"),
    ),
    (
        _grants,
        "农村危房改造补助资金发放公示",
        (
            "根据有关规定，经农户申请、村级评议、镇级审核、县级审批，现将补助对象予以公示。",
            "公示期7天，如有异议，请拨打举报电话0000-8126012。",
        ),
        (),
    ),
    (
        _marks,
        "年度工作目标考核评分表",
        (),
        ("注：得分由考核组填写，加分项目最高不超过5分。",),
    ),
    (
        _purchases,
        "办公设备采购项目成交结果公告",
        ("一、项目概况", "本项目采用询价方式采购，共有三家供应商参加，成交明细如下："),
        ("免费质保期：三年。", "凡对本次公告内容提出询问的，请与采购人联系。"),
    ),
)


def table_rows(chance: Chance) -> list[Row]:
    """The rows of a table of one of the forms."""
    make = chance.choose([make for make, *_ in _TABLES])
    return make(chance, chance.between(20, 58))


def table_notice(chance: Chance) -> Draft:
    """A notice with a table of 20 to 60 rows."""
    make, name, above, below = chance.turn(_TABLES)
    place = chance.pick(_PLACES)
    table = Block("table", rows=tuple(make(chance, chance.between(20, 58))))
    office = (
        f"{place}{chance.pick(('人力资源和社会保障局', '住房和城乡建设局', '教育局', '财政局'))}"
    )
    day = f"{chance.between(2018, 2023)}年{chance.between(1, 12)}月{chance.between(1, 28)}日"
    blocks = [
        *(Block("body", text) for text in above),
        table,
        *(Block("body", text) for text in below),
        Block("closing", office),
        Block("closing", day),
    ]
    style = chance.pick(STYLES)
    inner = "\n".join(elements(blocks, style))
    title = f"{place}{name}"
    return _notice_page(chance, title, inner, gold(blocks))


def list_notice(chance: Chance) -> Draft:
    """A notice of which most is a list of names with their offices."""
    place = chance.pick(_PLACES)
    subject = chance.pick(("信用建设", "爱国卫生", "乡村振兴", "食品安全", "数字政府", "防汛抗旱"))
    title = f"{place}人民政府办公室关于{chance.pick(('成立', '调整'))}{subject}工作领导小组的通知"
    opening = (
        "各乡镇人民政府，县政府各部门："
        if chance.likely()
        else f"为加强对{subject}工作的组织领导，经研究，决定成立领导小组，组成人员如下："
    )
    wide = chance.likely()
    printed, kept = [], []
    director, *members = people(chance, chance.between(15, 46))
    for number, name in enumerate(members):
        shown, text = _member(chance, number, name, wide)
        printed.append(Block("item", shown))
        kept.append(text)
    office = f"领导小组办公室设在{place}{subject}工作专班，办公室主任由{director}兼任。"
    own_number = f"{place[0]}政办函〔{chance.between(2012, 2023)}〕{chance.between(1, 99)}号"
    day = f"{chance.between(2012, 2023)}年{chance.between(1, 12)}月{chance.between(1, 28)}日"
    closing = [Block("closing", f"{place}人民政府办公室"), Block("closing", day)]
    start = [Block("verse", own_number), Block("body", opening)]
    end = [*([Block("body", office)] if chance.likely() else []), *closing]
    style = chance.pick(STYLES)
    shape = chance.turn(("items", "paragraphs", "breaks"))
    if shape == "items":
        names = "\n".join(elements(printed, style))
    elif shape == "paragraphs":
        names = "\n".join(elements([replace(one, form="body") for one in printed], style))
    else:
        names = "<p>" + "<br>\n".join(one.text for one in printed) + "</p>"
    inner = "\n".join([*elements(start, style), names, *elements(end, style)])
    return _notice_page(chance, title, inner, [*gold(start), *kept, *gold(end)])


def _member(chance: Chance, number: int, name: str, wide: bool) -> tuple[str, str]:
    """A member of a group, as printed (`wide`: with blanks for alignment) and as kept.

    Blanks that spread a word are closed up; those between name and office are one space.
    """
    job = chance.word("job")
    role = {0: "组　长", 1: "副组长", 3: "成　员"}.get(number, "")
    label = f"{role}：" if role else ""
    if not wide:
        text = f"{label.replace('　', '')}{name}（{job}）"
        return text, text
    spread = f"{name[0]}　{name[1]}" if len(name) == 2 else name
    return f"{label}{spread}　　{job}", f"{label.replace('　', '')}{name} {job}"


def _notice_page(chance: Chance, title: str, inner: str, paragraphs: list[str]) -> Draft:
    """A page with little around the notice: bare, or of a small site."""
    head = f"<title>{title}</title>"
    if chance.turn(("bare", "site", "site")) == "bare":
        return Draft(
            page(head, f'<h2 align="center">{title}</h2>\n{inner}'), ".html", title, paragraphs
        )
    content = (
        f'<div class="nav">{menu(chance, "office_menu")}</div><div class="{chance.word("wrap")}">'
        f'<div class="pos">{chance.word("position")}</div><h1>{title}</h1>'
        f'<div class="info">{chance.word("office_info")}</div>'
        f'<div class="{chance.word("body_class")}">{inner}</div>'
        f'<div class="pn">{lines(chance.word("neighbour"))}</div></div>'
        f'<div class="{chance.word("foot_class")}">{lines(chance.word("office_foot"))}</div>'
    )
    return Draft(page(head, content), ".html", title, paragraphs)

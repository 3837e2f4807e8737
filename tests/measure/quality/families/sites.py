"""Document sites and government sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.measure.quality.families.chance import Chance, Draft
from tests.measure.quality.families.markup import (
    STYLES,
    body,
    breaks,
    broken,
    div,
    elements,
    lines,
    menu,
    page,
    related,
)
from tests.measure.quality.families.texts import Block, Text, gold

_ARTICLES = ("summary", "report", "plan", "speech", "rules", "letter")
_CHINESE = "一二三四五六七八九"
# Titles of articles and of the whole: {base}, {at} in Chinese, {number}.
_NUMBERED = (
    "{base}篇{at}",
    "【篇{at}】",
    "{base} 篇{number}",
    "第{at}篇：{base}",
    "{base}{number}",
    "{base}（{at}）",
)
_WHOLE = (
    "{base}（精选{number}篇）",
    "{base}范文{number}篇",
    "最新{base}(合集{number}篇)",
    "{base}汇编{at}篇",
)
_BASES = ("年度工作总结", "机关材料", "2022年工作汇报", "单位工作总结及计划")


def compilation(chance: Chance) -> Draft:
    """Several articles on one page of a document site, with the site's words between them."""
    base, pattern = chance.pick(_BASES), chance.pick(_NUMBERED)
    articles = chance.sample(_ARTICLES, chance.between(3, 4))
    title = _named(chance.pick(_WHOLE), base, len(articles))
    blocks: list[Block] = []
    for number, article in enumerate(articles, 1):
        blocks += [Block("heading", _named(pattern, base, number)), *article.blocks]
    made = elements(blocks, chance.pick(STYLES))
    for _ in range(chance.between(1, 3)):
        made.insert(chance.between(1, len(made) - 1), f"<p>{chance.word('inner')}</p>")
    if chance.turn(("paragraphs", "glued", "paragraphs")) == "glued":
        # All in one paragraph, as pasted from a text whose line breaks were lost.
        made = [f"<p>{'　　'.join(gold(blocks))}</p>"]
    text = _hidden(chance, blocks, "\n".join(made))
    if chance.likely(0.7):
        text = f"<p>{chance.word('lead')}</p>\n{text}"
    return _document_page(chance, title, text, gold(blocks))


def preview(chance: Chance) -> Draft:
    """A text in the chunks of a preview, cut inside a paragraph, with a price below."""
    text = chance.text()
    style = chance.pick(STYLES)
    made = elements(text.blocks, style)
    pieces: list[str] = []
    size = max(2, len(made) // chance.between(2, 3))
    parts = [made[at : at + size] for at in range(0, len(made), size)]
    for number, part in enumerate(parts, 1):
        mark = f'<div class="page-no">{chance.word("page_mark")}</div>'
        inner = "\n".join(part)
        pieces.append(
            f'<div class="page-{number} reader-page" data-n="{number}">{inner}{mark}</div>'
        )
    chunks = _cut(chance, text.blocks, "\n".join(pieces), style.tag)
    below = f'<div class="tip">{chance.word("preview")}</div>'
    return _document_page(chance, text.title, chunks + below, gold(text.blocks))


def _cut(chance: Chance, blocks: Sequence[Block], html: str, tag: str) -> str:
    """Cut one long paragraph in two, where the site begins another page."""
    plain = [block.text for block in blocks if len(block.text) > 60 and block.text in html]
    if not plain:
        return html
    text = chance.choose(plain)
    at = len(text) // 2
    mark = f'<div class="page-no">{chance.word("page_mark")}</div>'
    between = f'</{tag}>{mark}</div>\n<div class="reader-page"><{tag}>'
    return html.replace(text, f"{text[:at]}{between}{text[at:]}", 1)


def _hidden(chance: Chance, blocks: Sequence[Block], html: str) -> str:
    """Put words of the site inside a paragraph, as against copying."""
    plain = [block.text for block in blocks if len(block.text) > 50 and block.text in html]
    if not plain or chance.likely(0.4):
        return html
    text = chance.choose(plain)
    at = text.find("，") + 1 or len(text) // 2
    word = chance.word("fragment")
    if chance.likely():
        word = f'<span class="hide-tip">{word}</span>'
    return html.replace(text, f"{text[:at]}{word}{text[at:]}", 1)


def _named(pattern: str, base: str, number: int) -> str:
    return pattern.format(base=base, at=_CHINESE[number - 1], number=number)


def _document_page(chance: Chance, title: str, text: str, paragraphs: list[str]) -> Draft:
    """The page of a document site around a text."""
    site = chance.word("site")
    info = f'<div class="info">{chance.word("doc_info")}</div>'
    down = (
        f'<div class="down-box"><a class="btn" href="/down">下载</a> {chance.word("price")}</div>'
    )
    rights = f"<p>{chance.word('rights')}</p><p>{chance.word('service')}</p>"
    others = f"<h3>{chance.word('related_head')}</h3><ul>{related(chance, 16)}</ul>"
    heading = f"<h1>{title}</h1>"
    if chance.likely(0.3):
        down += f'<div style="display:none">{chance.word("lead")}{chance.word("rights")}</div>'
    inner = chance.turn(("plain", "deep", "late", "mixed"))
    if inner == "plain":
        main = f'{heading}{info}<div class="{chance.pick(_READERS)}">{text}</div>{down}{rights}'
    elif inner == "deep":
        main = (
            f'<div class="l"><div class="box"><div class="hd">{heading}{info}</div><div class="bd">'
            f'<div id="{chance.pick(_READERS)}"><div class="inner">{text}</div></div></div></div>'
            f"{down}</div>{rights}"
        )
    elif inner == "late":
        main = f"{down}{others}{heading}<article>{info}{text}</article>{rights}"
    else:
        # Price and rights stand in the text's own element.
        main = f'{heading}<div class="{chance.pick(_READERS)}">{info}{text}{down}{rights}</div>'
    content = (
        f'<div class="nav">{menu(chance, "site_menu")}</div>'
        f'<div class="{chance.pick(_WRAPS)}"><div class="main">{main}</div>'
        f'<div class="{chance.pick(_SIDES)}">{others}</div></div>'
        f'<div class="foot">{lines(chance.word("office_foot"))}</div>'
    )
    return Draft(page(f"<title>{title} - {site}</title>", content), ".html", title, paragraphs)


_READERS = ("reader", "doc-content", "article_body", "view-con", "book-main", "txt-box")
_WRAPS = ("wrap", "container", "layout", "page-wrap")
_SIDES = ("right", "sidebar", "r_box", "aside-list")


def government(chance: Chance) -> Draft:
    """A page of a government site's content management system."""
    text = chance.text()
    blocks = _numbered(text) if chance.likely(0.7) else list(text.blocks)
    site = f"{text.issuer}门户网站"
    column = chance.word("column")
    named = column if chance.likely(0.2) else f"{text.title}_{column}_{site}"
    head = f"<title>{named}</title>" + "".join(
        f'<meta name="{name}" content="{value}">'
        for name, value in (("ArticleTitle", text.title), ("PubDate", f"{text.day} 09:20"))
    )
    optional: list[str] = []
    red = ""
    if text.number and chance.likely():
        optional.append(f"{text.issuer}文件")
        red = f'<div class="red-head" style="color:red;text-align:center">{text.issuer}文件</div>'
    annexes = [f"{name}{chance.pick(_SUFFIXES)}" for name in chance.several("annex", 2)]
    optional += ["附件：", *annexes]
    box = "".join(f'<li><a href="/upload/{n}">{name}</a></li>' for n, name in enumerate(annexes))
    inner = body(chance, blocks)
    title = f'<h1 class="{chance.word("title_class")}">{broken(text.title, chance)}</h1>'
    info = f'<div class="sub">{chance.word("office_info")}</div>'
    after = div("pn", lines(chance.word("neighbour"))) + div("share", chance.word("share"))
    match chance.choose(("inside", "below", "none")):
        case "inside":
            inner += f"<p>附件：</p>{box}"
        case "below":
            after = div("fj", f"<b>附件：</b><ul>{box}</ul>") + after
    main = f'{title}{info}<div class="{chance.word("body_class")}">{red}{inner}</div>{after}'
    content = (
        f"{div('top', chance.word('top_bar'))}{div('nav', menu(chance, 'office_menu'))}"
        f'<div class="{chance.word("wrap")}"><div class="pos">{chance.word("position")}</div>'
        f"{_index_box(chance, text)}{main}</div>"
        f'<div class="links">{chance.word("friends")}</div>'
        f'<div class="{chance.word("foot_class")}">{lines(chance.word("office_foot"))}</div>'
    )
    return Draft(page(head, content), ".html", text.title, gold(blocks), tuple(optional))


_SUFFIXES = (".doc", ".pdf", ".xlsx", ".docx")


def _numbered(text: Text) -> list[Block]:
    """The blocks with the document's number above them, where it has one."""
    number = [Block("verse", text.number)] if text.number else []
    return [*number, *text.blocks]


def _index_box(chance: Chance, text: Text) -> str:
    """The box with the record of a document: a table, a list or pairs of elements."""
    entries = [
        (
            "索 引 号",
            f"0000{chance.between(1000, 9999)}/{text.day[:4]}-{chance.between(1, 400):05}",
        ),
        ("主题分类", chance.pick(("综合政务", "社会事务", "教育", "其他"))),
        ("发文机关", text.issuer),
        ("成文日期", text.day),
        ("标　　题", text.title),
        ("发文字号", text.number),
        ("有 效 性", "有效"),
    ]
    match chance.turn(("table", "list", "pairs", "none")):
        case "table":
            cells = [f"<td><b>{name}：</b></td><td>{value}</td>" for name, value in entries]
            rows = ["".join(cells[at : at + 2]) for at in range(0, len(cells), 2)]
            inner = "".join(f"<tr>{row}</tr>" for row in rows)
            return f'<table class="{chance.pick(("xxgk", "bd1", "syh", "zcwj"))}">{inner}</table>'
        case "list":
            inner = "".join(f"<li><span>{name}：</span>{value}</li>" for name, value in entries)
            return f'<ul class="index-list">{inner}</ul>'
        case "pairs":
            inner = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in entries)
            return f"<dl>{inner}</dl>"
    return ""


def old_tables(chance: Chance) -> Draft:
    """A page of the years when layout was made of tables, often in GB 2312."""
    text = chance.text()
    charset = chance.turn(("gb2312", "utf-8", "GBK"))
    size = chance.pick(("2", "3", "+1", "4"))
    if chance.likely():
        inner = breaks(text.blocks, chance.pick(("<BR>", "<br><br>", "<br>", "<BR/>")))
    else:
        style = replace(chance.pick(STYLES[:4]), align='align="right"')
        inner = "\n".join(elements(text.blocks, style))
    title = broken(text.title, chance, "<br>")
    left = "".join(
        f'<tr><td height="22"><a href="list{n}.asp">·{name}</a></td></tr>'
        for n, name in enumerate([*chance.several("column", 2), *chance.several("related", 8)])
    )
    info = f'<tr><td align="center" bgcolor="#eeeeee">{chance.word("office_info")}</td></tr>'
    name = chance.pick(("f14", "content", "p14", "zw"))
    rows = (
        '<tr><td align="center"><font size="5" color="#cc0000">'
        f"<b>{title}</b></font></td></tr>{info}"
        f'<tr><td class="{name}"><font size="{size}">{inner}</font></td></tr>'
        f'<tr><td align="right">{chance.word("share")}</td></tr>'
    )
    main = f'<table width="98%" cellpadding="4">{rows}</table>'
    if chance.likely():
        inner = f'<td valign="top"><div align="left">{main}</div></td>'
        main = f'<table width="100%"><tr>{inner}</tr></table>'
    side = f'<td width="180" valign="top"><table bgcolor="#f3f3f3">{left}</table></td>'
    cells = [side, f'<td valign="top">{main}</td>']
    if chance.likely():
        cells.reverse()
    content = (
        f'<table width="778"><tr><td>{chance.word("top_bar")}</td></tr>'
        f"<tr><td>{menu(chance, 'office_menu')}</td></tr></table>"
        f'<table width="778" align="center"><tr>{"".join(cells)}</tr></table>'
        f'<table width="778"><tr><td align="center">{lines(chance.word("office_foot"), "div")}'
        "</td></tr></table>"
    )
    head = f"<title>{chance.pick((text.title, f'{text.title}-{text.issuer}'))}</title>"
    return Draft(page(head, content, charset), ".htm", text.title, gold(text.blocks))

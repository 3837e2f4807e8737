"""WeChat articles, news portals, pages with comments."""

from __future__ import annotations

from tests.measure.quality.families.chance import Chance, Draft
from tests.measure.quality.families.markup import (
    STYLES,
    WECHAT,
    body,
    div,
    elements,
    lines,
    menu,
    page,
    related,
)
from tests.measure.quality.families.texts import Block, gold

# How a saved page hides the article until its script has run.
_HIDING = (
    ' style="visibility: hidden; opacity: 0; "',
    ' style="visibility:hidden;"',
    ' style="display:none"',
    "",
)


def wechat(chance: Chance) -> Draft:
    """An article of a WeChat account, hidden inline as it is before its script runs."""
    text = chance.text()
    account = chance.word("account")
    made = elements(text.blocks, WECHAT)
    if chance.likely():
        made = [f'<section style="padding:8px"><section>{one}</section></section>' for one in made]
    cards = "".join(
        f'<section><a href="https://wechat.example/s/{number}">{title}</a></section>'
        for number, title in enumerate(chance.several("related", 3))
    )
    picture = '<section><img data-src="https://pic.example/a.png"></section>'
    made.insert(chance.between(0, len(made)), picture)
    inner = "\n".join(
        [
            f"<section><strong>{chance.word('wechat_head')}</strong></section>",
            *made,
            f"<section>{chance.word('wechat_tail')}</section>",
            f"<section><strong>{chance.word('wechat_end')}</strong></section>{cards}",
        ]
    )
    day = text.day if chance.likely() else ""
    names = (
        f'<div id="meta_content"><span id="js_name">{account}</span>'
        f'<em id="publish_time">{day}</em><em id="js_ip_wording">某地</em></div>'
    )
    read = f"{chance.word('wechat_foot')}　阅读 {chance.between(100, 9999)}"
    content = (
        '<div id="js_article" class="rich_media"><div class="rich_media_inner">'
        f'<h1 class="rich_media_title" id="activity-name">\n{text.title}\n</h1>{names}'
        f'<div class="rich_media_content" id="js_content"{chance.turn(_HIDING)}>{inner}</div>'
        f"{div('rich_media_tool', read)}</div></div>"
    )
    if chance.likely(0.3):
        content += f'<script>var msg_title = "{text.title}"; var nickname = "{account}";</script>'
    head = (
        f"<title>{chance.choose(('', text.title))}</title>"
        f'<meta property="og:title" content="{text.title}">'
    )
    return Draft(page(head, content), ".html", text.title, gold(text.blocks))


def news(chance: Chance) -> Draft:
    """An article of a news portal, with other news, the editor's line and comments."""
    text = chance.text(("news", "speech", "letter", "summary", "short", "figures", "verse"))
    paper = chance.word("paper")
    end = chance.word("news_end")
    inner = body(chance, text.blocks)
    placed = chance.turn(("inside", "outside", "within"))
    if placed == "within" and "</p>" in inner:
        box = f'<div class="hot-box"><b>{chance.word("related_head")}</b>{related(chance, 3)}</div>'
        inner = inner.replace("</p>", f"</p>{box}", 1)
    if placed == "inside":
        inner += f"<p>{end}</p>"
        end = ""
    comments = _comments(chance, chance.between(0, 6))
    hot = (
        f'<div class="rank"><h4>{chance.word("hot_head")}</h4><ul>{related(chance, 18)}</ul></div>'
    )
    article = (
        f'<h1>{text.title}</h1><div class="info">{chance.word("news_info")}</div>'
        f'<div class="{chance.word("body_class")}">{inner}</div><div class="editor">{end}</div>'
    )
    if chance.likely():
        article = f"<article>{article}</article>"
    after = (
        div("xgxw", f"<h3>{chance.word('related_head')}</h3><ul>{related(chance, 10)}</ul>")
        + f"<p>{chance.word('news_rights')}</p>"
    )
    content = (
        f'<header>{menu(chance, "office_menu")}</header><div class="{chance.word("wrap")}">'
        f'<div class="left">{article}{after}{comments}</div>'
        f'<div class="{chance.word("side_class")}">{hot}</div></div>'
        f"<footer>{lines(chance.word('office_foot'))}</footer>"
    )
    head = f"<title>{text.title}{chance.pick(('_', ' - ', '-', '|'))}{paper}</title>"
    return Draft(page(head, content), ".html", text.title, gold(text.blocks))


def _comments(chance: Chance, count: int) -> str:
    """So many comments of readers and the form for another."""
    made = []
    for _ in range(count):
        user, said = chance.word("user"), chance.word("comment")
        made.append(
            f'<div class="cmt"><span class="u">{user}</span><em>{chance.day()}</em>'
            f"<p>{said}</p><i>{chance.word('reply_button')}</i></div>"
        )
    return (
        f'<div class="comments"><h3>{chance.word("comment_head")}</h3>{"".join(made)}'
        f"<p>{chance.word('comment_form')}</p></div>"
    )


def forum(chance: Chance) -> Draft:
    """A thread, or a citizen's question with the office's answer, and replies below.

    The first post (question and answer) is the text; replies of readers are not.
    """
    match chance.turn(("thread", "question", "table")):
        case "thread":
            text = chance.text()
            first = body(chance, text.blocks)
            post = f'<div class="post first"><div class="t_f" id="post_1">{first}</div></div>'
        case "question":
            text = chance.text(("question",))
            asked, answered = text.blocks[:1], text.blocks[1:]
            style = chance.pick(STYLES)
            post = (
                f'<div class="ask"><h3>留言内容</h3>{_joined(asked, style.tag)}</div>'
                f'<div class="reply"><h3>回复内容</h3>{"".join(elements(answered, style))}</div>'
            )
        case _:
            text = chance.text()
            first = body(chance, text.blocks)
            post = (
                f'<table class="plhin"><tr><td class="pls">{chance.word("user")}<br>积分 '
                f'{chance.between(9, 999)}</td><td class="plc">{first}</td></tr></table>'
            )
    replies = "".join(_reply(chance, number) for number in range(2, chance.between(8, 30)))
    author = div("authi", f"{chance.word('user')} 发表于 {text.day} {chance.word('reply_button')}")
    content = (
        f'<div id="hd">{menu(chance, "office_menu")}</div>{div("pos", chance.word("position"))}'
        f'<div id="wp"><h1 id="thread_subject">{text.title}</h1>{author}{post}{replies}'
        f"{_comments(chance, 0)}</div><div id='ft'>{lines(chance.word('office_foot'))}</div>"
    )
    head = f"<title>{text.title} - {chance.word('paper')}论坛</title>"
    optional = ("留言内容", "回复内容")
    return Draft(page(head, content), ".html", text.title, gold(text.blocks), optional)


def _joined(blocks: tuple[Block, ...], tag: str) -> str:
    return "".join(f"<{tag}>{block.text}</{tag}>" for block in blocks)


def _reply(chance: Chance, number: int) -> str:
    said = chance.word("comment")
    return (
        f'<div class="post" id="p{number}"><b>{chance.word("user")}</b> <em>{number}楼</em> '
        f"<em>{chance.day()}</em>{div('t_f', said)}<i>{chance.word('reply_button')}</i></div>"
    )

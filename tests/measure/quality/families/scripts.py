"""Pages whose text stands in scripts, frames and templates."""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from typing import Any
from urllib.parse import quote

from tests.measure.quality.families.chance import Chance, Draft
from tests.measure.quality.families.markup import STYLES, body, breaks, elements, lines, menu, page
from tests.measure.quality.families.texts import Text, gold

_PROSE = ("notice", "summary", "report", "plan", "speech", "news", "letter", "minutes", "rules")


def single_page_app(chance: Chance) -> Draft:
    """A page that a script builds: Next.js, Nuxt 2, Nuxt 3 or JSON-LD beside an empty body."""
    text = chance.text(_PROSE)
    described = text.blocks[0].text[:60]
    ascii_only = chance.likely()
    script = chance.turn((_next_html, _linked, _nuxt_flat, _next_list, _nuxt_window))(
        chance, text, ascii_only
    )
    root = chance.pick(("__next", "__nuxt", "app", "root"))
    shell = chance.choose(
        (
            f'<div id="{root}"></div>',
            f'<div id="{root}"><div class="loading">{chance.pick(_LOADING)}</div></div>',
            f'<div id="{root}"><nav>{menu(chance, "office_menu")}</nav><h1>{text.title}</h1>'
            f"<footer>{lines(chance.word('office_foot'))}</footer></div>",
        )
    )
    content = f"{shell}\n{script}\n<noscript>{chance.pick(_NO_SCRIPT)}</noscript>"
    head = f'<title>{text.title}</title><meta name="description" content="{described}">'
    return Draft(page(head, content), ".html", text.title, gold(text.blocks))


_LOADING = ("正在加载…", "加载中，请稍候", "Loading...", "页面加载中")
_NO_SCRIPT = (
    "本站需要启用JavaScript才能浏览。",
    "请开启浏览器的 JavaScript 后再访问",
    "您的浏览器不支持脚本",
    "We're sorry but this app doesn't work without JavaScript.",
)


def _dump(value: object, ascii_only: bool) -> str:
    """JSON as it may stand in a script."""
    return json.dumps(value, ensure_ascii=ascii_only).replace("</", "<\\/")


def _html(chance: Chance, text: Text) -> str:
    return "".join(elements(text.blocks, chance.pick(STYLES)))


def _record(chance: Chance, text: Text) -> dict[str, Any]:
    """What such a script says of an article beside its text."""
    return {
        "id": chance.between(1000, 9999),
        "title": text.title,
        "source": text.issuer,
        "publishTime": f"{text.day} 10:00:00",
        "summary": text.blocks[0].text[:40] + "……",
        "recommend": [
            {"id": n, "title": title} for n, title in enumerate(chance.several("related", 5))
        ],
    }


def _next_html(chance: Chance, text: Text, ascii_only: bool) -> str:
    name = chance.pick(("content", "body", "articleContent", "html"))
    record = _record(chance, text) | {name: _html(chance, text)}
    data = {"props": {"pageProps": {"detail": record}}, "page": "/a/[id]", "query": {"id": "1"}}
    return f'<script id="__NEXT_DATA__" type="application/json">{_dump(data, ascii_only)}</script>'


def _next_list(chance: Chance, text: Text, ascii_only: bool) -> str:
    key = chance.pick(("value", "text", "content", "txt"))
    parts = [{"type": "p", key: paragraph} for paragraph in gold(text.blocks)]
    record = _record(chance, text) | {"paragraphs": parts}
    data = {"props": {"initialState": {"article": record, "site": {"name": text.issuer}}}}
    return f'<script id="__NEXT_DATA__" type="application/json">{_dump(data, ascii_only)}</script>'


def _linked(chance: Chance, text: Text, ascii_only: bool) -> str:
    """JSON-LD: the text with line breaks, or as one string of HTML."""
    told = "\n".join(gold(text.blocks)) if chance.likely() else _html(chance, text)
    data = {
        "@context": "https://schema.org",
        "@type": chance.pick(("NewsArticle", "Article")),
        "headline": text.title,
        "datePublished": text.day,
        "publisher": {"@type": "Organization", "name": text.issuer},
        "articleBody": told,
    }
    graph: object = {"@graph": [{"@type": "WebSite", "name": text.issuer}, data]}
    shown = _dump(graph if chance.likely() else data, ascii_only)
    return f'<script type="application/ld+json">{shown}</script>'


def _nuxt_window(chance: Chance, text: Text, ascii_only: bool) -> str:
    record = _record(chance, text) | {"content": breaks(text.blocks)}
    data = {"layout": "default", "data": [{"info": record}], "serverRendered": True}
    return f"<script>window.__NUXT__={_dump(data, ascii_only)};</script>"


def _nuxt_flat(chance: Chance, text: Text, ascii_only: bool) -> str:
    """Nuxt 3: a flat list in which objects name the places of their values."""
    record = _record(chance, text)
    data: list[object] = [
        ["Reactive", 1],
        {"data": 2},
        {"article": 3},
        {"title": 4, "author": 5, "content": 6, "date": 7},
        record["title"],
        record["source"],
        _html(chance, text),
        text.day,
    ]
    shown = _dump(data, ascii_only)
    return f'<script type="application/json" id="__NUXT_DATA__">{shown}</script>'


def framed(chance: Chance) -> Draft:
    """A page saved as one file: the text is in a frame, a data address or a shadow root."""
    text = chance.text((*_PROSE, "short", "figures", "guide"))
    inner = body(chance, text.blocks)
    title = f"<h1>{text.title}</h1>" if chance.likely() else ""
    frame = (
        f'<html><head><meta charset="utf-8"><title>{text.title}</title></head>'
        f'<body><div class="{chance.word("body_class")}">{title}{inner}</div></body></html>'
    )
    placed = chance.turn((_srcdoc, _base64, _nested, _percent, _shadow))(frame)
    content = (
        f'<div class="top">{chance.word("top_bar")}</div><div class="nav">'
        f'{menu(chance, "office_menu")}</div><div class="{chance.word("wrap")}">'
        f'<div class="pos">{chance.word("position")}</div>'
        f"{'' if title else f'<h1>{text.title}</h1>'}{placed}"
        f'<div class="share">{chance.word("share")}</div></div>'
        f'<div class="{chance.word("foot_class")}">{lines(chance.word("office_foot"))}</div>'
    )
    head = f"<title>{text.title}</title>\n<!-- Page saved as a single file -->"
    return Draft(page(head, content), ".html", text.title, gold(text.blocks))


def _srcdoc(frame: str) -> str:
    return f'<iframe id="ifr" width="100%" srcdoc="{escape(frame)}"></iframe>'


def _nested(frame: str) -> str:
    return _srcdoc(f"<html><body>{_srcdoc(frame)}</body></html>")


def _base64(frame: str) -> str:
    told = b64encode(frame.encode()).decode()
    return f'<iframe src="data:text/html;charset=utf-8;base64,{told}"></iframe>'


def _percent(frame: str) -> str:
    return f'<iframe src="data:text/html;charset=utf-8,{quote(frame)}"></iframe>'


def _shadow(frame: str) -> str:
    inner = frame.partition("<body>")[2].partition("</body>")[0]
    return f'<article-view><template shadowrootmode="open">{inner}</template></article-view>'

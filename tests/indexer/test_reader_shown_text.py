"""Text that a page holds and does not print itself: hidden bodies, frames, shadow roots, data."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import quote

import pytest

from archive.model import ReadingWarning
from indexer.page import Page
from indexer.readers.html.reader import parse_html

LINES = (
    "云河县各学校要把食堂管理作为开学工作的重点，逐项核对台账，确保账物相符。",
    "县教育局每月抽查两次，发现问题的当场指出，一周以内复查整改情况。",
    "对连续两次抽查不合格的学校，由分管负责人约谈校长，并在全县范围内通报。",
    "家长委员会可以参加抽查，查看采购票据和留样记录，提出意见和建议。",
)
BODY = "".join(f"<p>{line}</p>" for line in LINES)
POEM = "<p>东望山前麦子黄</p><p>清溪水满稻花香</p><p>今年又是丰收岁</p><p>家家户户备粮仓</p>"
HIDDEN = ReadingWarning.HIDDEN.value
FRAMES = ReadingWarning.FRAMES.value


def shown(page: Page) -> list[str]:
    return [block.text for block in page.blocks if not block.hidden]


def hidden(page: Page) -> list[str]:
    return [block.text for block in page.blocks if block.hidden]


# ---- Hidden bodies ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        f'<h1>通知</h1><div id="js_content" style="visibility: hidden; opacity: 0">{BODY}</div>',
        f'<body style="display:none"><h1>通知</h1>{BODY}</body>',
        f'<html hidden><body style="opacity:0"><h1>通知</h1><div hidden>{BODY}</div></body></html>',
        f'<h1>通知</h1><p>首页</p><main class="x1" style="display:none">{BODY}</main>',
        f"<style>.art{{visibility:hidden}}</style><h1>通知</h1><div class=art>{BODY}</div>",
        "<h1>通知</h1>" + BODY.replace("<p>", '<p style="opacity:0">'),
        "<h1>通知</h1>" + BODY.replace("<p>", '<p><span style="visibility:hidden">'),
        f"<h1>通知</h1><my-text style='visibility:hidden'>{BODY}</my-text>",
    ],
    ids=["wechat", "body", "nested", "unnamed", "sheet", "paragraphs", "spans", "element"],
)
def test_a_body_that_a_script_would_show_is_read(page: str) -> None:
    read = parse_html(page)
    assert [line for line in shown(read) if line in LINES] == list(LINES)
    assert read.warnings == (HIDDEN,)


def test_short_texts_in_the_element_of_the_text_are_read() -> None:
    read = parse_html(f'<h1>诗</h1><div id="js_content" style="visibility:hidden">{POEM}</div>')
    assert len(shown(read)) == 5
    read = parse_html("<h1>公告</h1><div class=article-content hidden>定于明日停水，请储水。</div>")
    assert shown(read) == ["公告", "定于明日停水，请储水。"]


def test_what_is_hidden_beside_a_text_stays_hidden_and_is_a_block() -> None:
    windows = f"<div class='login-popup' style='display:none'>{BODY}</div>"
    read = parse_html(f"<h1>公告</h1><p>定于明日停水，请储水。</p>{windows}")
    assert shown(read) == ["公告", "定于明日停水，请储水。"]
    assert hidden(read) == list(LINES)
    assert read.warnings == ()
    same = parse_html(f"<div>{BODY}</div><div style='display:none'>{BODY}</div>")
    assert (shown(same), hidden(same)) == (list(LINES), list(LINES))


@pytest.mark.parametrize("folded", ["<div hidden><p>{}</p></div>", "<p style=display:none>{}</p>"])
def test_a_short_part_that_a_control_unfolds_is_text(folded: str) -> None:
    part = "三、各校在9月5日前报送台账，逾期通报。"
    page = f"<div><p>{LINES[0]}</p>{folded.format(part)}<a onclick=x>{{}}</a></div>"
    read = parse_html(page.format("展开全文"))
    assert (shown(read)[:2], read.warnings) == ([LINES[0], part], (HIDDEN,))
    beside = parse_html(page.format("打印"))
    assert (hidden(beside), beside.warnings) == ([part], ())


def test_a_decoy_inside_a_hidden_body_is_not_read() -> None:
    decoy = '<span style="position:absolute;left:-9999px">盗版必究</span>'
    text = BODY.replace("，", f"{decoy}，", 1)
    read = parse_html(f'<div id="js_content" style="visibility:hidden">{text}</div>')
    assert shown(read) == list(LINES)
    assert read.blocks[0].cut == ("盗版必究",)


# ---- Frames and shadow roots ------------------------------------------------------------------

_PAGE = f"<html><head><title>框</title></head><body>{BODY}</body></html>"

_INNER = f'<iframe srcdoc="{escape(_PAGE)}"></iframe>'


@pytest.mark.parametrize(
    "frame",
    [
        f'<iframe srcdoc="{escape(_PAGE)}"></iframe>',
        f"<iframe src='data:text/html;base64,{b64encode(_PAGE.encode()).decode()}'></iframe>",
        f'<iframe src="data:text/html;charset=utf-8,{quote(_PAGE)}">旧浏览器</iframe>',
        f'<object data="data:text/html;charset=gbk,{quote(_PAGE.encode("gbk"))}"></object>',
        f'<iframe srcdoc="{escape(_INNER)}"></iframe>',
    ],
    ids=["srcdoc", "base64", "percent", "object", "nested"],
)
def test_the_page_in_a_frame_is_read(frame: str) -> None:
    read = parse_html(f"<h1>通知</h1><p>导航</p>{frame}<p>页脚</p>")
    assert shown(read) == ["通知", "导航", *LINES, "页脚"]
    assert read.warnings == (FRAMES,)


@pytest.mark.parametrize("attribute", ["shadowrootmode=open", "shadowroot=closed"])
def test_a_shadow_root_is_read_where_it_stands(attribute: str) -> None:
    inner = f"<x-inner><template {attribute}>{BODY}</template></x-inner>"
    read = parse_html(f"<p>上</p><x-outer><template {attribute}>{inner}</template></x-outer><p>下")
    assert shown(read) == ["上", *LINES, "下"]
    assert read.warnings == ()


# ---- Pages held as data -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "store",
    [
        f"<textarea style='display:none'>{escape(BODY)}</textarea>",
        f"<template id=t>{BODY}</template>",
        f"<noscript>{BODY}</noscript>",
        f"<script type='text/html'>{BODY}</script>",
        f'<article-view content="{escape(BODY)}"></article-view>',
    ],
    ids=["textarea", "template", "noscript", "script", "attribute"],
)
def test_a_page_that_is_stored_comes_out_once(store: str) -> None:
    read = parse_html(f"<h1>通知</h1>{store}")
    assert [line for line in shown(read) if line in LINES] == list(LINES)
    assert read.warnings == (HIDDEN,)
    having = parse_html(f"<div>{BODY}</div>{store}")
    assert shown(having) == list(LINES)
    assert having.warnings == ()


def _next(article: dict[str, object]) -> str:
    data = {"props": {"pageProps": {"site": {"description": "我们，" * 99}, "post": article}}}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'


def _nuxt(article: dict[str, object]) -> str:
    parts = article.pop("paragraphs", None)
    names = {key: place for place, key in enumerate(article, 3)}
    data: list[object] = [{"data": 1}, {"post": 2}, names, *article.values()]
    if isinstance(parts, list):
        names["paragraphs"] = len(data)
        data.append([len(data) + 1 + place for place in range(len(parts))])
        data.extend(part["value"] for part in parts)
    return f'<script id="__NUXT_DATA__" type="application/json">{json.dumps(data)}</script>'


def _stream(article: dict[str, object]) -> str:
    parts = [["$", "p", None, {"children": line}] for line in LINES]
    told = json.dumps(["$", "div", None, {"children": parts}], separators=(",", ":"))
    return f"<script>self.__next_f.push([1,{json.dumps('5:' + told)}])</script>"


@pytest.mark.parametrize("make", [_next, _nuxt, _stream])
@pytest.mark.parametrize(
    "article",
    [
        {"desc": "说明，" * 200, "content": BODY},
        {"summary": "摘要，" * 200, "paragraphs": [{"type": "p", "value": line} for line in LINES]},
    ],
    ids=["html", "parts"],
)
def test_the_article_is_taken_and_not_its_description(
    make: Callable[[dict[str, object]], str], article: dict[str, object]
) -> None:
    read = parse_html(f"<h1>通知</h1><div id=root></div>{make(dict(article))}")
    assert shown(read) == ["通知", *LINES]
    assert read.warnings == (HIDDEN,)


@pytest.mark.parametrize("body", ["\n".join(LINES), BODY, LINES[0]])
def test_the_body_that_json_ld_states_is_the_text(body: str) -> None:
    told = {"@type": "NewsArticle", "description": "说明，" * 200, "articleBody": body}
    graph = json.dumps({"@graph": [{"@type": "WebSite", "description": "我们，" * 200}, told]})
    script = f'<script type="application/ld+json">{graph}</script>'
    expected = [line for line in LINES if line in body]
    assert shown(parse_html(f"<p>正在加载</p>{script}")) == ["正在加载", *expected]
    assert shown(parse_html(f"{BODY}{script}")) == list(LINES)
    other = parse_html(f"<p>{'另一篇文章，说的是别的事情。' * 30}</p>{script}")
    assert (len(shown(other)), hidden(other)) == (1, expected)


def test_texts_of_drawings_and_formulas_are_read() -> None:
    svg = (
        '<svg><title>图</title><text x="1" y="10">清溪市<tspan>财政局</tspan></text>'
        '<text x="9" y="10">文件</text><text y="30">二〇二一年</text></svg>'
    )
    assert shown(parse_html(f"<p>上</p>{svg}<p>下</p>")) == [
        "上",
        "清溪市财政局文件",
        "二〇二一年",
        "下",
    ]
    power = "<math><msup><mn>10</mn><mn>5</mn></msup></math>"
    part = "<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>"
    assert shown(parse_html(f"<p>约{power}元，占{part}</p>")) == ["约10^5元，占1/3"]


@pytest.mark.parametrize("key", ["content", "bodyHtml"])
def test_a_short_text_in_data_is_a_block(key: str) -> None:
    data = {
        "props": {
            "title": "公告",
            key: "<p>现公布36条河流：</p><p>云水：贺某。</p>",
            "id": "0" * 99,
        }
    }
    script = f'<script type="application/json">{json.dumps(data, ensure_ascii=False)}</script>'
    read = parse_html(f"<div id=__next></div>{script}")
    assert hidden(read) == ["现公布36条河流：", "云水：贺某。"]

"""What a browser leaves out: by the page's own style sheet, by inline style, inside a line."""

from __future__ import annotations

import pytest

from indexer.readers.html.reader import parse_html

LONG = "我们认真落实各项要求，扎实推进重点工作，取得了新的成效。"


def shown(html: str) -> list[str]:
    return [block.text for block in parse_html(html).blocks if not block.hidden]


@pytest.mark.parametrize(
    "spam",
    [
        '<span style="display:none">隐</span>',
        "<span hidden>隐</span>",
        '<span style="font-size:0">隐</span>',
        '<i style="position:absolute;left:-9999px">隐</i>',
        '<span class="z1">隐</span>',
    ],
)
def test_hidden_text_inside_a_line_leaves_the_line_whole(spam: str) -> None:
    sheet = "<style>.z1{display:none}</style>"
    assert shown(f"{sheet}<p>甲{spam}乙{LONG}</p>") == [f"甲乙{LONG}"]
    assert shown(f"{sheet}<p>{spam}甲乙{LONG}</p>") == [f"甲乙{LONG}"]


def test_what_is_hidden_inside_a_line_is_cut_or_a_block_of_its_own() -> None:
    (line,) = parse_html("<p>甲<b hidden>隐</b>乙</p>").blocks
    assert (line.text, line.cut) == ("甲乙", ("隐",))
    long = f"<p>甲<b hidden>{LONG * 3}</b>乙{LONG}</p><p><b hidden>隐</b></p>"
    assert [(block.text, block.hidden) for block in parse_html(long).blocks] == [
        (f"甲乙{LONG}", False),
        (LONG * 3, True),
        ("隐", True),
    ]


@pytest.mark.parametrize(
    "style",
    [
        "opacity:0",
        "filter: alpha(opacity=0)",
        "position:absolute;clip:rect(1px, 1px, 1px, 1px)",
        "clip-path: inset(50%)",
        "width:0;height:0;overflow:hidden",
        "POSITION:ABSOLUTE;TOP:-999em",
        "margin-left:-9999px",
        "visibility:collapse",
        "transform:scale(0)",
        "max-height:0px;overflow-y:hidden",
    ],
)
@pytest.mark.parametrize("name", ["span", "label", "font"])
def test_no_way_to_hide_a_decoy_breaks_the_sentence(style: str, name: str) -> None:
    decoy = f'<{name} style="{style}">盗版必究</{name}>'
    (line,) = parse_html(f"<div>完善应急预案{decoy}，定期开展演练。</div>").blocks
    assert (line.text, line.cut) == ("完善应急预案，定期开展演练。", ("盗版必究",))


@pytest.mark.parametrize(
    "style",
    ["opacity:0.5", "opacity:1", "line-height:0", "border-collapse:collapse", "overflow:hidden"],
)
def test_what_is_no_way_to_hide_hides_nothing(style: str) -> None:
    assert shown(f'<p>甲<span style="{style}">乙</span>丙</p>') == ["甲乙丙"]


def test_a_gap_closed_between_elements_hides_none_of_them() -> None:
    assert shown('<div style="font-size:0"><span style="font-size:14px">甲</span></div>') == ["甲"]


def test_a_sheet_that_hides_the_text_itself_waits_for_a_script() -> None:
    assert shown(f"<style>.body{{display:none}}</style><h1>总结</h1><div class=body>{LONG}</div>")[
        1:
    ]


def test_a_sheet_for_printing_hides_nothing() -> None:
    sheet = "<style>@media print{.a{display:none}}</style>"
    assert shown(f"{sheet}<p class=a>甲</p>") == ["甲"]


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        (".z{left: -9999px}", True),
        (".z{display:none}.z{color:red}", True),
        (".z{display:none} p.z , .y{display: block}", False),
        ("} .z{display:none}", True),
        ("@media print{.z{display:none}}", False),
        ("@media print{.a{color:red}} .z{visibility:hidden}", True),
        ("/* .z{display:none} */ .a{color:red}", False),
        (".a .z{display:none}", False),
    ],
)
def test_only_a_sheets_own_simple_rules_hide(sheet: str, hidden: bool) -> None:
    assert shown(f'<style>{sheet}</style><p>{LONG}</p><p class="z">乙</p>') == (
        [LONG] if hidden else [LONG, "乙"]
    )


def test_a_later_sheet_shows_what_an_earlier_one_hid() -> None:
    sheets = "<style>.z{display:none}</style><style>.z{display:block}</style>"
    assert shown(f'{sheets}<p>{LONG}</p><p class="z">乙</p>') == [LONG, "乙"]

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


def test_what_is_hidden_inside_a_line_is_a_block_of_its_own() -> None:
    blocks = parse_html("<p>甲<b hidden>隐</b>乙</p>").blocks
    assert [(block.text, block.hidden) for block in blocks] == [("甲乙", False), ("隐", True)]


def test_a_gap_closed_between_elements_hides_none_of_them() -> None:
    assert shown('<div style="font-size:0"><span style="font-size:14px">甲</span></div>') == ["甲"]


def test_a_sheet_that_hides_the_text_itself_waits_for_a_script() -> None:
    assert shown(f"<style>.body{{display:none}}</style><h1>总结</h1><div class=body>{LONG}</div>")[
        1:
    ]


def test_a_sheet_for_printing_hides_nothing() -> None:
    sheet = "<style>@media print{.a{display:none}}</style>"
    assert shown(f"{sheet}<p class=a>甲</p>") == ["甲"]

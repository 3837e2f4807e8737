"""Web pages that show pictures and no text say so."""

from __future__ import annotations

import pytest

from indexer.readers.html.reader import parse_html

SENTENCE = "坚持立德树人根本任务，推进义务教育优质均衡发展。"


@pytest.mark.parametrize(
    "page",
    [
        "<title>公示</title><p><img src=1.jpg></p><p><img src=2.jpg></p>",
        "<div><a href=/>首页</a> <a href=/b>通知公告</a></div><canvas></canvas>",
        "<p>第1页</p><svg><image href=1.png /></svg>",
    ],
)
def test_a_page_of_pictures_says_so(page: str) -> None:
    assert "pictures" in parse_html(page).warnings


@pytest.mark.parametrize("page", [f"<p>{SENTENCE}<img src=1.jpg></p>", "<p>空</p>", ""])
def test_a_page_with_text_or_without_pictures_does_not(page: str) -> None:
    assert parse_html(page).warnings == ()

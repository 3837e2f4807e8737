"""The document page: text as printed, marked hits, years with their reasons, what was cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.model import Paragraph
from archive.store.home import Home
from indexer.run.reindex import Options, reindex
from tests.fixtures.pages import COMPILATION, get
from web import create_app
from web.presenters.outline import unprinted


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def test_a_script_address_is_no_link(client: FlaskClient) -> None:
    soup = get(client, "/document/hostile.html")
    assert "javascript:alert(1)" in soup.get_text()
    assert not soup.select("a[href^=javascript]")


def test_a_web_address_is_a_link_that_tells_nothing(client: FlaskClient) -> None:
    link = get(client, COMPILATION).select_one("a[href='https://example.org/doc/1.html']")
    assert link
    assert {"noopener", "noreferrer"} <= set(link["rel"])


def test_a_document_marks_counts_and_links_its_hits(client: FlaskClient) -> None:
    soup = get(client, COMPILATION + "?q=均衡发展")
    found = soup.select(".official .found")
    assert [p["id"] for p in found] == ["p2", "p4", "p6"]
    assert [n.get_text(strip=True) for n in soup.select(".nth > span")] == [
        "1 / 3",
        "2 / 3",
        "3 / 3",
    ]
    middle = found[1].select_one("a[rel~=next]")
    assert middle
    assert middle["href"] == "#p6"
    assert {mark.get_text() for mark in soup.select(".official mark")} == {"均衡发展"}


def test_a_document_without_a_full_match_marks_the_parts(client: FlaskClient) -> None:
    soup = get(client, "/document/通知.txt?q=均衡发展 学前教育")
    assert [p["id"] for p in soup.select(".official .found")] == ["p2"]
    assert "一部分" in soup.select(".bar .total")[0].get_text()


def test_a_document_reads_as_it_is_printed(client: FlaskClient) -> None:
    soup = get(client, COMPILATION)
    order = [f"{p.name} {p['id']}" for p in soup.select(".official [id^=p]")]
    assert order == ["h2 p0", "h3 p1", "h4 p2", "p p3", "p p4", "h2 p5", "p p6"]
    assert soup.select("#p3 b")[0].get_text() == "1.加强师德建设。"
    assert [a["href"] for a in soup.select(".outline a")] == ["#p0", "#p1", "#p2", "#p5"]


def test_a_document_shows_what_was_cut_and_where(client: FlaskClient) -> None:
    soup = get(client, COMPILATION)
    mark = soup.select_one("#p4 .cut")
    assert mark
    assert str(mark.previous_sibling).endswith("创造新鲜的")
    assert str(mark["title"]).endswith("：.")
    removed = soup.select_one(".removed")
    assert removed
    assert [code.get_text() for code in removed.select("code")] == ["button", "contact"]
    page = get(client, COMPILATION + "?all=1")
    assert [d.get_text() for d in page.select(".blocks del")] == [
        "下载本文档",
        ".",
        "客服微信：示例",
    ]
    assert len(page.select(".blocks li")) == 9


@pytest.mark.parametrize("document", ["总结汇编.html", "通知.txt", "hostile.html", "统计.jsonl"])
@pytest.mark.parametrize("query", ["", "均衡发展", "学校xx所 全力", "第1"])
def test_the_text_on_the_page_is_the_text_that_is_kept(
    client: FlaskClient, document: str, query: str
) -> None:
    soup = get(client, f"/document/{document}?q={query}")
    for added in soup.select(".nth, .anchor, .tools, .cut"):
        added.decompose()
    shown = [element.get_text() for element in soup.select(".official [id^=p]")]
    kept = client.get(f"/api/document/{document}").get_json()["paragraphs"]
    assert shown == [paragraph["text"] for paragraph in kept]


def test_masks_are_marked_as_masks(client: FlaskClient) -> None:
    masks = get(client, "/document/通知.txt").select(".official .mask")
    assert [mask.get_text() for mask in masks] == ["20xx"]
    hidden = get(client, COMPILATION + "?q=学校xx所").select("#p4 mark")
    assert "".join(mark.get_text() for mark in hidden) == "学校xx所"


def test_a_document_says_what_its_years_stand_on(client: FlaskClient) -> None:
    runs = [run.get_text(" ", strip=True) for run in get(client, COMPILATION).select(".run")]
    assert len(runs) == 2
    assert "2018" in runs[1]
    assert "原文写 2021 年" in runs[1]
    assert "庆祝改革开放四十周年" in runs[1]
    masked = get(client, "/document/通知.txt").select_one(".side")
    assert masked
    assert "原文年份已脱敏" in masked.get_text()
    assert "2016—2019" in masked.get_text()


def test_a_very_long_document_comes_in_pages(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pages.document", "urls.links"):
        monkeypatch.setattr(f"web.{module}.PAGE_OF_DOCUMENT", 25)
    hit = get(client, "/search?q=“第57项”").select_one(".hits a.to")
    assert hit
    soup = get(client, str(hit["href"]))
    assert len(soup.select(".official p[id]")) == 10
    assert soup.select_one(".official .found#p57")
    pages = [get(client, str(a["href"])) for a in soup.select(".pages a")]
    assert [len(page.select(".official p[id]")) for page in pages] == [25, 25]


def test_headings_that_are_only_in_paths_are_set_over_their_text() -> None:
    one, two = ("一、甲",), ("一、甲", "（一）乙")
    paragraphs = [
        Paragraph("a", n, "正文。", heading_path=path)
        for n, path in enumerate([one, two, two, one])
    ]
    headings = unprinted(paragraphs, 1)
    assert {n: [(h.level, h.text) for h in found] for n, found in headings.items()} == {
        0: [(2, "一、甲")],
        1: [(3, "（一）乙")],
    }


def test_years_differ_only_where_the_years_do(tmp_path: Path) -> None:
    """An annex whose year is inferred from its notice has no other year than the notice."""
    home = Home.open(tmp_path)
    home.corpus.mkdir()
    notice = (
        "云溪县教育局关于印发《校舍维修方案》的通知",
        *("各学校：", "现将方案印发给你们。", "云溪县教育局", "2021年4月6日"),
        *("附件", "校舍维修方案", "一、目标", "年内完成。"),
    )
    summaries = [
        line
        for year in (2019, 2020)
        for line in (f"云溪县教育局{year}年工作总结", f"{year}年，全县建校3所，成效明显。")
    ]
    for name, lines in (("一", notice), ("二", summaries)):
        (home.corpus / f"{name}.txt").write_text("\n".join(lines), "utf-8")
    reindex(home, Options(jobs=1))
    client = create_app(tmp_path).test_client()
    one, two = (client.get(f"/document/{name}.txt?lang=zh").text for name in "一二")
    assert "推定" in one
    assert "各处不同" not in one
    assert "各处不同" in two

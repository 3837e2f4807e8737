"""Wordings in the browser: lines, groups, collocates, years, comparison, CSV and API."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from archive import open_archive
from archive.query.query import parse
from archive.wording import lines
from tests.fixtures.home import HOSTILE
from tests.fixtures.pages import args, get, total, values
from web import create_app
from web.presenters.query_help import PATTERNS


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found, selector
    return found


def matched(soup: BeautifulSoup) -> list[str]:
    return [mark.get_text() for mark in soup.select(".kwic .match")]


def numbers(soup: BeautifulSoup) -> Iterator[tuple[int, str]]:
    """The count in each row of the tables of groups, collocates and years, and where it leads."""
    for row in soup.select(".wording .panels tr"):
        link = row.select_one("td.n a")
        if link:
            yield int(link.get_text().replace(",", "")), str(link["href"])


def test_without_a_wording_the_page_shows_what_may_be_asked(client: FlaskClient) -> None:
    soup = get(client, "/wording")
    examples = soup.select(".examples a")
    assert [a.get_text() for a in examples] == [example for _, _, example in PATTERNS]
    for example in examples:
        assert client.get(str(example["href"])).status_code == 200


def test_lines_show_each_match_between_its_neighbours(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=均衡发展")
    assert total(soup) == 4
    assert matched(soup) == ["均衡发展"] * 4
    line = soup.select(".kwic li")[1]
    assert one(line, ".left").get_text() == "全力推进义务教育"
    assert one(line, ".right").get_text() == "，创造新鲜的品牌，新建学校xx所。"
    assert "2020" in one(line, ".when").get_text()


def test_every_line_opens_its_place_and_copies_its_sentence(client: FlaskClient) -> None:
    for line in get(client, "/wording?q=均衡发展").select(".kwic li"):
        opened = str(one(line, ".match")["href"])
        address, _, place = opened.partition("#")
        assert "均衡发展" in one(get(client, address), f"#{place} mark").get_text()
        quoted = get(client, str(one(line, ".copy")["href"]))
        assert one(line, ".left").get_text() + "均衡发展" in one(quoted, "textarea").get_text()


@pytest.mark.parametrize("query", ["均衡发展", "新建学校#所", "推进…发展", "[校园|食品]安全"])
def test_every_number_opens_the_sentences_that_it_counts(client: FlaskClient, query: str) -> None:
    soup = get(client, f"/wording?q={query.replace('#', '%23')}")
    assert total(soup) > 0
    opened = [(count, total(get(client, address))) for count, address in numbers(soup)]
    assert opened
    # No paragraph here holds a wording twice.
    assert [count for count, _ in opened] == [found for _, found in opened]


def test_the_passages_of_a_word_are_those_that_hold_its_characters(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=发展推进")
    assert total(soup) == 0
    assert "没有" in one(soup, ".nothing").get_text()
    soup = get(client, "/wording?q=均衡发展")
    link = one(soup, ".total a")
    shown = re.search(r"\d+", link.get_text())
    assert shown
    assert total(get(client, str(link["href"]))) == int(shown.group())


def test_facets_count_the_paragraphs_of_the_wording_and_keep_its_options(
    client: FlaskClient,
) -> None:
    soup = get(client, "/wording?q=均衡发展&sort=right1&slots=1")
    listed = list(values(soup))
    assert listed
    for link, count in listed:
        assert ("sort", "right1") in args(link["href"])
        narrowed = get(client, str(link["href"]))
        shown = re.search(r"\d+", one(narrowed, ".total a").get_text())
        assert shown
        assert int(shown.group()) == count
        assert len(narrowed.select(".chips li")) == 1


def test_all_values_of_a_facet_lead_back_to_the_wording(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=教育经费&sort=left1")
    more = next(a for a in soup.select(".more a") if "/facet/topic" in str(a["href"]))
    listed = get(client, str(more["href"]))
    back = str(one(listed, "#values a")["href"])
    assert back.startswith("/wording?")
    assert ("sort", "left1") in args(back)


def test_orders_are_links_and_sort_the_lines(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=均衡发展")
    orders = {a.get_text(): str(a["href"]) for a in soup.select(".order a")}
    assert {"左1词", "左2词", "左3词", "右1词", "右2词", "右3词", "由旧到新"} <= orders.keys()
    years = [
        one(line, ".when").get_text().split()[0]
        for line in get(client, orders["由旧到新"]).select(".kwic li")
    ]
    assert years == ["2018", "2020", "2020", "不明"]


def test_slots_fold_figures_and_masks_into_one_wording(client: FlaskClient) -> None:
    def groups(soup: BeautifulSoup) -> dict[str, str]:
        rows = one(soup, "[aria-labelledby=groups]").select("table tr")[1:]
        return {one(row, "th").get_text(): row.select("td")[0].get_text() for row in rows}

    soup = get(client, "/wording?q=新建学校%23所")
    assert groups(soup) == {"新建学校12所": "1", "新建学校xx所": "1"}
    folded = get(client, str(one(soup, "[aria-labelledby=groups] .order a")["href"]))
    assert groups(folded) == {"新建学校#所": "2"}


def test_years_are_drawn_raw_and_per_million_with_words_beside(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=均衡发展")
    charts = soup.select(".years svg")
    assert len(charts) == 2
    assert [bar["aria-label"] for bar in charts[0].select("a")] == [
        "2018 年：1 次",
        "2020 年：2 次",
    ]
    assert all("每百万字" in str(bar["aria-label"]) for bar in charts[1].select("a"))
    rows = one(soup, "[aria-labelledby=years] details").select("tr")[1:]
    assert [one(row, "th").get_text() for row in rows] == ["2018", "2020", "年份不明"]


def test_the_life_of_a_wording_is_told(client: FlaskClient) -> None:
    life = one(get(client, "/wording?q=均衡发展"), ".life").get_text()
    assert "最早 2018 年，最晚 2020 年" in life
    assert "到 2024 年" in life
    assert "1 处年份不明" in life


def test_wordings_stand_side_by_side_and_can_be_dropped(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=均衡发展&with=教育经费&with=校园安全")
    rows = soup.select(".compared table tr")[1:]
    assert [one(row, "th").get_text() for row in rows] == ["均衡发展", "教育经费", "校园安全"]
    assert [row.select("td")[0].get_text() for row in rows] == ["4", "60", "2"]
    without = get(client, str(one(rows[1], "td:last-child a")["href"]))
    assert [
        th.get_text() for th in without.select(".compared tbody th, .compared tr th[scope=row]")
    ] == [
        "均衡发展",
        "校园安全",
    ]
    full = "&".join(f"with=教育{n}" for n in "甲乙丙丁戊")
    soup = get(client, f"/wording?q=均衡发展&{full}")
    assert len(soup.select(".compared table tr")) == 1 + 5
    assert not soup.select(".compared form")


@pytest.mark.parametrize(
    "address",
    [
        "/wording?q=…",
        "/wording?q=-高中",
        "/wording?q=均衡 “发展",
        "/wording?q=均衡&sort=beauty",
        "/wording?q=均衡&window=99",
        "/wording?q=均衡&with=…",
        "/wording?q=均衡&year=去年",
        "/wording.csv?q=…",
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(client: FlaskClient, address: str) -> None:
    soup = get(client, address, 400)
    assert one(soup, "[role=alert]").get_text(strip=True)
    assert str(one(soup, "form.box")["action"]) == "/wording"


def test_lines_are_turned_page_by_page(client: FlaskClient) -> None:
    seen: list[str] = []
    address = "/wording?q=教育经费&limit=25"
    while address:
        soup = get(client, address)
        seen += [str(a["href"]) for a in soup.select(".kwic .match")]
        after = soup.select_one("a[rel~=next]")
        address = str(after["href"]) if after else ""
    assert len(seen) == len(set(seen)) == 60


def test_the_csv_holds_every_line(client: FlaskClient, home: Path) -> None:
    answer = client.get("/wording.csv?q=教育经费&limit=1")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    with open_archive(home) as archive:
        expected = [line.paragraph.paragraph_id for line in lines(archive, parse("教育经费"))]
    assert [row["paragraph_id"] for row in rows] == expected
    assert {row["match"] for row in rows} == {"教育经费"}


def test_the_csv_is_not_made_before_it_is_read(client: FlaskClient) -> None:
    answer = client.get("/wording.csv?q=教育经费", buffered=False)
    assert answer.is_streamed
    answer.close()


def test_the_api_answers_in_the_words_of_the_command_line(client: FlaskClient) -> None:
    answer = client.get("/api/wording?q=新建学校%23所&slots=1").get_json()
    assert answer["total"] == 2
    assert {"left", "match", "right", "paragraph_id", "year"} <= answer["lines"][0].keys()
    assert [(g["text"], g["count"]) for g in answer["groups"]] == [("新建学校#所", 2)]
    assert {"first", "last", "peak", "last_seen"} <= answer["life"].keys()
    refused = client.get("/api/wording?q=…")
    assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")


def test_hostile_texts_stay_text(client: FlaskClient) -> None:
    page = client.get("/wording?q=注入").text
    assert HOSTILE[:40] in BeautifulSoup(page, "lxml").get_text()
    assert "<script>alert" not in page
    for name in ("q", "with"):
        page = client.get("/wording", query_string={"q": "均衡", name: HOSTILE}).text
        assert "<script>alert" not in page


def test_a_passage_is_quoted_with_its_source(client: FlaskClient) -> None:
    answer = client.get("/quote?paragraph=总结汇编.html:6&plain=1")
    assert answer.mimetype == "text/plain"
    assert answer.text == (
        "落实校园安全责任，均衡发展取得进展。\n"
        "——《教育工作总结（2篇）》，教育工作总结篇二，2018 年（原文写 2021 年），范文示例站，"
        "第 7 段，文件 2023/总结汇编.html\n"
    )
    page = get(client, "/quote?paragraph=总结汇编.html:6")
    assert one(page, "textarea").get_text() == answer.text


def test_a_quotation_can_be_of_the_sentences_that_are_meant(client: FlaskClient) -> None:
    quoted = client.get("/quote?paragraph=总结汇编.html:3&plain=1&start=9&end=12").text
    assert quoted.startswith("全年开展师德培训12次，师德师风明显好转。\n——")
    for odd in ("start=x&end=y", "start=9999&end=99999", "start=5&end=1", "end=4"):
        whole = client.get(f"/quote?paragraph=总结汇编.html:3&plain=1&{odd}").text
        assert whole.startswith("1.加强师德建设。")


@pytest.mark.parametrize("paragraph", ["nothing:1", "", "总结汇编.html:99", "a\x00b"])
def test_a_passage_that_is_not_there_is_404(client: FlaskClient, paragraph: str) -> None:
    assert client.get("/quote", query_string={"paragraph": paragraph}).status_code == 404


@pytest.mark.parametrize("address", ["/search?q=均衡发展", "/document/总结汇编.html"])
def test_hits_and_paragraphs_can_be_copied(client: FlaskClient, address: str) -> None:
    links = get(client, address).select("main .tools a.copy")
    assert len(links) >= 3
    for link in links:
        assert client.get(str(link["href"])).status_code == 200

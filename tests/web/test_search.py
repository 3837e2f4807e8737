"""The result page: what it counts, where its links lead, what it says when there is nothing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from tests.fixtures.pages import args, get, total, values
from tests.fixtures.strategies import FACETS
from web import create_app
from web.presenters.facets import ORDER


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def test_search_marks_the_words_and_nothing_else(client: FlaskClient) -> None:
    soup = get(client, "/search?q=“均衡发展”&fold=0")
    marks = [mark.get_text() for mark in soup.select(".hit mark")]
    assert marks
    assert set(marks) == {"均衡发展"}


def test_search_folds_variants_and_opens_them_in_place(client: FlaskClient) -> None:
    soup = get(client, "/search?q=“推进义务教育均衡发展”")
    assert total(soup) == 2
    assert len(soup.select(".hits > .hit")) == 1
    unfold = soup.select_one(".total a")
    assert unfold
    assert len(get(client, str(unfold["href"])).select(".hits > .hit")) == 2
    variants = soup.select_one("a.variants")
    assert variants
    opened = get(client, str(variants["href"]))
    assert [h.get_text() for h in opened.select(".opened a.to")] == ["校园安全工作通知"]
    assert opened.select_one("#open")
    assert [gone.get_text() for gone in opened.select(".opened del")] == ["的", "xx"]
    new = opened.select(".opened ins")
    assert [words.get_text() for words in new] == ["12"]
    assert "12" in str(new[0]["title"])


@pytest.mark.parametrize(
    "address",
    [
        "/search",
        "/search?q=均衡发展",
        "/search?q=教育&topic=专题01",
        "/search?year=2018&kind=工作总结",
    ],
)
def test_following_a_facet_value_gives_the_count_it_shows(
    client: FlaskClient, address: str
) -> None:
    before = get(client, address)
    followed = 0
    for link, count in values(before):
        asked = dict(args(link["href"]))
        added = set(args(link["href"])) - set(args(address))
        # A further value of a facet widens it: its own count is then only a share.
        if len(added) == 1 and len([k for k, _ in args(link["href"]) if k in dict(added)]) == 1:
            assert total(get(client, str(link["href"]))) == count, asked
            followed += 1
    assert followed


def test_a_facet_value_toggles_there_and_back(client: FlaskClient) -> None:
    first = get(client, "/search?q=教育")
    link = next(a for a, _ in values(first) if ("topic", "专题01") in args(a["href"]))
    chosen = get(client, str(link["href"]))
    back = next(a for a, _ in values(chosen) if a.get("aria-current"))
    assert back.select_one(".label").get_text().startswith("专题01")  # type: ignore[union-attr]
    assert args(back["href"]) == [("q", "教育")]


def test_selected_values_come_first_and_as_conditions(client: FlaskClient) -> None:
    soup = get(client, "/search?q=教育&topic=专题11&topic=专题05&year=2000..2024&section=做法")
    chosen = [bool(a.get("aria-current")) for a, _ in values(soup) if "专题" in a.get_text()]
    assert chosen[:2] == [True, True]
    assert not any(chosen[2:])
    chips = [chip.get_text(" ", strip=True) for chip in soup.select(".chips a")]
    assert any("2000–2024" in chip for chip in chips)
    assert any("专题05" in chip for chip in chips)
    assert any("含“做法”" in chip for chip in chips)
    for chip in soup.select(".chips a:not(.all)"):
        assert len(args(chip["href"])) == 4


def test_a_long_facet_is_cut_and_its_page_lists_all(client: FlaskClient) -> None:
    soup = get(client, "/search?q=教育经费")
    more = next(a for a in soup.select(".more a") if "/facet/topic" in str(a["href"]))
    full = get(client, str(more["href"]))
    assert len(full.select("#values li")) == 12
    assert "12" in more.get_text()


def test_the_year_chart_links_every_year_and_sums_up_the_early_ones(client: FlaskClient) -> None:
    soup = get(client, "/search?q=教育经费")
    bars = soup.select(".years svg a")
    assert len(bars) == 36
    earliest, last = bars[0], bars[-1]
    assert ("year", "..1989") in args(earliest["href"])
    assert ("year", "2024") in args(last["href"])
    counted = sum(int(re.findall(r"\d+", str(bar["aria-label"]))[-1]) for bar in bars)
    assert counted == total(soup)
    assert total(get(client, str(earliest["href"]))) == 20
    assert total(get(client, str(last["href"]))) == 1


def test_typed_years_become_a_range_in_the_address(client: FlaskClient) -> None:
    answer = client.get("/search?q=教育&topic=专题01&year=1999&from=2001&to=2003")
    assert answer.status_code == 302
    assert args(answer.location) == [("q", "教育"), ("year", "2001..2003"), ("topic", "专题01")]
    assert args(client.get("/search?q=教育&from=&to=").location) == [("q", "教育")]
    assert client.get("/search?q=教育&from=2003&to=2001").status_code == 400


def test_paging_walks_through_all_hits(client: FlaskClient) -> None:
    seen: list[str] = []
    address: str | None = "/search?q=教育经费&limit=20"
    while address:
        soup = get(client, address)
        seen += [str(a["href"]) for a in soup.select(".hits > .hit a.to")]
        following = soup.select_one(".pages a[rel~=next]")
        address = str(following["href"]) if following else None
    assert len(seen) == len(set(seen)) == 60


def test_paging_ends_where_no_engine_pages_further(client: FlaskClient) -> None:
    assert client.get("/search?q=教育&limit=100&offset=9900").status_code == 200
    assert client.get("/search?q=教育&limit=100&offset=9901").status_code == 400
    assert client.get("/search?q=教育&limit=101").status_code == 400


def test_a_refused_query_shows_where_and_keeps_the_filters(client: FlaskClient) -> None:
    soup = get(client, "/search?q=均衡 “发展&topic=义务教育", 400)
    caret = soup.select_one(".caret")
    assert caret
    assert caret.get_text() == "“"
    box = soup.select_one("#q")
    assert box
    assert box["value"] == "均衡 “发展"
    kept = soup.select_one("form.box input[name=topic]")
    assert kept
    assert kept["value"] == "义务教育"
    assert "均衡 发展" in dict(args(soup.select("main a")[0]["href"]))["q"]


def test_no_result_says_so_and_offers_ways_out(client: FlaskClient) -> None:
    soup = get(client, "/search?q=“均衡发展之外”&kind=工作总结&year=2020")
    assert total(soup) == 0
    # No condition given up would find these words, so that none is offered.
    assert not soup.select(".nothing a")
    assert "放宽" in soup.select(".nothing")[0].get_text()
    assert soup.select_one(".nearest h2")
    assert soup.select(".nearest .hit mark")
    assert not soup.select("main > .hits")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "/search?q=均衡发展&kind=通知&year=2020&not_topic=校园安全",
            [
                [("q", "均衡发展"), ("kind", "通知"), ("not_topic", "校园安全")],
                [("q", "均衡发展"), ("year", "2020"), ("not_topic", "校园安全")],
                [("q", "均衡发展")],
            ],
        ),
        (
            "/search?q=均衡发展 教育经费",
            [[("q", "教育经费")], [("q", "均衡发展")], [("q", "均衡发展 OR 教育经费")]],
        ),
        (
            "/search?q=“全力推进发展”",
            [],
        ),
    ],
)
def test_the_ways_out_of_nothing_lead_to_what_they_promise(
    client: FlaskClient, address: str, expected: list[list[tuple[str, str]]]
) -> None:
    soup = get(client, address)
    assert total(soup) == 0
    ways = soup.select(".nothing li")
    hrefs = [args(way.select("a")[0]["href"]) for way in ways]
    assert [href for href in expected if href not in hrefs] == []
    for way in ways:
        link, count = way.select("a")[0], way.select(".count")[0].get_text()
        assert total(get(client, str(link["href"]))) == int(count.split()[0]) > 0


def test_words_within_the_results_narrow_them_whatever_was_asked(client: FlaskClient) -> None:
    def sent(address: str) -> list[tuple[str, str]]:
        answer = client.get(address)
        assert answer.status_code == 302
        return args(answer.location)

    assert sent("/search?q=教育&topic=专题01&offset=20&within=经费") == [
        ("q", "教育 经费"),
        ("topic", "专题01"),
    ]
    assert sent("/search?q=安全 OR 均衡&within=发展|责任")[0] == ("q", "(安全 OR 均衡) (发展|责任)")
    assert sent("/search?q=教育&within=") == [("q", "教育")]
    refused = get(client, "/search?q=教育&within=(经费", 400)
    assert "(经费" in refused.get_text()
    form = get(client, "/search?q=教育&topic=专题01").select_one("form.within")
    assert form
    hidden = [(i["name"], i["value"]) for i in form.select("input[type=hidden]")]
    assert hidden == [("q", "教育"), ("topic", "专题01")]


def excluding(button: Tag, form: Tag) -> str:
    """Where a press of the button that excludes a value leads."""
    pairs = [(str(i["name"]), str(i["value"])) for i in form.select("input[type=hidden]")]
    pairs.append((str(button["name"]), str(button["value"])))
    return f"{form['action']}?{urlencode(pairs)}"


@pytest.mark.parametrize("address", ["/search?q=教育&year=1990..", "/search?kind=统计"])
def test_excluding_a_value_leaves_the_rest_and_can_be_undone(
    client: FlaskClient, address: str
) -> None:
    before = get(client, address)
    form = before.select_one("#narrow")
    assert form
    buttons = before.select(".facets .values button")
    assert len(buttons) >= 9
    # Where a facet has something selected, the rest of it is left out already.
    chosen = {"year"} if "year" in address else {"kind"}
    assert {str(button["name"]) for button in buttons}.isdisjoint(f"not_{n}" for n in chosen)
    for button in buttons:
        row = button.find_parent("li")
        assert row
        count = int(row.select(".count")[0].get_text().replace(",", ""))
        left = get(client, excluding(button, form))
        assert total(left) == total(before) - count
        (undo,) = left.select(".values a.off")
        assert undo.select(".count")[0].get_text() == f"{count:,}"
        assert args(undo["href"]) == args(address)
        chips = [args(chip["href"]) for chip in left.select(".chips a:not(.all)")]
        assert args(address) in chips


def test_the_page_of_a_facet_finds_values_by_their_characters(client: FlaskClient) -> None:
    soup = get(client, "/facet/topic?q=教育经费&find=1")
    assert [v.get_text() for v in soup.select("#values .label")] == [
        *("专题01", "专题10", "专题11"),
    ]
    assert get(client, "/facet/section?find=做法").select("#values li")
    assert get(client, "/facet/section?find=没有").select("#values li") == []
    assert len(get(client, "/facet/year?q=教育经费&find=201").select("#values li")) == 10


def test_every_year_is_listed_in_words(client: FlaskClient) -> None:
    soup = get(client, "/search?q=教育经费")
    listed = get(client, str(soup.select_one("figcaption a")["href"]))  # type: ignore[index]
    assert len(listed.select("#values li")) == 45


def test_a_result_page_is_small(client: FlaskClient) -> None:
    page = client.get("/search", query_string=[("q", "教育经费投入" * 3), ("topic", "专题01")])
    assert len(page.data) < 80_000
    assert len(client.get("/search?q=教育").data) < 80_000


def test_the_order_of_facets_leaves_none_out() -> None:
    assert sorted(ORDER) == sorted(FACETS)


def test_addresses_are_quoted_as_the_browser_needs_them(client: FlaskClient) -> None:
    soup = get(client, "/search", 200)
    for link in soup.select("a[href]"):
        assert quote(str(link["href"]), safe="/?&=#%:,+;~.-_@!()*'$") == link["href"]

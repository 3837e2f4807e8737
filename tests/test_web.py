"""The pages, asked for as a browser without script would ask."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

import web
from archive.model import Form, YearBasis
from archive.nodes import FACETS
from archive.query import Query, Sort
from tests.shelf import HOSTILE, publish
from web import create_app
from web.card import EXAMPLES, SHORTCUTS
from web.facets import ORDER

COMPILATION = "/document/总结汇编.html"
PAGES = {
    "home": ("/", 200),
    "search": ("/search?q=均衡发展", 200),
    "everything": ("/search", 200),
    "filtered": ("/search?q=发展&topic=义务教育&year=2015..2022&fold=0", 200),
    "opened": ("/search?q=均衡发展&open=总结汇编.html:4", 200),
    "nothing": ("/search?q=“均衡发展之外”&kind=工作总结", 200),
    "past the end": ("/search?q=均衡发展&offset=500", 200),
    "hostile hit": ("/search?q=注入", 200),
    "facet": ("/facet/topic?q=教育", 200),
    "document": (COMPILATION + "?q=均衡发展", 200),
    "original": (COMPILATION + "?all=1", 200),
    "hostile document": ("/document/hostile.html", 200),
    "hostile original": ("/document/hostile.html?all=1", 200),
    "records": ("/document/统计.jsonl", 200),
    "help": ("/help", 200),
    "refused": ("/search?q=均衡 “发展", 400),
    "bad filter": ("/search?q=均衡&year=去年", 400),
    "no document": ("/document/nothing", 404),
    "no page": ("/nothing", 404),
    "no facet": ("/facet/nothing", 404),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    publish(root)
    return root


@pytest.fixture(scope="module")
def app(home: Path) -> Flask:
    app = create_app(home)
    # Not `testing`: errors are to be answered as they are to a reader.
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, address
    return BeautifulSoup(answer.text, "lxml")


def total(soup: BeautifulSoup) -> int:
    """The number of paragraphs that a result page says it found."""
    shown = soup.select_one(".total")
    assert shown
    number = re.match(r"[\d,]+", shown.get_text(strip=True))
    assert number
    return int(number.group().replace(",", ""))


def args(href: object) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(str(href)).query)


def values(soup: BeautifulSoup) -> Iterator[tuple[Tag, int]]:
    """The links of all facet values with the count that each shows."""
    for link in soup.select(".facets .values a"):
        count = link.select_one(".count")
        assert count
        yield link, int(count.get_text().replace(",", ""))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_stands_in_both_languages(client: FlaskClient, name: str, language: str) -> None:
    address, status = PAGES[name]
    soup = get(client, f"{address}{'&' if '?' in address else '?'}lang={language}", status)
    html = soup.select_one("html")
    assert html
    assert html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    assert len(soup.select("h1")) == 1
    assert soup.select_one("main#main")
    assert soup.select_one("a.skip[href='#main']")
    assert soup.title
    assert soup.title.get_text(strip=True)
    switch = soup.select_one("nav.frame a[hreflang]")
    assert switch
    assert ("lang", "en" if language == "zh" else "zh") in args(switch["href"])


@pytest.mark.parametrize("name", PAGES)
def test_every_id_is_there_once_and_every_jump_lands(client: FlaskClient, name: str) -> None:
    soup = get(client, *PAGES[name])
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    jumps = {str(a["href"])[1:] for a in soup.select("a[href^='#']")}
    assert jumps <= set(ids)
    for field in soup.select("input:not([type=hidden])"):
        assert field.find_parent("label") or soup.select_one(f"label[for={field.get('id')}]")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_inline_script_style_or_foreign_assets(client: FlaskClient, name: str) -> None:
    soup = get(client, *PAGES[name])
    for script in soup.select("script"):
        assert str(script["src"]).startswith("/static/")
        assert not script.get_text()
    assert not soup.select("style, img, iframe, object, [style]")
    assert all(str(link["href"]).startswith("/static/") for link in soup.select("link"))
    for element in soup.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on") and name != "on"]


@pytest.mark.parametrize(
    "address", ["/", "/search?q=均衡", "/nothing", "/api/search", "/robots.txt"]
)
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers


@pytest.mark.parametrize("name", ["hostile hit", "hostile document", "hostile original", "home"])
def test_hostile_content_stays_text(client: FlaskClient, name: str) -> None:
    page = client.get(PAGES[name][0]).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert HOSTILE in BeautifulSoup(page, "lxml").get_text()


def test_a_hostile_query_stays_text(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": HOSTILE, "topic": HOSTILE}).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_script_address_is_no_link(client: FlaskClient) -> None:
    soup = get(client, "/document/hostile.html")
    assert "javascript:alert(1)" in soup.get_text()
    assert not soup.select("a[href^=javascript]")


def test_a_web_address_is_a_link_that_tells_nothing(client: FlaskClient) -> None:
    link = get(client, COMPILATION).select_one("a[href='https://example.org/doc/1.html']")
    assert link
    assert {"noopener", "noreferrer"} <= set(link["rel"])


def test_search_marks_the_words_and_nothing_else(client: FlaskClient) -> None:
    soup = get(client, "/search?q=“均衡发展”&fold=0")
    marks = [mark.get_text() for mark in soup.select(".hit mark")]
    assert marks
    assert set(marks) == {"均衡发展"}


def test_search_folds_variants_and_opens_them_in_place(client: FlaskClient) -> None:
    soup = get(client, "/search?q=“推进义务教育均衡发展”")
    assert total(soup) == 2
    assert len(soup.select(".hits > .hit")) == 1
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
    assert args(answer.location) == [("q", "教育"), ("topic", "专题01"), ("year", "2001..2003")]
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
    ways = [args(a["href"]) for a in soup.select(".nothing a")]
    assert [("q", "“均衡发展之外”"), ("year", "2020")] in ways
    assert [("q", "“均衡发展之外”"), ("kind", "工作总结")] in ways
    assert [("q", "“均衡发展之外”")] in ways
    assert soup.select_one(".nearest h2")
    assert soup.select(".nearest .hit mark")
    assert not soup.select("main > .hits")


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


def test_a_document_says_what_its_years_stand_on(client: FlaskClient) -> None:
    runs = [run.get_text(" ", strip=True) for run in get(client, COMPILATION).select(".run")]
    assert len(runs) == 2
    assert "2018" in runs[1]
    assert "原文写 2021 年" in runs[1]
    assert "庆祝改革开放四十周年" in runs[1]
    masked = get(client, "/document/通知.txt").select_one(".side")
    assert masked
    assert "原文隐去了年份" in masked.get_text()
    assert "2016—2019" in masked.get_text()


def test_headings_that_are_only_in_paths_are_set_over_their_text() -> None:
    from archive.model import Paragraph
    from web.outline import unprinted

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


def test_the_card_fits_and_its_examples_can_be_searched(client: FlaskClient) -> None:
    soup = get(client, "/help")
    links = soup.select(".card td a")
    assert len(links) == len(EXAMPLES)
    for link in links:
        assert client.get(str(link["href"])).status_code == 200
    assert {"/", "j", "k", "n", "p", "?"} <= {kbd.get_text() for kbd in soup.select("kbd")}


def test_an_empty_home_says_what_to_run(tmp_path: Path) -> None:
    client = create_app(tmp_path).test_client()
    soup = get(client, "/")
    assert "xianli reindex" in soup.select("main")[0].get_text()
    assert "xianli reindex" in get(client, "/search?q=均衡", 503).get_text()


def test_a_new_generation_is_answered_from_without_a_restart(tmp_path: Path) -> None:
    client = create_app(tmp_path).test_client()
    assert client.get("/search?q=均衡").status_code == 503
    publish(tmp_path)
    first = client.get("/search?q=均衡")
    assert first.status_code == 200
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/search?q=均衡", headers=tag).status_code == 304
    publish(tmp_path)
    assert client.get("/search?q=均衡", headers=tag).status_code == 200


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/", "/search?q=均衡", COMPILATION, "/help"):
        tag = {"If-None-Match": client.get(address).headers["ETag"]}
        again = client.get(address, headers=tag)
        assert (again.status_code, again.data) == (304, b"")
        english = client.get(address, headers=tag | {"Accept-Language": "en"})
        assert english.status_code == 200


def test_static_files_are_kept_under_the_address_of_their_version(client: FlaskClient) -> None:
    for link in get(client, "/").select("link[href], script[src]"):
        address = str(link.get("href") or link.get("src"))
        assert dict(args(address))["v"]
        answer = client.get(address)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        answer.close()


def test_errors_are_not_kept(client: FlaskClient) -> None:
    assert "ETag" not in client.get("/nothing").headers


def test_the_browser_chooses_the_language_until_the_reader_does(client: FlaskClient) -> None:
    def language(address: str, accepted: str | None) -> str:
        headers = {"Accept-Language": accepted} if accepted else {}
        found = re.search(r'<html lang="([^"]+)"', client.get(address, headers=headers).text)
        assert found
        return found.group(1)

    assert language("/", None) == "zh-CN"
    assert language("/", "fr") == "zh-CN"
    assert language("/", "en-GB,en;q=0.9") == "en"
    assert language("/", "zh-TW,en;q=0.5") == "zh-CN"
    assert language("/?lang=zh", "en") == "zh-CN"
    assert language("/?lang=xx", "en") == "en"


def test_a_chosen_language_stays_through_the_links(client: FlaskClient) -> None:
    soup = get(client, "/search?q=均衡发展&lang=en")
    for link in soup.select("main a, aside a, a.name, #help"):
        if not str(link["href"]).startswith("#"):
            assert ("lang", "en") in args(link["href"]), link
    assert all(form.select_one("input[name=lang]") for form in soup.select("form"))


def test_too_much_is_refused(client: FlaskClient) -> None:
    assert client.get("/search?q=" + "a" * 40_000).status_code == 414
    assert client.get("/search", query_string={"q": "字" * 2_001}).status_code == 400
    assert client.post("/search", data={"q": "均衡"}).status_code == 405


def test_a_fault_of_the_program_is_answered_without_a_trace(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(home)

    def fail(query: Query) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(app.extensions["xianli"].archive, "search", fail)
    answer = app.test_client().get("/search?q=均衡")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<h1>" in answer.text


def test_crawlers_are_kept_from_the_states(client: FlaskClient) -> None:
    assert "Disallow: /" in client.get("/robots.txt").text
    assert "noindex" in client.get("/search?q=均衡").headers["X-Robots-Tag"]
    assert "noindex" in client.get("/search").headers["X-Robots-Tag"]
    assert get(client, "/search?topic=义务教育").select_one("meta[name=robots][content*=noindex]")


def test_a_result_page_is_small(client: FlaskClient) -> None:
    page = client.get("/search", query_string=[("q", "教育经费投入" * 3), ("topic", "专题01")])
    assert len(page.data) < 80_000
    assert len(client.get("/search?q=教育").data) < 80_000


def test_the_order_of_facets_leaves_none_out() -> None:
    assert sorted(ORDER) == sorted(FACETS)


def strings(language: str) -> dict[str, str]:
    folder = Path(web.__file__).parent / "strings"
    tables = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
    return {f"{t}.{k}": words for t, entries in tables.items() for k, words in entries.items()}


def test_both_languages_have_the_same_words_and_slots() -> None:
    def slots(words: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(words) if name}

    chinese, english = strings("zh"), strings("en")
    assert chinese.keys() == english.keys()
    for key, words in chinese.items():
        assert slots(words) == slots(english[key]), key
        assert words.strip()
        assert english[key].strip()


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    folder = Path(web.__file__).parent
    sources = [*folder.rglob("*.html"), *folder.glob("*.py")]
    source = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"""(?:\bt|words|words\(\))\(\s*["']([a-z]+\.[a-z_0-9]+)["']""", source))
    # Keys that are put together from labels and numbers.
    used |= {f"facet.{name}" for name in FACETS}
    used |= {f"form.{form}" for form in Form} | {f"basis.{basis}" for basis in YearBasis}
    used |= {f"sort.{order.name.lower()}" for order in Sort}
    used |= {f"help.{key}" for _, key, _ in EXAMPLES} | {f"help.{key}" for _, key in SHORTCUTS}
    used |= {f"error.e{status}" for status in (400, 404, 405, 414, 500, 503)}
    used |= {f"error.e{status}_text" for status in (404, 414)}
    assert used == strings("zh").keys()


def test_addresses_are_quoted_as_the_browser_needs_them(client: FlaskClient) -> None:
    soup = get(client, "/search", 200)
    for link in soup.select("a[href]"):
        assert quote(str(link["href"]), safe="/?&=#%:,+;~.-_@!()*'$") == link["href"]

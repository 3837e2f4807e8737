"""The pages in a real browser: what is on the screen, what keys do, what the console says.

`make test-browser` leaves pictures of every page at a desk's width and a phone's, in both
languages, in build/screenshots/ to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.fixtures.browsing import (
    CLIPBOARD,
    DESK,
    MOUSE,
    NARROW,
    PHONE,
    SHIFTS,
    VIEW_TOP,
    combinations,
    follow,
    follow_without_script,
    look,
    one,
    opened_browser,
    press,
    resize,
    served,
    texts,
    violations,
    wait_for,
)
from tests.fixtures.home import publish
from web import create_app

pytestmark = pytest.mark.browser

DRAFT = "全力推进义务教育均衡发展，新建学校5所。落实校园安全责任，开展安全检查。"
PAGES = {
    "home": "/",
    "search": "/search?q=均衡发展",
    "filtered": "/search?q=教育经费&topic=专题01&topic=专题05&year=1990..2020",
    "variants": "/search?q=均衡发展&open=总结汇编.html:4",
    "nothing": "/search?q=“均衡发展之外”&kind=工作总结&year=2020",
    "refused": "/search?q=均衡 “发展",
    "facet": "/facet/topic?q=教育经费",
    "document": "/document/总结汇编.html?q=均衡发展",
    "original": "/document/总结汇编.html?all=1",
    "help": "/help",
    "patterns": "/wording",
    "batch": "/wording/batch",
    "wording": "/wording?q=均衡发展&with=教育经费&with=新建学校%23所",
    "draft": "/precedents",
    "precedents": f"/precedents?draft={DRAFT}",
    "quote": "/quote?paragraph=总结汇编.html:4",
    "missing": "/document/nothing",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("home")
    publish(root)
    with served(create_app(root)) as address:
        yield address


@pytest.mark.parametrize(("size", "language"), combinations(DESK, PHONE))
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_moves_nothing_and_breaks_no_rule(
    site: str, browser: Any, name: str, size: tuple[int, int], language: str
) -> None:
    resize(browser, size)
    browser.get_log("browser")
    address = PAGES[name]
    browser.get(f"{site}{address}{'&' if '?' in address else '?'}lang={language}")
    if size == DESK:
        assert browser.execute_async_script(SHIFTS) == 0
    look(browser, f"{name}-{language}")
    # WCAG 2.2, 1.4.4 and 1.4.10: twice as large, and on the narrowest screen.
    for smaller in ((DESK[0] // 2, DESK[1] // 2), NARROW):
        resize(browser, smaller)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= smaller[0], smaller


def test_the_answer_is_on_the_first_screen(site: str, desk: Any) -> None:
    for query in ("q=教育经费", "q=教育&topic=专题01&year=1990..2020", "q=均衡发展"):
        desk.get(f"{site}/search?{query}")
        bottoms = desk.execute_script(
            "return [...document.querySelectorAll('.hits > .hit')]"
            ".map(hit => hit.getBoundingClientRect().bottom)"
        )
        assert len(bottoms) >= 3
        assert bottoms[2] <= DESK[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_query_card_is_one_screen(site: str, desk: Any, language: str) -> None:
    desk.get(f"{site}/help?lang={language}")
    assert desk.execute_script("return document.documentElement.scrollHeight") <= DESK[1]


def test_searching_narrowing_reading_and_going_back(site: str, desk: Any) -> None:
    desk.get(f"{site}/")
    box = one(desk, "#q")
    assert desk.switch_to.active_element == box
    box.send_keys("均衡发展")
    follow(desk, one(desk, ".box button").click)
    assert "均衡发展" in unquote(desk.current_url)
    before = one(desk, ".total").text
    value = next(
        v
        for v in desk.find_elements("css selector", ".facets .values a")
        if v.text.startswith("校园安全")
    )
    count = int(value.text.split()[-1])
    follow(desk, value.click)
    assert one(desk, ".total").text.startswith(f"{count} ")
    assert texts(desk, ".chips a") == ["专题：校园安全 ×"]
    follow(desk, one(desk, ".hits a.to").click)
    assert one(desk, ".official .found mark").text == "均衡发展"
    assert desk.current_url.endswith("#p6")
    follow(desk, one(desk, ".bar .order a").click)
    assert texts(desk, ".chips a") == ["专题：校园安全 ×"]
    follow(desk, one(desk, ".chips a").click)
    assert one(desk, ".total").text.split()[0] == before.split()[0]
    follow(desk, desk.back)
    assert texts(desk, ".chips a") == ["专题：校园安全 ×"]


def test_a_bar_of_the_chart_is_a_link(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=教育经费")
    follow(desk, one(desk, ".years a[aria-label^='2024']").click)
    assert desk.current_url.endswith("year=2024")
    assert one(desk, ".total").text.startswith("1 ")


def test_handles_under_the_years_are_moved_by_keys_and_by_pointer(site: str, desk: Any) -> None:
    from selenium.webdriver import ActionChains

    desk.get(f"{site}/search?q=教育经费")
    press(desk, "y")
    low, high = desk.find_elements("css selector", ".slider input")
    assert desk.switch_to.active_element == low
    press(desk, "\ue014\ue014")
    assert one(desk, ".range input[name=from]").get_attribute("value") == "1991"
    assert len(desk.find_elements("css selector", ".years a.within")) == 34
    high.send_keys("\ue012")
    assert one(desk, ".range input[name=to]").get_attribute("value") == "2023"
    follow(desk, lambda: high.send_keys("\ue007"))
    assert desk.current_url.endswith("year=1991..2023")
    # What was chosen is where the handles stand, and one that is let go asks again.
    low, high = desk.find_elements("css selector", ".slider input")
    assert (low.get_attribute("value"), high.get_attribute("value")) == ("1991", "2023")
    track = low.rect
    grip = ActionChains(desk).move_to_element_with_offset(high, int(track["width"] / 2) - 12, 0)
    grip = grip.click_and_hold().move_by_offset(-60, 0)
    follow(desk, lambda: grip.release().perform())
    assert desk.current_url.partition("year=1991..")[2] in ("2013", "2014", "2015", "2016")


def test_a_value_is_excluded_without_script_and_let_in_again(site: str, desk: Any) -> None:
    desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        desk.get(f"{site}/search?q=均衡发展")
        before = one(desk, ".total").text.split()[0]
        assert not one(desk, ".slider").is_displayed()
        follow_without_script(desk, one(desk, "button[name=not_topic][value=校园安全]").click)
        assert texts(desk, ".chips a") == ["不含 专题：校园安全 ×"]
        assert int(one(desk, ".total").text.split()[0]) == int(before) - 1
        follow_without_script(desk, one(desk, ".values a.off").click)
        assert one(desk, ".total").text.split()[0] == before
    finally:
        desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_back_from_a_document_is_the_passage_it_was_opened_from(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=教育经费&limit=50")
    press(desk, "j" * 30)
    target = desk.switch_to.active_element.get_attribute("href")
    follow(desk, lambda: press(desk, "\ue007"))
    press(desk, "nnp")
    follow(desk, lambda: press(desk, "b"))
    focused = desk.switch_to.active_element
    assert focused.get_attribute("href") == target
    assert 0 <= desk.execute_script(VIEW_TOP, focused) < DESK[1]
    # The browser's own way back does the same.
    follow(desk, focused.click)
    follow(desk, desk.back)
    assert 0 <= desk.execute_script(VIEW_TOP, desk.switch_to.active_element) < DESK[1]
    assert desk.execute_script("return scrollY") > 0


def test_keys_do_what_the_list_says(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=均衡发展")
    press(desk, "w")
    assert desk.switch_to.active_element.get_attribute("name") == "within"
    press(desk, "教育")
    follow(desk, lambda: press(desk, "\ue007"))
    assert unquote(desk.current_url).endswith("q=均衡发展+教育")
    press(desk, "f")
    assert desk.execute_script("return !!document.activeElement.closest('.facets')")
    desk.get(f"{site}/search?q=均衡发展&fold=1")
    variants = one(desk, ".hit:has(a.variants) a.to")
    desk.execute_script("arguments[0].focus()", variants)
    follow(desk, lambda: press(desk, "o"))
    assert texts(desk, ".opened a.to") == ["校园安全工作通知"]
    follow(desk, lambda: press(desk, "v"))
    assert "/wording?" in desk.current_url
    follow(desk, lambda: press(desk, "v"))
    assert "/search?" in desk.current_url
    desk.get(f"{site}/search?q=教育经费")
    follow(desk, lambda: press(desk, "]"))
    assert desk.current_url.endswith("offset=20")
    follow(desk, lambda: press(desk, "["))
    assert "offset" not in desk.current_url
    press(desk, "j")
    follow(desk, lambda: press(desk, "s"))
    assert "/precedents?paragraph=" in desk.current_url


def test_the_filter_beside_the_results_asks_for_all_values(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=教育经费")
    box = one(desk, ".facet input.find")
    assert "专题11" not in one(desk, ".facets").text
    box.send_keys("11")
    wait_for(desk, lambda: "专题11" in one(desk, ".facets").text)
    assert texts(desk, ".facet:has(.find) .label") == ["专题11"]
    follow(desk, lambda: box.send_keys("\ue007"))
    assert "/facet/topic?" in desk.current_url
    assert texts(desk, "#values .label") == ["专题11"]


def test_years_typed_into_the_form_limit_the_results(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=教育经费")
    one(desk, ".range input[name=from]").send_keys("2000")
    one(desk, ".range input[name=to]").send_keys("2002")
    follow(desk, one(desk, ".range button").click)
    assert desk.current_url.endswith("year=2000..2002")
    assert one(desk, ".total").text.startswith("3 ")


def test_keys_move_through_hits_and_open_one(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=均衡发展")
    hits = desk.find_elements("css selector", ".hits > .hit a.to")
    press(desk, "j")
    assert desk.switch_to.active_element == hits[0]
    press(desk, "jj")
    assert desk.switch_to.active_element == hits[2]
    press(desk, "k")
    assert desk.switch_to.active_element == hits[1]
    target = hits[1].get_attribute("href")
    follow(desk, lambda: press(desk, "\ue007"))
    assert desk.current_url == target


def test_the_first_tab_skips_to_the_content(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=均衡发展")
    press(desk, "\ue004")
    skip = desk.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.rect["y"] >= 0
    press(desk, "\ue007\ue004")
    assert desk.execute_script("return !!document.activeElement.closest('main')")


def test_keys_reach_the_box_and_letters_stay_letters_in_it(site: str, desk: Any) -> None:
    desk.get(f"{site}/search?q=均衡发展")
    press(desk, "/")
    assert desk.switch_to.active_element == one(desk, "#q")
    press(desk, "jn?")
    assert one(desk, "#q").get_attribute("value") == "jn?"
    press(desk, "\ue00c")
    press(desk, "?")
    wait_for(desk, lambda: desk.find_elements("css selector", "dialog[open] kbd"))
    assert desk.current_url.endswith("/search?q=%E5%9D%87%E8%A1%A1%E5%8F%91%E5%B1%95")
    # While the list is read, keys do nothing behind it.
    press(desk, "j")
    assert desk.execute_script("return !!document.activeElement.closest('dialog')")
    press(desk, "\ue00c")
    assert not desk.find_elements("css selector", "dialog[open]")


def test_keys_jump_from_hit_to_hit_in_a_document(site: str, desk: Any) -> None:
    desk.get(f"{site}/document/总结汇编.html?q=均衡发展")
    places = []
    for key in "nnpn":
        press(desk, key)
        places.append(desk.current_url.rpartition("#")[2])
    assert places == ["p2", "p4", "p2", "p4"]


def test_a_long_facet_can_be_filtered(site: str, desk: Any) -> None:
    desk.get(f"{site}/facet/topic?q=教育经费")
    one(desk, "[data-filter]").send_keys("11")
    shown = [li for li in desk.find_elements("css selector", "#values li") if li.is_displayed()]
    assert [li.text.split()[0] for li in shown] == ["专题11"]


def test_from_an_empty_draft_to_a_cited_sentence_in_four_clicks(site: str, desk: Any) -> None:
    desk.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"origin": site, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    clicks = 0

    def click(selector: str) -> None:
        nonlocal clicks
        clicks += 1
        one(desk, selector).click()

    desk.get(site)
    follow(desk, lambda: click("nav.frame a[href*=precedents]"))
    # The box has the focus: pasting needs no click.
    desk.switch_to.active_element.send_keys(DRAFT)
    follow(desk, lambda: click(".draft button"))
    click("#c2 .hit a.copy")
    said = wait_for(desk, lambda: one(desk, "#said").get_attribute("textContent"))
    assert said == "已复制"
    assert clicks <= 4
    assert desk.execute_async_script(CLIPBOARD) == (
        "全力推进义务教育均衡发展，创造新鲜的品牌，新建学校xx所。\n——《教育工作总结（2篇）》，"
        "教育工作总结篇一，一、主要做法 › （一）推进均衡发展，2020 年（原文写明），范文示例站，"
        "第 5 段，文件 2023/总结汇编.html\n"
    )


def test_a_passage_can_be_copied_without_script(site: str, desk: Any) -> None:
    desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        desk.get(site + PAGES["precedents"])
        one(desk, "#c2 .hit a.copy").click()
        quoted = wait_for(desk, lambda: desk.find_elements("css selector", "#quotation"))
        assert isinstance(quoted, list)
        assert "新建学校xx所。\n——《教育工作总结" in quoted[0].get_attribute("value")
        assert not one(desk, "main a.copy").is_displayed()
    finally:
        desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_lines_are_aligned_on_what_matched(site: str, browser: Any, size: tuple[int, int]) -> None:
    resize(browser, size)
    browser.get(f"{site}/wording?q=均衡发展")
    lines = browser.execute_script(
        "return [...document.querySelectorAll('.kwic li')].map(li => ['.left span', '.match',"
        " '.right'].map(s => li.querySelector(s).getBoundingClientRect().toJSON()))"
    )
    assert len(lines) == 4
    assert len({match["left"] for _, match, _ in lines}) == 1
    # The left context ends where the match begins, the right begins where it ends.
    for left, match, right in lines:
        assert 0 <= match["left"] - left["right"] < 12
        assert 0 <= right["left"] - match["right"] < 12


def test_a_wording_is_sorted_compared_and_opened(site: str, desk: Any) -> None:
    desk.get(f"{site}/wording")
    assert desk.switch_to.active_element == one(desk, "#q")
    desk.switch_to.active_element.send_keys("均衡发展")
    follow(desk, one(desk, ".box button").click)
    follow(desk, desk.find_element("link text", "由旧到新").click)
    assert texts(desk, ".kwic .when")[0].startswith("2018")
    one(desk, ".compared input.long").send_keys("教育经费")
    follow(desk, one(desk, ".compared button").click)
    assert texts(desk, ".compared th[scope=row]") == ["均衡发展", "教育经费"]
    assert texts(desk, ".kwic .when")[0].startswith("2018")
    follow(desk, one(desk, ".kwic .match").click)
    assert one(desk, ":target mark").text == "均衡发展"


def test_filters_fold_away_on_a_phone_and_open_without_script(site: str, browser: Any) -> None:
    resize(browser, PHONE)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/search?q=均衡发展")
        assert not one(browser, "aside.facets .folded").is_displayed()
        one(browser, "aside label.fold").click()
        assert one(browser, "aside.facets .folded").is_displayed()
        assert not one(browser, "html").get_attribute("class")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_bar_of_a_phone_is_two_lines_and_its_menu_opens_without_script(
    site: str, browser: Any, language: str
) -> None:
    resize(browser, PHONE)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/help?lang={language}")
        assert one(browser, ".top").rect["height"] <= 100
        places = one(browser, "nav.frame .folded")
        assert not places.is_displayed()
        one(browser, "label[for=show-places]").click()
        assert places.is_displayed()
        follow_without_script(
            browser, places.find_element("css selector", "a[href*=history]").click
        )
        assert "/history" in browser.current_url
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_menu_is_opened_and_closed_by_keys(site: str, browser: Any) -> None:
    resize(browser, PHONE)
    browser.get(f"{site}/help")
    browser.execute_script("document.getElementById('show-places').focus()")
    press(browser, " ")
    assert one(browser, "nav.frame .folded").is_displayed()
    assert violations(browser) == []
    press(browser, "\ue00c")
    assert not one(browser, "nav.frame .folded").is_displayed()


def test_what_can_be_done_with_a_paragraph_stands_beside_the_sheet(
    site: str, tmp_path: Path
) -> None:
    with opened_browser(tmp_path, MOUSE) as desk:
        resize(desk, DESK)
        desk.get(site + PAGES["document"])
        sheet = one(desk, ".official").rect
        tools = desk.find_elements("css selector", ".official p > .tools")
        assert tools
        for tool in tools:
            assert tool.rect["x"] >= sheet["x"] + sheet["width"]
            assert tool.rect["x"] + tool.rect["width"] <= DESK[0]


def test_nothing_but_what_was_found_is_printed(site: str, desk: Any) -> None:
    desk.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        desk.get(site + PAGES["filtered"])
        assert one(desk, ".hits .text").is_displayed()
        assert one(desk, ".total").is_displayed()
        assert one(desk, ".chips").is_displayed()
        for selector in (".top", ".facets", ".order", ".tools", ".pages", ".within"):
            assert not one(desk, selector).is_displayed(), selector
        desk.get(site + PAGES["document"])
        assert one(desk, ".official").rect["x"] < 20
        assert not one(desk, ".side").is_displayed()
    finally:
        desk.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_typing_is_completed_by_key_and_the_list_breaks_no_rule(site: str, desk: Any) -> None:
    desk.get(f"{site}/")
    box = one(desk, "#q")
    box.send_keys("义务教育均")
    wait_for(desk, lambda: texts(desk, ".completions:not([hidden]) .words"))
    first = texts(desk, ".completions .words")[0]
    assert violations(desk) == []
    press(desk, "\ue015")
    assert box.get_attribute("value") == first
    press(desk, "\ue00c")
    assert box.get_attribute("value") == "义务教育均"
    assert not texts(desk, ".completions:not([hidden]) .words")
    box.send_keys("衡")
    wait_for(desk, lambda: texts(desk, ".completions:not([hidden]) .words"))
    press(desk, "\ue015")
    follow(desk, lambda: press(desk, "\ue007"))
    assert first in unquote(desk.current_url)
    assert desk.execute_async_script(SHIFTS) == 0

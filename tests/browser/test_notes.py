"""Clips, history and corrections in a real browser: by mouse, by key, with and without script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.store.home import Home
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options, reindex
from tests.fixtures.browsing import (
    DESK,
    NARROW,
    PHONE,
    SHIFTS,
    combinations,
    follow,
    look,
    one,
    press,
    resize,
    served,
    texts,
    wait_for,
)
from web import create_app

pytestmark = pytest.mark.browser

FIRST = (
    "云溪县2021年教育工作总结\n\n一、主要做法\n全力推进义务教育均衡发展，新建学校12所。"
    "大班额问题基本解决。\n持续推进校园安全建设，排查隐患37处。\n"
    "积极推进教师队伍建设，开展培训12次。\n二、下一步打算\n继续推进学前教育普惠发展。\n"
)
SECOND = "青柳区2022年工作要点\n\n促进城乡义务教育优质均衡发展，推进集团化办学。\n"
PAGES = {
    "clips": "/clips",
    "history": "/history?q=推进&keep=1",
    "news": "/history/1",
    "first": "/",
    "corrected": "/document/a.txt",
    "results": "/search?q=推进",
}


def read(root: Path, paths: Sequence[str] = (), progress: Any = None) -> Mapping[str, Any]:
    return reindex(Home.open(root), Options(paths=tuple(paths), jobs=1), progress).to_dict()


def start(root: Path) -> Any:
    (root / "corpus").mkdir()
    (root / "corpus" / "a.txt").write_text(FIRST, "utf-8")
    read(root)
    return served(create_app(root, lambda paths, told: read(root, paths, told), SUFFIXES))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    with start(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[str]:
    """A site where a reader has clipped, noted, kept a search, corrected, and more came in."""
    root = tmp_path_factory.mktemp("home")
    with start(root) as address:
        resize(browser, DESK)
        browser.get(f"{address}/search?q=推进")
        for button in browser.find_elements("css selector", ".hits button.clip"):
            button.click()
        wait_for(browser, lambda: one(browser, "#clip-count").text == "4")
        browser.get(f"{address}/clips")
        follow(browser, lambda: make_collection(browser))
        browser.get(f"{address}/clips?collection=1")
        one(browser, "#clip-2 textarea").send_keys("开头可用")
        one(browser, "#clip-1 [value=remove]").click()
        wait_for(browser, lambda: one(browser, "#clip-1 .gone").is_displayed())
        browser.get(f"{address}/history?q=推进&keep=1")
        follow(browser, one(browser, ".keep button").click)
        (root / "corpus" / "b.txt").write_text(SECOND, "utf-8")
        read(root)
        browser.get(f"{address}/document/a.txt")
        one(browser, ".correct summary").click()
        one(browser, ".correct [name=year]").send_keys("2019")
        follow(browser, one(browser, ".correct button").click)
        browser.get(f"{address}/clips?collection=2")
        follow(browser, lambda: choose_first(browser))
        yield address


def make_collection(browser: Any) -> None:
    one(browser, ".manage summary").click()
    one(browser, ".manage [name=name]").send_keys("2024 年总结")
    one(browser, ".manage [value=make]").click()


def choose_first(browser: Any) -> None:
    browser.get(browser.current_url.replace("collection=2", "collection=1"))
    one(browser, ".manage summary").click()
    one(browser, ".manage [value=choose]").click()


@pytest.mark.parametrize(("size", "language"), combinations(DESK, PHONE, NARROW))
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_breaks_no_rule_and_can_be_read(
    worked: str, browser: Any, name: str, size: tuple[int, int], language: str
) -> None:
    resize(browser, size)
    browser.get_log("browser")
    address = PAGES[name]
    browser.get(f"{worked}{address}{'&' if '?' in address else '?'}lang={language}")
    for closed in browser.find_elements("css selector", "main details:not([open]) > summary"):
        closed.click()
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    look(browser, f"notes-{name}-{language}")


def test_nothing_moves_when_the_pages_come(worked: str, browser: Any) -> None:
    resize(browser, DESK)
    for name in ("clips", "history", "news", "corrected"):
        browser.get(worked + PAGES[name])
        assert browser.execute_async_script(SHIFTS) == 0, name


def test_a_key_clips_the_current_hit_and_nothing_jumps(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.get(f"{site}/search?q=推进")
    places = (
        "return [...document.querySelectorAll('.hit, button.clip')].map(e => {"
        "const r = e.getBoundingClientRect(); return [r.x, r.y, r.width]; })"
    )
    before = browser.execute_script(places)
    press(browser, "jjz")
    wait_for(browser, lambda: one(browser, "#clip-count").text == "1")
    states = [
        b.get_attribute("aria-pressed")
        for b in browser.find_elements("css selector", "button.clip")
    ]
    assert states == ["false", "true", "false", "false"]
    assert browser.execute_script(places) == before
    said = one(browser, "#said").get_attribute("textContent")
    assert said == "已收入摘录，现有 1 条"
    press(browser, "z")
    wait_for(browser, lambda: one(browser, "#clip-count").text == "0")
    # In the search box a z is a letter.
    press(browser, "/")
    press(browser, "z")
    assert one(browser, "#q").get_attribute("value") == "z"
    assert one(browser, "#clip-count").text == "0"


def test_a_key_clips_the_hit_of_a_document(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.get(f"{site}/document/a.txt?q=校园安全")
    press(browser, "nz")
    wait_for(browser, lambda: one(browser, "#clip-count").text == "1")
    browser.get(f"{site}/clips")
    assert "校园安全" in one(browser, ".clips .text").text


def test_clips_are_put_in_order_noted_and_taken_out_in_place(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.get(f"{site}/search?q=推进")
    for number, button in enumerate(browser.find_elements("css selector", "button.clip"), start=1):
        button.click()
        wait_for(browser, lambda n=str(number): one(browser, "#clip-count").text == n)
    browser.get(f"{site}/clips")
    order = texts(browser, ".clips .text")
    top = one(browser, "#clip-3").rect["y"] - browser.execute_script("return scrollY")
    button = one(browser, "#clip-3 [value=up]")
    button.send_keys("\ue007")
    wait_for(browser, lambda: texts(browser, ".clips .text") != order)
    # The keyboard stays on the button, and the button where it was on the screen.
    assert browser.switch_to.active_element == button
    moved = [order[0], order[2], order[1], order[3]]
    assert texts(browser, ".clips .text") == moved
    assert top >= 0
    note = one(browser, "#clip-2 textarea")
    note.send_keys("开头可用")
    one(browser, "#clip-1 [value=remove]").click()
    wait_for(browser, lambda: one(browser, "#clip-1 .gone").is_displayed())
    assert one(browser, "#clip-count").text == "3"
    wait_for(browser, lambda: one(browser, "#clip-2 textarea").get_attribute("data-saved"))
    browser.get(f"{site}/clips")
    assert texts(browser, ".clips .hits .text") == moved[1:]
    assert one(browser, "#clip-2 textarea").get_attribute("value") == "开头可用"
    one(browser, "#clip-2 [value=remove]").click()
    undo = wait_for(browser, lambda: one(browser, "#clip-2 .gone button"))
    wait_for(browser, lambda: browser.switch_to.active_element == undo)
    press(browser, "\ue007")
    wait_for(browser, lambda: one(browser, "#clip-2 textarea").is_displayed())
    assert one(browser, "#clip-count").text == "3"


def test_all_of_it_works_without_script(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/document/a.txt?q=校园安全")
        one(browser, ".official .found button.clip").click()
        wait_for(browser, lambda: browser.current_url.endswith("#p2"))
        assert one(browser, "#p2 .clip").get_attribute("aria-pressed") == "true"
        browser.get(f"{site}/clips")
        one(browser, "#clip-1 textarea").send_keys("备注")
        one(browser, "#clip-1 [value=note]").click()
        wait_for(browser, lambda: browser.current_url.endswith("#clip-1"))
        assert one(browser, "#clip-1 textarea").get_attribute("value") == "备注"
        one(browser, "#clip-1 [value=remove]").click()
        wait_for(browser, lambda: browser.find_elements("css selector", ".undo [value=restore]"))
        one(browser, "main > .undo [value=restore]").click()
        wait_for(browser, lambda: texts(browser, ".clips .hits .text"))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_title_is_corrected_and_withdrawn(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.get(f"{site}/document/a.txt")
    was = one(browser, "h1").text
    one(browser, ".correct summary").click()
    title = one(browser, ".correct [name=title]")
    title.clear()
    title.send_keys("更正后的题名")
    follow(browser, one(browser, ".correct button").click)
    assert one(browser, "h1").text == "更正后的题名"
    assert was in one(browser, ".corrected").text
    follow(browser, one(browser, ".corrected button").click)
    assert one(browser, "h1").text == was

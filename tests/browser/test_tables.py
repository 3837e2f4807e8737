"""Records, tables, warnings and blocks in a real browser: by mouse and key, in every size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.pipeline import SUFFIXES
from tests.fixtures.browsing import (
    DESK,
    NARROW,
    PHONE,
    combinations,
    follow,
    look,
    one,
    resize,
    served,
)
from tests.fixtures.home import pictures, publish, table
from web import create_app

pytestmark = pytest.mark.browser

PAGES = {
    "table": "/document/计划.html?q=食堂改造",
    "rows": "/search?q=食堂改造",
    "offered": "/search?q=柳教发[2021]12号&issued=2021-04",
    "blocks": "/document/计划.html?all=1",
    "warned": "/documents?warning=garbled",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("tables")
    publish(root, extra=[table(), pictures()])
    with served(create_app(root, lambda *_: {}, SUFFIXES)) as address:
        yield address


@pytest.mark.parametrize(("size", "language"), combinations(DESK, PHONE, NARROW))
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_breaks_no_rule_and_can_be_read(
    site: str, browser: Any, name: str, size: tuple[int, int], language: str
) -> None:
    resize(browser, size)
    address = PAGES[name]
    browser.get(f"{site}{address}{'&' if '?' in address else '?'}lang={language}")
    look(browser, f"{name}-{language}")


def test_the_tools_of_a_row_are_reached_by_key(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.get(f"{site}/document/计划.html")
    link = one(browser, "#p4 a.copy")
    browser.execute_script("arguments[0].focus()", link)
    shown = browser.execute_script(
        "return getComputedStyle(arguments[0].closest('.tools')).opacity", link
    )
    assert shown == "1"


def test_what_an_element_stands_on_is_opened_by_key_without_script(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/document/计划.html")
        assert not one(browser, ".record q").is_displayed()
        one(browser, ".record summary").send_keys("\ue007")
        assert one(browser, ".record q").text == "文号：柳教发〔2021〕12号"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_block_is_restored_by_key_without_script(site: str, browser: Any) -> None:
    resize(browser, DESK)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{site}/document/计划.html?all=1")
        follow(browser, lambda: one(browser, "#b0 button").send_keys("\ue007"))
        assert one(browser, "#b0 button").get_attribute("name") == "undo"
        follow(browser, lambda: one(browser, "#b0 button").send_keys("\ue007"))
        assert one(browser, "#b0 button").get_attribute("name") == "restore"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

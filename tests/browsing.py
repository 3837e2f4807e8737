"""What the browser tests do in a browser, and the scripts that they ask pages with."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from waitress import create_server

DESK = (1280, 800)
PHONE = (390, 844)
# WCAG 2.2, 1.4.10: down to this width a page is read without scrolling sideways.
NARROW = (320, 640)


FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

# A headless browser has no mouse, so that nothing can hover; with this it has one.
MOUSE = (
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,"
    "primaryPointerType=4,availablePointerTypes=4"
)


def missing(what: str) -> NoReturn:
    """Skip where no browser can be expected; fail where one was promised."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: the browser tests must run here")
    pytest.skip(f"{what} is missing: no browser tests here")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine; gives its address."""
    # Waitress keeps its sockets in this map; a closed server must leave nothing in it.
    sockets: dict[int, Any] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=2, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@contextmanager
def opened_browser(profile: Path, *flags: str) -> Iterator[Any]:
    """Open a headless Chromium that keeps its files in `profile`, with further `flags`."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        missing("chromium with chromedriver")
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        missing("selenium")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    # Chinese readers' browsers ask for Chinese; this one's own language is not ours to know.
    options.add_experimental_option("prefs", {"intl.accept_languages": "zh-CN,zh"})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    opened.set_page_load_timeout(30)
    yield opened
    opened.quit()


def resize(browser: Any, size: tuple[int, int]) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {
            "width": size[0],
            "height": size[1],
            "deviceScaleFactor": 1,
            "mobile": size in (PHONE, NARROW),
        },
    )


def dress(browser: Any, scheme: str) -> None:
    """Have the pages in the colours of `scheme`: light or dark."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )


def one(browser: Any, selector: str) -> Any:
    return browser.find_element("css selector", selector)


def texts(browser: Any, selector: str) -> list[str]:
    return [element.text for element in browser.find_elements("css selector", selector)]


def press(browser: Any, keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(keys).perform()


def follow(browser: Any, act: Callable[[], object]) -> None:
    """Do what leads to another page, and wait until that page is there."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    before = one(browser, "html")
    act()
    # A question put while one page gives way to the next is answered with an error.
    wait = WebDriverWait(browser, 10, ignored_exceptions=[WebDriverException])
    wait.until(staleness_of(before))
    wait.until(lambda b: b.execute_script("return document.readyState") == "complete")


def follow_still(browser: Any, act: Callable[[], object]) -> None:
    """Do what leads to another page where scripts are off and cannot say when it is there."""
    from selenium.webdriver.support.expected_conditions import staleness_of
    from selenium.webdriver.support.wait import WebDriverWait

    before = one(browser, "html")
    act()
    WebDriverWait(browser, 10).until(staleness_of(before))
    wait_for(browser, lambda: browser.find_elements("css selector", "#said"))


def wait_for(browser: Any, found: Callable[[], object]) -> object:
    """Return what `found` gives, as soon as it is something."""
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, 10).until(lambda _: found())


def violations(browser: Any) -> list[list[str]]:
    """The accessibility rules that the page breaks, each with the elements that break it."""
    try:
        import axe_core_python
    except ImportError:
        missing("axe-core-python")
    browser.execute_script((Path(axe_core_python.__file__).parent / "axe.min.js").read_text())
    found: list[list[str]] = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run().then(found => done(found.violations.map("
        "fault => [fault.id, ...fault.nodes.map(node => node.html)])))"
    )
    return found


CLIPBOARD = """
const done = arguments[arguments.length - 1];
navigator.clipboard.readText().then(done, error => done(String(error)));
"""

# Every element with text of its own: its colour against the nearest opaque background.
CONTRAST = """
const parts = c => c.match(/[0-9.]+/g).map(Number);
const light = c => { const [r, g, b] = parts(c).map(v => (v /= 255) <= .04045 ? v / 12.92
  : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const behind = e => { for (; e; e = e.parentElement) {
  const c = getComputedStyle(e).backgroundColor, p = parts(c);
  if (p.length < 4 || p[3] === 1) return c; } return 'rgb(255, 255, 255)'; };
return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
  !e.closest('svg') && getComputedStyle(e).opacity !== '0' &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
  const a = light(getComputedStyle(e).color), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  return ratio < 4.5 ? `${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent}` : '';
}).filter(Boolean);
"""

# Where an element begins, counted from the top of the screen.
VIEW_TOP = "return arguments[0].getBoundingClientRect().top"

# The sum of all layout shifts so far, those before this script included.
SHIFTS = """
const done = arguments[arguments.length - 1];
let sum = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
  .observe({type: 'layout-shift', buffered: true});
setTimeout(() => done(sum), 200);
"""

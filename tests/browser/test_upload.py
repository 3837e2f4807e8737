"""Adding documents and logging in, in a real browser, with script and without."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.store.access import set_password
from archive.store.home import Home
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options
from indexer.run.reindex import reindex as run
from tests.fixtures.browsing import (
    DESK,
    PHONE,
    combinations,
    follow,
    look,
    one,
    resize,
    served,
    texts,
    wait_for,
)
from tests.fixtures.home import publish
from web import create_app

pytestmark = pytest.mark.browser

PASSWORD = "均衡发展 控辍保学 2021"
TEXT = (
    "2021年度校园安全工作总结\n一年来，我们认真落实安全责任，开展安全检查十二次，消除隐患三十处。\n"
)
# A file dropped on the page, as a hand would.
DROP = """
const data = new DataTransfer();
data.items.add(new File([arguments[0]], arguments[1], {type: 'text/plain'}));
const drop = name => document.querySelector('.drop').dispatchEvent(
  new DragEvent(name, {dataTransfer: data, bubbles: true, cancelable: true}));
drop('dragover');
const over = document.querySelector('.drop').classList.contains('over');
drop('drop');
return over;
"""


class Reading:
    """A reindex that can be held while its page is looked at."""

    def __init__(self, root: Path) -> None:
        self._home = Home.open(root)
        self.free = threading.Event()
        self.free.set()

    def __call__(
        self, paths: Sequence[str], progress: Callable[[int, int], None]
    ) -> Mapping[str, Any]:
        progress(1, 4)
        self.free.wait(60)
        return run(self._home, Options(paths=tuple(paths), jobs=1), progress).to_dict()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("home")
    (home / "corpus").mkdir()
    (home / "corpus" / "先有.txt").write_text("先有的通知\n各单位要认真执行各项制度。\n", "utf-8")
    run(Home.open(home), Options(jobs=1))
    return home


@pytest.fixture(scope="module")
def reading(root: Path) -> Reading:
    return Reading(root)


@pytest.fixture(scope="module")
def site(root: Path, reading: Reading) -> Iterator[str]:
    with served(create_app(root, reading, SUFFIXES), threads=4) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("guarded")
    publish(home)
    set_password(Home.open(home), PASSWORD)
    with served(create_app(home)) as address:
        yield address


def over(browser: Any) -> None:
    wait_for(browser, lambda: one(browser, "#state") and not texts(browser, "[data-job]"))


@pytest.mark.parametrize(("size", "language"), combinations(DESK, PHONE))
def test_the_pages_hold_in_both_languages_sizes_and_themes(
    site: str, guarded: str, browser: Any, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    resize(browser, size)
    browser.get_log("browser")
    browser.get(f"{guarded}/login?lang={language}")
    assert browser.switch_to.active_element == one(browser, "#password")
    look(browser, f"login-{language}")
    browser.get(f"{site}/add?lang={language}")
    look(browser, f"add-{language}")
    # A refusal, and a job with everything that can become of a file.
    (tmp_path / "照片.jpg").write_bytes(b"x")
    (tmp_path / "坏.pdf").write_bytes(b"no pdf")
    (tmp_path / f"总结{size[0]}{language}.txt").write_text(f"{TEXT}{size}{language}\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "材料.zip", "w") as packed:
        packed.writestr("图.png", "x")
        packed.writestr("先有.txt", "先有的通知\n各单位要认真执行各项制度。\n")
    one(browser, "#file").send_keys(str(tmp_path / "照片.jpg"))
    one(browser, ".drop button").click()
    wait_for(browser, lambda: texts(browser, "#refused [role=alert] li"))
    look(browser, f"add-refused-{language}")
    browser.get(f"{site}/add?lang={language}")
    one(browser, "#file").send_keys("\n".join(str(path) for path in tmp_path.iterdir()))
    follow(browser, one(browser, ".drop button").click)
    over(browser)
    look(browser, f"job-{language}")


def test_a_dropped_file_is_sent_read_and_opened(
    site: str, desk: Any, reading: Reading, root: Path
) -> None:
    reading.free.clear()
    try:
        desk.get(f"{site}/add")
        over_it: list[bool] = []
        follow(desk, lambda: over_it.append(desk.execute_script(DROP, TEXT, "拖入的总结.txt")))
        assert over_it == [True]
        assert (root / "corpus" / "拖入的总结.txt").read_text("utf-8") == TEXT
        wait_for(desk, lambda: "25%" in one(desk, "#state").text)
        bar = one(desk, "progress")
        assert (bar.get_attribute("value"), bar.get_attribute("max")) == ("1", "4")
        look(desk, "job-reading")
    finally:
        reading.free.set()
    over(desk)
    follow(desk, one(desk, "main td a").click)
    assert "消除隐患三十处" in one(desk, ".official").text


def test_too_much_is_said_before_it_is_sent(site: str, desk: Any) -> None:
    desk.get(f"{site}/add")
    desk.execute_script("document.querySelector('.drop').dataset.largest = '3'")
    desk.execute_script(DROP, TEXT, "大.txt")
    assert "200 MB" in one(desk, "#refused [role=alert]").text
    assert one(desk, ".drop button").is_enabled()


def test_without_script_a_form_and_a_page_that_renews_itself_do(
    site: str, desk: Any, reading: Reading, tmp_path: Path
) -> None:
    path = tmp_path / "无脚本.txt"
    path.write_text(TEXT + "无脚本。\n", "utf-8")
    desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    reading.free.clear()
    try:
        desk.get(f"{site}/add")
        one(desk, "#file").send_keys(str(path))
        one(desk, ".drop button").click()
        wait_for(desk, lambda: "/add/" in desk.current_url)
        wait_for(desk, lambda: texts(desk, "progress"))
        reading.free.set()
        wait_for(desk, lambda: "无脚本.txt" in one(desk, "main table").text and texts(desk, "td a"))
        assert not texts(desk, "progress")
    finally:
        reading.free.set()
        desk.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_logging_in_leads_on_and_logging_out_closes(guarded: str, desk: Any) -> None:
    desk.get(f"{guarded}/search?q=均衡发展")
    assert "/login" in desk.current_url
    assert not texts(desk, "nav.frame a[href^='/search']")
    one(desk, "#password").send_keys("not the password")
    follow(desk, one(desk, ".login button").click)
    assert "密码错误" in one(desk, "[role=alert]").text
    look(desk, "login-wrong")
    one(desk, "#password").send_keys(PASSWORD)
    follow(desk, one(desk, ".login button").click)
    assert "/search?q=" in desk.current_url
    assert texts(desk, ".hits > .hit")
    # Script never sees the cookie.
    assert desk.execute_script("return document.cookie") == ""
    look(desk, "signed-in")
    follow(desk, one(desk, ".leave button").click)
    desk.get(f"{guarded}/search?q=均衡发展")
    assert "/login" in desk.current_url


def test_the_bar_holds_all_its_links_on_a_phone(guarded: str, browser: Any) -> None:
    resize(browser, PHONE)
    browser.get(f"{guarded}/login?lang=en")
    one(browser, "#password").send_keys(PASSWORD)
    follow(browser, one(browser, ".login button").click)
    browser.get(f"{guarded}/help?lang=en")
    assert one(browser, ".top").rect["height"] <= 100
    one(browser, "label[for=show-places]").click()
    look(browser, "signed-in-en")
    follow(browser, one(browser, ".leave button").click)

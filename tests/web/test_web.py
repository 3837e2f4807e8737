"""The pages, asked for as a browser without script would ask."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

import web
from archive import Archive
from archive.fields import FIELDS
from archive.model import Basis, Direction, Form, Level, Link, ReadingWarning, Status, YearBasis
from archive.notes.export import ExportFormat
from archive.query.query import Query, Sort
from archive.wording import Side
from tests.fixtures.home import HOSTILE, publish
from tests.fixtures.pages import COMPILATION, args, get
from web import create_app
from web.presenters.query_help import EXAMPLES, SHORTCUTS, STARTS
from web.presenters.record import ELEMENTS
from web.server.serving import OWN_NAMES, Place

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
def app(home: Path) -> Flask:
    app = create_app(home)
    # Not `testing`: errors are to be answered as they are to a reader.
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


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
    assert not soup.select("main a")
    refused = get(client, "/search?q=均衡", 503).select("main")[0].get_text()
    assert "告诉管理员" in refused
    assert "xianli reindex" in refused


def test_an_empty_home_that_takes_documents_leads_to_where_they_are_added(tmp_path: Path) -> None:
    client = create_app(tmp_path, reindex=lambda *_: {}).test_client()
    assert [str(a["href"]) for a in get(client, "/").select("main a")] == ["/add"]


def test_the_first_page_leads_to_what_can_be_done(client: FlaskClient) -> None:
    starts = get(client, "/").select(".starts a")
    assert len(starts) == len(STARTS)
    for link in starts:
        assert client.get(str(link["href"])).status_code == 200


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

    def fail(archive: Archive, query: Query) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Archive, "search", fail)
    answer = app.test_client().get("/search?q=均衡")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<h1>" in answer.text


def test_another_host_is_refused_where_hosts_are_named(home: Path) -> None:
    app = create_app(home)
    app.config["XIANLI_HOSTS"] = OWN_NAMES
    client = app.test_client()
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert client.get("/", headers={"Host": host}).status_code == 200
    for host in (
        "elsewhere.example",
        "localhost.elsewhere.example",
        "127.0.0.1@elsewhere",
        "[::2]",
    ):
        answer = client.get("/", headers={"Host": host})
        assert answer.status_code == 400
        assert "elsewhere" not in answer.text


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (Place("127.0.0.1", 0), True),
        (Place("::1", 0), True),
        (Place("localhost", 0), True),
        (Place("0.0.0.0", 0), False),
        (Place("127.0.0.1", 0, proxy="127.0.0.1"), False),
        (Place("0.0.0.0", 0, names=("desk.example",)), True),
    ],
)
def test_hosts_are_named_where_they_can_be_known(home: Path, place: Place, named: bool) -> None:
    app = create_app(home)
    app.config["XIANLI_HOSTS"] = place.hosts
    status = app.test_client().get("/", headers={"Host": "elsewhere.example"}).status_code
    assert status == (400 if named else 200)
    for host in (*place.names, "localhost", "127.0.0.1"):
        assert app.test_client().get("/", headers={"Host": host.upper()}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?q=%00", 200),
        ("/search?q=%ff%fe", 200),
        ("/search?section==", 200),
        ("/search?open=nothing&q=均衡", 200),
        ("/search?limit=0", 200),
        ("/search?q=a\u202eb", 200),
        ("/document/%2e%2e%2f", 404),
        ("/document/a%00b", 404),
        ("/search?year=99999", 400),
        ("/search?q=x&from=abc", 400),
        ("/search?offset=-1", 400),
        ("/search?sort=beauty", 400),
        ("/search?form=poem", 400),
        ("/facet/kind?q=（", 400),
        ("/document/总结汇编.html?q=（", 400),
    ],
)
def test_odd_addresses_are_answered_not_failed(
    client: FlaskClient, address: str, status: int
) -> None:
    assert client.get(address).status_code == status


def test_crawlers_are_kept_from_the_states(client: FlaskClient) -> None:
    assert "Disallow: /" in client.get("/robots.txt").text
    assert "noindex" in client.get("/search?q=均衡").headers["X-Robots-Tag"]
    assert "noindex" in client.get("/search").headers["X-Robots-Tag"]
    assert get(client, "/search?topic=义务教育").select_one("meta[name=robots][content*=noindex]")


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
    sources = [*folder.rglob("*.html"), *folder.rglob("*.py")]
    source = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(
        re.findall(
            r"""(?:\b(?:t|language)|words|words\(\))\(\s*["']([a-z]+\.[a-z_0-9]*[a-z0-9])["']""",
            source,
        )
    )
    # Keys that are put together from labels and numbers.
    used |= {f"field.{field.name}" for field in FIELDS}
    used |= {f"form.{form}" for form in Form} | {f"basis.{basis}" for basis in YearBasis}
    used |= {f"warnings.{warning}" for warning in ReadingWarning}
    used |= {f"relations.{by}{link}" for link in Link for by in ("", "by_")}
    used |= {f"level.{level}" for level in Level} | {f"status.{status}" for status in Status}
    used |= {f"sort.{order.name.lower()}" for order in Sort}
    used |= {f"help.{key}" for _, key, _ in EXAMPLES} | {f"help.{key}" for _, key in SHORTCUTS}
    used |= {f"wording.side_{side}" for side in Side}
    used |= {f"wording.sort_{side}" for side in ("left", "right", "id")}
    used |= {f"error.e{status}" for status in (400, 403, 404, 405, 413, 414, 415, 500, 503)}
    used |= {f"error.e{status}_text" for status in (400, 403, 404, 413, 414, 415)}
    used |= {f"starts.{name}{end}" for name in STARTS for end in ("", "_does")}
    used |= {f"facet.{state}" for state in ("on", "off")}
    # Keys that the chart is handed.
    used |= set(re.findall(r'"((?:year|wording)\.(?:rate_)?bar)"', source))
    used |= {f"direction.{way}" for way in Direction}
    used |= {f"element.{name}" for name in ELEMENTS if name not in {f.name for f in FIELDS}}
    used |= {f"record.{basis}" for basis in Basis if basis is not Basis.STATED}
    used |= {f"correct.{do}" for do in ("restore", "cut", "undo")}
    used |= {f"clips.as_{form}" for form in ExportFormat} | {"error.notes", "error.refused"}
    assert used == strings("zh").keys()


def test_the_icon_is_where_browsers_look_for_it(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")

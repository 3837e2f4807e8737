"""Clips, corrections and history in the browser: as a browser without script asks for them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.notes import Clips, Store
from archive.store.home import Home
from indexer.page import Page
from indexer.pipeline import SUFFIXES
from indexer.readers.docx.reader import read_docx
from indexer.run.reindex import Options, reindex
from tests.fixtures.home import HOSTILE, publish
from tests.fixtures.pages import COMPILATION, ORIGIN, PASSAGE, args, get, send, token
from web import create_app

TEXT = "全力推进义务教育均衡发展，创造新鲜的品牌，新建学校xx所。"
SCRIPT = ORIGIN | {"Accept": "application/json"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def app(root: Path) -> Flask:
    return create_app(root)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def press(client: FlaskClient, page: str, button: str, **fields: str) -> TestResponse:
    """Press the first button that the selector finds on a page, its form filled in."""
    soup = get(client, page)
    pressed = soup.select_one(button)
    assert pressed, button
    own = pressed.find_parent("form") or soup.select_one(f"#{pressed['form']}")
    assert own
    filled = {str(f["name"]): str(f.get("value", "")) for f in own.select("input[name]")}
    filled |= {str(f["name"]): f.get_text() for f in own.select("textarea[name]")}
    if pressed.get("name"):
        filled[str(pressed["name"])] = str(pressed["value"])
    action = str(pressed.get("formaction") or own["action"])
    return client.post(action, data={**filled, **fields}, headers=ORIGIN)


def clip(client: FlaskClient, paragraph: str = PASSAGE, **more: str) -> None:
    assert send(client, "/clips", {"paragraph": paragraph, **more}).status_code == 303


def passages(client: FlaskClient) -> list[str]:
    return [p.get_text() for p in get(client, "/clips").select(".clips .hits .text")]


def pressed(soup: BeautifulSoup) -> list[str]:
    return [str(b["value"]) for b in soup.select("button.clip[aria-pressed=true]")]


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("/search?q=均衡发展", 3),
        (COMPILATION, 3),
        ("/wording?q=均衡发展", 4),
        ("/precedents?draft=全力推进义务教育均衡发展。", 1),
    ],
)
def test_one_press_takes_a_passage_from_any_page_and_leads_back(
    client: FlaskClient, page: str, count: int
) -> None:
    soup = get(client, page)
    buttons = soup.select("button.clip")
    assert len(buttons) >= count
    assert pressed(soup) == []
    answer = press(client, page, "button.clip")
    assert answer.status_code == 303
    back = answer.headers["Location"]
    assert unquote(back.partition("#")[0]) == page
    again = get(client, back.partition("#")[0])
    assert pressed(again)[0] == buttons[0]["value"]
    count_shown = again.select_one("#clip-count")
    assert count_shown
    assert count_shown.get_text() == "1"
    press(client, page, "button.clip")
    assert passages(client) == []


def test_a_sentence_is_taken_as_a_sentence(client: FlaskClient) -> None:
    soup = get(client, "/wording?q=师德培训")
    button = soup.select_one("button.clip")
    assert button
    assert [name for name, _ in args(button["formaction"])] == ["start", "end"]
    press(client, "/wording?q=师德培训", "button.clip")
    assert passages(client) == ["全年开展师德培训12次，师德师风明显好转。"]
    assert pressed(get(client, "/wording?q=师德培训"))
    # The whole paragraph is another passage.
    assert pressed(get(client, "/search?q=师德培训")) == []


def test_a_script_is_told_what_happened(client: FlaskClient) -> None:
    told = send(client, "/clips", {"paragraph": PASSAGE}, SCRIPT).get_json()
    assert (told["inside"], told["count"]) == (True, 1)
    assert "1" in told["said"]
    told = send(client, "/clips?lang=en", {"paragraph": PASSAGE}, SCRIPT).get_json()
    assert (told["inside"], told["count"]) == (False, 0)
    assert "Removed" in told["said"]


def test_a_program_is_told_what_the_page_shows(client: FlaskClient) -> None:
    clip(client)
    send(client, "/clips/1", {"do": "note", "note": "开头用"})
    send(client, "/clips/collections", {"do": "make", "name": "二〇二四"})
    told = client.get("/api/clips?collection=1").get_json()
    (one,) = told["clips"]
    assert (one["passage"], one["note"], one["attached"]) == (TEXT, "开头用", True)
    assert (one["paragraph_id"], one["file"]) == (PASSAGE, "2023/总结汇编.html")
    assert [(c["name"], c["count"], c["current"]) for c in told["collections"]] == [
        ("我的摘录", 1, False),
        ("二〇二四", 0, True),
    ]
    # Without a name the collection that new clips go to, as on the page.
    assert client.get("/api/clips").get_json()["clips"] == []


def test_a_clip_is_copied_with_its_source_as_it_was_taken(client: FlaskClient) -> None:
    press(client, "/wording?q=师德培训", "button.clip")
    link = get(client, "/clips").select_one("a.copy")
    assert link
    quoted = client.get(f"{link['href']}&plain=1").get_data(as_text=True)
    assert quoted.startswith(passages(client)[0] + "\n——")
    # For a reader: where it stands, and no id.
    assert re.search(r"，第 \d+ 段，文件 \S+\.(?:html|txt)\n$", quoted)
    assert "~" not in quoted


def test_searches_of_the_past_are_told_in_the_language_of_today(client: FlaskClient) -> None:
    client.get("/wording?q=均衡发展&lang=en")
    client.get("/search?q=均衡发展&topic=校园安全&lang=en")
    recent = [a.get_text() for a in get(client, "/history?lang=zh").select("ol.searches a")]
    assert recent == ["均衡发展（专题：校园安全）", "用语：均衡发展"]


def test_clips_are_noted_moved_taken_out_and_put_back(client: FlaskClient) -> None:
    clip(client)
    clip(client, "通知.txt:1")
    press(client, "/clips", "#clip-1 [value=note]", note="开头可用\r\n<b>")
    note = get(client, "/clips").select_one("#clip-1 textarea")
    assert note
    assert note.get_text() == "开头可用\n<b>"
    assert press(client, "/clips", "#clip-2 [value=up]").headers["Location"].endswith("#clip-2")
    assert passages(client)[1] == TEXT
    # A note that was typed and not saved goes along with any other button.
    away = press(client, "/clips", "#clip-2 .kept [value=remove]", note="一并保存")
    soup = get(client, away.headers["Location"])
    assert len(soup.select(".clips .hits > .hit")) == 1
    undone = press(client, away.headers["Location"], ".undo [value=restore]")
    assert undone.status_code == 303
    assert len(passages(client)) == 2
    kept = get(client, "/clips").select_one("#clip-2 textarea")
    assert kept
    assert kept.get_text() == "一并保存"


def test_collections_are_made_chosen_and_dropped(client: FlaskClient) -> None:
    clip(client)
    made = press(client, "/clips", "[value=make]", name=HOSTILE[:40])
    assert made.headers["Location"] == "/clips?collection=2"
    soup = get(client, "/clips")
    assert "<script>alert" not in str(soup.select_one(".collections"))
    assert soup.select_one(".collections [aria-current] .count").get_text() == "0"  # type: ignore[union-attr]
    clip(client, "通知.txt:1")
    press(client, "/clips?collection=1", "#clip-1 [value=transfer]", to="2")
    assert len(passages(client)) == 2
    press(client, "/clips?collection=1", "[value=choose]")
    assert passages(client) == []
    press(client, "/clips?collection=2", "[value=drop]")
    assert len(passages(client)) == 2


def test_an_export_to_word_reads_back_as_it_was_clipped(client: FlaskClient) -> None:
    clip(client)
    press(client, "/clips", "#clip-1 [value=note]", note="首段可用")
    answer = client.get("/clips.docx")
    assert answer.mimetype.endswith("wordprocessingml.document")
    assert "filename*=UTF-8''%E6%88%91" in answer.headers["Content-Disposition"]
    page: Page = read_docx(answer.data, "摘录.docx")
    assert page.title == "我的摘录"
    lines = [block.text for block in page.blocks]
    assert lines[:4] == ["我的摘录", "共 1 条摘录", "摘录 1", TEXT]
    assert lines[4].startswith(
        "——《教育工作总结（2篇）》，教育工作总结篇一，一、主要做法 › （一）推进均衡发展，"
        "2020 年（原文写明；依据：2020年），范文示例站"
    )
    assert lines[5] == "网址：https://example.org/doc/1.html"
    assert lines[6].startswith("位置：第 5 段，文件 2023/总结汇编.html")
    assert f"文件 SHA-256 {'0' * 64}" in lines[7]
    assert lines[8] == "备注：首段可用"


def test_an_export_holds_what_xml_cannot(client: FlaskClient) -> None:
    clip(client, "hostile.html:0")
    press(client, "/clips", "#clip-1 [value=note]", note="控制符\x0b与<&>")
    lines = [block.text for block in read_docx(client.get("/clips.docx").data, "x.docx").blocks]
    assert f"注入{HOSTILE}测试" in lines
    assert "备注：控制符与<&>" in "".join(lines).replace(" ", "")


def test_clips_are_exported_as_markdown_and_as_a_table(client: FlaskClient) -> None:
    clip(client)
    text = client.get("/clips.md?lang=en").text
    assert f"> {TEXT}" in text
    assert "2020 (stated in the text; evidence: 2020年)" in text
    sheet = client.get("/clips.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(sheet))
    assert (row["passage"], row["year"], row["year_basis"], row["place"]) == (
        TEXT,
        "2020",
        "stated",
        "5",
    )
    assert (row["clip"], row["number"]) == ("1", "")
    assert (row["url"], row["paragraph_id"]) == ("https://example.org/doc/1.html", PASSAGE)
    assert client.get("/clips.pdf").status_code == 404


@pytest.mark.parametrize(
    ("back", "to"),
    [
        ("/search?q=均衡", "/search?q=均衡"),
        ("https://elsewhere.example/", "/clips"),
        ("//elsewhere.example/", "/clips"),
        ("/\\elsewhere.example", "/clips"),
        ("/\t/elsewhere.example", "/clips"),
        ("//[", "/clips"),
        ("http://[elsewhere.example", "/clips"),
        ("http:/\\elsewhere.example", "/clips"),
        ("/search//elsewhere.example", "/clips"),
        ("/elsewhere", "/clips"),
        ("/clips/1", "/clips"),
        ("/document/总结汇编.html?q=a//b", "/document/总结汇编.html?q=a//b#p4"),
        ("javascript:alert(1)", "/clips"),
        ("", "/clips"),
    ],
)
def test_the_way_back_never_leads_elsewhere(client: FlaskClient, back: str, to: str) -> None:
    answer = send(client, "/clips", {"paragraph": PASSAGE, "back": back})
    assert unquote(answer.headers["Location"]) == to
    assert "elsewhere" not in answer.headers["Location"]


@pytest.mark.parametrize(
    "address",
    [
        "/clips",
        "/clips/1",
        "/clips/collections",
        "/history",
        "/history/1",
        "/document/通知.txt/correction",
    ],
)
def test_other_sites_change_nothing(client: FlaskClient, root: Path, address: str) -> None:
    own = token(client)
    fields = {"paragraph": PASSAGE, "do": "clear", "title": "别处"}
    for sent, headers in (
        ({**fields, "token": own}, {"Origin": "https://elsewhere.example"}),
        ({**fields, "token": own}, {}),
        ({**fields, "token": "guess"}, ORIGIN),
        (fields, ORIGIN),
    ):
        assert client.post(address, data=sent, headers=headers).status_code == 403
    assert not (root / "notes.sqlite").exists()


@pytest.mark.parametrize(
    ("address", "fields", "status"),
    [
        ("/clips", {"paragraph": "nothing:0"}, 404),
        ("/clips", {"paragraph": "\x00"}, 404),
        ("/clips?start=5&end=2", {"paragraph": PASSAGE}, 400),
        ("/clips?start=0&end=99999", {"paragraph": PASSAGE}, 400),
        ("/clips?start=x", {"paragraph": PASSAGE}, 400),
        ("/clips/999", {"do": "up"}, 404),
        ("/clips/1", {"do": "dance"}, 400),
        ("/clips/1", {"do": "transfer", "to": "x", "collection": "-1"}, 400),
        ("/clips/collections", {"do": "make", "name": ""}, 400),
        ("/clips/collections", {}, 400),
        ("/history", {"do": "keep", "args": "q=（", "name": "坏"}, 400),
        ("/history", {"do": "keep", "args": "q=a", "name": ""}, 400),
        ("/history/9", {"do": "looked"}, 404),
        ("/document/nothing/correction", {}, 404),
        ("/document/通知.txt/correction", {"year": "去年"}, 400),
    ],
)
def test_odd_forms_are_answered_not_failed(
    client: FlaskClient, address: str, fields: dict[str, str], status: int
) -> None:
    assert send(client, address, fields).status_code == status


def test_the_reader_s_copy_of_a_page_does_not_outlive_a_change(client: FlaskClient) -> None:
    first = client.get("/search?q=均衡发展")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/search?q=均衡发展", headers=tag).status_code == 304
    clip(client)
    assert client.get("/search?q=均衡发展", headers=tag).status_code == 200


def test_the_reader_s_copy_of_a_page_is_not_that_of_another_file(
    root: Path, client: FlaskClient
) -> None:
    clip(client)
    first = client.get("/clips")
    (root / "notes.sqlite").unlink()
    clip(client, COMPILATION.removeprefix("/document/") + ":1")
    second = client.get("/clips", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.text != first.text


def test_no_page_fails_for_a_clip_of_which_a_bit_turned_over(
    root: Path, client: FlaskClient
) -> None:
    clip(client)
    clip(client, COMPILATION.removeprefix("/document/") + ":1")
    notes = root / "notes.sqlite"
    content = bytearray(notes.read_bytes())
    at = content.index(b'{"title"')
    content[at] ^= 1
    notes.write_bytes(content)
    for page in (
        *("/", "/search?q=均衡发展", COMPILATION, "/help", "/history", "/clips", "/api/clips"),
        *("/clips.docx", "/clips.md", "/clips.csv", "/documents", "/wording?q=均衡发展"),
    ):
        assert client.get(page).status_code == 200, page
    assert len(passages(client)) == 1
    # It is left as it is, whatever is written beside it.
    assert bytes(content[at : at + 40]) in notes.read_bytes()


@pytest.mark.parametrize("broken", ["damaged", "folder"])
def test_searching_goes_on_where_the_notes_cannot_be_used(
    root: Path, client: FlaskClient, broken: str
) -> None:
    notes = root / "notes.sqlite"
    notes.mkdir() if broken == "folder" else notes.write_bytes(b"damaged" * 999)
    for page in ("/", "/search?q=均衡发展", COMPILATION, "/wording?q=均衡发展", "/help"):
        assert client.get(page).status_code == 200
    for page in ("/clips", "/history", "/clips.docx"):
        answer = client.get(page)
        assert answer.status_code == 503
        assert "notes.sqlite" in answer.text
        assert "检索不受影响" in answer.text
    answer = send(client, "/clips", {"paragraph": PASSAGE})
    assert answer.status_code == 503
    assert "notes.sqlite" in answer.text


def test_searches_are_remembered_until_they_are_cleared(client: FlaskClient) -> None:
    for page in (
        "/search?q=均衡发展",
        "/search?q=教育&topic=义务教育",
        "/search?q=均衡发展&sort=year",
    ):
        client.get(page)
    client.get("/search?q=均衡发展&offset=20")
    client.get("/search")
    client.get("/wording?q=校园安全")
    soup = get(client, "/history")
    listed = [a.get_text() for a in soup.select("ol.searches a")]
    assert listed == ["用语：校园安全", "均衡发展", "教育（专题：义务教育）", "均衡发展"]
    href = soup.select("ol.searches a")[2]["href"]
    assert client.get(str(href)).status_code == 200
    press(client, "/history", "[value=off]")
    client.get("/search?q=新的")
    assert len(get(client, "/history").select("ol.searches a")) == 4
    press(client, "/history", "[value=clear]")
    assert get(client, "/history").select("ol.searches a") == []
    press(client, "/history", "[value=on]")
    client.get("/search?q=新的")
    assert len(get(client, "/history").select("ol.searches a")) == 1


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A home with a corpus that can be read again."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(
        "云溪县2021年教育工作总结\n\n一、主要做法\n全力推进义务教育均衡发展，新建学校12所。\n",
        "utf-8",
    )
    read(tmp_path)
    return tmp_path


def read(root: Path, paths: Sequence[str] = (), progress: Any = None) -> Mapping[str, Any]:
    return reindex(Home.open(root), Options(paths=tuple(paths), jobs=1), progress).to_dict()


def test_a_kept_search_tells_what_is_new(live: Path) -> None:
    client = create_app(live).test_client()
    save = get(client, "/search?q=均衡发展").select_one("a[href*='keep=1']")
    assert save
    press(client, str(save["href"]), "[value=keep]", name="均衡")
    assert not get(client, "/").select(".fresh")
    (live / "corpus" / "b.txt").write_text(
        "青柳区2022年工作要点\n\n促进城乡义务教育优质均衡发展。\n", "utf-8"
    )
    (live / "corpus" / "a.txt").rename(live / "corpus" / "z.txt")
    read(live)
    link = get(client, "/").select_one(".fresh a")
    assert link
    assert "1 段新增" in link.get_text()
    news = get(client, str(link["href"]))
    assert [p.get_text(strip=True) for p in news.select(".hit .text")] == [
        "促进城乡义务教育优质均衡发展。"
    ]
    assert get(client, "/history").select(".news .new")
    press(client, str(link["href"]), "[value=looked]")
    assert not get(client, "/").select(".fresh")
    assert not get(client, "/history").select(".news .new")
    press(client, "/history", "[value=drop]")
    assert not get(client, "/history").select("ul.searches")


def test_a_correction_is_saved_applied_shown_and_withdrawn(live: Path) -> None:
    client = create_app(live, lambda p, q: read(live, p, q), SUFFIXES).test_client()
    page = "/document/a.txt"
    was = get(client, page).select_one("h1")
    assert was
    answer = press(client, page, ".correct button", title="更正后的题名", year="2018", kind="讲话")
    assert answer.headers["Location"] == "/document/a.txt"
    soup = get(client, page)
    title = soup.select_one("h1")
    assert title
    assert title.get_text() == "更正后的题名"
    box = soup.select_one(".corrected")
    assert box
    assert was.get_text() in box.get_text()
    assert "2021" in box.get_text()
    year = soup.select_one(".side .year")
    assert year
    assert year.get_text(" ", strip=True) == "2018 年 读者更正"
    assert get(client, "/search?q=均衡发展&year=2018&kind=讲话").select(".hit")
    assert get(client, "/search?q=均衡发展&year=2021").select(".nothing")
    # Saving the form as it stands changes nothing.
    field = soup.select_one(".correct [name=year]")
    assert field
    press(client, page, ".correct button")
    assert get(client, page).select_one(".corrected")
    press(client, page, "[value=withdraw]")
    soup = get(client, page)
    assert soup.select_one("h1").get_text() == was.get_text()  # type: ignore[union-attr]
    assert not soup.select(".corrected")
    assert not soup.select(".pending")


def test_a_year_can_be_said_to_be_unknown(live: Path) -> None:
    client = create_app(live, lambda p, q: read(live, p, q), SUFFIXES).test_client()
    press(client, "/document/a.txt", ".correct button", year="不明")
    assert get(client, "/search?q=均衡发展&year=unknown").select(".hit")
    field = get(client, "/document/a.txt").select_one(".correct [name=year]")
    assert field
    assert field["value"] == "不明"


def test_a_correction_waits_for_the_next_reindex_where_none_can_be_run(live: Path) -> None:
    client = create_app(live).test_client()
    press(client, "/document/a.txt", ".correct button", title="更正后的题名")
    pending = get(client, "/document/a.txt").select_one(".pending")
    assert pending
    assert "xianli reindex" in pending.get_text()
    read(live)
    soup = get(client, "/document/a.txt")
    assert not soup.select(".pending")
    assert soup.select_one("h1").get_text() == "更正后的题名"  # type: ignore[union-attr]


def test_a_clip_is_cited_as_the_reader_corrected_it(live: Path) -> None:
    client = create_app(live, lambda p, q: read(live, p, q), SUFFIXES).test_client()
    press(client, "/search?q=均衡发展", "button.clip")
    press(client, "/document/a.txt", ".correct button", year="2018")
    assert "2018 年（读者更正）" in client.get("/clips.md").text
    assert "2018 年（读者更正）" in client.get("/quote?paragraph=a.txt:1&plain=1").text


def test_what_is_lost_is_listed_with_its_words(live: Path) -> None:
    client = create_app(live).test_client()
    press(client, "/search?q=均衡发展", "button.clip")
    (live / "corpus" / "a.txt").unlink()
    read(live)
    soup = get(client, "/clips")
    assert "新建学校12所" in soup.select(".clips .text")[0].get_text()
    assert "现在没有这一段" in soup.select(".clips .lost")[0].get_text()
    assert "现在没有这一段" in client.get("/clips.md").text
    assert [c.attached for c in Clips(Store(live / "notes.sqlite")).lost()] == [False]


def test_clips_stand_where_the_index_cannot_be_used(client: FlaskClient, root: Path) -> None:
    assert send(client, "/clips", {"paragraph": PASSAGE}).status_code == 303
    publish(root)
    for stamp in root.glob(".xianli/generations/*/stamp.json"):
        stamp.write_text('{"schema": "0", "analyzer": "0", "rules": "0"}', "utf-8")
    again = create_app(root).test_client()
    failed = again.get("/search?q=均衡")
    assert failed.status_code == 503
    # What was asked is there for the next try.
    assert 'value="均衡"' in failed.text
    soup = get(again, "/clips")
    assert TEXT in soup.get_text()
    assert TEXT in again.get("/clips.md").text

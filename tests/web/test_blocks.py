"""Blocks restored and cut by readers: by form, read again at once, kept by every reindex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.notes import Corrections, Store
from archive.notes.corrections import BlockChoice, Correction, placed
from archive.store.home import Home
from archive.store.library import Archive
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options, reindex
from indexer.run.verify import verify
from tests.fixtures.pages import ORIGIN, get, token
from web import create_app

PAGE = "/document/%E4%BE%9B%E6%B0%B4.html"
LOST = "联系电话：2888，请各村及时上报。"
KEPT = "各村要每月清洗水池一次，清洗记录由村委会保存备查。"
HTML = f"""<html><head><title>农村供水管理办法</title></head><body>
<div class="content"><h1>农村供水管理办法</h1>
<p>为保障农村供水安全，根据有关规定，结合青柳区实际，制定本办法，请认真贯彻执行。</p>
<p>{KEPT}</p><p>水费按月收取，收支情况每季度张榜公布，接受群众监督，不得挪作他用。</p></div>
<div class="footer"><p>{LOST}</p><p>版权所有 青柳区人民政府</p></div></body></html>"""


def read(root: Path, paths: Sequence[str] = (), progress: Any = None) -> Mapping[str, Any]:
    return reindex(Home.open(root), Options(paths=tuple(paths), jobs=1), progress).to_dict()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "供水.html").write_text(HTML, "utf-8")
    read(tmp_path)
    return tmp_path


@pytest.fixture
def client(root: Path) -> FlaskClient:
    return create_app(root, lambda p, q: read(root, p, q), SUFFIXES).test_client()


def button(client: FlaskClient, text: str, page: str) -> Tag:
    """The button beside a block."""
    soup = get(client, page)
    places = soup.select(".official p[id], .removed tr, .blocks li")
    (place,) = (p for p in places if text in p.get_text() and p.select("button.relabel"))
    return place.select("button.relabel")[-1]


def press(client: FlaskClient, text: str, page: str = PAGE) -> TestResponse:
    own = button(client, text, page)
    form = get(client, page).select_one("form#blocks")
    assert form
    fields = {str(f["name"]): str(f["value"]) for f in form.select("input")}
    fields[str(own["name"])] = str(own["value"])
    return client.post(str(form["action"]), data=fields, headers=ORIGIN)


def texts(root: Path) -> list[str]:
    with Archive(Home.open(root)) as archive:
        return [p.text for p in archive.paragraphs("供水.html")]


def test_a_dropped_block_is_restored_and_stays_so(root: Path, client: FlaskClient) -> None:
    assert LOST not in texts(root)
    answer = press(client, LOST)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#cuts")
    assert LOST in texts(root)
    assert get(client, f"/search?q=“{LOST}”").select(".hit")
    soup = get(client, PAGE)
    assert LOST in soup.select(".corrected")[0].get_text()
    assert not soup.select(".pending")
    reindex(Home.open(root), Options(full=True, jobs=1))
    assert LOST in texts(root)
    assert list(verify(Home.open(root))) == []


def test_a_kept_block_is_cut_and_that_is_undone(root: Path, client: FlaskClient) -> None:
    before = texts(root)
    press(client, KEPT)
    assert texts(root) == [text for text in before if text != KEPT]
    own = button(client, KEPT, PAGE)
    assert (own["name"], own.get_text()) == ("undo", "撤销")
    assert "reader" in get(client, PAGE).select(".removed")[0].get_text()
    press(client, KEPT)
    assert texts(root) == before
    assert not get(client, PAGE).select(".corrected")


def test_both_work_on_the_page_of_all_blocks_which_is_shown_again(
    root: Path, client: FlaskClient
) -> None:
    page = f"{PAGE}?all=1"
    answer = press(client, LOST, page)
    back, _, mark = answer.headers["Location"].partition("#")
    shown = get(client, back).select_one(f"#{mark}")
    assert shown
    assert LOST in shown.get_text()
    press(client, KEPT, page)
    assert (LOST in texts(root), KEPT in texts(root)) == (True, False)


def test_a_choice_keeps_the_title_and_a_title_the_choice(root: Path, client: FlaskClient) -> None:
    press(client, LOST)
    fields = {"token": token(client), "title": "更正后的题名", "year": ""}
    client.post(f"{PAGE}/correction", data=fields, headers=ORIGIN)
    assert LOST in texts(root)
    press(client, KEPT)
    with Archive(Home.open(root)) as archive:
        assert archive.document("供水.html").title == "更正后的题名"
    assert KEPT not in texts(root)


def test_a_choice_waits_where_nothing_can_be_read_again(root: Path) -> None:
    client = create_app(root).test_client()
    press(client, LOST)
    assert "xianli reindex" in get(client, PAGE).select(".pending")[0].get_text()
    assert get(client, f"{PAGE}?all=1").select(".pending")
    read(root)
    assert not get(client, PAGE).select(".pending")


def test_a_choice_follows_its_block_and_its_file(root: Path, client: FlaskClient) -> None:
    press(client, LOST)
    changed = HTML.replace(
        "<p>为保障", "<p>青柳区人民政府办公室印发，请各村认真执行本办法。</p><p>为保障"
    )
    (root / "corpus" / "供水.html").write_text(changed, "utf-8")
    read(root)
    assert LOST in texts(root)
    with Archive(Home.open(root)) as archive:
        document = archive.document("供水.html")
    store = Store(Home.open(root).notes)
    (kept,) = Corrections(store).all()
    Corrections(store).put(Correction(**{**_attributes(kept), "digest": document.digest}))
    (root / "corpus" / "供水.html").rename(root / "corpus" / "办法.html")
    read(root)
    with Archive(Home.open(root)) as archive:
        assert LOST in [p.text for p in archive.paragraphs("办法.html")]


def _attributes(correction: Correction) -> dict[str, Any]:
    return {name: getattr(correction, name) for name in correction.__dataclass_fields__}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"restore": "0-0000000000000000"}, 404),
        ({"cut": ""}, 404),
        ({"dance": "0"}, 400),
        ({}, 400),
        ({"cut": "0-0000000000000000", "token": "other"}, 403),
    ],
)
def test_what_names_no_block_is_refused(
    root: Path, client: FlaskClient, fields: dict[str, str], status: int
) -> None:
    sent = {"token": token(client), **fields}
    assert client.post(f"{PAGE}/blocks", data=sent, headers=ORIGIN).status_code == status
    assert not Corrections(Store(Home.open(root).notes)).all()


def test_of_equal_blocks_the_nearest_is_meant() -> None:
    page = ["甲", "分享到", "乙", "分享到", "丙"]
    assert placed([BlockChoice("分享 到", 4, True)], page) == {3: BlockChoice("分享 到", 4, True)}
    both = [BlockChoice("分享到", 0, True), BlockChoice("分享到", 1, False)]
    assert {place: choice.keep for place, choice in placed(both, page).items()} == {
        1: True,
        3: False,
    }
    assert placed([BlockChoice("丁", 0, True)], page) == {}

"""What a mark of secrecy holds back is nowhere in the browser, and may be allowed there."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
from archive.query.query import parse
from archive.store.allowed import ALLOWED, read_allowed
from archive.store.home import Home
from archive.store.library import Archive
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options
from indexer.run.reindex import reindex as run
from indexer.sources import digest
from tests.fixtures.pages import get
from tests.indexer.test_secrecy import JSONL, MARKED, PLAIN, SECRET
from tests.web.test_originals import fetch
from tests.web.test_upload import HERE, corpus, finished, send
from web import create_app

Progress = Callable[[int, int], None]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An archive of a marked file that was read once and is held back now, and two others."""
    (tmp_path / "corpus").mkdir()
    home = Home.open(tmp_path)
    names = {"m.txt": MARKED, "p.txt": PLAIN, "many.jsonl": JSONL}
    for name, text in names.items():
        (home.corpus / name).write_text(text, "utf-8")
    marked = home.corpus / "m.txt"
    home.rules.mkdir()
    (home.rules / ALLOWED).write_text(f'[[file]]\ndigest = "{digest(marked)}"\n', "utf-8")
    reindex(home)
    with Archive(home) as archive:
        paragraph = next(archive.scan(parse("名单")))
        store = Store(home.notes)
        source = Source.of(paragraph, archive.document("m.txt"))
        anchor = Anchor(paragraph.paragraph_id, paragraph.text)
        Clips(store).toggle(anchor, source, archive.generation)
        store.close()
    (home.rules / ALLOWED).unlink()
    reindex(home)
    return home


def reindex(home: Home, paths: Sequence[str] = (), progress: Progress | None = None) -> Any:
    return run(home, Options(paths=tuple(paths), jobs=1), progress).to_dict()


@pytest.fixture
def client(home: Home) -> FlaskClient:
    def read(paths: Sequence[str], progress: Progress) -> Mapping[str, Any]:
        found: Mapping[str, Any] = reindex(home, paths, progress)
        return found

    return create_app(home.root, read, SUFFIXES).test_client()


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/search?q=", "/search?q=名单", "/search?q=命题", "/wording?q=名单", "/documents"),
        *("/clips", "/clips.md", "/clips.csv", "/api/clips", "/api/stats", "/api/search?q="),
        *("/api/export?format=csv&q=", "/api/export?format=ndjson&q=", "/api/complete?q=命"),
        *("/document/m.txt", "/api/document/m.txt", "/source/m.txt", "/quote/m.txt:0"),
        *("/document/many.jsonl%23two", "/source/many.jsonl%23two", "/source/many.jsonl%23one"),
    ],
)
def test_nothing_of_it_is_shown(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (200, 404)
    text = answer.get_data(as_text=True)
    assert SECRET not in text
    assert "不得外传" not in text
    assert "命题工作" not in text
    assert "关于命题" not in text


def test_what_is_read_is_shown(client: FlaskClient) -> None:
    # The same addresses do show what is not held back.
    assert "登记造册" in get(client, "/search?q=登记").get_text()
    assert "九月一日" in client.get("/api/export?format=csv&q=").text
    assert fetch(client, "/source/p.txt").status_code == 200
    clip = client.get("/api/clips").json["clips"][0]  # type: ignore[index]
    assert (clip["held"], clip["passage"], clip["title"]) == (True, "", "")


def test_a_file_with_documents_that_are_held_is_not_given_out(client: FlaskClient) -> None:
    document = client.get("/api/search?q=九月一日").json["hits"][0]  # type: ignore[index]
    answer = client.get("/source/" + quote(document["document_id"], safe=""))
    assert answer.status_code == 404
    assert "标有密级" in answer.text


def test_the_first_page_lists_it_and_a_reader_may_allow_it(client: FlaskClient, home: Home) -> None:
    rows = get(client, "/?lang=zh").select(".held tr")
    assert [row.th.get_text() for row in rows if row.th] == ["m.txt", "many.jsonl"]
    assert "机密★5年" in rows[0].get_text()
    assert "xianli" not in rows[0].get_text() + rows[1].get_text()
    fields = {str(f["name"]): str(f.get("value", "")) for f in rows[0].select("input")}
    form = rows[0].form
    assert form
    data = fields | {"comment": " 张某\n准许 "}
    for wrong, status in (
        (data | {"token": "x"}, 403),
        (data | {"digest": "0" * 64}, 404),
        (data | {"digest": digest(home.corpus / "p.txt")}, 404),
    ):
        assert client.post(str(form["action"]), data=wrong, headers=HERE).status_code == status
    elsewhere = {"Origin": "http://elsewhere.example"}
    assert client.post(str(form["action"]), data=data, headers=elsewhere).status_code == 403
    for reason in ("", " 张 ", "\n"):
        without = client.post(str(form["action"]), data=data | {"comment": reason}, headers=HERE)
        assert without.status_code == 400
        assert "准许人和理由" in without.text
    assert read_allowed(home) == frozenset()
    finished(client, client.post(str(form["action"]), data=data, headers=HERE))
    assert read_allowed(home) == {digest(home.corpus / "m.txt")}
    assert 'comment = "张某 准许"' in (home.rules / ALLOWED).read_text("utf-8")
    assert SECRET in client.get("/document/m.txt").text
    for address in ("/search?q=名单", "/clips"):
        assert [b.get_text() for b in get(client, address).select(".secrecy")] == ["机密★5年"]
    quoted = client.get("/quote?paragraph=m.txt:2&plain=1").text
    assert "（机密★5年）" in quoted
    assert fetch(client, "/source/m.txt").status_code == 200
    assert client.get("/api/clips").json["clips"][0]["passage"] == SECRET  # type: ignore[index]


def test_a_server_that_only_reads_lists_it_and_allows_nothing(home: Home) -> None:
    client = create_app(home.root).test_client()
    page = get(client, "/")
    assert page.select(".held tr")
    assert not page.select(".held form")
    token = get(client, "/clips").select("input[name=token]")[0]["value"]
    data = {"token": token, "digest": digest(home.corpus / "m.txt")}
    assert client.post("/held", data=data, headers=HERE).status_code == 404
    assert read_allowed(home) == frozenset()


def test_what_is_sent_with_a_mark_is_not_kept(client: FlaskClient, home: Home) -> None:
    before = corpus(home.root)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("甲.txt", MARKED + "甲")
        packed.writestr("乙.txt", PLAIN + "乙")
    rows = [json.loads(line) for line in JSONL.splitlines()]
    more = "\n".join(json.dumps(row | {"n": 9}, ensure_ascii=False) for row in rows)
    answer = send(
        client,
        ("new.txt", (MARKED + "新").encode()),
        ("copy.txt", (MARKED + "新").encode()),
        ("夹.zip", buffer.getvalue()),
        ("more.jsonl", more.encode()),
        ("m.txt", MARKED.encode()),
    )
    page = finished(client, answer)
    said = {
        row.th.get_text(): row.td.get_text()
        for row in page.select("tbody tr, table > tr")
        if row.th and row.td
    }
    for name in ("new.txt", "copy.txt", "夹/甲.txt", "more.jsonl"):
        assert "没有收进档案" in said[name], name
        assert "准许读入" in said[name]
        assert "xianli" not in said[name]
    assert "关于保密工作的通知" in said["夹/乙.txt"]
    # What lay there before stays, held back.
    assert "标有密级" in said["m.txt"]
    assert "在首页" in said["m.txt"]
    assert "xianli" not in said["m.txt"]
    assert corpus(home.root) == sorted([*before, "夹/乙.txt"])
    assert list(home.incoming.iterdir()) == []
    with Archive(home) as archive:
        assert [source.path for source in archive.held()] == ["m.txt", "many.jsonl"]
        assert archive.source("more.jsonl") == (None, [])

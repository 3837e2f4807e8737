"""What the first version wrote still means what it meant: notes, saved searches, addresses.

`data/v1/notes.sqlite` was written by the first version over an archive of the sample corpus, in
which one file had another name and one more was there that is gone. `data/v1/expected.json`
says what the notes were, `data/v1/addresses.txt` what that version answered to addresses of
every kind. Both are read by their answers: how a query is held inside may change.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive import open_archive
from archive.notes import Clips, Corrections, Searches, Store
from archive.query.query import Query
from archive.store import checksums
from archive.store.home import Home
from indexer.run.reindex import Options, reindex
from tests.fixtures.commands import xianli
from tests.fixtures.pages import total
from web import create_app

V1 = Path(__file__).parent.parent / "data" / "v1"
CORPUS = Path(__file__).parents[2] / "corpus"
EXPECTED: dict[str, Any] = json.loads((V1 / "expected.json").read_text("utf-8"))

# Of a list of hits so many are compared, each by its document and so many characters.
SHOWN = 3
TELLING = 12


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus under this version, with the notes of the first one."""
    root = tmp_path_factory.mktemp("v1")
    shutil.copytree(CORPUS, root / "corpus")
    shutil.copyfile(V1 / "notes.sqlite", root / "notes.sqlite")
    reindex(Home.open(root), Options(jobs=1))
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> FlaskClient:
    return create_app(root).test_client()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The sample corpus without notes: nothing in it is corrected."""
    root = tmp_path_factory.mktemp("plain")
    shutil.copytree(CORPUS, root / "corpus")
    reindex(Home.open(root), Options(jobs=1))
    return create_app(root).test_client()


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Each address of the file with the lines that say its answer."""
    lines = (V1 / "addresses.txt").read_text("utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    blocks = [list(group) for _, group in groupby(told, key=lambda line: line.startswith(" "))]
    for heads, answer in zip(blocks[::2], blocks[1::2], strict=True):
        (address,) = heads
        yield address, [line.strip() for line in answer]


def answer_of(client: FlaskClient, address: str) -> list[str]:
    """What is answered to an address, in lines that tell its meaning and no more."""
    path = urlsplit(address).path
    answer = client.get(encoded(address), follow_redirects=True)
    if answer.status_code != 200:
        return [f"status {answer.status_code}"]
    if path == "/wording/batch":
        return _of_batch(client, encoded(address), answer)
    if path == "/history":
        (kept,) = BeautifulSoup(answer.text, "lxml").select("input[name=args]")
        return list(_of_search(client.get(f"/api/search?{kept['value']}").get_json()))
    if answer.mimetype == "text/html":
        return list(_of_page(path, answer))
    if path == "/quote":
        return [answer.text.splitlines()[0]]
    if path == "/api/export":
        rows = [json.loads(line) for line in answer.text.splitlines()]
        return [f"rows {len(rows)}", *map(_told, rows[:SHOWN])]
    if path == "/wording.csv":
        return [f"rows {len(answer.text.splitlines()) - 1}"]
    return list(_OF_JSON[path.split("/")[2]](answer.get_json()))


def encoded(address: str) -> str:
    """An address, which the file gives as a reader sees it, as a browser sends it."""
    path, _, query = address.partition("?")
    return f"{quote(path)}?{quote(query, safe='=&+%:,')}"


def _of_search(found: dict[str, Any]) -> Iterator[str]:
    yield f"total {found['total']}, clusters {found['clusters']}"
    yield from map(_told, found["hits"][:SHOWN])


def _of_wording(found: dict[str, Any]) -> Iterator[str]:
    counts = ("total", "paragraphs", "documents", "sources", "group_count")
    yield ", ".join(f"{name} {found[name]}" for name in counts)
    for line in found["lines"][:SHOWN]:
        yield f"{line['document_id']} {line['match']}"
    for group in found["groups"][:SHOWN]:
        yield f"{group['count']} × {group['text']}"


def _of_document(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['path']} {found['title']}"
    yield f"paragraphs {len(found['paragraphs'])}"


_OF_JSON: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "search": _of_search,
    "wording": _of_wording,
    "document": _of_document,
}


def _of_page(path: str, answer: TestResponse) -> Iterator[str]:
    soup = BeautifulSoup(answer.text, "lxml")
    if path in ("/search", "/wording"):
        yield f"total {total(soup)}"
    elif path.startswith("/document/"):
        yield f"marks {len(soup.select('mark'))}"
    elif path.startswith("/facet/"):
        counts = [count.get_text() for count in soup.select(".values .count")]
        yield f"values {len(counts)}, first {' '.join(counts[:SHOWN])}"
    else:
        first = soup.select_one(".hits .text")
        assert first
        yield f"first {first.get_text('', strip=True)[:TELLING]}"


def _of_batch(client: FlaskClient, address: str, form: TestResponse) -> list[str]:
    """Two wordings counted under the filters of the address."""
    (token, *_) = BeautifulSoup(form.text, "lxml").select("main input[name=token]")
    sent = {"token": token["value"], "lines": "落实\n学校", "as": "csv"}
    answer = client.post(address, data=sent, headers={"Origin": "http://localhost"})
    rows = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    return [f"{row['query']} {row['total']} {row['paragraphs']}" for row in rows]


def _told(hit: dict[str, Any]) -> str:
    return f"{hit['document_id']} {hit['text'][:TELLING]}"


def test_the_file_of_addresses_has_each_kind() -> None:
    known = [address for address, _ in addresses()]
    assert len(known) == len(set(known)) >= 20
    names = {name for address in known for name, _ in parse_qsl(urlsplit(address).query)}
    facets = {"section", "topic", "part", "kind", "form", "site", "year", "basis"}
    assert facets | {f"not_{facet}" for facet in facets} < names
    assert {"q", "sort", "limit", "offset", "fold", "side", "window", "slots", "with"} < names


@pytest.mark.parametrize(("address", "told"), list(addresses()))
def test_an_address_of_the_first_version_is_answered_as_it_was(
    plain: FlaskClient, address: str, told: list[str]
) -> None:
    assert answer_of(plain, address) == told


@pytest.mark.parametrize("text", ["存在", "存在问题", "主要做法", "2023年工作完成情况"])
def test_a_section_is_contained_and_behind_an_equals_sign_exact(
    plain: FlaskClient, text: str
) -> None:
    """Compared with the paragraphs themselves, whatever the reading makes of the corpus."""
    every = list(plain.application.extensions["xianli"].archive.scan(Query()))
    within = {p.paragraph_id for p in every if any(text in e for e in p.heading_path)}
    exact = {p.paragraph_id for p in every if p.section == text}
    everything = {p.paragraph_id for p in every}
    assert within
    assert exact <= within
    for asked, meant in (
        ({"section": text}, within),
        ({"section": f"={text}"}, exact),
        ({"not_section": text}, everything - within),
        ({"not_section": f"={text}"}, everything - exact),
        ({"q": f"章节:{text}"}, within),
        ({"q": f"章节:={text}"}, exact),
    ):
        assert {p["paragraph_id"] for p in _exported(plain, asked)} == meant, asked


def _exported(client: FlaskClient, asked: dict[str, str]) -> list[dict[str, Any]]:
    rows = client.get("/api/export", query_string={"format": "ndjson", **asked}).text
    return [json.loads(line) for line in rows.splitlines()]


def test_every_clip_finds_its_paragraph_again(root: Path) -> None:
    with open_archive(root) as archive, closing(Store(root / "notes.sqlite")) as store:
        clips = Clips(store)
        clips.settle(archive)
        names = {c.collection_id: c.name for c in clips.collections()}
        kept = [clip for number in names for clip in clips.listed(number)]
        taken_out = [clip for number in names for clip in clips.removed(number)]
        assert names[clips.current()] == EXPECTED["current_collection"]
        for listed, told in ((kept, EXPECTED["clips"]), (taken_out, EXPECTED["removed_clips"])):
            found = [
                {
                    "collection": names[clip.collection_id],
                    "paragraph_id": clip.anchor.paragraph_id,
                    "passage": clip.anchor.passage,
                    "note": clip.note,
                    "attached": clip.attached,
                    "file": clip.source.path,
                }
                for clip in listed
            ]
            assert [_by_document(one) for one in found] == [_by_document(one) for one in told]
        for clip in (*kept, *taken_out):
            if clip.attached:
                (paragraph,) = archive.lookup([clip.anchor.paragraph_id])
                assert clip.anchor.passage in paragraph.text


def _by_document(clip: dict[str, Any]) -> dict[str, Any]:
    """A clip whose paragraph may have another number: reading may find more or fewer before it."""
    return clip | {"paragraph_id": clip["paragraph_id"].rpartition(":")[0]}


def test_every_correction_is_obeyed(root: Path) -> None:
    told = EXPECTED["corrections"]
    with open_archive(root) as archive, closing(Store(root / "notes.sqlite")) as store:
        known = {c.document_id: c for c in Corrections(store).all()}
        assert known.keys() == told.keys()
        for document_id, given in told.items():
            paragraphs = archive.paragraphs(document_id)
            if "title" in given:
                assert {p.title for p in paragraphs} == {given["title"]}
            if "kind" in given:
                assert {p.kind for p in paragraphs} == {given["kind"]}
            if "year" in given:
                year = None if given["year"] == "unknown" else given["year"]
                assert {p.year for p in paragraphs} == {year}


@pytest.mark.parametrize("name", EXPECTED["searches"])
def test_a_saved_search_finds_what_it_found_and_nothing_is_news(
    root: Path, client: FlaskClient, name: str
) -> None:
    told = EXPECTED["searches"][name]["finds"]
    with closing(Store(root / "notes.sqlite")) as store:
        kept = {kept.name: kept for kept in Searches(store).kept()}
    assert kept.keys() == EXPECTED["searches"].keys()
    rows = BeautifulSoup(client.get("/history").text, "lxml").select("ul.searches a[href]")
    (link,) = (a for a in rows if a.get_text(strip=True) == name)
    found = client.get("/api/search?" + urlsplit(str(link["href"])).query).get_json()
    assert list(_of_search(found)) == told
    # Years, topics and parts are read better now: what that adds is news, and nothing else is.
    more = EXPECTED["searches"][name].get("more", 0)
    assert found["total"] == kept[name].total + more
    news = BeautifulSoup(client.get(f"/history/{kept[name].search_id}").text, "lxml")
    assert bool(news.select(".hit")) == EXPECTED["searches"][name].get("news", False)


def test_the_history_is_there_and_leads_to_what_was_found(root: Path, client: FlaskClient) -> None:
    soup = BeautifulSoup(client.get("/history").text, "lxml")
    links = soup.select("ol.searches a")
    for link, (label, told) in zip(links, EXPECTED["history"], strict=True):
        # Asked as JSON, which the history does not remember.
        assert client.get(f"/api{link['href']}").get_json()["total"] == told, label


@pytest.mark.parametrize("field", ["schema", "analyzer"])
def test_an_index_of_another_version_names_the_command_that_mends_it(
    tmp_path: Path, field: str
) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(CORPUS / "dinggao-50917.txt", tmp_path / "corpus")
    shutil.copy(V1 / "notes.sqlite", tmp_path)
    home = Home.open(tmp_path)
    reindex(home, Options(jobs=1))
    generation = home.current()
    assert generation
    generation.write_stamp(replace(generation.stamp(), **{field: "1"}))
    (generation.folder / checksums.SUMS).unlink()
    for asked in (("search", "学校"), ("stats",), ("export", "学校"), ("reindex",)):
        answer = xianli(*asked, home=tmp_path)
        assert (answer.returncode, answer.stdout) == (1, "")
        (sentence,) = answer.stderr.splitlines()
        assert "xianli reindex --full" in sentence
    assert "xianli reindex --full" in create_app(tmp_path).test_client().get("/search").text
    # The readers' own work does not wait for it.
    assert "控辍保学素材" in xianli("clips", home=tmp_path).stdout
    assert xianli("reindex", "--full", home=tmp_path).returncode == 0
    assert "学校" in xianli("search", "学校", home=tmp_path).stdout

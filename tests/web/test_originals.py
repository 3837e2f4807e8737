"""The file that a document was read from, taken away as it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from archive.model import Document, Paragraph
from tests.fixtures.home import publish
from tests.fixtures.pages import COMPILATION, get
from web import create_app
from web.http.downloads import MAX_NAME, attachment

PAGE = b"<script>alert(1)</script>\xff"
SOURCE = "/source/总结汇编.html"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish(tmp_path)
    (tmp_path / "corpus" / "2023").mkdir(parents=True)
    (tmp_path / "corpus" / "2023" / "总结汇编.html").write_bytes(PAGE)
    return tmp_path


@pytest.fixture
def client(home: Path) -> FlaskClient:
    return create_app(home).test_client()


def fetch(client: FlaskClient, address: str, **more: Any) -> Any:
    """The whole answer; the file that it comes from is closed again."""
    answer = client.get(address, **more)
    assert answer.data is not None
    answer.close()
    return answer


def test_the_document_leads_to_its_source_as_it_is(client: FlaskClient) -> None:
    link = get(client, COMPILATION).select_one("a[download]")
    assert link
    answer = fetch(client, str(link["href"]))
    assert (answer.status_code, answer.data) == (200, PAGE)
    assert answer.headers["Content-Length"] == str(len(PAGE))


def test_a_browser_keeps_it_and_never_shows_it(client: FlaskClient) -> None:
    headers = fetch(client, SOURCE).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert f"filename*=UTF-8''{quote('总结汇编.html')}" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("甲\r\nSet-Cookie: x=1.txt", "甲__Set-Cookie: x=1.txt"),
        ('引"号\\与;分号.txt', '引"号_与;分号.txt'),
        ("行\u2028段\u2029反\u202e字.txt", "行_段_反_字.txt"),
        ("％ é ß 𠮷.txt", "％ é ß 𠮷.txt"),
        ("长" * 80 + ".txt", "长" * 80 + ".txt"),
    ],
    ids=("lines", "signs", "invisible", "letters", "long"),
)
def test_no_name_of_a_file_breaks_its_header(tmp_path: Path, name: str, kept: str) -> None:
    publish(tmp_path, [(Document("odd", name, "题", "6" * 64), [Paragraph("odd", 0, "文")])])
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / name).write_bytes(PAGE)
    answer = fetch(create_app(tmp_path).test_client(), "/source/odd")
    assert (answer.status_code, answer.data) == (200, PAGE)
    assert "Set-Cookie" not in answer.headers
    _, options = parse_options_header(answer.headers["Content-Disposition"])
    assert options["filename"] == kept
    assert answer.headers["Content-Disposition"].isascii()


def test_a_file_that_changed_is_sent_as_it_is_now(client: FlaskClient, home: Path) -> None:
    tag = fetch(client, SOURCE).headers.get("ETag", '"x"')
    (home / "corpus" / "2023" / "总结汇编.html").write_bytes(b"other")
    answer = fetch(client, SOURCE, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (200, b"other")


def test_a_source_of_many_documents_says_that_it_comes_whole(client: FlaskClient) -> None:
    link = get(client, "/document/统计.jsonl").select_one("a[download]")
    assert link
    assert "整个" in link.get_text()


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "../access.json",
        "%2e%2e/access.json",
        "..%2f.xianli/current",
        "2023/总结汇编.html",
    ],
)
def test_only_a_document_of_the_catalog_has_a_source(client: FlaskClient, name: str) -> None:
    assert client.get(f"/source/{name}").status_code == 404


def test_nothing_outside_the_corpus_is_sent(client: FlaskClient, home: Path) -> None:
    secret = home / "secret.html"
    secret.write_text("secret")
    page = home / "corpus" / "2023" / "总结汇编.html"
    page.unlink()
    assert fetch(client, SOURCE).status_code == 404
    page.symlink_to(secret)
    assert fetch(client, SOURCE).status_code == 404
    page.unlink()
    page.mkdir()
    assert fetch(client, SOURCE).status_code == 404
    page.rmdir()
    os.mkfifo(page)
    assert fetch(client, SOURCE).status_code == 404
    # A folder of the corpus that leads out of it.
    page.unlink()
    (home / "corpus" / "2023").rmdir()
    outside = home / "outside"
    outside.mkdir()
    (outside / "总结汇编.html").write_text("secret")
    (home / "corpus" / "2023").symlink_to(outside)
    answer = fetch(client, SOURCE)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_link_that_stays_inside_is_followed(client: FlaskClient, home: Path) -> None:
    page = home / "corpus" / "2023" / "总结汇编.html"
    page.rename(home / "corpus" / "moved.html")
    page.symlink_to(home / "corpus" / "moved.html")
    assert fetch(client, SOURCE).data == PAGE


@pytest.mark.parametrize(
    "name",
    [
        *('a"b.txt', "a'b;c=d,e.txt", "a\r\nSet-Cookie: x=1.txt", "总结 %41%.txt", "\ud83d.txt"),
        *("长" * 400 + ".html", "a\u202etxt.exe", "x." + "y" * 900, "." * 400, "../..\\etc.txt"),
        *("", "😀\x00\x7f.docx"),
    ],
)
def test_any_name_makes_a_header_that_is_read_back(name: str) -> None:
    header = attachment(name)
    header.encode("latin-1")
    assert header.isprintable()
    kind, options = parse_options_header(header)
    assert kind == "attachment"
    kept = options["filename"]
    assert len(kept.encode()) <= MAX_NAME
    assert not set(kept) & set("/\\\r\n\0")
    if name.endswith(("txt", "html", "docx")):
        assert kept.endswith(name[-4:])

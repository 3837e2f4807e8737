"""Electronic books: the order of the spine, the title, what is left out, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer import extract
from indexer.readers import epub as reader
from indexer.readers import read_page
from indexer.readers.epub import read_epub
from tests.fixtures.epub import epub

FIRST = "<body><h1>云溪县教育志</h1><p>第一段。</p></body>"
SECOND = "<body><a id='x'/><h2>第二章</h2><p>第二段&#160;文字。</p></body>"


def test_the_documents_follow_one_another_as_the_spine_has_them(tmp_path: Path) -> None:
    documents = {"nav.xhtml": "<body><p>目录</p></body>", "b.xhtml": SECOND, "a.xhtml": FIRST}
    path = tmp_path / "a.epub"
    path.write_bytes(epub(documents, title="云溪县教育志", spine="a.xhtml b.xhtml a.xhtml"))
    read = read_page(path, "a.epub")
    assert [(block.text, block.tag) for block in read.blocks] == [
        ("云溪县教育志", "h1"),
        ("第一段。", "p"),
        ("第二章", "h2"),
        ("第二段 文字。", "p"),
    ]
    assert (read.title, read.warnings) == ("云溪县教育志", ())


def test_every_document_of_a_book_is_text() -> None:
    words = "<p>全县教育系统坚持立德树人，切实改善办学条件。</p>"
    long = [f"<body>{'<p/><div>' * n}{words * 6}{'</div>' * n}</body>" for n in (1, 3, 2)]
    labelled = extract.label(read_epub(epub({f"{n}.x": t for n, t in enumerate(long)}), "a.epub"))
    assert [block.keep for block in labelled.blocks] == [True] * 18
    assert {block.source.place for block in labelled.blocks} == {()}


def test_a_title_that_the_text_does_not_have_is_not_believed() -> None:
    text = "<body><h1>柳溪县2021年教育工作总结</h1><p>" + "一、推进均衡发展。" * 20 + "</p></body>"
    assert read_epub(epub({"a.xhtml": text}, title="2009年计划"), "a.epub").title == (
        "柳溪县2021年教育工作总结"
    )


def test_a_document_that_is_missing_is_said_to_be_unread() -> None:
    data = epub({"a.xhtml": FIRST}).replace(b"OEBPS/a.xhtml", b"OEBPS/z.xhtml")
    with pytest.raises(SourceError, match="no text"):
        read_epub(data, "a.epub")
    data = epub({"a.xhtml": FIRST, "b.xhtml": SECOND}).replace(b"OEBPS/b.xhtml", b"OEBPS/z.xhtml")
    read = read_epub(data, "a.epub")
    assert ([block.text for block in read.blocks][-1], read.warnings) == ("第一段。", ("unread",))


def test_encrypted_fonts_are_no_matter_and_encrypted_text_is_refused() -> None:
    assert read_epub(epub({"a.xhtml": FIRST}, encrypted="a.otf"), "a.epub").blocks
    for name in ("a%20b.xhtml", "./a%20b.xhtml"):
        with pytest.raises(SourceError, match="is encrypted"):
            read_epub(epub({"a b.xhtml": FIRST}, encrypted=name), "a.epub")


@pytest.mark.parametrize("data", [b"none", epub({}).replace(b"book.opf", b"none.opf", 1)])
def test_what_is_no_book_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="damaged"):
        read_epub(data, "a.epub")


def test_a_book_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BOOK_TAGS", 12)
    with pytest.raises(SourceError, match="tags"):
        read_epub(epub({"a.xhtml": FIRST, "b.xhtml": SECOND}), "a.epub")

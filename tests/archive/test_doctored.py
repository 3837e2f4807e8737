"""A home that somebody prepared: opening, mending and serving it runs none of its content."""

from __future__ import annotations

import marshal
import os
import pickle
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from whoosh.codec.whoosh3 import W3Codec

from archive.cli import cli
from archive.engines.whoosh import arrays
from archive.engines.whoosh.codec import make_schema
from archive.errors import EngineError
from archive.store import checksums
from archive.store.home import Generation, Home
from archive.store.library import open_archive
from archive.text import tokenize
from indexer.run.reindex import Options, reindex
from web import create_app


class Bomb:
    """Makes the file `marker` where it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    corpus = tmp_path / "home" / "corpus"
    corpus.mkdir(parents=True)
    (corpus / "a.txt").write_text("一、安全\n\n落实校园安全责任。\n", "utf-8")
    home = Home.open(corpus.parent)
    reindex(home, Options(jobs=1))
    return home


def answering(home: Home) -> Generation:
    generation = home.current()
    assert generation is not None
    return generation


def seal(home: Home) -> None:
    """Make the checksums those of what was prepared: whoever prepares a home can do that."""
    folder = answering(home).folder
    (folder / checksums.SUMS).write_text(checksums.seal(folder), "utf-8")
    (home.state / "current").write_text(f"{folder.name} {checksums.mark(folder)}\n", "utf-8")


def toc_path(home: Home) -> Path:
    return next(answering(home).index.glob("*.toc"))


def rewrite(home: Home, change: Callable[[list[Any]], object]) -> None:
    """Replace the list of segments of the index by what `change` makes of it."""
    path = toc_path(home)
    content = path.read_bytes()
    at = content.rindex(b"\x80\x05")
    path.write_bytes(content[:at] + pickle.dumps(change(pickle.loads(content[at:])), -1))
    seal(home)


def with_attribute(segments: list[Any], value: object) -> list[Any]:
    segments[0].note = value
    return segments


def named(segments: list[Any], **fields: object) -> list[Any]:
    vars(segments[0]).update(fields)
    return segments


def questions(home: Home) -> list[Callable[[], object]]:
    """Each way in which a home is opened."""

    def asked() -> object:
        with open_archive(home.root) as archive:
            return archive.search("安全")

    def run(*arguments: str) -> Callable[[], object]:
        def ran() -> object:
            result = CliRunner().invoke(cli, ["--home", str(home.root), *arguments])
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return result

        return ran

    client = create_app(home.root).test_client()
    return [
        asked,
        run("search", "安全"),
        run("verify"),
        run("reindex"),
        lambda: client.get("/search?q=安全"),
    ]


def test_a_table_of_contents_that_names_other_code_is_refused_and_runs_nothing(
    home: Home, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    bomb = Bomb(marker)
    content = toc_path(home).read_bytes()
    for change in (
        lambda _: bomb,
        lambda _: [bomb],
        lambda segments: with_attribute(segments, bomb),
        lambda segments: with_attribute(segments, [{"x": (bomb,)}]),
        lambda segments: named(segments, _deleted={0: bomb}),
    ):
        toc_path(home).write_bytes(content)
        rewrite(home, change)
        for question in questions(home):
            with suppress(EngineError):
                question()
            assert not marker.exists()
        with open_archive(home.root) as archive, pytest.raises(EngineError) as said:
            archive.search("安全")
        assert toc_path(home).name in said.value.english
        assert "reindex --full" in said.value.english
    reindex(home, Options(jobs=1, full=True))
    with open_archive(home.root) as archive:
        assert archive.search("安全").total
    assert not marker.exists()


def test_a_schema_or_an_old_format_runs_nothing(home: Home, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = toc_path(home)
    content = path.read_bytes()
    old_schema = pickle.dumps(make_schema(), 2)
    bombed = pickle.dumps(Bomb(marker), 2)
    # The schema is passed over: nothing of it is read.
    assert old_schema in content
    path.write_bytes(content.replace(old_schema, bombed.ljust(len(old_schema), b".")))
    seal(home)
    for question in questions(home):
        question()
    # What Whoosh's loader of former versions would unpickle.
    former = content.replace((-111).to_bytes(4, "big", signed=True), b"\xff\xff\xff\x92", 1)
    assert former != content
    path.write_bytes(former)
    seal(home)
    with open_archive(home.root) as archive, pytest.raises(EngineError, match="is damaged"):
        archive.search("安全")
    assert not marker.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda s: named(s, segid="../../../elsewhere"),
        lambda s: named(s, segid="a/b"),
        lambda s: named(s, indexname="../MAIN"),
        lambda s: named(s, _codec=W3Codec()),
        lambda s: named(s, _doccount="9"),
        lambda s: named(s, _doccount=-1),
        lambda s: named(s, _deleted={99}),
        lambda s: named(s, _deleted=["0"]),
        lambda s: named(s, doc_count_all=7),
        lambda s: {0: s[0]},
        lambda s: [7],
    ],
)
def test_a_segment_that_the_engine_did_not_write_is_refused(
    home: Home, change: Callable[[list[Any]], object]
) -> None:
    rewrite(home, change)
    with open_archive(home.root) as archive, pytest.raises(EngineError) as said:
        archive.search("安全")
    assert "reindex --full" in said.value.english


def test_files_that_whoosh_would_read_are_not_read(home: Home, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    index = answering(home).index
    name = next(index.glob("*.arrays")).name.partition(".")[0]
    for suffix in (".seg", ".pst", ".trm", ".vps", ".col", ".dcz"):
        (index / f"{name}{suffix}").write_bytes(pickle.dumps(Bomb(marker)))
    seal(home)
    for question in questions(home):
        question()
    with open_archive(home.root) as archive:
        assert archive.search("安全").total
    assert not marker.exists()


@pytest.mark.parametrize(
    ("written", "doctored"),
    [
        (b'"<u4"', b'"|O8"'),
        (b'"|u1"', b'"|V1"'),
        (b'"|u1"', b'"zzz"'),
        (b'"|u1"', b"12345"),
        (b'"context": [', b'"context": 7'),
        (b'"|u1", ', b'"|u1",-'),
        (b'"|u1", ', b'"|u1",9'),
    ],
)
def test_arrays_that_are_none_are_refused(home: Home, written: bytes, doctored: bytes) -> None:
    path = next(answering(home).index.glob("MAIN_*.arrays"))
    content = path.read_bytes().replace(written, doctored)
    assert content != path.read_bytes()
    *_, length, blocks = arrays._HEAD.unpack_from(content)
    described = content[arrays._TABLE : arrays._start(length, blocks)]
    head = content[: arrays._HEAD.size]
    checksum = zlib.crc32(described, zlib.crc32(head))
    path.write_bytes(head + arrays._CHECKSUM.pack(checksum) + content[arrays._TABLE :])
    with open_archive(home.root) as archive, pytest.raises(EngineError, match="damaged") as said:
        archive.search("安全")
    assert path.name in said.value.english


def test_jieba_reads_no_cache_and_writes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = tmp_path / f"xianli-{os.getuid()}"
    own.mkdir(mode=0o777)
    for folder in (tmp_path, own):
        (folder / "jieba.cache").write_bytes(marshal.dumps(({"落实校": 10**9}, 10**9)))
    before = sorted(tmp_path.rglob("*"))
    tokenize.jieba_cutter.cache_clear()
    assert tokenize.jieba_cutter()("落实校园安全责任") == ["落实", "校园", "安全", "责任"]
    assert sorted(tmp_path.rglob("*")) == before

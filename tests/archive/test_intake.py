"""Files from outside: their names, archives that mean harm, and landing in the corpus."""

from __future__ import annotations

import io
import os
import stat
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import SourceError
from archive.files import file_lock
from archive.intake import unpack as unpacking
from archive.intake.importer import Importer, Item, Outcome, importer
from archive.intake.names import MAX_NAME_LENGTH, checked_path
from archive.intake.staging import clear_left_over, staging
from archive.store.home import Home

SUFFIXES = (".html", ".txt", ".docx", ".jsonl.gz")
TEXT = "关于做好校园安全工作的通知".encode()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path)


def send(home: Home, name: str, content: bytes) -> list[Item]:
    with staging(home) as drafts:
        stream = drafts.open()
        stream.write(content)
        return importer(home, SUFFIXES).take(name, drafts.finish(stream), drafts)


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def corpus(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.corpus).as_posix(): path.read_bytes()
        for path in home.corpus.rglob("*")
        if path.is_file()
    }


def outcomes(items: list[Item]) -> list[Outcome]:
    return [item.outcome for item in items]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../a.txt",
        "/a.txt",
        "a/../b.txt",
        "C:/a.txt",
        "a\\b.txt",
        "a\nb.txt",
        "a\x00b.txt",
        "a\u202etxt.html",
        "a\u2066b.txt",
        "a\u200bb.txt",
        "a\u2028b.txt",
        "a\x7fb.txt",
        "\ufeffa.txt",
        "a\ud800.txt",
        "CON.txt",
        "nul.html",
        "com1.txt",
        "LPT9.tar.txt",
        "aux .txt",
        "a/prn/b.txt",
        ".hidden.txt",
        "~$a.txt",
        " a.txt",
        "a. /b.txt",
        "a./b.txt",
        "a?.txt",
        'a".txt',
        "字" * 84 + ".txt",
        "a.exe",
        "txt",
        "a.txt.exe",
        "/".join("abcdefghi") + "/a.txt",
    ],
)
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(SourceError) as refused:
        checked_path(name, SUFFIXES)
    assert "\n" not in str(refused.value)
    assert "\u202e" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["工作总结（终稿）.html", "2021年/安全 通知.TXT", "a.b.txt", "数据.jsonl.gz", "console.txt"],
)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert checked_path(name, SUFFIXES) == name


def test_the_longest_name_is_just_allowed() -> None:
    name = "字" * ((MAX_NAME_LENGTH - 4) // 3) + ".txt"
    assert checked_path(name, SUFFIXES) == name


def test_a_name_in_two_pieces_is_stored_in_one() -> None:
    assert checked_path("re\u0301sume\u0301.txt", SUFFIXES) == "résumé.txt"


def test_a_file_lands_under_its_chinese_name(home: Home) -> None:
    items = send(home, "校园安全通知.txt", TEXT)
    assert outcomes(items) == [Outcome.ADDED]
    assert corpus(home) == {"校园安全通知.txt": TEXT}


def test_nothing_is_overwritten(home: Home) -> None:
    send(home, "a.txt", TEXT)
    assert outcomes(send(home, "a.txt", TEXT)) == [Outcome.PRESENT]
    other = send(home, "a.txt", b"other")
    assert outcomes(other) == [Outcome.REFUSED]
    assert "改名" in other[0].chinese
    assert corpus(home) == {"a.txt": TEXT}


def test_the_same_content_twice_in_one_go_is_there_once(home: Home) -> None:
    items = send(home, "两份.zip", packed({"a.txt": TEXT, "b.txt": TEXT}))
    assert outcomes(items) == [Outcome.ADDED, Outcome.PRESENT]
    assert items[1].path == "两份/a.txt"
    assert list(corpus(home)) == ["两份/a.txt"]


def test_where_there_are_no_hard_links_nothing_is_overwritten_either(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    assert outcomes(send(home, "a.txt", TEXT)) == [Outcome.ADDED]
    assert outcomes(send(home, "a.txt", b"other")) == [Outcome.REFUSED]
    assert corpus(home) == {"a.txt": TEXT}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.txt", b""),
        ("图.html", b"\x89PNG\r\n\x1a\n"),
        ("程序.txt", b"MZ\x90\x00"),
        ("包.html", packed({"a.txt": TEXT})),
        ("照片.jpg", b"\xff\xd8\xff"),
        ("a\nb.txt", TEXT),
        ("../a.txt", TEXT),
        ("a/b.txt", TEXT),
    ],
)
def test_what_is_no_document_is_refused(home: Home, name: str, content: bytes) -> None:
    items = send(home, name, content)
    assert outcomes(items) == [Outcome.REFUSED]
    assert items[0].chinese
    assert items[0].english
    assert not corpus(home)
    assert not any(home.incoming.iterdir())


def test_an_archive_becomes_a_folder_of_its_name(home: Home) -> None:
    content = {"一季度/a.txt": TEXT, "二季度/b.html": b"<p>b</p>", "图.png": b"\x89PNG", "d/": b""}
    items = send(home, "2021年.zip", packed(content))
    assert outcomes(items) == [Outcome.ADDED, Outcome.ADDED, Outcome.IGNORED]
    assert sorted(corpus(home)) == ["2021年/一季度/a.txt", "2021年/二季度/b.html"]
    again = send(home, "2021年.zip", packed(content))
    assert outcomes(again) == [Outcome.PRESENT, Outcome.PRESENT, Outcome.IGNORED]


def test_a_packed_folder_is_not_put_into_itself(home: Home) -> None:
    send(home, "总结.zip", packed({"总结/a.txt": TEXT, "__MACOSX/总结/._a.txt": b"\0"}))
    assert list(corpus(home)) == ["总结/a.txt"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_unmarked_encoding_are_read(home: Home, encoding: str) -> None:
    # 僜 has a backslash as its second byte in GB18030.
    raw = "僜工作\\总结.txt".encode(encoding)
    content = packed({"x" * len(raw): TEXT}).replace(b"x" * len(raw), raw)
    send(home, "a.zip", content)
    assert list(corpus(home)) == ["a/僜工作/总结.txt"]


def link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr("a.txt", TEXT)
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def encrypted() -> bytes:
    content = bytearray(packed({"a.txt": TEXT}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def lying() -> bytes:
    """Half a million times "0" whose headers say that they are one byte."""
    content = bytearray(packed({"a.txt": b"0" * (8 << 20)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 1)
    return bytes(content)


def overlapping() -> bytes:
    """Two entries of the directory that lead to the same packed bytes."""
    content = packed({"a.txt": TEXT})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    twin = content[start:end].replace(b"a.txt", b"b.txt")
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * (end - start))
    return content[:end] + twin + bytes(tail)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: packed({"b.txt": TEXT, "../a.txt": TEXT}), "之外"),
        (lambda: packed({"b.txt": TEXT, "/etc/a.txt": TEXT}), "之外"),
        (lambda: packed({"b.txt": TEXT, "C:\\a.txt": TEXT}), "之外"),
        (lambda: packed({"b.txt": TEXT, "x\\..\\..\\a.txt": TEXT}), "之外"),
        (lambda: packed({"b.txt": TEXT, "../../.ssh/keys": TEXT}), "之外"),
        (link, "链接"),
        (lambda: packed({"b.txt": TEXT, "里.zip": packed({"a.txt": TEXT})}), "还有压缩包"),
        (encrypted, "密码"),
        (lambda: packed({"b.txt": TEXT, "a.txt": b"0" * (8 << 20)}), "压缩炸弹"),
        (lying, "损坏"),
        (overlapping, "损坏"),
        (lambda: packed({"b.txt": TEXT, "a\nb.txt": TEXT}), "换行"),
        (lambda: packed({"b.txt": TEXT, "nul.txt": TEXT}), "保留"),
        (lambda: packed({"b.txt": TEXT, "B.TXT": TEXT}), "两个"),
        (lambda: packed({"a.txt": TEXT}, zipfile.ZIP_LZMA), "压缩方法"),
        (lambda: packed({"a.txt": TEXT})[:-30], "损坏"),
        (lambda: packed({"a.txt": TEXT}).replace(TEXT[:2], b"xx"), "损坏"),
        (lambda: b"PK\x05\x06" + b"\0" * 18, "没有能读的文档"),
        (lambda: b"no archive", "损坏"),
        (lambda: packed({"a.png": b"x"}), "没有能读的文档"),
    ],
)
def test_an_archive_that_could_do_harm_leaves_nothing(
    home: Home, make: Callable[[], bytes], said: str
) -> None:
    items = send(home, "a.zip", make())
    assert outcomes(items) == [Outcome.REFUSED]
    assert said in items[0].chinese
    assert not corpus(home)
    assert not any(home.incoming.iterdir())


def test_an_archive_of_too_much_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed({f"{n}.txt": bytes([n]) * 400 for n in range(4)}, zipfile.ZIP_STORED)
    for limit, value, said in (
        ("MAX_FILES", 3, "3 个"),
        ("MAX_ENTRIES", 3, "文件超过"),
        ("LARGEST_UNPACKED", 1_500, "超过 0 MB"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(unpacking, limit, value)
            items = send(home, "a.zip", content)
        assert outcomes(items) == [Outcome.REFUSED]
        assert said in items[0].chinese
        assert not corpus(home)
    assert len(send(home, "a.zip", content)) == 4


def test_a_folder_that_leads_out_is_not_written_to(home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    home.corpus.mkdir()
    (home.corpus / "a").symlink_to(outside)
    (home.corpus / "b").write_text("a file")
    for name in ("a.zip", "b.zip"):
        assert outcomes(send(home, name, packed({"x.txt": TEXT}))) == [Outcome.REFUSED]
    assert not any(outside.iterdir())


def test_a_disk_that_fails_half_way_takes_back_what_landed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_one = Importer._store_one

    def fail_later(self: Importer, path: str, *rest: object) -> Item:
        if path.endswith("b.txt"):
            raise OSError(28, "No space left on device")
        return store_one(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Importer, "_store_one", fail_later)
    with pytest.raises(OSError, match="No space"):
        send(home, "a.zip", packed({"a.txt": TEXT, "b.txt": b"b"}))
    assert not corpus(home)


def test_a_folder_that_is_being_made_is_not_taken_for_left_over(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that starts while a file comes in: the folder is there, not yet locked."""
    clearing = threading.Thread(target=clear_left_over, args=(home,))

    mkdir = Path.mkdir

    def slow(path: Path, *arguments: Any, **more: Any) -> None:
        mkdir(path, *arguments, **more)
        if path.parent == home.incoming and not clearing.ident:
            clearing.start()
            clearing.join(0.3)
            assert path.exists()

    monkeypatch.setattr(Path, "mkdir", slow)
    with staging(home) as drafts:
        clearing.join()
        assert drafts.finish(drafts.open()).size == 0


def test_what_a_killed_process_left_is_cleared_and_what_a_living_one_holds_is_not(
    home: Home,
) -> None:
    left = home.incoming / "left"
    left.mkdir(parents=True)
    (left / "lock").touch()
    (left / "1").write_bytes(TEXT)
    (home.incoming / "bare").mkdir()
    with staging(home) as drafts:
        stream = drafts.open()
        stream.write(TEXT)
        clear_left_over(home)
        assert drafts.finish(stream).size == len(TEXT)
        assert len(list(home.incoming.iterdir())) == 1
        lock = next(home.incoming.iterdir()) / "lock"
        assert lock.read_text() == str(os.getpid())
        with pytest.raises(TimeoutError):
            file_lock(lock).acquire(timeout=0)
    assert not any(home.incoming.iterdir())

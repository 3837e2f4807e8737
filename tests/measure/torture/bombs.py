"""Files that mean harm: each is refused with a reason, soon, and the others land."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.measure.torture import homes
from tests.measure.torture.peak import measured
from tests.measure.torture.server import ROOT
from tests.measure.torture.trial import BrokenError, in_fork

SECONDS = 240
# Of one process. The program and a full batch of honest text take as much (indexer/run/memory.py),
# and a PDF may take 512 MB beside its own size.
MEMORY = 950 << 20
SECRET = "绝密内容不得外传"
# Names that a file system takes and that mean something elsewhere.
NAMES = (
    "换\n行.txt", "转\u202etxt.html", "<script>alert(1).txt", "'\"><img src=x>.txt",
    "%2e%2e%2f.txt", "\x1b[31m.txt", "{{7*7}}.txt", "a\\b.txt", "-rf.txt", "长" * 80 + ".txt",
)  # fmt: skip


def bombs(size: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield files by name, each with what makes it; `size` is what they swell to, in bytes."""
    yield "空.jsonl.gz", lambda: gzip.compress(bytes(size))
    yield (
        "长行.jsonl.gz",
        lambda: gzip.compress(b'{"doc_id": "a", "title": "t", "text": "' + b"x" * size),
    )
    one = b'{"doc_id": "a", "title": "t", "text": "xyz"}\n'
    yield "行.jsonl.gz", lambda: gzip.compress(one * (size // len(one)))
    yield "行.jsonl", lambda: one * min(size // len(one), 700_000)
    yield "深.jsonl", lambda: b"[" * 1_000_000
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    yield "笑.docx", lambda: docx_of(f'<!DOCTYPE x [<!ENTITY a0 "哈">{laughs}]>', "&a29;")
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "{}">]>'
    yield "外.docx", lambda: docx_of(outside.format("file:///etc/passwd"), "&a;")
    yield "胀.docx", lambda: docx_of("", " " * size)
    yield "深.docx", lambda: docx_of("", "<w:p>" * 200_000)
    yield "假.docx", lambda: b"PK\x03\x04" + random.Random(1).randbytes(10_000)
    yield "胀.pdf", lambda: pdf_of(zlib.compress(b"0 0 m " * (size // 6)))
    yield "环.pdf", lambda: pdf_of(b"", kids="2 0 R 2 0 R")
    yield "嵌.mhtml", lambda: _nested(2_000)
    yield "胀.mhtml", lambda: _mhtml(base64.encodebytes(bytes(size // 8)))
    yield "深.html", lambda: b"<html><body>" + b"<div>" * 300_000 + "深".encode()
    yield "表.html", lambda: b"<table><tr><td>" * 20_000
    yield "标.html", lambda: b"<" * 3_000_000
    yield "属.html", lambda: b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">"
    yield "实.html", lambda: b"&#x0;&#xD800;&#999999999999;&lt" * 50_000
    yield "零.txt", lambda: bytes(4_000_000)
    yield "一行.txt", lambda: "发展".encode() * 500_000
    # As much as a page may hold, and as a file may.
    page, file = min(size // 100, 3_000_000), min(size // 30, 32 << 20)
    yield "满.txt", lambda: "发展".encode() * (page // 2)
    yield "长.txt", lambda: "发展".encode() * (file // 6)
    yield "长.html", lambda: b"<p>" + "发展".encode() * (file // 6 - 1)
    yield "长.docx", lambda: docx_of("", _prose(file // 2))
    yield "碎.pdf", lambda: pdf_of(zlib.compress(_pieces(min(size // 300, 3_000_000))))
    yield "乱.txt", lambda: random.Random(2).randbytes(1_000_000)


def corpus(home: Path, size: int) -> int:
    """Put an honest corpus, all bombs, hostile names and links into a home; return 0."""
    homes.build(home)
    for name, make in bombs(size):
        (home / "corpus" / name).write_bytes(make())
    for name in NAMES:
        (home / "corpus" / name).write_text(homes.NEW, "utf-8")
    outside = home.with_name(home.name + "-outside")
    outside.mkdir()
    (outside / "密.txt").write_text(SECRET * 20, "utf-8")
    (home / "corpus" / "链.txt").symlink_to(outside / "密.txt")
    (home / "corpus" / "链夹").symlink_to(outside, target_is_directory=True)
    (home / "corpus" / "环").symlink_to(home / "corpus", target_is_directory=True)
    (home / "corpus" / "断.txt").symlink_to("nothing")
    os.mkfifo(home / "corpus" / "管.txt")
    return 0


def strike(home: Path, size: int) -> Mapping[str, object]:
    """Index such a corpus as a user would. Raises BrokenError where a promise is not kept."""
    # Whoever makes a bomb holds what it swells to.
    made = in_fork(lambda: corpus(home, size), home)
    if made.code:
        raise BrokenError(made.said)
    command = [sys.executable, "-m", "archive", "--home", str(home), "reindex", "--json"]
    began = time.monotonic()
    ended = measured(command, SECONDS)
    if ended.code is None:
        raise BrokenError(f"not done in {SECONDS} s")
    if ended.code not in (0, 1) or "Traceback" in ended.complained:
        raise BrokenError(f"exit {ended.code}: {ended.complained[-500:]}")
    report = json.loads(ended.said)
    if ended.memory > MEMORY:
        raise BrokenError(f"{ended.memory >> 20} MB of memory")
    found = subprocess.run(
        [*command[:-2], "search", SECRET, "--json"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    if json.loads(found.stdout)["total"]:
        raise BrokenError("a link led out of the corpus")
    found = subprocess.run(
        [*command[:-2], "search", "义务教育均衡发展", "--json"], cwd=ROOT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    if json.loads(found.stdout)["total"] < 2:
        raise BrokenError("the honest documents did not land")
    return {
        "bad files": len(list((home / "corpus").iterdir())) - len(homes.PAGES),
        "failed": len(report["failed"]),
        "processor s": round(ended.processor, 1),
        "most memory MB": ended.memory >> 20,
        "wall s": round(time.monotonic() - began),
        "errors": 0,
    }


def part(base: Path, share: float, chance: random.Random) -> Mapping[str, object]:
    """Bombs that swell to a gigabyte, less at a smaller share."""
    return strike(base / "home", int((1 << 30) * min(1.0, max(share, 0.05))))


def _prose(characters: int) -> str:
    """Text of characters that do not repeat themselves, which packs no better than a page's."""
    chance = random.Random(3)
    return "".join(chr(0x4E00 + number) for number in chance.randbytes(characters))


def _pieces(count: int) -> bytes:
    """A PDF page's content: characters that all stand apart."""
    places = (b"1 0 0 1 %d %d Tm (a) Tj " % (n * 7 % 600, n * 13 % 800) for n in range(count))
    return b"BT /F 9 Tf " + b"".join(places) + b"ET"


def docx_of(before: str, body: str) -> bytes:
    """A DOCX of one paragraph of text, with what stands before its document."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?>{before}<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>'
            f"{body}</w:t></w:r></w:p></w:body></w:document>",
        )
        package.writestr("[Content_Types].xml", "<Types/>")
    return buffer.getvalue()


def pdf_of(stream: bytes, kids: str = "3 0 R") -> bytes:
    """A PDF of one page with such a packed content, or with other kids in its tree."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[" + kids.encode() + b"]/Count %d>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n"
        % (kids.count("R"), len(stream))
        + stream
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def _nested(depth: int) -> bytes:
    head = "".join(
        f"Content-Type: multipart/related; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)
    )
    return ("MIME-Version: 1.0\r\n" + head).encode()


def _mhtml(body: bytes) -> bytes:
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + body
        + b"\r\n--b--"
    )

"""Odd values in every field of every format: a file is read or refused by name, nothing fails."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from archive.model import NO_RECORD, Form
from archive.query.query import Query
from archive.store.home import Home
from archive.store.library import Archive
from archive.stored import attributes
from tests.fixtures.docx import docx, par, table
from tests.fixtures.mhtml import message
from tests.fixtures.mhtml import part as mime_part
from tests.fixtures.pdf import pdf_file
from tests.measure.torture import homes
from tests.measure.torture.fuzz import NASTY
from tests.measure.torture.trial import BrokenError, in_fork
from web import create_app

_TRIALS = 3_000
# Files of one archive.
_TOGETHER = 150
WORDS = "教育均衡发展"
# Halves of surrogate pairs, alone and turned round, and what no text, name or cell may hold.
SURROGATES = ("\ud83d", "\ude00", "\ude00\ud83d", "安\udcff全", "\ud83d\ud83d\ude00")
SIGNS = (
    *("=1+1", "＝1", " @x", "\t-1", "a\tb\nc\r\nd\x0be\u2028f\x85g", "\ufdd0", "\x9f", "&#xD83D;"),
    *("]]>", "<!--", "</title>", "\\u0000", "{}", "[", '"', "'", "\\", "﷽" * 30, "̈" * 200, ""),
)
OTHERS = (None, True, -5, 0, 1e308, float("nan"), 10**30, [], [[]], ["", None], {}, {"a": {}}, [3])
RECORD = (*attributes(NO_RECORD), "document_id", "heading_path", "type", "date")
LINE = ("doc_id", "title", "text", "heading", "year", "n", "form", "cells", *RECORD, "other", "")
COMMANDS = (
    *(("verify",), ("export", WORDS), ("export", "", "--format", "ndjson"), ("wording", "均衡")),
    *(("stats", "--json"), ("search", "教育", "--json")),
)
FIELDS = ("title", "heading", "text", "cell", "date", "source")

Make = Callable[[Mapping[str, str]], bytes]


def _lines(values: Mapping[str, object]) -> bytes:
    """A line with odd values between two good ones."""
    good = {"doc_id": "good", "title": "总结", "text": f"{WORDS}第一。"}
    odd = {"doc_id": "odd", "title": "要点", "text": f"{WORDS}第二。", **values}
    return "\n".join(json.dumps(one) for one in (good, odd, good)).encode()


def _bytes(text: str) -> bytes:
    """The text in UTF-8, halves of pairs as programs write them by mistake."""
    return text.encode("utf-8", "surrogatepass")


def _html(values: Mapping[str, str]) -> bytes:
    return _bytes(
        "<html><head><title>{title}</title><meta name='source' content='{source}'></head><body>"
        "<h1>{title}</h1><p>发布日期：{date}</p><h2>{heading}</h2><p>{text}</p>"
        "<table><tr><td>{cell}</td><td>12</td></tr></table></body></html>".format_map(values)
    )


def _text(values: Mapping[str, str]) -> bytes:
    return _bytes(
        "{title}\n\n{date}\n\n{heading}\n\n{text}\n\n{cell}\t1\n{cell}\t2\n".format_map(values)
    )


def _markdown(values: Mapping[str, str]) -> bytes:
    return _bytes(
        "# {title}\n\n## {heading}\n\n{text}\n\n| {cell} | 1 |\n|---|---|\n".format_map(values)
    )


def _docx(values: Mapping[str, str]) -> bytes:
    # XML cannot hold halves of pairs; their references are what a program would write.
    kept = {
        name: "".join(f"&#{ord(c)};" if "\ud800" <= c <= "\udfff" else c for c in escape(value))
        for name, value in values.items()
    }
    body = par(kept["title"]) + par(kept["heading"], "1") + par(kept["text"])
    return docx(body + table([par(kept["cell"]), par("1")]), kept["title"])


def _mhtml(values: Mapping[str, str]) -> bytes:
    head = _bytes(f"Subject: {values['title']}\r\nDate: {values['date']}\r\n")
    return message(mime_part(_html(values)), head=head)


def _pdf(values: Mapping[str, str]) -> bytes:
    shown = [
        (72, 700 - 20 * at, 12, value.encode("utf-16", "replace").decode("utf-16"))
        for at, value in enumerate(values.values())
    ]
    return pdf_file([shown])


FORMATS: Mapping[str, Make] = {
    ".html": _html, ".txt": _text, ".md": _markdown, ".docx": _docx, ".mhtml": _mhtml, ".pdf": _pdf,
}  # fmt: skip
_GOOD = {
    "title": "云溪县教育工作总结", "heading": "一、主要做法", "text": f"全力推进{WORDS}。",
    "cell": "学校", "date": "2021-03-05", "source": "云溪县教育局",
}  # fmt: skip


def files(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield files without end: the suffix and the bytes, every field of every format in turn."""
    texts = (*SURROGATES, *SIGNS, *NASTY)
    while True:
        for field in LINE:
            for value in (chance.choice(SURROGATES), chance.choice((*texts, *OTHERS, *Form))):
                if chance.random() < 0.3:
                    value = [value, chance.choice(texts)]
                yield ".jsonl", _lines({field: value})
        for suffix, make in FORMATS.items():
            for field in FIELDS:
                odd = chance.choice(texts) + chance.choice((*texts, WORDS))
                yield suffix, make({**_GOOD, field: odd})


def name(number: int, suffix: str, chance: random.Random) -> bytes:
    """A file's name: plain, or with what systems allow and nobody expects."""
    odd = chance.choice((*NASTY, *SURROGATES, *SIGNS)) if chance.random() < 0.3 else ""
    odd = odd.replace("/", "").replace("\0", "")
    raw = odd.encode("utf-8", "surrogateescape" if "\udcff" in odd else "surrogatepass")
    return str(number).encode() + raw[: 200 - len(suffix)] + suffix.encode()


def strike(
    home: Path, count: int, chance: random.Random, drawn: Iterator[tuple[str, bytes]]
) -> int:
    """Index `count` such files beside honest ones and ask for everything; how many failed.

    Raises BrokenError where anything ends otherwise than by an answer or a sentence.
    """
    homes.build(home)
    for number in range(count):
        suffix, data = next(drawn)
        (Path(home) / "corpus").joinpath(_decoded(name(number, suffix, chance))).write_bytes(data)
    ended = in_fork(lambda: homes.xianli(home, "reindex"), home)
    if ended.code not in (0, 1) or "Traceback" in ended.said:
        raise BrokenError(f"reindex: exit {ended.code}\n{ended.said[-2_000:]}")
    if "worker" in ended.said or "程序出错" in ended.said:
        raise BrokenError(f"a reader fails:\n{ended.said[-2_000:]}")
    for command in COMMANDS:
        ended = in_fork(lambda asked=command: homes.xianli(home, *asked), home)
        if ended.code:
            raise BrokenError(f"{command}: exit {ended.code}\n{ended.said[-2_000:]}")
    with Archive(Home.open(home)) as archive:
        failed = archive.stats().failed
        ids = sorted({p.document_id for p in archive.scan(Query())})
        named = all(one.reason for one in failed)
        honest = archive.search(WORDS).total
    if not named or honest < len(homes.PAGES) - 1:
        raise BrokenError("a file fails without a reason, or takes honest ones with it")
    client = create_app(home).test_client()
    addresses = [
        "/",
        "/search?q=",
        "/search?q=教育",
        "/wording?q=均衡",
        "/facet/section?q=",
        "/documents",
    ]
    addresses += ["/api/search?q=教育", "/api/export", "/api/export?format=ndjson", "/api/stats"]
    addresses += [
        f"{at}/{quote(one)}" for one in ids for at in ("/document", "/api/document", "/source")
    ]
    addresses += [f"/precedents?paragraph={quote(one)}:0" for one in ids[:20]]
    for address in addresses:
        answer = client.get(address)
        if answer.status_code >= 500:
            raise BrokenError(f"{address}: {answer.status_code}")
        answer.get_data()
        answer.close()
    return len(failed)


def _decoded(raw: bytes) -> str:
    return raw.decode(sys.getfilesystemencoding(), "surrogateescape")


def part(base: Path, share: float, chance: random.Random) -> Mapping[str, object]:
    """3,000 files with odd values, or a share of them."""
    drawn = files(chance)
    rounds = max(1, int(_TRIALS * share) // _TOGETHER)
    failed = sum(strike(base / str(n), _TOGETHER, chance, drawn) for n in range(rounds))
    return {"files": rounds * _TOGETHER, "refused": failed, "errors": 0}

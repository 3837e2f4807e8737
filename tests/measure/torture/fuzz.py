"""Hostile questions: whatever stands in an address or a body is answered, soon, by no fault."""

from __future__ import annotations

import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, urlencode

from flask import Flask

from archive.query.query import Query
from archive.store.library import open_archive
from archive.text.tokenize import analyze
from tests.fixtures.strategies import FACETS
from tests.measure.torture import homes
from tests.measure.torture.trial import BrokenError, in_fork
from web import create_app

# Processor time of one answer with its page, in seconds; a list of wordings and wordings side
# by side may take that for each.
MAX_LENGTH = 2.0
# A page of a hundred links that each repeat the longest query and filters.
LARGEST = 8 << 20

# The environment variable that names an archive to ask instead of a small one: a large one, of
# which a copy, since clips and corrections are among what is asked for.
HOME = "XIANLI_TORTURE_HOME"
# Wrong answers that are told, of all.
MAX_SHOWN = 20

SIGNS = (
    *"\"“”()（）[]{}｛｝|｜OR-:：?？*…#＃=&%+\\/<>'`",
    "……",
    "…{0,6}",
    "{2,}",
    "..",
    " ",
    "\u3000",
)
FIELDS = (
    "年:",
    "章节:",
    "专题:",
    "部分:",
    "文种:",
    "形式:",
    "来源:",
    "标题:",
    "段内:",
    "依据:",
    "year:",
)
WORDS = (
    "均衡", "发展", "的", "一", "第七条", "12", "2021", "２０２１", "abc", "鱀鱁", "发站", "教玉",
    "unknown", "body", "2019..2021", "..", "9999..0000", "true", "-1", "0", "1e9", "NaN", "null",
)  # fmt: skip
NASTY = (
    "\0", "\n", "\r\n", "\u202e", "\u200b", "\ufeff", "\ud800", "\U0010ffff", "\U0010fffe", "é",
    "e\u0301", "ﷺ", "㍿", "ﬁ", "İ", "½", "𠀀", "😀", "٣", "\x7f", "\x1b[31m", "\u2028",
    "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{{7*7}}", "{%", "${7}",
    "%00", "%zz", "../../etc/passwd", "..%2f..%2f", "' OR 1=1 --", "javascript:alert(1)",
    "\\", "a" * 300, "的" * 2_001, "(" * 40, "[" * 40, "{" * 40, "-" * 40, "…" * 40, "#" * 40,
)  # fmt: skip
# What costs most: strings that nearly every text has, in shapes that must look at all of them.
COSTLY = (
    "…的…", "的", "段内:的…是…在", "#的#…#", "的?" * 16, "的…{0,1000}一…{0,1000}是",
    "{的 一 是 在}…#",
    " OR ".join(f"的…{c}" for c in "一是在不了有和人这中大为上个国我以要他时来用们生到作地于"),
    "[的|一|是|在|不|了|有|和|人|这]…[的|一|是|在|不|了|有|和|人|这]…[中|大|为]",
    "段内:" + "…".join("的一是在不了有和人这中大为上个国"),
    " OR ".join(f"教玉{a}{b}会" for a in "一二三四五六七" for b in "作工做坐座左"),
    " ".join(f"的…{c} 鱀鱁{c}" for c in "一是在不了有和人这中大为上"),
    "鱀鱁魙龘 …的… 的…一", "-的 -一", " ".join("一二三四五六七八九十" * 6),
)  # fmt: skip
PARAMETERS = (
    "q", "sort", "limit", "offset", "fold", "open", "from", "to", "within", "find", "for", "with",
    "window", "side", "slots", "draft", "paragraph", "at", "all", "lang", "format", "next", "keep",
    "v", "q[]", "__proto__", "", *FACETS, *(f"not_{name}" for name in FACETS),
)  # fmt: skip
HEADERS = (
    "Cookie", "Accept-Language", "If-None-Match", "Origin", "Referer", "Authorization", "Range",
    "X-Forwarded-For", "Content-Type", "Sec-Fetch-Site", "If-Modified-Since",
)  # fmt: skip

_PART = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"

Asked = tuple[str, str, bytes, dict[str, str]]


@dataclass
class Fuzzed:
    """How many were asked, by status, the costliest, and what may not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest: tuple[float, str] = (0.0, "")
    wrong: list[str] = field(default_factory=list)


def text(chance: random.Random, vocabulary: Sequence[str]) -> str:
    """A query: grammar, words of the archive and rubbish in any order."""
    if chance.random() < 0.05:
        return chance.choice(COSTLY)
    kinds = (SIGNS, SIGNS, FIELDS, WORDS, vocabulary, vocabulary, NASTY)
    return "".join(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(0, 12)))


def questions(app: Flask, chance: random.Random, vocabulary: Sequence[str]) -> Iterator[Asked]:
    """Yield requests without end: every address that there is, and some that are none."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.methods]
    while True:
        rule = chance.choice(rules)
        path = "/".join(
            quote(_any(chance, vocabulary), safe="", errors="surrogatepass")
            if "<" in part
            else part
            for part in rule.rule.split("/")
        )
        pairs = [
            (chance.choice(PARAMETERS), _any(chance, vocabulary))
            for _ in range(chance.choice((0, 1, 2, 3, 5, 80)))
        ]
        pairs.append(("q", text(chance, vocabulary)))
        arguments = urlencode(pairs, errors="surrogatepass")
        if chance.random() < 0.05:
            arguments = quote_from_bytes(chance.randbytes(40), safe="&=%?#;")
        headers = {
            chance.choice(HEADERS): chance.choice(
                ("", "x", "*", '"', "a=b;" * 200, "bytes=0-", "-1")
            )
            for _ in range(chance.choice((0, 0, 1, 3)))
        }
        method = chance.choice(sorted(rule.methods or ()))
        body = b""
        if method == "POST":
            body, kind = _body(chance, vocabulary)
            headers = {"Content-Type": kind, **headers}
        yield method, f"{path}?{arguments}"[:33_000], body, headers


def _any(chance: random.Random, vocabulary: Sequence[str]) -> str:
    return chance.choice((*NASTY, *WORDS, text(chance, vocabulary)))


def _body(chance: random.Random, vocabulary: Sequence[str]) -> tuple[bytes, str]:
    values = (text(chance, vocabulary), None, 1, -1e308, [], {}, [[[]]], True, "的，" * 2_500)
    names = ("draft", "do", "token", "args", "name", "lines", "note", "text", "next", "password")
    fields = {name: chance.choice(values) for name in chance.sample(names, 4)}
    made = (
        (json.dumps(fields).encode(), "application/json"),
        (json.dumps(values).encode(), "application/json"),
        (b"[" * 20_000, "application/json"),
        (b'{"draft": ' + b"9" * 5_000 + b"}", "application/json"),
        (chance.randbytes(300), "application/json; charset=utf-16"),
        (urlencode(fields, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"),
        (b"&".join([b"a=b"] * 10_000), "application/x-www-form-urlencoded"),
        (chance.randbytes(300), "multipart/form-data; boundary=x"),
        (b"--x\r\n" * 5_000, "multipart/form-data; boundary=x"),
        (_PART * 2_000, "multipart/form-data; boundary=x"),
    )  # fmt: skip
    return chance.choice(made)


def fuzz(home: Path, count: int, chance: random.Random, vocabulary: Sequence[str] = ()) -> Fuzzed:
    """Ask `count` questions of the archive in `home`, the costly ones on every page first."""
    app = create_app(home)
    client = app.test_client()
    result = Fuzzed()
    costly = [
        ("GET", f"{path}?{urlencode({name: one})}", b"", {})
        for one in COSTLY
        for path in ("/search", "/wording", "/facet/section", "/api/search", "/api/wording")
        for name in ("q",)
    ]
    chance.shuffle(costly)
    drawn = questions(app, chance, vocabulary or WORDS)
    client.get("/search?q=发展")
    for number in range(count):
        asked = costly[number] if number < min(len(costly), count // 4) else next(drawn)
        _ask(client, asked, result)
    return result


def vocabulary(home: Path) -> Sequence[str]:
    """The most frequent tokens of an archive, of every length, and WORDS."""
    with open_archive(home) as archive:
        having = Counter(token for p in archive.scan(Query()) for token in set(analyze(p.text)))
    return (*WORDS, *(token for token, _ in having.most_common(400)))


def _ask(client: object, asked: Asked, result: Fuzzed) -> None:
    method, address, body, headers = asked
    shown = f"{method} {address[:200]} {body[:60]!r} {headers}"
    began = time.thread_time()
    try:
        answer = client.open(address, method=method, data=body, headers=headers)  # type: ignore[attr-defined]
        # What is downloaded is complete and as large as that: its beginning is the answer.
        size = len(next(iter(answer.response), b"") if answer.is_streamed else answer.data)
        answer.close()
    except Exception as error:
        result.wrong.append(f"{error!r}: {shown}")
        return
    spent = time.thread_time() - began
    result.statuses[answer.status_code] += 1
    result.longest = max(result.longest, (spent, shown))
    if answer.status_code >= 500:
        result.wrong.append(f"{answer.status_code}: {shown}")
    if spent > MAX_LENGTH and "/batch" not in address and "with=" not in address:
        result.wrong.append(f"{spent:.1f} s: {shown}")
    if size > LARGEST:
        result.wrong.append(f"{size >> 20} MB: {shown}")


def part(base: Path, share: float, chance: random.Random) -> Mapping[str, object]:
    """20,000 hostile questions, or a share of them; to the archive that HOME names, if any."""
    home = Path(os.environ.get(HOME) or base / "home")
    if HOME not in os.environ:
        homes.build(home)
        made = in_fork(lambda: homes.xianli(home, "reindex"), home)
        if made.code:
            raise BrokenError(made.said)
    logging.getLogger("web").setLevel(logging.CRITICAL)
    found = fuzz(home, max(100, int(20_000 * share)), chance, vocabulary(home))
    if found.wrong:
        raise BrokenError("\n".join([f"{len(found.wrong)} answers", *found.wrong[:MAX_SHOWN]]))
    return {
        "questions": found.statuses.total(),
        "refused": sum(n for status, n in found.statuses.items() if status >= 400),
        "longest processor ms": round(found.longest[0] * 1000),
        "errors": 0,
    }

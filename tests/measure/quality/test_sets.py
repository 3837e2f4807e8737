"""The labelled sets: their sizes and halves, and that the generated pages hold their gold."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
import zlib
from base64 import b64decode
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.measure.quality.families import FAMILIES, GeneratedPage, pages
from tests.measure.quality.families.chance import lists
from tests.measure.quality.families.texts import HALVES, texts

LINES = Path(__file__).parent / "sets" / "genuine_lines.jsonl"
FIELDS = ["id", "half", "genre", "before", "line", "after"]

_BLANK = re.compile(r"[\s\u3000\xa0]+")
_TAG = re.compile(r"<[^>]+>")
_HEX = re.compile(r"<([0-9a-f]+)> Tj")


def squeeze(text: str) -> str:
    return _BLANK.sub("", text)


def shown(page: GeneratedPage) -> str:
    """All that a page holds, its frames, scripts and parts opened, without blanks and marks."""
    if page.suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(page.data)) as package:
            return squeeze(_TAG.sub("", package.read("word/document.xml").decode()))
    if page.suffix == ".pdf":
        drawn = b"".join(
            zlib.decompress(stream)
            for stream in re.findall(rb"stream\n(.*?)\nendstream", page.data, re.DOTALL)
        )
        return squeeze(
            "".join(
                bytes.fromhex(text).decode("utf-16-be") for text in _HEX.findall(drawn.decode())
            )
        )
    try:
        text = page.data.decode("utf-8")
    except UnicodeDecodeError:
        text = page.data.decode("gb18030")
    text = re.sub("base64,([A-Za-z0-9+/=]+)", lambda m: b64decode(m[1]).decode(), text)
    if "data:text/html" in text:
        text = unquote(text)
    text = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    text = html.unescape(html.unescape(text.replace("\\n", "\n")))
    return squeeze(_TAG.sub("", text))


def holds(whole: str, text: str) -> bool:
    """Whether `text` stands in `whole`, at most cut in two by words of the page."""
    text = squeeze(text)
    return text in whole or any(
        text[:at] in whole and text[at:] in whole for at in range(1, len(text))
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_yields_the_same_ten_pages_every_time(family: str) -> None:
    made = list(pages(family))
    assert made == list(pages(family))
    assert [page.half for page in made] == [*HALVES] * 5
    assert len({page.name for page in made}) == len({page.data for page in made}) == 10


@pytest.mark.parametrize("family", FAMILIES)
def test_a_page_holds_its_title_and_its_gold_in_order(family: str) -> None:
    for page in pages(family):
        whole = shown(page)
        assert page.paragraphs
        assert page.title
        missing = [text for text in (page.title, *page.paragraphs) if not holds(whole, text)]
        assert missing == [], page.name
        assert not holds(whole, "这句话不在任何一页上")
        at = 0
        for text in map(squeeze, page.paragraphs):
            assert holds(whole[at:], text), page.name
            at = max(at, whole.find(text, at))


def test_wide_blanks_are_closed_up_in_the_gold_alone() -> None:
    made = list(pages("list-notice"))
    assert any("　" in page.data.decode() for page in made)
    assert not any("　" in text for page in made for text in page.paragraphs)


def test_tables_are_long_and_their_rows_are_paragraphs() -> None:
    for page in pages("table-notice"):
        rows = [text.split("\t") for text in page.paragraphs if "\t" in text]
        assert 20 <= len(rows) <= 62
        assert len({len(row) for row in rows}) == 1


def test_the_halves_share_neither_texts_nor_wordings() -> None:
    seen, unseen = (texts(half) for half in HALVES)
    assert Counter(text.kind for text in seen) == Counter(text.kind for text in unseen)
    assert len(seen) + len(unseen) >= 25
    paragraphs = [{block.text for text in half for block in text.blocks} for half in (seen, unseen)]
    long = [{text for text in half if len(text) > 20} for half in paragraphs]
    assert not long[0] & long[1]
    assert [name for name, pool in lists().items() if len(pool) % 2] == []
    assert [name for name, pool in lists().items() if {*pool[::2]} & {*pool[1::2]} - {""}] == []


def test_the_genuine_lines_are_two_hundred_in_equal_halves_of_every_genre() -> None:
    rows = [json.loads(line) for line in LINES.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 200
    assert all([*row] == FIELDS and all(row.values()) for row in rows)
    assert len({row["id"] for row in rows}) == len({row["line"] for row in rows}) == 200
    genres = Counter((row["genre"], row["half"]) for row in rows)
    assert len({genre for genre, _ in genres}) >= 20
    assert all(genres[genre, "seen"] == genres[genre, "unseen"] for genre, _ in genres)
    assert all(30 <= len(row[side]) <= 120 for row in rows for side in ("before", "after"))


def test_the_halves_of_the_genuine_lines_share_no_surroundings() -> None:
    rows = [json.loads(line) for line in LINES.read_text(encoding="utf-8").splitlines()]
    around = [
        {row[side] for row in rows if row["half"] == half for side in ("before", "after")}
        for half in HALVES
    ]
    assert not around[0] & around[1]

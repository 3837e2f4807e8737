"""The labelled sets for records and years agree with themselves: no reader of ours runs here."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tests.measure.quality.record_docx import build

SETS = Path(__file__).parent / "sets"
RECORD = SETS / "record"
CITING = RECORD / "citing"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Letters that typists put for the zero, and Chinese numerals.
DIGITS = str.maketrans(
    "〇○零OoＯ一二三四五六七八九０１２３４５６７８９", "000000" + "123456789" + "0123456789"
)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


TRUTH = rows(RECORD / "truth.jsonl")
CITED = rows(CITING / "truth.jsonl")
DATED = rows(SETS / "dated_texts.jsonl")


def text_of(row: dict[str, Any], folder: Path = RECORD) -> str:
    """All text of a file, in its order, without any white space."""
    path = folder / row["file"]
    if row["form"] == "docx":
        text = "".join(_texts_of_word(build(path.with_suffix(".json"))))
    else:
        text = path.read_bytes().decode(row.get("encoding", "utf-8"))
        if row["form"] == "html":
            text = BeautifulSoup(text, "lxml").get_text()
    return re.sub(r"\s+", "", text)


def _texts_of_word(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in ("word/header.xml", "word/document.xml", "word/footer.xml"):
            if name in packed.namelist():
                for node in ElementTree.fromstring(packed.read(name)).iter(f"{WORD}t"):
                    yield node.text or ""


def labels(row: dict[str, Any]) -> Iterator[str]:
    """Yield every label of a row that must stand in its file as printed."""
    for record in (row, *row.get("texts", ())):
        yield record["title"]
        yield from record["issuer"]
        yield from [record["number"]] if record["number"] else []
    yield from row.get("annexes", ())


def days_of(text: str) -> set[str]:
    """Return every day that a text without white space prints, however it writes the digits."""
    found = set()
    for year, month, day in re.findall(
        r"([\d〇○零OoＯ一二三四五六七八九]{4})[年.-]([\d一二三四五六七八九十]{1,2})[月.-]"
        r"([\d一二三四五六七八九十]{1,3})",
        text,
    ):
        found.add(f"{int(year.translate(DIGITS)):04}-{_small(month):02}-{_small(day):02}")
    return found


def _small(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int(numeral.translate(DIGITS))
    return 10 * int(tens.translate(DIGITS) or 1) + int(ones.translate(DIGITS) or 0)


def halves(of: list[dict[str, Any]], by: str) -> Counter[tuple[str, str]]:
    return Counter((row[by], row["half"]) for row in of)


def test_there_are_as_many_as_promised_and_every_file_is_named_once() -> None:
    assert Counter(row["form"] for row in TRUTH) == {"txt": 20, "docx": 20, "html": 20}
    assert (len(CITED), len(DATED)) == (40, 120)
    described = {f"{p.stem}.docx" if p.suffix == ".json" else p.name for p in RECORD.glob("???.*")}
    assert sorted(row["file"] for row in TRUTH) == sorted(described)
    assert sorted(row["file"] for row in CITED) == sorted(p.name for p in CITING.glob("???.*"))
    assert len({row["id"] for row in DATED}) == len(DATED)


def test_no_text_stands_twice() -> None:
    texts = [text_of(row) for row in TRUTH] + [text_of(row, CITING) for row in CITED]
    texts += [row["text"] for row in DATED]
    assert len(set(texts)) == len(texts)
    assert len({row["title"] for row in TRUTH}) == len(TRUTH)


@pytest.mark.parametrize("rows_of", [TRUTH, CITED, DATED], ids=["record", "citing", "dated"])
def test_both_halves_have_the_same_strata(rows_of: list[dict[str, Any]]) -> None:
    counts = halves(rows_of, "stratum")
    for stratum, _ in list(counts):
        assert counts[stratum, "seen"] == counts[stratum, "unseen"], stratum


def test_both_halves_have_the_same_forms() -> None:
    for of in (TRUTH, CITED):
        counts = halves(of, "form")
        for form, _ in list(counts):
            assert counts[form, "seen"] == counts[form, "unseen"], form


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row["file"])
def test_labels_stand_in_their_files(row: dict[str, Any]) -> None:
    text = text_of(row)
    for label in labels(row):
        assert re.sub(r"\s+", "", label) in text, label
    for record in (row, *row.get("texts", ())):
        assert record["issued"] is None or record["issued"] in days_of(text)


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row["file"])
def test_records_are_well_formed(row: dict[str, Any]) -> None:
    for record in (row, *row.get("texts", ())):
        assert record["title"]
        for day in (record["issued"], record.get("published")):
            assert day is None or date.fromisoformat(day).isoformat() == day
    assert all(text["role"] in ("annex", "forwarded", "document") for text in row.get("texts", ()))
    if row["issued"] and row["published"]:
        assert row["issued"] <= row["published"]


@pytest.mark.parametrize("row", CITED, ids=lambda row: row["file"])
def test_a_citing_text_cites_and_has_nothing_of_its_own(row: dict[str, Any]) -> None:
    assert row["number"] is None
    assert row["issued"] is None
    assert re.search(r"号|令", text_of(row, CITING))


@pytest.mark.parametrize("row", DATED, ids=lambda row: row["id"])
def test_dated_texts_say_why(row: dict[str, Any]) -> None:
    parts = row.get("parts", {})
    assert list(row) == [
        *("id", "half", "stratum", "year", "why", "text"),
        *(("parts",) if parts else ()),
    ]
    assert row["why"]
    assert all(row["text"].count(words) == 1 for words in parts)
    assert all(year is None or 1949 < year < 2100 for year in (row["year"], *parts.values()))
    assert not parts or row["year"] == next(iter(parts.values()))


def test_the_same_description_gives_the_same_file() -> None:
    for row in TRUTH:
        if row["form"] == "docx":
            path = (RECORD / row["file"]).with_suffix(".json")
            data = build(path)
            assert data == build(path)
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                assert packed.testzip() is None
                for name in packed.namelist():
                    ElementTree.fromstring(packed.read(name))


def test_a_text_box_is_written_in_the_markup_that_was_asked_for(tmp_path: Path) -> None:
    found = {}
    for markup in ("vml", "drawing", "both"):
        described = {"core": {}, "header": [], "footer": []}
        path = tmp_path / f"{markup}.json"
        path.write_text(json.dumps({**described, "body": [["box", [["p", "甲"]], markup]]}))
        with zipfile.ZipFile(io.BytesIO(build(path))) as packed:
            text = packed.read("word/document.xml").decode()
        found[markup] = ("<w:pict>" in text, "<w:drawing>" in text, "<mc:Fallback>" in text)
    assert found == {
        "vml": (True, False, False),
        "drawing": (False, True, False),
        "both": (True, True, True),
    }

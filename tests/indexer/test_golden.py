"""Golden pages: each page under tests/golden is read as its golden answer says.

A golden answer lies beside its page (`NAME.html|htm|txt` and `NAME.json`) and was written
by reading the page: `title`, `site`, `published` (the day), `paragraphs` in order (text,
form, article, heading_path, year, year_stated, year_basis) and `dropped`, boilerplate of which
nothing may be kept. A new page is written once, with its answer; the answer changes only
where a second reading shows that it was wrong, never to follow the code.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.model import Paragraph
from indexer.page import Reading
from indexer.pipeline import read_source

GOLDEN = Path(__file__).parent.parent / "golden"
PAGES = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")
COMPARED = ("form", "article", "heading_path", "year", "year_stated", "year_basis", "text")


def _answer(page: Path) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return answer


def _read(page: Path) -> Reading:
    (reading,) = read_source(page, page.name)
    return reading


def _as_answer(paragraph: Paragraph) -> dict[str, object]:
    return {
        "text": paragraph.text,
        "form": paragraph.form.value,
        "article": paragraph.article,
        "heading_path": list(paragraph.heading_path),
        "year": paragraph.year,
        "year_stated": paragraph.dating.stated,
        "year_basis": paragraph.dating.basis.value,
    }


def _lines(paragraphs: Iterable[Mapping[str, object]]) -> list[str]:
    return [" | ".join(str(paragraph[name]) for name in COMPARED) for paragraph in paragraphs]


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(params=PAGES, ids=lambda page: page.stem)
def page(request: pytest.FixtureRequest) -> Path:
    """One golden page after the other."""
    path: Path = request.param
    return path


def test_every_page_lies_beside_its_answer() -> None:
    assert len(PAGES) >= 24
    assert {page.stem for page in PAGES} == {path.stem for path in GOLDEN.glob("*.json")}


def test_paragraphs_are_those_of_the_golden_answer(page: Path) -> None:
    golden = _lines(_answer(page)["paragraphs"])
    read = _lines(_as_answer(paragraph) for paragraph in _read(page).paragraphs)
    difference = difflib.unified_diff(golden, read, "golden", "read", lineterm="", n=0)
    assert golden == read, f"{page.name} ({' | '.join(COMPARED)})\n" + "\n".join(difference)


def test_title_site_and_date_are_those_of_the_golden_answer(page: Path) -> None:
    golden = _answer(page)
    document = _read(page).document
    read = {
        "title": document.title,
        "site": document.site,
        "published": document.published and document.published[:10],
    }
    assert read == {name: golden[name] for name in read}


def test_boilerplate_is_dropped_and_nothing_of_it_kept(page: Path) -> None:
    reading = _read(page)
    dropped = [block.text for block in reading.document.blocks if not block.keep]
    dropped += [fragment for paragraph in reading.paragraphs for fragment in paragraph.cut]
    kept = _squeezed("\n".join(paragraph.text for paragraph in reading.paragraphs))
    boilerplate = [_squeezed(text) for text in _answer(page)["dropped"]]
    away = _squeezed("\n".join(dropped))
    assert not [text for text in boilerplate if text in kept]
    assert not [text for text in boilerplate if text not in away]

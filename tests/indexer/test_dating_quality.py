"""Years on real texts: the labelled runs, the gold of the seeds and pages, and what masks hide.

The floors lie in `floors_dating.toml` with the digest of what they were measured on.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.model import Dating, Form, YearBasis
from indexer.dating import date_article
from indexer.page import DraftArticle, DraftParagraph, LabelledBlock, LabelledPage, Page, PageBlock
from indexer.pipeline import read_source
from indexer.structure import articles
from tests.fixtures.digests import data_digest, paragraph_digest

HERE = Path(__file__).parent.parent
LABELS = HERE / "data" / "dated_runs.toml"
FLOORS = tomllib.loads((HERE / "data" / "floors_dating.toml").read_text(encoding="utf-8"))
PRINTED_YEAR = re.compile(
    r"(?:[1１][9９]|[2２][0０])\d\d(?=\s*年)|二〇[〇一二三四五六七八九]{2}(?=年)"
)

TestData = Callable[[str], Path]


def reports(testdata: TestData) -> Iterator[tuple[str, DraftArticle]]:
    """Title and text of each national report and resolution, nothing taken from its fields."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(testdata("real/gov_reports.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows[row["doc_id"]].append(row)
    for document in rows.values():
        document.sort(key=lambda row: row["n"])
        body = tuple(DraftParagraph(row["text"], Form.BODY) for row in document)
        yield document[0]["title"], DraftArticle(None, body)


def provinces(testdata: TestData) -> Iterator[tuple[str, DraftArticle]]:
    """Title and structure of each provincial report; its lines are all taken for text."""
    for path in sorted(testdata("real/texts").iterdir()):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        blocks = tuple(PageBlock(line) for line in lines if line)
        title = next(block.text for block in blocks if block.text.endswith("政府工作报告"))
        labelled = tuple(LabelledBlock(block, block.text) for block in blocks)
        for article in articles.split(LabelledPage(Page(path.name, blocks), labelled, title)):
            yield title, article


@pytest.fixture(scope="module")
def dated(testdata: TestData) -> dict[str, Dating]:
    """The dating of every paragraph of the labelled sources, by its digest."""
    found: dict[str, Dating] = {}
    for path in sorted(testdata("seeds").iterdir()):
        for reading in read_source(path, path.name):
            for paragraph in reading.paragraphs:
                found[paragraph_digest(paragraph.text)] = paragraph.dating
    for title, article in (*provinces(testdata), *reports(testdata)):
        datings = date_article(article, title=title, published=None)
        for draft, dating in zip(article.paragraphs, datings, strict=True):
            found[paragraph_digest(draft.text)] = dating
    return found


def test_the_floors_were_measured_on_this_data(testdata: TestData) -> None:
    paths = [p for f in ("seeds", "real/texts") for p in testdata(f).iterdir()]
    paths += [*testdata("gold/seeds").iterdir(), *testdata("gold/docsite").iterdir()]
    paths += [testdata("real/gov_reports.jsonl.gz"), LABELS]
    # By name: where the checkout lies must not change the digest.
    assert data_digest(sorted(paths, key=lambda path: path.name)) == FLOORS["data"]


def test_labelled_runs_are_dated(dated: dict[str, Dating]) -> None:
    runs = tomllib.loads(LABELS.read_text(encoding="utf-8"))["run"]
    assert len(runs) >= FLOORS["labelled"]["runs"]
    wrong: list[tuple[str, int, int | None]] = []
    for run in runs:
        year = dated[run["digest"]].year
        if year != run["year"]:
            wrong.append((run["digest"], run["year"], year))
    false = [entry for entry in wrong if entry[2] is not None]
    assert len(runs) - len(wrong) >= FLOORS["labelled"]["right"], wrong
    assert len(false) <= FLOORS["labelled"]["false"], false


def gold_articles(rows: list[dict[str, Any]], texts: list[str]) -> Iterator[tuple[str, list[int]]]:
    """The articles of gold rows, each with the places of its rows."""
    places: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        places.setdefault(row["article"] or "", []).append(i)
    assert len(rows) == len(texts)
    yield from places.items()


def gold_dates(
    rows: list[dict[str, Any]], texts: list[str], title: str, published: str | None
) -> list[Dating]:
    """Date gold paragraphs, so that no other stage's errors count."""
    found: dict[int, Dating] = {}
    for name, places in gold_articles(rows, texts):
        drafts = tuple(
            DraftParagraph(texts[i], Form(rows[i]["kind"]), tuple(rows[i]["heading_path"]))
            for i in places
        )
        datings = date_article(DraftArticle(name or None, drafts), title=title, published=published)
        found.update(zip(places, datings, strict=True))
    return [found[i] for i in range(len(rows))]


def seed_rows(testdata: TestData, seed: str) -> tuple[list[dict[str, Any]], list[str]]:
    gold = testdata(f"gold/seeds/{seed}.paragraphs.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in gold.splitlines()]
    (source,) = testdata("seeds").glob(f"{seed}_*")
    lines = [x.strip() for x in source.read_text(encoding="utf-8").splitlines() if x.strip()]
    texts = []
    for row in rows:
        line = lines[row["line"]]
        start = max(0, line.find(row["text_start"]))
        texts.append(line[start : start + row["chars"]])
    return rows, texts


@pytest.mark.parametrize("seed", ["000", "002", "003"])
def test_the_gold_of_the_seeds(testdata: TestData, seed: str) -> None:
    rows, texts = seed_rows(testdata, seed)
    compiled = len({row["article"] for row in rows}) > 1
    title = "某局工作总结(实用14篇)" if compiled else rows[0]["article"]
    if not compiled:
        rows = [{**row, "article": None} for row in rows]
    datings = gold_dates(rows, texts, title, None)
    runs: dict[tuple[str | None, str, str], set[int | None]] = defaultdict(set)
    for row, dating in zip(rows, datings, strict=True):
        if row["year_true"]:
            runs[row["article"], row["year_true"], row["year_evidence"]].add(dating.year)
        elif row["kind"] != "article_title":
            assert dating.basis is not YearBasis.STATED, row["article"]
    floor = FLOORS["seeds"][seed]
    assert len(runs) == floor["runs"]
    right = sum(years == {int(run[1])} for run, years in runs.items())
    false = sum(bool(years - {None, int(run[1])}) for run, years in runs.items())
    assert right >= floor["right"], runs
    assert false <= floor["false"], runs


def test_the_gold_of_the_pages(testdata: TestData) -> None:
    right = false = total = 0
    for path in sorted(testdata("gold/docsite").glob("*.gold.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        rows = page["paragraphs"]
        datings = gold_dates(rows, [row["text"] for row in rows], page["title"], None)
        for row, dating in zip(rows, datings, strict=True):
            total += 1
            right += dating.year == row["year_true"]
            false += dating.year is not None and dating.year != row["year_true"]
    assert total == FLOORS["pages"]["paragraphs"]
    assert right >= FLOORS["pages"]["right"]
    assert false <= FLOORS["pages"]["false"]


def test_pages_of_offices_and_their_annexes_have_the_year_of_issue(testdata: TestData) -> None:
    lines = testdata("gold/official/meta.jsonl").read_text(encoding="utf-8").splitlines()
    for page in map(json.loads, lines):
        path = testdata(f"gold/official/{page['file']}")
        (reading,) = read_source(path, path.name)
        years = {paragraph.year for paragraph in reading.paragraphs}
        assert years == {int(page["issued"][:4])}, page["file"]


def test_reports_with_their_years_masked_get_no_false_year(testdata: TestData) -> None:
    """A report speaks of its own year and of the one before; any other year is false."""
    dated = false = 0
    for title, article in reports(testdata):
        named = re.match(r"((?:199|20\d)\d)年", title)
        if named is None:
            continue
        year = int(named[1])
        masked = DraftArticle(
            None,
            tuple(
                DraftParagraph(PRINTED_YEAR.sub("20xx", p.text), p.form) for p in article.paragraphs
            ),
        )
        for dating in set(date_article(masked, title="政府工作报告", published=None)):
            dated += dating.year is not None
            false += dating.year not in (None, year, year - 1)
    assert dated >= FLOORS["masked"]["dated"]
    assert false <= FLOORS["masked"]["false"]

"""Articles, heading paths and glued headings on real texts, held above their floors.

The floors lie in `floors_structure.toml` with the digest of what they were measured on.
Texts run through the whole way in: reading, labelling, structure.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.model import Form
from indexer import extract, readers
from indexer.page import LabelledBlock, LabelledPage, Page, PageBlock
from indexer.structure import articles
from indexer.structure.lines import Line, cut
from indexer.text.numbering import Style, leading
from indexer.text.phrases import ends_sentence
from tests.fixtures.digests import data_digest

FLOORS = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "floors_structure.toml").read_text("utf-8")
)
# Elements of a path are compared by so many characters, as the gold's own measure does.
ELEMENT = 12
# A gold paragraph is known by so many of its first characters.
KNOWN_BY = 20

TestData = Callable[[str], Path]


@dataclass(frozen=True)
class Found:
    """A paragraph as the way in gave it, white space left out."""

    article: str
    path: tuple[str, ...]
    text: str


def bare(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


def short(path: Sequence[str]) -> list[str]:
    return [bare(element)[:ELEMENT] for element in path]


def labelled(path: Path) -> LabelledPage:
    return extract.label(readers.read_page(path, path.name))


def found(path: Path) -> list[Found]:
    page = labelled(path)
    return [
        Found(bare(article.title), tuple(p.heading_path), bare(p.text))
        for article in articles.split(page)
        for p in article.paragraphs
    ]


def nearest(places: Sequence[int], after: int) -> int:
    return min(places, key=lambda i: (i < after, abs(i - after)))


def seeds(testdata: TestData) -> Iterator[tuple[list[Found], list[dict[str, Any]]]]:
    """What was found in each seed with gold, and its gold paragraphs, titles left out."""
    for gold in sorted(testdata("gold/seeds").glob("*.paragraphs.jsonl")):
        (seed,) = testdata("seeds").glob(f"{gold.name[:3]}_*")
        rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        yield found(seed), [row for row in rows if row["kind"] != "article_title"]


def test_the_floors_were_measured_on_this_data(testdata: TestData) -> None:
    folders = ("seeds", "gold/seeds", "gold/docsite", "real/texts")
    paths = (path for folder in folders for path in sorted(testdata(folder).iterdir()))
    assert data_digest(paths) == FLOORS["data"]


def test_seeds_are_cut_into_their_paragraphs_articles_and_paths(testdata: TestData) -> None:
    paragraphs = starts = right_article = right_path = 0
    for results, rows in seeds(testdata):
        at = 0
        for row in rows:
            paragraphs += 1
            known = bare(row["text_start"])
            begin = [i for i, result in enumerate(results) if result.text.startswith(known)]
            places = begin or [i for i, result in enumerate(results) if known in result.text]
            if not places:
                continue
            at = nearest(places, at)
            starts += bool(begin)
            # A single text has no article title of its own; the gold gives the page's.
            article = results[at].article
            right_article += article in ("", bare(row["article"]))
            right_path += short(results[at].path) == short(row["heading_path"])
    floors = FLOORS["seeds"]
    assert paragraphs == floors["paragraphs"]
    assert starts >= floors["starts"]
    assert right_article >= floors["articles"]
    assert right_path >= floors["paths"]


def test_pages_of_document_sites_are_cut_as_their_gold(testdata: TestData) -> None:
    paragraphs = whole = right_article = right_path = 0
    for gold in sorted(testdata("gold/docsite").glob("*.gold.json")):
        results = found(gold.with_name(gold.name.replace(".gold.json", ".html")))
        at = 0
        for row in json.loads(gold.read_text(encoding="utf-8"))["paragraphs"]:
            paragraphs += 1
            known = bare(row["text"])[:KNOWN_BY]
            places = [i for i, result in enumerate(results) if result.text.startswith(known)]
            if not places:
                continue
            at = nearest(places, at)
            result = results[at]
            whole += result.text == bare(row["text"])
            right_article += result.article == bare(row["article"])
            paths = [row["heading_path"], row.get("heading_path_alt", row["heading_path"])]
            right_path += short(result.path) in map(short, paths)
    floors = FLOORS["docsite"]
    assert paragraphs == floors["paragraphs"]
    assert whole >= floors["whole"]
    assert right_article >= floors["articles"]
    assert right_path >= floors["paths"]


@pytest.mark.parametrize("seed", sorted(FLOORS["outline"]))
def test_seeds_without_gold_keep_their_outline(testdata: TestData, seed: str) -> None:
    """The outline was read from top to bottom; its counts were kept."""
    (path,) = testdata("seeds").glob(f"{seed}_*")
    outline = [
        (article.title, paragraph.heading_path)
        for article in articles.split(labelled(path))
        for paragraph in article.paragraphs
    ]
    floors = FLOORS["outline"][seed]
    # Articles by their titles: what stands before the first would be one without.
    assert len({title for title, _ in outline if title}) == floors["articles"]
    levels: dict[str, int] = {}
    for _, heading_path in set(outline):
        mark = leading(heading_path[-1]) if heading_path else None
        if mark:
            levels[mark.style.name] = levels.get(mark.style.name, 0) + 1
    assert levels == floors["levels"]


def pairs(testdata: TestData) -> tuple[list[tuple[str, str]], list[str]]:
    """Headings alone on their line with the text behind them; paragraphs with run-in ones."""
    apart: list[tuple[str, str]] = []
    run_in: list[str] = []
    for path in sorted(testdata("real/texts").iterdir()):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if line]
        for line, following in pairwise(lines):
            mark = leading(line)
            if mark is None or mark.style < Style.HAN:
                continue
            if "。" in line[:40] and len(line) > 60:
                run_in.append(line)
            elif not ends_sentence(line) and leading(following) is None and len(following) > 40:
                apart.append((line, following))
    return apart, run_in


def test_headings_glued_to_their_text_are_parted_and_others_left(testdata: TestData) -> None:
    def first(text: str) -> str:
        return next(iter(cut(Line(text, glued=True)))).text

    apart, run_in = pairs(testdata)
    right = sum(first(heading + text) == heading for heading, text in apart)
    wrong = sum(
        first(heading + text) not in (heading, heading + text)
        and not first(heading + text).startswith(heading + text[:KNOWN_BY])
        for heading, text in apart
    )
    # A run-in heading keeps its paragraph: a cut before its full stop is wrong.
    damaged = sum("。" not in first(text) for text in run_in)
    floors = FLOORS["glued"]
    assert (len(apart), len(run_in)) == (floors["pairs"], floors["run_in"])
    assert right >= floors["right"]
    assert wrong <= floors["wrong"]
    assert damaged <= floors["damaged"]


def test_a_compilation_glued_into_one_line_gives_the_same_headings(testdata: TestData) -> None:
    expected = kept = 0
    for seed in FLOORS["reglued"]["seeds"]:
        (path,) = testdata("seeds").glob(f"{seed}_*")
        for article in articles.split(labelled(path)):
            texts = [p.text for p in article.paragraphs if p.form is not Form.ARTICLE_TITLE]
            block = PageBlock("【篇一】" + "".join(texts) + "【篇二】" + texts[0])
            page = LabelledPage(Page(path.name, (block,)), (LabelledBlock(block, block.text),), "")
            again = articles.split(page)[0].paragraphs
            ends = {short(p.heading_path)[-1] for p in again if p.heading_path}
            numbered = [p for p in article.paragraphs if leading(p.text) and p.heading_path]
            expected += len(numbered)
            kept += sum(short(p.heading_path)[-1] in ends for p in numbered)
    assert expected >= FLOORS["reglued"]["headings"]
    assert kept / expected >= FLOORS["reglued"]["kept"]

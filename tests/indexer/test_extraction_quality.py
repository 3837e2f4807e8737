"""Extraction on real pages: main text found, boilerplate gone, genuine paragraphs untouched.

The floors lie in `floors_extraction.toml` with the digest of what they were measured on.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from indexer.extract import kept_text, label
from indexer.extract.line_rules import cut_fragments, label_lines
from indexer.extract.rules import load_rules
from indexer.features import Mark
from indexer.page import LabelledPage, Page, PageBlock
from indexer.readers import read_page
from tests.fixtures.digests import data_digest

FLOORS = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "floors_extraction.toml").read_text("utf-8")
)
SEEDS = (
    "000_be128d1fb429700d",
    "001_faffd9a2ed2f71c6",
    "002_2c0bfaa303ca0a28",
    "003_e3b6fd80dda844be",
    "004_c3de2658b43a1ef4",
)
# What no kept text of a document site may contain.
CANARIES = re.compile("下载|VIP|客服|折扣价|您可能关注|手机阅读|隐藏内容|小编|扫码")
BLANK = re.compile("[\\s\u3000\xa0\u200b\ufeff\ufffd]+")
GRAM = 4

TestData = Callable[[str], Path]


def squeeze(text: str) -> str:
    return BLANK.sub("", text)


def grams(text: str) -> Counter[str]:
    whole = squeeze(text)
    return Counter(whole[at : at + GRAM] for at in range(max(1, len(whole) - GRAM + 1)) if whole)


def f1(found: str, gold: str) -> float:
    """F1 over the multisets of four-character runs; an empty gold asks for an empty text."""
    ours, theirs = grams(found), grams(gold)
    if not ours or not theirs:
        return float(not ours and not theirs)
    return 2 * sum((ours & theirs).values()) / (sum(ours.values()) + sum(theirs.values()))


def read(path: Path) -> LabelledPage:
    return label(read_page(path, path.name))


def golden(folder: Path) -> list[tuple[Path, str]]:
    return [
        (gold.with_suffix(".html"), gold.read_text(encoding="utf-8"))
        for gold in sorted(folder.glob("*.txt"))
    ]


def check(measured: float, name: str, paths: Iterable[Path]) -> None:
    floor = FLOORS[name]
    said = "the data changed: measure again, then set the floor"
    assert data_digest(sorted(paths)) == floor["data"], said
    assert measured >= floor["floor"], f"{name}: {measured:.4f} is below {floor['floor']}"


def with_title(page: LabelledPage, gold: str) -> str:
    """The kept text, under the title where the gold opens with it: it is kept once, apart."""
    opens = squeeze(gold).startswith(squeeze(page.title))
    return f"{page.title}\n{kept_text(page)}" if opens else kept_text(page)


@pytest.mark.parametrize("name", ["docsite", "pages"])
def test_the_main_text_of_pages_is_found(testdata: TestData, name: str) -> None:
    folder = testdata(f"gold/{name}")
    scores = [f1(with_title(read(path), gold), gold) for path, gold in golden(folder)]
    check(sum(scores) / len(scores), name, folder.iterdir())


def test_the_main_text_of_news_is_found_with_its_headline(testdata: TestData) -> None:
    # The references of this set open with the headline; ours keeps it as the page's title.
    folder = testdata("gold/news")
    scores = []
    for path, gold in golden(folder):
        page = read(path)
        text = kept_text(page)
        scores.append(f1(f"{page.title}\n{text}" if text else "", gold))
    check(sum(scores) / len(scores), "news", folder.iterdir())


def test_paragraphs_come_out_whole(testdata: TestData) -> None:
    folder = testdata("gold/docsite")
    whole = wanted = 0
    for path, gold in golden(folder):
        blocks = [squeeze(block.text) for block in read(path).blocks if block.keep]
        lines = [squeeze(line) for line in gold.splitlines() if line.strip()]
        whole += sum(any(line in block for block in blocks) for line in lines)
        wanted += len(lines)
    check(whole / wanted, "paragraphs", folder.iterdir())


def test_what_must_not_come_out_of_document_sites_does_not(testdata: TestData) -> None:
    for path, _ in golden(testdata("gold/docsite")):
        gold = json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))
        text = squeeze(kept_text(read(path)))
        left = [boilerplate for boilerplate in gold["boilerplate"] if squeeze(boilerplate) in text]
        assert not left, path.name
        assert read(path).title == gold["title"], path.name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_boilerplate_survives_in_the_seeds(testdata: TestData, seed: str) -> None:
    page = read(testdata(f"seeds/{seed}.txt"))
    assert CANARIES.search(kept_text(page)) is None
    gold = testdata("gold/seeds") / f"{seed[:3]}.boilerplate.json"
    if not gold.exists():
        return
    stated = json.loads(gold.read_text(encoding="utf-8"))
    lines = {squeeze(line) for line in kept_text(page).splitlines()}
    assert not [line for line in stated["remove_lines"] if squeeze(line) in lines]
    for entry in stated["remove_fragments"]:
        assert entry["fragment"] not in kept_text(page)


@pytest.mark.parametrize("seed", ["000", "002", "003"])
def test_no_paragraph_of_the_seeds_is_lost(testdata: TestData, seed: str) -> None:
    page = read(next(testdata("seeds").glob(f"{seed}_*.txt")))
    kept = "".join(squeeze(block.source.text) for block in page.blocks if block.keep)
    rows = testdata(f"gold/seeds/{seed}.paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    starts = [squeeze(json.loads(row)["text_start"]) for row in rows if row]
    assert not [start for start in starts if start not in kept]


def test_government_reports_lose_their_buttons_and_nothing_else(testdata: TestData) -> None:
    for path in sorted(testdata("real/texts").iterdir()):
        page = read(path)
        assert not {"下载", "打印", "全屏", "收藏", "【字号:", "相关报道:"} & set(
            kept_text(page).splitlines()
        ), path.name
        lost = [b.text for b in page.blocks if not b.keep and len(b.text) > 60]
        assert not lost, path.name


def test_genuine_paragraphs_are_not_taken_for_boilerplate(testdata: TestData) -> None:
    data = testdata("real/100k.jsonl.gz")
    rules = load_rules()
    with gzip.open(data, "rt", encoding="utf-8") as rows:
        # Every fourth keeps the test short.
        texts = [" ".join(json.loads(row)["text"].split()) for row in rows][::4]
    marks = [Mark(PageBlock(text)) for text in texts if text]
    cut_fragments(marks, rules)
    label_lines(marks, rules)
    spared = sum(mark.kept and not mark.cut for mark in marks)
    check(spared / len(marks), "genuine", [data])


def test_whole_genuine_documents_keep_their_paragraphs(testdata: TestData) -> None:
    data = testdata("real/10k.jsonl.gz")
    documents: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            documents[row["doc_id"]].append(" ".join(row["text"].split()))
    total = kept = 0
    for name, lines in documents.items():
        page = label(Page(name, tuple(PageBlock(line) for line in lines if line)))
        total += len(lines)
        kept += sum(block.keep and not block.cut for block in page.blocks)
    check(kept / total, "documents", [data])

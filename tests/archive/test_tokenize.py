"""Tokens: both cutters give the same ones, alone or many texts at once, and they fit."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import tokenize as analysis
from archive.text.dictionary import SIZE, TOTAL, MappedDictionary
from archive.text.fold import fold
from archive.text.tokenize import (
    Numbers,
    analyze,
    number_tokens,
    tokenize,
    words,
    words_of_each,
)
from tests.fixtures import strategies

# Everything that has broken a tokenizer: figures and letters joined by signs, ideographs
# outside the dictionary's block, line breaks, signs that a cutter keeps inside a word.
HARD = ("a-b.c", "3.5%", "C++", "#1", "k_v", "&", "+", "㐀", "𠀀", "鿿", "々", "〇", "\r\n", "\t")

pieces = st.lists(st.sampled_from((*strategies.PIECES, *HARD)), max_size=12).map("".join)
anything = st.text(max_size=20)
folded_texts = (pieces | anything).map(fold)


@pytest.fixture
def slow_cutter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "_cutter", analysis.jieba_cutter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第12所学校", ["第", "12", "所", "学校"]),
        ("GDP增长5.5%", ["gdp", "增长", "5", "5"]),
        ("a-b.c_d", ["a", "b", "c", "d"]),
        ("20xx年", ["20", "xx", "年"]),
        ("㐀𠀀鿿", ["㐀", "𠀀", "鿿"]),
        ("二〇二一年", ["二", "〇", "二", "一年"]),
        ("，。！ \n", []),
        ("", []),
        ("〔2022〕１號", ["2022", "1", "号"]),
        ("é٣½", ["é", "٣", "½"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert analyze(text) == expected


@given(text=folded_texts)
def test_tokens_lie_where_they_say_in_order_without_overlap(text: str) -> None:
    found = list(tokenize(text))
    assert [token.text for token in found] == words(text)
    assert [token.position for token in found] == list(range(len(found)))
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(text=folded_texts)
def test_every_letter_figure_and_ideograph_is_in_a_token(text: str) -> None:
    covered = {i for token in tokenize(text) for i in range(token.start, token.end)}
    assert covered == {i for i, sign in enumerate(text) if re.match(r"[^\W_]", sign)}


@given(texts=st.lists(folded_texts, max_size=8))
def test_many_texts_at_once_give_the_tokens_of_each(texts: list[str]) -> None:
    numbers = Numbers()
    tokens, places = number_tokens(texts, numbers)
    names = list(numbers)
    assert places.tolist() == sorted(places.tolist())
    found = [Counter[str]() for _ in texts]
    for token, place in zip(tokens.tolist(), places.tolist(), strict=True):
        found[place][names[token]] += 1
    assert found == [Counter(words(text)) for text in texts]


@given(texts=st.lists(folded_texts | st.just("均衡\U0010ffff发展"), max_size=8))
def test_many_short_texts_cut_together_give_the_words_of_each(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "_CUT_AT_FIRST", 0)
        together = words_of_each(texts)
    assert together == [words(text) for text in texts]


def test_short_texts_of_real_paragraphs_cut_together_give_the_words_of_each(
    testdata: Callable[[str], Path],
) -> None:
    with gzip.open(testdata("real/100k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        whole = [fold(json.loads(line)["text"]) for line in islice(lines, 0, 100_000, 200)]
    texts = [text[at : at + 40] for text in whole for at in range(0, len(text), 37)]
    assert words_of_each(texts) == [words(text) for text in texts]


def test_chunks_of_texts_are_numbered_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "_CUT_AT_ONCE", 5)
    texts = ["均衡发展", "", "12", "", "学校安全", "", "", "abc"]
    _, places = number_tokens(texts, Numbers())
    assert places.tolist() == [0, 0, 2, 4, 4, 7]


def test_a_text_that_holds_the_separator_is_cut_like_any_other() -> None:
    texts = ["均衡\U0010ffff发展", "学校\U0010ffff", "安全"]
    numbers = Numbers()
    tokens, places = number_tokens(texts, numbers)
    assert [list(numbers)[token] for token in tokens] == ["均衡", "发展", "学校", "安全"]
    assert places.tolist() == [0, 0, 1, 2]


def _words_by(cutter: Callable[[str], list[str]], texts: list[str]) -> list[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "_cutter", lambda: cutter)
        return [words(text) for text in texts]


@given(text=folded_texts | st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_the_mapped_dictionary_gives_jiebas_tokens(text: str) -> None:
    mapped = MappedDictionary(analysis._dictionary())
    assert _words_by(mapped.cut, [text]) == _words_by(analysis.jieba_cutter(), [text])


def test_the_mapped_dictionary_gives_the_same_tokens_of_real_paragraphs(
    testdata: Callable[[str], Path],
) -> None:
    with gzip.open(testdata("real/100k.jsonl.gz"), "rt", encoding="utf-8") as lines:
        texts = [fold(json.loads(line)["text"]) for line in islice(lines, 0, 100_000, 100)]
    mapped = MappedDictionary(analysis._dictionary())
    assert _words_by(mapped.cut, texts) == _words_by(analysis.fast_cutter(), texts)


def test_what_is_known_of_the_dictionary_is_true() -> None:
    path = analysis._dictionary()
    assert path.stat().st_size == SIZE
    assert sum(int(line.split()[1]) for line in path.read_text("utf-8").splitlines()) == TOTAL


def test_another_dictionary_is_not_mapped(tmp_path: Path) -> None:
    other = tmp_path / "dict.txt"
    other.write_text("甲 1 n\n一 3 m\n", "utf-8")
    with pytest.raises(ValueError, match="not the dictionary"):
        MappedDictionary(other)


def test_a_process_that_cuts_much_changes_to_the_fast_cutter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analysis, "fast_cutter", lru_cache(lambda: lambda run: [f"<{run}>"]))
    monkeypatch.setattr(analysis, "_CUT_AT_FIRST", 5)
    cut = analysis._FirstCutter(MappedDictionary(analysis._dictionary()))
    assert cut("均衡发展") == ["均衡", "发展"]
    assert cut("学校安全") == ["<学校安全>"]


@given(text=folded_texts)
def test_rjieba_and_jieba_give_the_same_tokens(text: str) -> None:
    pytest.importorskip("rjieba", reason="rjieba is not installed")
    fast = _words_by(analysis.fast_cutter(), [text])
    assert _words_by(analysis.jieba_cutter(), [text]) == fast


def test_rjieba_and_jieba_give_the_same_tokens_of_real_paragraphs(
    testdata: Callable[[str], Path],
) -> None:
    pytest.importorskip("rjieba", reason="rjieba is not installed")
    with gzip.open(testdata("real/gov_reports.jsonl.gz"), "rt", encoding="utf-8") as lines:
        texts = [
            fold(json.loads(line)["text"]) for _, line in zip(range(1500), lines, strict=False)
        ]
    fast = _words_by(analysis.fast_cutter(), texts)
    assert _words_by(analysis.jieba_cutter(), texts) == fast


@pytest.mark.usefixtures("slow_cutter")
def test_without_rjieba_many_texts_are_cut_all_the_same() -> None:
    tokens, places = number_tokens(["推进义务教育", "12所学校"], numbers := Numbers())
    found = [list(numbers)[token] for token in tokens]
    assert sorted(found) == sorted(["推进", "义务教育", "12", "所", "学校"])
    assert places.tolist() == [0, 0, 1, 1, 1]


def test_importing_loads_no_dictionary_and_no_array_library() -> None:
    code = (
        "import sys, archive.text.tokenize; print({'jieba', 'rjieba', 'numpy'} & set(sys.modules))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert loaded.stdout.strip() == "set()"


def test_the_stamp_changes_with_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    before = analysis.analyzer_stamp()
    assert before == analysis.analyzer_stamp()
    analysis.analyzer_stamp.cache_clear()
    monkeypatch.setattr(analysis, "RULES_VERSION", analysis.RULES_VERSION + 1)
    assert analysis.analyzer_stamp() != before
    analysis.analyzer_stamp.cache_clear()

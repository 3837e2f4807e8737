"""Folding, the way back to the original, and sentences."""

from __future__ import annotations

import re
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.fold import (
    _SIMPLIFIED,
    IGNORABLE,
    _FoldTable,
    _pairs,
    find_all,
    fold,
    fold_with_offsets,
    merge_spans,
    original_span,
    sentences,
    sentences_around,
)
from tests.fixtures.strategies import PIECES
from tests.measure import simplified_table

# All of Unicode, surrogates included: pages hold anything. The TABs of a row look at their
# neighbours; they have a test of their own.
anything = st.text(st.characters(exclude_categories=(), exclude_characters="\t"))
# What folds to several characters beside what folds to none.
uneven = st.text("甲…①㎡㈠\u200b\ufe0f\u3164\U000e0100學")
texts = anything | uneven | st.lists(st.sampled_from(PIECES)).map("".join)
spans = st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda s: (s[0], s[0] + s[1]))


@given(a=texts, b=texts)
def test_folding_is_free_of_context(a: str, b: str) -> None:
    assert fold(a + b) == fold(a) + fold(b)


def test_the_table_of_simplified_characters_is_what_opencc_says() -> None:
    assert _pairs(_SIMPLIFIED) == simplified_table.pairs()


def test_folding_twice_changes_nothing_and_only_what_is_not_seen_vanishes() -> None:
    ignorable = re.compile(f"[{IGNORABLE}]")
    for codepoint in range(sys.maxunicode + 1):
        folded = fold(chr(codepoint))
        gone = ignorable.match(chr(codepoint)) is not None or chr(codepoint) == "\t"
        assert bool(folded) != gone
        assert fold(folded) == folded


def test_every_radical_of_unicode_folds_to_an_ideograph() -> None:
    radicals = [c for c in map(chr, range(0x2E80, 0x2FD6)) if unicodedata.name(c, None)]
    assert len(radicals) == 115 + 214
    # The mark of repetition stands for no ideograph.
    assert [c for c in radicals if unicodedata.category(fold(c)) != "Lo"] == ["⺀"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("〔2022〕１號", "（2022）1号"),
        ("【篇一】", "(篇一)"),
        ("義務教育均衡發展", "义务教育均衡发展"),
        ("ＡＢＣ", "abc"),
        ("：；！？，", ":;!?,"),
        ("㈠①％", "(一)(1)%"),
        ("⑴❷㉑㊾㊂⓪", "(1)(2)(21)(49)(三)(0)"),
        ("５㎡，3m³，CO₂", "5m2,3m3,CO2"),
        ("⼀、⺠⽣，校⻓、⻔卫，⻅⾏动", "一、民生，校长、门卫，见行动"),
        ("义务教\u200b育均\ufe0f衡\U000e0100发\u3164展\uffa0", "义务教育均衡发展"),
        ("第一中学\t46\u3000820\xa0", "第一中学 46 820 "),
        ("ﬁ", "FI"),
        ("　", " "),
        ("薴", "苧"),
    ],
)
def test_what_a_reader_takes_for_equal_folds_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“安全”", '"安全"'),
        ("‘", "'"),
        ("安 全", "安全"),
        ("《", "<"),
        ("。", "."),
        ("、", ","),
        ("1.2×10⁵", "1.2×105"),
        ("99.8¹", "99.81"),
        ("1½", "11/2"),
        ("甲\n乙", "甲 乙"),
    ],
)
def test_quotes_spaces_and_other_punctuation_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(text=texts)
def test_offsets_name_the_character_each_folded_one_came_from(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    expected = [i for i, character in enumerate(text) for _ in fold(character)]
    assert (list(range(len(folded))) if offsets is None else offsets) == expected


@given(text=texts.filter(fold), data=st.data())
def test_a_span_maps_back_to_the_characters_that_hold_it(text: str, data: st.DataObject) -> None:
    folded, offsets = fold_with_offsets(text)
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))
    a, b = original_span(start, end, offsets)
    held = fold(text[a:b])
    assert folded[start:end] in held
    # No smaller piece of the original holds it at this place.
    assert len(fold(text[:a])) <= start < len(fold(text[: a + 1]))
    assert len(fold(text[: b - 1])) < end <= len(fold(text[:b]))


@given(text=st.text("人民 ", max_size=12), needle=st.text("人民 ", min_size=1, max_size=3))
def test_all_occurrences_are_found_overlapping_ones_too(text: str, needle: str) -> None:
    expected = [i for i in range(len(text)) if text[i : i + len(needle)] == needle]
    assert list(find_all(needle, text)) == expected


@given(
    cells=st.lists(st.just("") | st.text("甲…①學A。", max_size=3), min_size=1, max_size=6),
)
def test_a_row_folds_to_its_cells_without_the_empty_ones(cells: list[str]) -> None:
    row = "\t".join(cells)
    folded, offsets = fold_with_offsets(row)
    assert folded == fold(row) == " ".join(fold(cell) for cell in cells if cell)
    for at, character in enumerate(folded):
        start, end = original_span(at, at + 1, offsets)
        assert character in fold(row[start:end]) or row[start:end] == "\t"


def test_the_edge_of_a_cell_ends_a_sentence() -> None:
    text = "东山乡\t\t造林（二期）。\t12"
    assert [text[a:b] for a, b in sentences(text)] == [
        "东山乡\t",
        "\t",
        "造林（二期）。",
        "\t",
        "12",
    ]


@given(text=st.text("安全。！!；;？?”」)）\r\n ，.", max_size=30) | texts)
def test_sentences_cover_the_text_and_none_is_empty(text: str) -> None:
    cut = list(sentences(text))
    assert "".join(text[a:b] for a, b in cut) == text
    assert all(a < b for a, b in cut)
    # An end sign stands inside a sentence only among the signs that close it.
    for a, b in cut:
        inside = text[a:b].rstrip('。！!；;？?”’」』")）\r\n')
        assert not set(inside) & set("。！!；;？?\r\n")


@given(text=st.text("安。！;？”)）\r\n ，", max_size=30) | texts)
def test_a_sentence_ends_where_the_plainly_written_rule_says(text: str) -> None:
    rule = re.compile(r"[。!！?？;；]+[”’」』\")）]*|\r\n|[\n\r]")
    ends = [end.end() for end in rule.finditer(text)]
    if text and len(text) not in ends:
        ends.append(len(text))
    assert [b for _, b in sentences(text)] == ends


@given(
    text=st.text("安。！;？”)）\r\n ，", min_size=1, max_size=30),
    ends=st.tuples(st.integers(0, 29), st.integers(1, 30)),
)
def test_sentences_around_a_stretch_are_those_of_the_whole_text(
    text: str, ends: tuple[int, int]
) -> None:
    start = min(ends[0], len(text) - 1)
    end = min(max(ends[1], start + 1), len(text))
    found = list(sentences_around(text, start, end))
    first = found[0][0]
    assert first <= start
    touched = [(max(a, first), b) for a, b in sentences(text) if start < b and a < end]
    assert [(a, b) for a, b in found if b > start] == touched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("推进，发展", ["推进，发展"]),
        ("好!真的?是;对", ["好!", "真的?", "是;", "对"]),
        ("他说:“好。”又说", ["他说:“好。”", "又说"]),
        ("第一\r\n第二\n第三", ["第一\r\n", "第二\n", "第三"]),
        ("真的？！对", ["真的？！", "对"]),
        ("增长3.5%。", ["增长3.5%。"]),
    ],
)
def test_a_sentence_ends_at_its_signs_and_not_at_a_comma(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


@given(given_=st.lists(spans, max_size=8))
def test_merged_spans_cover_the_same_characters_and_stand_apart(
    given_: list[tuple[int, int]],
) -> None:
    merged = merge_spans(given_)
    covered = {i for a, b in given_ for i in range(a, b)}
    assert {i for a, b in merged for i in range(a, b)} == covered
    assert all(left[1] < right[0] for left, right in pairwise(merged))


def test_long_texts_fold_as_their_characters_do() -> None:
    """Every character of the planes in use, in long texts and one by one."""
    table = _FoldTable()
    for start in (*range(0, 0x10000, 256), *range(0x1F000, 0x20100, 256)):
        characters = "".join(map(chr, range(start, start + 256)))
        assert fold(characters) == characters.translate(table)
        folded = characters.translate(table)
        assert folded.translate(table) == folded

"""Word-level differences: nothing lost, masks explained, readable."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.precedents.differences import Difference, Operation, differences

# Words, stops, masks, brackets and characters that fold to several: all that a page has.
_WORDS = "教育 质量 提高 学校 的 20xx 2010 年 xx ^v^ __ 12 所 义務 〔 ( “ 〞 … ㈠ ㎡ Ａ b , 。 、"
_PIECES = st.sampled_from([*_WORDS.split(), "\u3000", "\n"])
_TEXTS = st.lists(_PIECES, max_size=30).map("".join)


def _shown(a: str, b: str) -> list[tuple[str, str, str]]:
    return [(d.operation.value, d.text_a, d.text_b) for d in differences(a, b)]


def _changes(a: str, b: str) -> list[tuple[str, str, str]]:
    return [change for change in _shown(a, b) if change[0] != "equal"]


@given(_TEXTS, _TEXTS)
def test_the_stretches_make_up_both_texts(a: str, b: str) -> None:
    found = differences(a, b)
    assert "".join(d.text_a for d in found) == a
    assert "".join(d.text_b for d in found) == b
    assert all(a[d.start_a : d.end_a] == d.text_a for d in found)
    assert all(b[d.start_b : d.end_b] == d.text_b for d in found)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_compared(a: str, b: str) -> None:
    found = differences(a, b)
    assert "".join(d.text_a for d in found) == a
    assert "".join(d.text_b for d in found) == b


@given(_TEXTS, _TEXTS)
def test_operations_say_which_side_has_text(a: str, b: str) -> None:
    sides = {
        (True, True): {Operation.EQUAL, Operation.REPLACE},
        (True, False): {Operation.DELETE},
        (False, True): {Operation.INSERT},
    }
    for d in differences(a, b):
        assert d.operation in sides[bool(d.text_a), bool(d.text_b)]


@given(_TEXTS, _TEXTS)
def test_equal_stretches_never_touch_nor_do_changes(a: str, b: str) -> None:
    equal = [d.operation is Operation.EQUAL for d in differences(a, b)]
    # A mask cut out of its word may leave a change beside another, never two equal ones.
    assert not any(left and right for left, right in pairwise(equal))


@given(_TEXTS)
def test_a_text_equals_itself(text: str) -> None:
    assert _changes(text, text) == []


def test_two_empty_texts_have_no_stretch() -> None:
    assert differences("", "") == ()


def test_folded_variants_and_quotes_are_equal_but_shown_as_printed() -> None:
    assert differences("〔2022〕１号“双减”", "(2022)1号〞双減〞") == (
        Difference(Operation.EQUAL, "〔2022〕１号“双减”", "(2022)1号〞双減〞", 0, 0),
    )


@pytest.mark.parametrize(
    ("masked", "clean", "hidden"),
    [
        ("20xx年工作总结", "2010年工作总结", ["2010"]),
        ("评出一等奖xx人", "评出一等奖18人", ["18"]),
        ("在^v^新时代", "在习近平新时代", ["习近平"]),
        ("xx县教育局", "云和县教育局", ["云和"]),
        ("20__年__月建成__所", "2010年3月建成12所", ["2010", "3", "12"]),
        ("xx届三中全会", "十七届三中全会", ["十七"]),
    ],
)
def test_a_mask_shows_what_it_hides_from_either_side(
    masked: str, clean: str, hidden: list[str]
) -> None:
    there = [d.hidden for d in differences(masked, clean) if d.operation is not Operation.EQUAL]
    back = [d.hidden for d in differences(clean, masked) if d.operation is not Operation.EQUAL]
    assert there == back == hidden


def test_a_mask_against_a_mask_or_nothing_hides_nothing_known() -> None:
    assert [d.hidden for d in differences("20xx年工作", "20__年工作")] == [None, None]
    assert [d.hidden for d in differences("xx教育工作", "教育工作")] == [None, None]


def test_a_replaced_word_is_one_change() -> None:
    assert _changes("该校不断夯实基础", "该校不间断夯实根底") == [
        ("replace", "不断", "不间断"),
        ("replace", "基础", "根底"),
    ]


def test_swapped_words_keep_the_stop_between_them() -> None:
    assert _changes("夯实基础,教师", "夯实根底,学者") == [
        ("replace", "基础", "根底"),
        ("replace", "教师", "学者"),
    ]


def test_tiny_islands_join_the_changes_around_them() -> None:
    assert _changes("促进教育的公平,办学", "促进经济的腾飞,办学") == [
        ("replace", "教育的公平", "经济的腾飞")
    ]


def test_a_deleted_word_is_a_deletion() -> None:
    assert _changes("加强调查研究,创新工作方法", "加强研究,创新工作") == [
        ("delete", "调查", ""),
        ("delete", "方法", ""),
    ]


def test_very_long_texts_are_compared_at_their_ends_only() -> None:
    rng = random.Random(3)
    middle = ["".join(rng.choices("教育质量提高学校的管理水平", k=14_000)) for _ in range(2)]
    found = _shown("开头相同。" + middle[0] + "。结尾", "开头相同。" + middle[1] + "。结尾")
    assert found[0][0] == found[-1][0] == "equal"
    assert len(found) == 3


def test_two_long_paragraphs_are_compared_whole() -> None:
    rng = random.Random(1)
    a = "".join(rng.choices("推进义务教育均衡发展,提高教学质量。新建学校12所", k=2_000))
    b = "".join(rng.choice("的在是") if rng.random() < 0.08 else c for c in a)
    found = _shown(a, b)
    assert "".join(left for _, left, _ in found) == a
    assert "".join(right for _, _, right in found) == b

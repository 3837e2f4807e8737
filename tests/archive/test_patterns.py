"""Patterns: each sign by example, and all of them against the plainest matcher there is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.query.parser import read
from archive.query.patterns import (
    ONE,
    Element,
    Gap,
    Pattern,
    any_order,
    find,
    occurs,
)
from archive.text.fold import fold
from tests.fixtures.plain_matcher import plainly
from tests.fixtures.strategies import patterns, texts


def matched(query: str, text: str) -> list[str]:
    pattern = read(query)
    assert isinstance(pattern, Pattern)
    return [text[start:end] for start, end in find(pattern, text)]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        # ? is one character, punctuation too.
        ("抓?促", "抓管促、抓，促、抓管理促", ["抓管促", "抓，促"]),
        ("发展？", "发展了，发展", ["发展了"]),
        # A gap has any length, but stays in its sentence.
        ("抓…促", "抓管理、强队伍促发展", ["抓管理、强队伍促"]),
        ("抓…促", "抓管理。强队伍促发展", []),
        ("抓*促", "抓促", ["抓促"]),
        ("抓……促", "抓好促", ["抓好促"]),
        ("段内:抓…促", "抓管理。强队伍促发展", ["抓管理。强队伍促"]),
        ("抓…促", "抓管理；强队伍促发展", []),
        ("抓…促", "抓管理\n强队伍促发展", []),
        # A cell's edge ends a sentence too, and a pause.
        ("抓…促", "抓管理\t强队伍促发展", []),
        ("坚持…", "坚持立德\t\t树人", ["坚持立德"]),
        ("抓…促", "抓管理? 促", []),
        # Shortest: the gap ends at the first place it can; leftmost: it begins at the first.
        ("以…为", "以德为先，以人为本", ["以德为", "以人为"]),
        ("以…为本", "以德为先，以人为本", ["以德为先，以人为本"]),
        ("抓…促", "抓抓促", ["抓抓促"]),
        # A bounded gap counts every character.
        ("抓…{0,2}促", "抓促，抓管促，抓管理促，抓一管理促", ["抓促", "抓管促", "抓管理促"]),
        ("抓…{2}促", "抓管促，抓管理促", ["抓管理促"]),
        ("抓…{2,}促", "抓管促抓管理促", ["抓管促抓管理促"]),
        # A gap at the end runs on to the next pause.
        ("坚持…", "坚持立德树人，五育并举。", ["坚持立德树人"]),
        ("坚持…", "坚持立德、树人", ["坚持立德"]),
        ("坚持…", "必须坚持。", ["坚持"]),
        ("坚持…{0,2}", "坚持立德树人", ["坚持立德"]),
        ("坚持…{5,9}", "坚持立德树人，五育", []),
        # A choice, in either order.
        ("[推进|加快|深化]改革", "推进改革、加快改革、深入改革", ["推进改革", "加快改革"]),
        ("{城 乡}一体", "城乡一体、乡城一体、城一体", ["城乡一体", "乡城一体"]),
        ("［推进｜加快］改革", "加快改革", ["加快改革"]),
        # Figures: the longest run, with Chinese numerals and masks.
        ("校#所", "新建校12所、校xx所、校十二所、校若干所", ["校12所", "校xx所", "校十二所"]),
        ("#人", "评出一等奖18人", ["18人"]),
        ("第#届", "第２４届、第__届", ["第２４届", "第__届"]),
        ("20#年", "20xx年、2019年", ["20xx年", "2019年"]),
        ("#年", "max年", []),
        # Figures have points and groups, and end before a unit where the pattern has one.
        ("增长#%", "增长8.5%、增长12%", ["增长8.5%", "增长12%"]),
        ("增长#.#%", "增长8.5%", ["增长8.5%"]),
        ("#亿元", "投资3亿元、1.2万亿元", ["3亿元", "1.2万亿元"]),
        ("#万人", "就业1,285万人，三十万人", ["1,285万人", "三十万人"]),
        ("#元", "收入2,450元，1，285元", ["2,450元", "285元"]),
        ("#万#", "3万5千", ["3万5千"]),
        ("#个百分点", "提高三点五个百分点", ["三点五个百分点"]),
        ("投入#", "投入12万元，投入8.6亿元。", ["投入12万", "投入8.6亿"]),
        ("#…#元", "3万元至5万元", ["3万元至5万元"]),
        ("#-#%", "5-8%", ["5-8%"]),
        ("第#条", "第2021.3条", ["第2021.3条"]),
        # A gap of two points, or ‥, stays in its clause; of three it does not.
        ("抓‥促", "抓手,办好促进，抓学习促工作", ["抓学习促"]),
        ("抓..促", "抓手，促进，抓学习、促工作", ["抓学习、促"]),
        ("抓...促", "抓手，促进", ["抓手，促"]),
        ("抓‥{1,2}促", "抓学促，抓学习好促", ["抓学促"]),
        ("以‥为‥，以‥为", "以德为先，以人为本", ["以德为先，以人为"]),
        ("..抓?", "..抓好", ["..抓好"]),
        # ^ and $ stand at the ends of the paragraph.
        ("^加强…", "加强管理。加强领导", ["加强管理"]),
        ("^??，??$", "强化，落实", ["强化，落实"]),
        ("…建设$", "平安建设。法治建设", ["法治建设"]),
        ("加强…$", "加强队伍，加强管理", ["加强队伍，加强管理"]),
        # ^ passes over the number of a heading, $ over final signs.
        ("^加强…建设$", "（一）加强队伍建设。", ["加强队伍建设"]),
        ("^加强…建设$", "1、加强阵地建设：", ["加强阵地建设"]),
        ("^加强…建设$", "第一，加强队伍建设；", ["加强队伍建设"]),
        ("^加强…建设$", "第二章　加强校园建设", ["加强校园建设"]),
        ("^加强…建设$", "(3) 加强队伍建设工作。", []),
        ("^加强…建设$", "要加强队伍建设。", []),
        ("^一、…$", "一、加强建设。", ["一、加强建设"]),
        ("^责任…", "第一责任人", []),
        ("^15…", "3.15活动", []),
        ("建设。$", "平安建设。", ["建设。"]),
        ("增长#$", "增长12。", ["增长12"]),
        ("^v^?", "^v^县", ["^v^县"]),
        # A backslash makes a sign literal.
        (r"\#?", "#号", ["#号"]),
        (r"\[甲\]?", "[甲]乙", ["[甲]乙"]),
        # Quoted signs are characters; case, width and script are folded.
        ('"*"…"?"', "*甲?", ["*甲?"]),
        ("ａ?義", "AB义", ["AB义"]),
        # What one character folds to is one character.
        ("甲?乙", "甲…乙", ["甲…乙"]),
        ("甲…{1,1}乙", "甲㈠乙", ["甲㈠乙"]),
        # Matches do not overlap.
        ("人?人", "人人人人人", ["人人人"]),
    ],
)  # fmt: skip
def test_a_sign_means_what_the_help_says(query: str, text: str, expected: list[str]) -> None:
    assert matched(query, text) == expected


@settings(max_examples=settings().max_examples * 6)
@given(pattern=patterns(texts.map(fold)), text=st.lists(texts, max_size=3).map("".join))
def test_any_pattern_agrees_with_the_plainest_matcher(pattern: Pattern, text: str) -> None:
    joined = replace(pattern, elements=merged(pattern.elements))
    assert list(find(joined, text)) == plainly(joined, text)
    assert occurs(joined, text) == bool(plainly(joined, text))


def merged(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Neighbouring gaps as one, as the grammar gives them."""
    kept: list[Element] = []
    for element in elements:
        if isinstance(element, Gap) and kept and isinstance(kept[-1], Gap):
            kept[-1] = element
        else:
            kept.append(element)
    return tuple(kept)


def test_any_order_lists_each_sequence_once() -> None:
    assert set(any_order(("甲", "乙", "甲")).options) == {"甲乙甲", "甲甲乙", "乙甲甲"}


def test_one_character_is_a_gap_of_one() -> None:
    assert Gap(1, 1) == ONE


def test_no_pattern_explodes() -> None:
    # Every 的 begins a match that fails at the very end: backtracking would take years.
    pattern = read("段内:" + "的…" * 12 + "无")
    assert isinstance(pattern, Pattern)
    assert not occurs(pattern, "无" + "的" * 5_000)

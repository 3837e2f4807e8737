"""What readers do to every text: spread words, radicals, entities, what is not seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.spacing import PARAGRAPH, collapse


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("第一章　总　则", "第一章 总则"),
        ("附　　　则", "附则"),
        ("国 务 院 工 作 规 则", "国务院工作规则"),
        ("《清 溪 市 人 民 政 府 规 则》已经通过", "《清溪市人民政府规则》已经通过"),
        ("二 〇 二 一 年 三 月 五 日", "二〇二一年三月五日"),
        ("校园 安全 工 作 方 案", "校园安全工作方案"),
        ("第二章 工 作 职 责", "第二章 工作职责"),
        ("加 强 管 理 ， 提 高 质 量", "加强管理，提高质量"),
        ("主　任：尤　甲　　市政府副秘书长", "主任：尤甲 市政府副秘书长"),
        ("主任：尤甲　市政府副秘书长", "主任：尤甲 市政府副秘书长"),
        ("副组长：李　四　县教育局局长", "副组长：李四 县教育局局长"),
        ("张　三　李四光　王　五", "张三 李四光 王五"),
        ("李　明　　王　强　　张　伟", "李明 王强 张伟"),
    ],
)
def test_a_space_that_only_spreads_a_word_is_closed_up(text: str, read: str) -> None:
    assert collapse(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "张三 李四 王五",
        "李明 男 汉族",
        "年 月 日",
        "新增 3 个 12 所",
        "第一条 本办法",
        "一 总则",
        "1 2 00",
        "安 全生产",
    ],
)
def test_a_space_that_parts_words_stays(text: str) -> None:
    assert collapse(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("⼀、⺠⽣⼯程由校⻓负责", "一、民生工程由校长负责"),
        ("义务教\u200b育\ufe0f均\u3164衡\U000e0100", "义务教育均衡"),
        ("坚持&ldquo;安全第一&rdquo;&nbsp;的方针", "坚持“安全第一” 的方针"),
        ("&#8220;三个一&#x201d;&mdash;&mdash;要求", "“三个一”——要求"),
        ("A&B公司;研发", "A&B公司;研发"),
        ("半个\ud83d字", "半个\ufffd字"),
    ],
)
def test_what_a_format_did_to_the_characters_is_undone(text: str, read: str) -> None:
    assert collapse(text) == read


@given(st.text("　 \u00a0\t\n主任甲则〇年一，。：A1&;\u200b⼀\ud800"))
def test_collapsing_loses_nothing_but_blanks_and_what_is_not_seen(text: str) -> None:
    once = collapse(text)
    assert "".join(once.split()) == "".join(
        text.replace("\u200b", "").replace("⼀", "一").replace("\ud800", "\ufffd").split()
    )
    assert "  " not in once
    assert once == once.strip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("主　任：尤　甲　　市政府副秘书长", 1),
        ("杨乙乙　　市民航局局长", 1),
        ("一、指导思想　　以发展为主题。　　二、主要任务", 3),
        ("特此通知。　　清溪市人民政府　　2006年5月23日", 3),
        ("各县：　　为做好工作，现通知如下。", 2),
        ("（要求落实。）　　\xa0\xa0\xa0\xa0其他", 2),
    ],
)
def test_a_wide_gap_opens_a_paragraph_only_where_one_ends_or_begins(text: str, parts: int) -> None:
    assert len(PARAGRAPH.split(text)) == parts

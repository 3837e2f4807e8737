"""Wrong bytes: encodings without a mark, mixed ones, and text that was decoded wrongly before."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.page import Page
from indexer.readers import read_page
from indexer.readers.encoding import decode
from indexer.text.mojibake import is_garbled, is_other_text, repair

TEXTS = (
    "各村要高度重视防汛工作，落实主体责任，完善应急预案，定期组织群众开展转移演练。",
    "（一）加强领导。成立由镇长任组长的领导小组，下设办公室，负责日常工作。",
    "2021年，全县新建学校12所，投入资金3.5亿元，同比增长8.6%。",
)


def read(folder: Path, data: bytes, name: str = "a.txt") -> Page:
    path = folder / name
    path.write_bytes(data)
    return read_page(path, name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [*TEXTS, "\r\n".join(TEXTS), TEXTS[0][:12]])
def test_wide_encodings_need_no_mark(codec: str, text: str) -> None:
    assert decode(text.encode(codec)) == (text, codec[:6])


def _as_cp1252(data: bytes) -> str:
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


@pytest.mark.parametrize("text", TEXTS)
def test_text_once_taken_for_latin_is_repaired(tmp_path: Path, text: str) -> None:
    for data in (text.encode("gbk"), text.encode()):
        for taken in (data.decode("latin-1"), _as_cp1252(data)):
            assert repair(taken) == text
            page = read(tmp_path, f"标题\n{taken}\n".encode())
            assert [block.text for block in page.blocks] == ["标题", text]
            assert page.warnings == ()


@pytest.mark.parametrize("text", TEXTS)
def test_text_once_taken_for_gbk_is_repaired_and_flagged_where_bytes_are_gone(text: str) -> None:
    repaired = repair(text.encode().decode("gb18030", "replace"))
    digits = [character for character in repaired if character.isdecimal()]
    assert digits == [character for character in text if character.isdecimal()]
    assert repaired == text or is_garbled(repaired)
    assert len(set(text) - set(repaired)) <= len(set(text)) / 4


@pytest.mark.parametrize(
    "text", ["锟斤拷锟斤拷要落实锟斤拷锟斤拷", "\ue001\ue002\ue003要落实", "䶮䴙䴘㐀㐁" * 10]
)
def test_what_cannot_be_repaired_is_flagged(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text.encode()).warnings == ("garbled",)


@pytest.mark.parametrize(
    "text",
    [
        "Überprüfung der Fähigkeit — naïve façade, ½ crème brûlée",
        "目录……一、总则········1",
        "“……”——‘甲’·乙",
        "±5℃×10÷2°",
        "李鄱、王鏄、张浠三人",
        *TEXTS,
    ],
)
def test_good_text_is_neither_changed_nor_flagged(text: str) -> None:
    assert repair(text) == text
    assert not is_garbled(text)


@pytest.mark.parametrize("tail", ["</p>", ""])
def test_a_file_of_two_encodings_is_read_in_both_and_flagged(tmp_path: Path, tail: str) -> None:
    name, head = ("a.html", "<p>") if tail else ("a.txt", "")
    lines = [f"{head}{text}{tail}\n" for text in TEXTS]
    for first, second in (("gbk", "utf-8"), ("utf-8", "gbk")):
        data = lines[0].encode(first) + lines[1].encode(second) + lines[2].encode(first)
        page = read(tmp_path, data, name)
        assert [block.text for block in page.blocks] == list(TEXTS)
        assert page.encoding == "gb18030+utf-8"
        assert page.warnings == ("mixed_encodings",)


def test_a_damaged_character_makes_no_mixture(tmp_path: Path) -> None:
    data = "\n".join(TEXTS).encode()
    page = read(tmp_path, data[:30] + data[31:])
    assert page.encoding == "utf-8"
    assert "mixed_encodings" not in page.warnings


def test_a_text_layer_of_other_characters_is_known() -> None:
    text = "".join(line for line in SAMPLE_LINES)
    moved = "".join(chr(ord(c) + 731) if "\u4e00" <= c < "\u9a00" else c for c in text)
    assert not is_other_text(text)
    assert is_other_text(moved)
    # Codes of a font that were taken for ASCII; a table of figures; names, which are rare words.
    assert is_other_text("$%&'()*+,-./0123:;<=" * 15)
    assert not is_other_text("2021 128.5 46 60% 3,285.50 " * 15)
    assert not is_other_text("annual report of the county, 2021: schools and pupils. " * 8)
    assert not is_other_text("王建国、李文静、张志明、刘海燕、陈小平、杨国栋、赵丽华、黄志强、" * 8)


SAMPLE_LINES = (
    "各学校要把安全工作放在首位，落实校长负责制，层层签订责任书，定期排查食堂、宿舍、校车、"
    "消防设施中的隐患，做到有记录、有整改、有复查。开学初组织一次全面检查，学期中每月自查，"
    "对发现的问题建立台账，逐项销号。加强门卫管理，外来人员进入校园必须登记。教育学生遵守"
    "交通规则，不在河边、水库边玩耍，不乘坐超载车辆。各乡镇中心学校要把检查结果在月底前报"
    "县教育局，县局将派人抽查，抽查情况纳入年度考核。要通过家长会、致家长一封信等形式，"
    "提醒家长履行监护职责，共同守护孩子平安。",
)

"""The frame of a text: addressee and greeting, annex list, signature, date, contacts, copies."""

from __future__ import annotations

import pytest

from archive.model import Form
from indexer.page import DraftParagraph
from indexer.structure.headings import structure
from indexer.structure.lines import Line

BODY = "各单位要落实责任，按时完成造林任务。"
ITEM = "三、严格考核"


def read(*texts: str) -> tuple[DraftParagraph, ...]:
    """The paragraphs of lines; one with a TAB is a table's row."""
    return structure([Line(text, "tr" if "\t" in text else "p") for text in texts])


def forms(*texts: str) -> list[str]:
    return [paragraph.form.value for paragraph in read(*texts)]


@pytest.mark.parametrize(
    "closing",
    [
        ("东岭县林业局", "2022年3月15日"),
        ("东岭县林业局 东岭县财政局", "二〇二二年三月十五日"),
        ("东岭县林业局", "东岭县财政局", "东岭县水利局", "2022年3月15日"),
        ("东岭县林业局2022年3月15日",),
        ("2022年3月15日", "东岭县林业局"),
        ("钱小松", "20xx年3月15日"),
        ("附件：造林任务分解表", "东岭县林业局", "2022.3.15"),
        ("附件：1.造林任务分解表", "2.苗木调拨单", "东岭县林业局", "2022年3月15日"),
        ("附件：", "造林任务分解表", "苗木调拨单", "东岭县林业局", "2022-03-15"),
        (
            "附件：1.关于造林任务分解和",
            "苗木调拨的说明",
            "2.验收表",
            "东岭县林业局",
            "2022年3月15日",
        ),
        ("附件1：造林任务分解表", "附件2：苗木调拨单"),
        ("东岭县人民政府", "2022年3月15日", "（此件公开发布）"),
        ("东岭县林业局", "2022年3月15日", "（联系人：孙山，电话：0000-123456）"),
        ("联系人：孙山", "联系电话：0000-123456"),
        ("东岭县林业局", "2022年3月15日", "抄送：县委办公室，县人大常委会办公室。"),
        ("抄送：县委办公室。", "东岭县林业局办公室 2022年3月15日印发"),
        ("出席：孙山、李河", "列席：周原", "记录：吴岭"),
        ("汇报人：孙山",),
        ("二〇二二年三月十五日", "（联系人：孙山，0000-123456）", "════════"),
        ("东岭县人民政府",),
        ("2022年3月15日",),
    ],
)
def test_what_stands_below_a_text_closes_its_last_section(closing: tuple[str, ...]) -> None:
    found = read("各乡镇人民政府：", ITEM, BODY, *closing)
    assert [p.form.value for p in found] == ["opening", "heading", "body"] + ["closing"] * len(
        closing
    )
    assert [p.heading_path for p in found] == [(), (ITEM,), (ITEM,), *[()] * len(closing)]


@pytest.mark.parametrize(
    "opening",
    [
        "各乡镇人民政府，县直各部门：",
        "县人民政府：",
        "各科室：",
        "东山、西山、南山林场，各管护站：",
        "各县（市、区）林业局、财政局（农办）：",
        "孙山、李河委员：",
        "同志们：",
        "尊敬的各位领导，各位来宾：",
        "各位代表、同志们!",
    ],
)
def test_who_is_addressed_or_greeted_opens_a_text(opening: str) -> None:
    assert forms("东林发〔2022〕3号", opening, BODY, ITEM, BODY)[1] == "opening"


def test_letterhead_and_title_stand_above_the_addressee() -> None:
    head = (
        "东岭县林业局文件",
        "东林发〔2022〕3号",
        "━━━━━━",
        "东岭县林业局转发县财政局",
        "关于苗木补助",
        "管理办法的通知",
    )
    found = ["opening"] * 2 + ["body"] * 4 + ["opening", "body"]
    assert forms(*head, "各乡镇林业站：", BODY) == found


@pytest.mark.parametrize(
    "lines",
    [
        (BODY, "东林发〔2022〕3号", BODY),
        ("翻开这份文件：", "东林发〔2022〕3号", BODY),
        ("编号举例如下：", "东岭县林业局文件", BODY),
        (ITEM, "根据东林发〔2022〕3号", BODY),
    ],
)
def test_a_number_below_text_is_text(lines: tuple[str, ...]) -> None:
    assert "opening" not in forms(*lines)


def test_a_greeting_in_the_middle_stays_in_its_section() -> None:
    found = read("各位代表：", BODY, ITEM, BODY, "各位代表！", BODY)
    assert [p.form.value[0] for p in found] == ["o", "b", "h", "b", "o", "b"]
    assert found[-1].heading_path == found[-2].heading_path == (ITEM,)


def test_a_list_of_names_and_posts_is_text() -> None:
    names = ("主任：孙山 县政府副县长", "副主任：李河 县林业局局长", "周原 县财政局副局长")
    found = forms("各乡镇：", "现将名单通知如下：", *names, BODY, "东岭县人民政府", "2006年5月23日")
    assert found == ["opening"] + ["body"] * 5 + ["closing"] * 2


@pytest.mark.parametrize(
    "texts",
    [
        # The last words of a text are text.
        (BODY, "让我们携手并肩，为建设绿色东岭而努力奋斗！"),
        (BODY, "特此通知。"),
        # A title's own date and office.
        ("在全县造林动员会上的讲话", "东岭县林业局", "2022年3月15日", BODY),
        # A day that opens a record, a list with posts, what announces.
        (BODY, "2022年3月15日，全县完成造林任务。", BODY),
        (BODY, "组长：孙山 县林业局局长", "成员：李河 县财政局副局长"),
        (BODY, "主要做法：", BODY),
        (BODY, "会议要求各乡镇做到：", BODY),
    ],
)
def test_what_only_looks_like_a_frame_is_text(texts: tuple[str, ...]) -> None:
    assert not {"opening", "closing"}.intersection(forms(*texts))


def test_a_frame_in_the_middle_ends_its_section_too() -> None:
    texts = (ITEM, BODY, "东岭县林业局", "2022年3月15日", "造林工作补充说明", BODY)
    found = read(*texts)
    assert [p.form for p in found[2:4]] == [Form.CLOSING] * 2
    assert ITEM not in found[-1].heading_path


def test_rows_are_rows_and_no_headings() -> None:
    found = read(
        ITEM, "任务如下。", "乡镇\t面积", "一、东山乡\t120", "\t2022年3月15日", "验收办法", BODY * 3
    )
    assert [p.form.value[0] for p in found] == ["h", "b", "r", "r", "r", "h", "b"]
    assert [p.heading_path for p in found[:5]] == [(ITEM,)] * 5
    assert found[4].text == "\t2022年3月15日"


def test_a_table_s_title_is_no_heading() -> None:
    assert forms(BODY, "造林任务分解表", "乡镇\t面积", BODY * 3)[1:3] == ["body", "row"]

"""Presentations: the order of a slide, groups, tables, notes, hidden slides, refusals."""

from __future__ import annotations

import pytest

from archive.errors import SourceError
from indexer.readers.slides import read_slides
from tests.fixtures.slides import group, pptx, shape, table


def test_a_slide_is_read_from_its_title_down() -> None:
    slide = (
        shape("第二点，抓好项目落地。", y=400)
        + shape("右边的说明", x=500, y=210)
        + shape("左边的说明", y=200)
        + shape("3", y=700, role="sldNum")
        + shape("柳溪县教育局", "2021年工作汇报", y=900, role="ctrTitle")
    )
    read = read_slides(pptx(slide), "a.pptx")
    assert [(block.text, block.tag, bool(block.path)) for block in read.blocks] == [
        ("柳溪县教育局2021年工作汇报", "h1", False),
        ("左边的说明", "p", False),
        ("右边的说明", "p", False),
        ("第二点，抓好项目落地。", "p", False),
        ("3", "p", True),
    ]
    assert read.title == "柳溪县教育局2021年工作汇报"


def test_groups_tables_and_notes_are_read() -> None:
    first = table(("学校", "金额"), ("柳溪中学", ""), y=300) + group(
        shape("下面一行", y=220), shape("上面一行", y=150), y=100
    )
    read = read_slides(pptx(first, shape("第二张。"), notes=["这里停一下。"]), "a.pptx")
    assert [(block.text, block.row, block.path) for block in read.blocks] == [
        ("上面一行", False, ()),
        ("下面一行", False, ()),
        ("学校\t金额", True, ()),
        ("柳溪中学\t", True, ()),
        ("这里停一下。", False, ("notes",)),
        ("第二张。", False, ()),
    ]


def test_what_is_drawn_as_a_chart_is_said_to_be_unread() -> None:
    chart = '<p:graphicFrame><c:chart xmlns:c="urn:chart"/></p:graphicFrame>'
    assert read_slides(pptx(shape("增长情况") + chart), "a.pptx").warnings == ("unread",)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"PK\x03\x04 nothing", "damaged"), (b"none", "damaged"), (pptx(shape()), "no text")],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_slides(data, "a.pptx")

"""Spreadsheets: rows with their cells as a sheet shows them, titles, hidden sheets, refusals."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from archive.errors import SourceError
from archive.model import Form
from indexer.pipeline import read_source
from indexer.readers.sheet import read_sheet, shown
from tests.fixtures.sheet import Value, xlsx

PLAN: list[list[Value]] = [
    ["柳溪县2021年校舍维修资金安排表"],
    ["学校", "项目", "金额（万元）", "完成比例", "完工日期"],
    ["柳溪中学", "屋面维修", (128.5, "0.00"), (0.6, "0%"), (44261.0, 'yyyy"年"m"月"d"日"')],
    ["青禾小学", None, (1285.0, "#,##0"), (0.125, "0.0%"), (44262.0, "yyyy/m/d")],
    ["合计", None, 1413.5, None, None],
]


def rows(data: bytes) -> list[str]:
    return [block.text for block in read_sheet(data, "a.xlsx").blocks if block.row]


def test_cells_are_read_as_they_are_shown() -> None:
    assert rows(xlsx({"Sheet1": PLAN})) == [
        "学校\t项目\t金额（万元）\t完成比例\t完工日期",
        "柳溪中学\t屋面维修\t128.50\t60%\t2021年3月6日",
        "青禾小学\t\t1,285\t12.5%\t2021/3/7",
        "合计\t\t1413.5\t\t",
    ]


def test_a_row_of_one_cell_above_the_table_is_its_title(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx({"Sheet1": PLAN}, merged=["A1:E1"]))
    (reading,) = read_source(path, path.name)
    assert reading.document.title == PLAN[0][0]
    assert [p.form for p in reading.paragraphs if "\t" in p.text] == [Form.ROW] * 4
    assert reading.paragraphs[-1].cells == ["合计", "", "1413.5", "", ""]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.1 + 0.2, "", "0.3"),
        (12.0, "", "12"),
        (20210305.0, "0", "20210305"),
        (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        (1234.5, '"¥"#,##0.00', "1,234.50"),
        (3.14159, "0.0#", "3.14"),
        (2.0, "0.##", "2"),
        (0.5, "@", "0.5"),
        (0.0856, "0.00%", "8.56%"),
        (True, "", "TRUE"),
        (date(2021, 3, 5), 'yyyy"年"m"月"', "2021年3月"),
        (datetime(2021, 3, 5, 9, 30), "", "2021-03-05 09:30"),
        ("  A\nB ", "", "A B"),
    ],
)
def test_numbers_and_days_have_the_format_of_their_cell(
    value: object, code: str, text: str
) -> None:
    assert shown(value, code) == text


def test_sheets_have_their_names_and_hidden_ones_are_hidden() -> None:
    data = xlsx({"汇总": [["甲", 1.0], ["乙", 2.0]], "底稿": [["丙", 3.0]]}, hidden=["底稿"])
    read = read_sheet(data, "a.xlsx")
    assert [(b.text, b.hidden) for b in read.blocks] == [
        ("汇总", False), ("甲\t1", False), ("乙\t2", False), ("底稿", True), ("丙\t3", True),
    ]  # fmt: skip
    assert read_sheet(xlsx({"a": [["甲", 1.0]]}, hidden=["a"]), "a.xlsx").warnings == ("hidden",)


def test_a_list_of_one_column_is_lines_of_text() -> None:
    read = read_sheet(
        xlsx({"Sheet1": [["第一项工作已经完成。"], ["第二项工作正在推进。"]]}), "a.xlsx"
    )
    assert [(b.text, b.tag) for b in read.blocks] == [
        ("第一项工作已经完成。", "p"), ("第二项工作正在推进。", "p"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (b"no sheet at all", "damaged"),
        (xlsx({"Sheet1": []}), "nothing in it"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_sheet(data, "a.xlsx")

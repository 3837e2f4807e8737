"""Raised characters: exponents and squares are written, note marks are cut."""

from __future__ import annotations

import pytest

from indexer.text.raised import write_raised


@pytest.mark.parametrize(
    ("before", "raised", "written"),
    [
        ("总投资1.2×10", "5", "^5"),
        ("浓度为10", "-3", "^-3"),
        ("浓度为10", "−3", "^-3"),
        ("绿地12公里", "2", "²"),
        ("方量30 m", "3", "³"),
        ("建成区8.5km", "2", "²"),
        ("拟合优度R", "2", "²"),
        ("the 21", "st", "st"),
        ("Ca", "2+", "2+"),
        ("清溪县", "（试行）", "（试行）"),
    ],
)
def test_what_belongs_to_the_text_stays(before: str, raised: str, written: str) -> None:
    assert write_raised(before, raised) == written


@pytest.mark.parametrize(
    ("before", "raised"),
    [
        ("巩固率99.8%", "1"),
        ("户籍人口110", "4"),
        ("共有2010", "2"),
        ("常住人口", "[1]"),
        ("用水30立方米", "2"),
        ("常住人口", " ② "),
        ("产值", "1,2"),
        ("产值", "1-3"),
        ("增长3.5%", "*"),
        ("增长3.5", "a"),
        ("", "3"),
        ("growth of team", "2"),
    ],
)
def test_note_marks_are_no_text(before: str, raised: str) -> None:
    assert write_raised(before, raised) is None

"""Chinese numerals: what is written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.numerals import parse, write, write_digits


@given(st.integers(0, 10**12 - 1))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    assert parse(write(value)) == value
    assert parse(write_digits(value)) == value
    assert parse(str(value)) == value


@pytest.mark.parametrize("text", ["", "x", "十x", "第一", "一.五", "年", " "])
def test_what_is_no_figure_has_no_value(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("一〇", 10), ("一二", 12), ("廿三", 23), ("１２", 12)]
)
def test_digits_in_a_row_are_places(text: str, value: int) -> None:
    assert parse(text) == value

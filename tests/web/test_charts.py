"""The histogram of years: bars, their heights, and what is summed up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.query.query import Query, parse
from web import create_app
from web.i18n import Language, load
from web.presenters.charts import MAX_BARS, Chart, chart
from web.urls.links import Links


def drawn(home: Path, counts: Mapping[int | None, float], query: Query) -> Chart | None:
    with create_app(home).test_request_context("/"):
        return chart(counts, Links(query, Language("en", load("en"))))


def heights(made: Chart) -> list[float]:
    found = (re.search(r"v([0-9.]+)h-", column.bar) for column in made.columns)
    return [float(height.group(1)) for height in found if height]


def test_the_highest_bar_fills_the_drawing_and_a_year_without_text_has_none(home: Path) -> None:
    made = drawn(home, {2019: 5, 2021: 10}, Query())
    assert made
    assert heights(made) == [32.0, 64.0]
    assert (made.first, made.last, made.peak, made.unknown) == (2019, 2021, "2021: 10", None)


@pytest.mark.parametrize("years", [MAX_BARS + 1, MAX_BARS + 40])
def test_early_years_are_summed_up_in_the_first_bar(home: Path, years: int) -> None:
    counts: dict[int | None, float] = {2021 - n: 1 for n in range(years)}
    made = drawn(home, counts | {None: 4}, Query())
    assert made
    assert made.earlier
    assert len(made.columns) == MAX_BARS
    first = made.columns[0]
    assert first.label == f"{made.first} and before: {years - MAX_BARS + 1}"
    assert f"year=..{made.first}" in first.href
    assert made.unknown
    assert made.unknown.counted == "4"


def test_a_selected_year_is_on_and_no_years_draw_nothing(home: Path) -> None:
    made = drawn(home, {2019: 5, 2021: 10}, parse("年:2021").toggle("year", "2021"))
    assert made
    assert [column.state for column in made.columns] == ["", "on"]
    assert drawn(home, {}, Query()) is None
    alone = drawn(home, {None: 4}, Query())
    assert alone
    assert not alone.columns

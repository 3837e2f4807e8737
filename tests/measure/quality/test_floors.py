"""The floors hold, are kept with their data, and fall only where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.measure.quality import citations, floors, measures, records, years
from tests.measure.quality.floors import Measured
from tests.measure.quality.gold import own

OLD = {"a": Measured("x", {"f1": 0.95, "years_false": 1})}
WORSE = {"a": Measured("x", {"f1": 0.91239, "years_false": 2})}


def test_our_golden_pages_are_read_above_their_floors() -> None:
    gold = own()
    found = {gold.name: Measured(gold.digest, measures.measure(gold).figures())}
    assert floors.broken(found, floors.load()) == []


def test_records_of_the_seen_half_are_read_above_their_floors() -> None:
    sets = (*records.labelled("seen"), *citations.labelled("seen"))
    found = {one.name: one.measured() for one in sets}
    assert floors.broken(found, floors.load()) == []


def test_the_years_of_the_seen_half_are_read_above_their_floors() -> None:
    found = years.labelled("seen")
    assert floors.broken({found.name: found.measured()}, floors.load()) == [], found.wrong


def test_records_of_offices_are_read_above_their_floors(testdata: Callable[[str], Path]) -> None:
    official = records.official(testdata("gold/official"))
    assert floors.broken({official.name: official.measured()}, floors.load()) == []


def test_a_wrong_value_counts_against_precision_and_recall() -> None:
    tally = records.Tally()
    tally.count("a", "清政发〔2021〕3号", ["清政发[2021]3号"])
    tally.count("b", "清政发〔2021〕4号", [None])
    tally.count("c", None, ["清政发〔2021〕5号"])
    tally.count("d", ("县教育局",), [["县财政局"], ["县 教育局"]])
    assert (tally.precision, tally.recall) == (2 / 3, 2 / 3)
    assert [line[0] for line in tally.wrong] == ["b", "c"]


def test_a_figure_below_its_floor_is_named() -> None:
    said = floors.broken(WORSE, OLD)
    assert len(said) == 2
    assert floors.broken({"a": Measured("x", {"f1": 0.96})}, OLD) == [
        "a: years_false is None, its floor 1"
    ]


def test_other_data_and_sets_without_floors_are_named() -> None:
    assert len(floors.broken({"a": Measured("y", OLD["a"].figures)}, OLD)) == 1
    assert len(floors.broken({"b": OLD["a"]}, OLD)) == 1


def test_floors_rise_and_fall_only_where_asked() -> None:
    better = {"a": Measured("x", {"f1": 0.97008, "years_false": 0})}
    assert floors.raised(better, OLD, lower=False)["a"].figures == {"f1": 0.97, "years_false": 0}
    assert floors.raised(WORSE, OLD, lower=False) == OLD
    assert floors.raised(WORSE, OLD, lower=True)["a"].figures == {"f1": 0.9123, "years_false": 2}


def test_floors_are_stored_as_they_are_loaded(tmp_path: Path) -> None:
    floors.store(OLD, tmp_path / "floors.toml")
    assert floors.load(tmp_path / "floors.toml") == OLD

"""The benchmark runs: a few paragraphs through every engine that is installed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from archive.engines.memory import MemoryEngine
from archive.query.query import from_args
from tests.measure.bench import contest, figures, goals, report, works
from tests.measure.bench.paragraphs import read_documents, write_paragraphs
from tests.measure.bench.plots import plot
from tests.measure.bench.processes import stage
from tests.measure.bench.questions import TYPES

PARAGRAPHS = 300
# The first start of a process loads the tokenizer's dictionary.
SECONDS = 120
EXACT = ("xianli", "fts5", *(("tantivy",) if importlib.util.find_spec("tantivy") else ()))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, figures.Size]:
    """A folder with the paragraphs and questions, and what the engines came to."""
    folder = tmp_path_factory.mktemp("bench")
    # Made sentences, wherever the tests run: the real ones take long to read.
    environment = pytest.MonkeyPatch()
    environment.delenv("XIANLI_TESTDATA", raising=False)
    files = {
        "paragraphs": str(folder / "paragraphs.tsv"),
        "questions": str(folder / "questions.json"),
    }
    task = {"stage": "prepare", "size": PARAGRAPHS, "per_type": 2, **files}
    size = {**stage(task, SECONDS), "builds": {}, "answers": {}}
    for engine in EXACT:
        task = {"engine": engine, "folder": str(folder / engine), "seconds": SECONDS, **files}
        size["builds"][engine] = stage({"stage": "build", **task}, SECONDS)
        size["answers"][engine] = figures.merged([stage({"stage": "ask", **task}, SECONDS)])
    task = {"stage": "work", "folder": str(folder / "xianli"), **files}
    size["work"] = stage(task, SECONDS)
    environment.undo()
    return folder, size


def test_the_same_paragraphs_are_written_at_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XIANLI_TESTDATA", raising=False)
    write_paragraphs(tmp_path / "one", 50)
    write_paragraphs(tmp_path / "two", 50)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    paragraphs = [p for document in read_documents(tmp_path / "one") for p in document]
    assert len(paragraphs) == 50
    assert 200 <= sum(len(p.text) for p in paragraphs) / 50 <= 260


def test_every_type_of_question_is_asked(measured: tuple[Path, figures.Size]) -> None:
    _, size = measured
    assert set(size["answers"]["xianli"]["types"]) == set(TYPES)


def test_the_memory_engine_gives_the_totals_that_all_are_held_to(
    measured: tuple[Path, figures.Size],
) -> None:
    folder, size = measured
    reference = MemoryEngine()
    with reference.writer() as writer:
        for document in read_documents(folder / "paragraphs.tsv"):
            writer.add(document)
    lines = json.loads((folder / "questions.json").read_text("utf-8"))
    asked = [from_args(map(tuple, args)) for _, warm, args in lines if not warm]
    totals = [answer["total"] for answer in size["answers"]["xianli"]["answers"]]
    assert totals == [reference.search(query).total for query in asked]
    assert any(totals)


@pytest.mark.parametrize("engine", EXACT)
def test_every_exact_engine_gives_the_same_totals_and_facets(
    measured: tuple[Path, figures.Size], engine: str
) -> None:
    _, size = measured
    assert figures.disagreements(size, engine) == []
    assert len(figures.agreed(size, engine)) == len(size["answers"]["xianli"]["types"])
    assert all(not answer["unmarked"] for answer in size["answers"][engine]["answers"])


def test_the_works_beside_search_are_measured(measured: tuple[Path, figures.Size]) -> None:
    _, size = measured
    for name, least in (("concordances", works.CONCORDANCES), ("drafts", works.DRAFTS)):
        assert len(size["work"][name]["times"]) == least
        assert all(size["work"][name]["totals"])
    assert size["work"]["patterns"]["times"]
    assert all(size["work"]["patterns"]["totals"])


def test_concordances_of_fewer_lines_than_wanted_are_told_and_not_held_to_the_goal(
    measured: tuple[Path, figures.Size],
) -> None:
    _, size = measured
    work = size["work"]["concordances"]
    assert work["lines"] == work["totals"]
    assert max(work["lines"]) < works.LINES / 2
    (few,) = (row for row in goals.rows({"1k": dict(size)}) if "10,000 lines" in row[0])
    assert f"{min(work['lines']):,} to {max(work['lines']):,} lines" in few[1]
    assert few[2] == "no such words"
    enough = work | {"lines": [works.LINES] * works.CONCORDANCES, "times": [2_000.0]}
    measured_size = {**size, "work": {**size["work"], "concordances": enough}}
    (slow,) = (row for row in goals.rows({"1k": measured_size}) if "10,000 lines" in row[0])
    assert slow[2] == "**not met**"


def test_a_disagreement_costs_the_timing_and_is_listed(
    measured: tuple[Path, figures.Size],
) -> None:
    _, size = measured
    other = json.loads(json.dumps(size["answers"]["fts5"]))
    other["answers"][0]["total"] += 1
    changed = {**size, "answers": {**size["answers"], "fts5": other}}
    assert 0 not in figures.agreed(changed, "fts5")
    assert len(report.disagreements(changed)) == 1


def test_the_best_of_all_rounds_counts_and_answers_must_not_change_between_them() -> None:
    one = {"wall": [3.0, None], "cpu": [2.0, None], "answers": [{"total": 1, "facets": "a"}, None]}
    one |= {"memory": 5, "opened": 0.2}
    two = {**one, "wall": [2.0, 4.0], "memory": 7, "answers": [{"total": 2, "facets": "a"}, None]}
    both = figures.merged([one, two])
    assert (both["best"], both["first"], both["memory"]) == ([2.0, 4.0], [3.0, None], 7)
    assert both["answers"][0]["facets"] != "a"


def test_the_report_names_every_engine_and_draws_its_plots(
    measured: tuple[Path, figures.Size], tmp_path: Path
) -> None:
    _, size = measured
    text = report.write(tmp_path, {"machine": "a test"}, {"1k": dict(size)})
    assert (tmp_path / "benchmarks.md").read_text("utf-8") == text
    for engine in EXACT:
        assert f"| 1k | {engine} |" in text
    assert (tmp_path / "benchmarks" / "p95.svg").read_text("utf-8").startswith("<svg")


def test_a_plot_holds_every_point_and_escapes_names() -> None:
    drawn = plot("time", "ms", {"a<b": [(10_000, 2.0), (100_000, 30.0)]})
    assert drawn.count("<circle") == 3
    assert "a&lt;b" in drawn


def test_pairs_stand_one_after_another_only_where_the_characters_do() -> None:
    assert contest.needle("甲 乙1") == [f"甲{chr(0xE020)}", f"{chr(0xE020)}乙", "乙1"]

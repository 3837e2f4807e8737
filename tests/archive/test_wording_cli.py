"""`xianli wording` as its users type it: keys, refusals, complete CSV, what a terminal shows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from archive import open_archive
from archive.query.query import parse
from archive.wording.years import characters_by_year, filters_of
from tests.fixtures.commands import xianli

PAGES = {
    "a.txt": "2020年云溪县教育工作总结\n\n一、主要做法\n全力推进义务教育均衡发展，新建学校12所。\n",
    "b.txt": "2021年云溪县教育工作要点\n\n一、重点工作\n加快推进学前教育普惠发展，新建学校xx所。\n",
    "c.txt": "2021年河口镇工作总结\n\n一、安全\n推进安全生产，促进经济发展。\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "corpus").mkdir()
    for name, text in PAGES.items():
        (root / "corpus" / name).write_text(text, "utf-8")
    assert xianli("reindex", "--json", home=root).returncode == 0
    return root


def test_wording_prints_what_the_contract_says(home: Path) -> None:
    answer = json.loads(xianli("wording", "推进…发展", "--json", home=home).stdout)
    assert set(answer) == {
        "query", "total", "paragraphs", "documents", "sources", "took_ms", "lines", "groups",
        "group_count", "collocates", "years", "life",
    }  # fmt: skip
    assert answer["total"] == len(answer["lines"]) == 3
    assert set(answer["lines"][0]) >= {"left", "match", "right", "paragraph_id", "year"}
    assert set(answer["groups"][0]) >= {"text", "count", "sources", "share", "query"}
    assert set(answer["years"][0]) >= {"year", "count", "per_million"}
    line = answer["lines"][0]
    assert (line["left"], line["match"]) == ("全力", "推进义务教育均衡发展")
    assert [(y["year"], y["count"]) for y in answer["years"] if y["count"]] == [
        (2020, 1),
        (2021, 2),
    ]


def test_filters_and_options_reach_the_wording(home: Path) -> None:
    answer = json.loads(
        xianli(
            *("wording", "新建学校…所", "--slots", "--year", "2020..", "--kind", "工作总结"),
            *("--sort", "right1", "--window", "2", "--side", "left", "--limit", "1", "--json"),
            home=home,
        ).stdout
    )
    assert [(g["text"], g["count"]) for g in answer["groups"]] == [("新建学校#所", 1)]
    both = json.loads(xianli("wording", "新建学校…所", "--slots", "--json", home=home).stdout)
    assert [(g["text"], g["count"]) for g in both["groups"]] == [("新建学校#所", 2)]


def test_several_patterns_are_compared(home: Path) -> None:
    answer = json.loads(xianli("wording", "均衡", "安全", "普惠", "--json", home=home).stdout)
    assert [w["query"] for w in answer["wordings"]] == ["均衡", "安全", "普惠"]
    years = [[y["year"] for y in w["years"]] for w in answer["wordings"]]
    assert years[0] == years[1] == years[2]
    shown = xianli("wording", "均衡", "安全", home=home).stdout
    assert "均衡" in shown
    assert "安全" in shown


def test_the_csv_is_complete(home: Path) -> None:
    done = xianli("wording", "发展", "--csv", "--limit", "1", home=home)
    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    answer = json.loads(xianli("wording", "发展", "--json", home=home).stdout)
    assert len(rows) == answer["total"] == 3
    assert [row["paragraph_id"] for row in rows] == [
        line["paragraph_id"] for line in answer["lines"]
    ]


def test_a_terminal_shows_lines_wordings_collocates_and_years(home: Path) -> None:
    shown = xianli("wording", "推进…发展", home=home).stdout
    for said in ("3 处", "写法", "搭配", "2020", "推进义务教育均衡发展"):
        assert said in shown
    assert xianli("wording", "驾驶火箭", home=home).stdout.startswith("0 处")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["wording"], 2, "PATTERN"),
        (["wording", ""], 1, "give the wording"),
        (["wording", "#"], 1, "no character of its own"),
        (["wording", "均衡", "--window", "11"], 1, "between 1 and 10"),
        (["wording", "均衡", "--sort", "left4"], 2, "left4"),
        (["wording", *"甲乙丙丁戊己"], 1, "2 to 5"),
        (["wording", "均衡", "安全", "--csv"], 2, "--csv"),
        (["wording", "均衡", "--limit", "1000"], 1, "100"),
    ],
)
def test_refusals_say_why(home: Path, arguments: list[str], code: int, said: str) -> None:
    done = xianli(*arguments, home=home)
    assert done.returncode == code
    assert said in done.stderr


def test_a_reindex_keeps_the_record_of_characters_true(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "corpus" / name).write_text(text, "utf-8")
    assert xianli("reindex", "--json", home=tmp_path).returncode == 0
    check_record(tmp_path)
    (tmp_path / "corpus" / "a.txt").unlink()
    (tmp_path / "corpus" / "b.txt").write_text(PAGES["b.txt"] * 2, "utf-8")
    (tmp_path / "corpus" / "d.txt").write_text("2019年总结\n\n一、安全\n狠抓安全。\n", "utf-8")
    assert xianli("reindex", "--json", home=tmp_path).returncode == 0
    check_record(tmp_path)


def check_record(home: Path) -> None:
    with open_archive(home) as archive:
        read: dict[int | None, int] = {}
        for paragraph in archive.scan(filters_of(parse("安全"))):
            read[paragraph.year] = read.get(paragraph.year, 0) + len(paragraph.text)
        assert dict(characters_by_year(archive, parse("安全"))) == read


def test_batch_answers_each_line_and_says_which_it_cannot(home: Path) -> None:
    lines = "均衡发展\n\n新建学校…所\n“没有闭合\n从未写过的话\n"
    done = xianli("batch", "--json", "--year", "2020..", home=home, typed=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == lines.split()
    assert answers[0]["total"] == answers[0]["sources"] == 1
    assert (answers[1]["total"], answers[1]["first_year"], answers[1]["last_year"]) == (
        2,
        2020,
        2021,
    )
    assert "never closed" in answers[2]["error"]
    assert answers[3]["total"] == 0
    assert done.returncode == 1


def test_batch_prints_a_table_for_spreadsheets(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "wordings.txt"
    file.write_text("\ufeff均衡发展\n推进…发展\n", "utf-8")
    done = xianli("batch", str(file), home=home)
    assert done.returncode == 0
    table = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))
    assert [(row["query"], row["total"]) for row in table] == [
        ("均衡发展", "1"),
        ("推进…发展", "3"),
    ]

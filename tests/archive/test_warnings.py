"""Warnings of uncertain readings: counted, listed, filtered by, printed with what they mean."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import cli
from archive.errors import warning_message
from archive.model import Block, ReadingWarning
from archive.store.library import open_archive
from indexer.page import Reading
from indexer.run.explain import Explanation
from indexer.run.report import Report
from tests.fixtures.home import pictures, publish, table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warned")
    publish(root, extra=[table(), pictures()])
    return root


def xianli(home: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, [*words, "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("code", ReadingWarning)
def test_every_warning_has_a_sentence_in_both_languages(code: str) -> None:
    assert warning_message(code, "zh") != warning_message(code, "en")


def test_documents_are_counted_by_warning(home: Path) -> None:
    with open_archive(home) as archive:
        state = archive.stats()
    assert state.warnings == (("garbled", 1), ("little", 1), ("pictures", 1))
    assert state.to_dict()["warnings"][0] == {"warning": "garbled", "count": 1}
    assert "xianli stats --warning garbled" in state.to_text()


@pytest.mark.parametrize("asked", ["pictures", "只有图片"])
def test_the_command_lists_documents_that_no_search_finds(home: Path, asked: str) -> None:
    assert xianli(home, "stats", "--warning", asked) == "扫描.pdf: 扫描件\n"
    listed = json.loads(xianli(home, "stats", "--json", "--warning", asked))["documents"]
    assert listed == [
        {
            "document_id": "扫描.pdf",
            "path": "扫描.pdf",
            "title": "扫描件",
            "warnings": ["pictures"],
        }
    ]


@pytest.mark.parametrize("query", ["警告:有乱码", "读取提示:little", "warning:garbled"])
def test_a_query_filters_by_warning(home: Path, query: str) -> None:
    with open_archive(home) as archive:
        results = archive.search(query)
        assert results.total == len(table()[1])
        counts = {bucket.value: bucket.count for bucket in results.facet("warnings").buckets}
        assert counts == {"little": results.total, "garbled": results.total}
        assert archive.search(f"校园 -{query}").total


def test_an_explanation_says_what_each_warning_means_and_shows_cells() -> None:
    document, paragraphs = table()
    told = Explanation(Path("计划.html"), Reading(document, tuple(paragraphs)))
    answer = told.to_dict()
    assert [warning["code"] for warning in answer["warnings"]] == ["little", "garbled"]
    assert warning_message("garbled", "en") in answer["warnings"][1]["message"]
    rows = [p for p in answer["paragraphs"] if p["form"] == "row"]
    assert rows[1]["cells"] == ["柳溪中学", "", "128.5"]
    assert all(("cells" in p) == (p["form"] == "row") for p in answer["paragraphs"])
    assert [b["cells"] for b in answer["blocks"] if "cells" in b][-1] == ["栏目", "点击"]
    assert "! garbled" in told.to_text()


def test_a_number_that_was_written_out_is_printed_apart() -> None:
    document, _ = pictures()
    listed = replace(document, blocks=(Block("1.压实责任", keep=True, added="1."),))
    (block,) = Explanation(Path("a"), Reading(listed, ())).to_dict()["blocks"]
    assert block == {"text": "1.压实责任", "keep": True, "rule": None, "added": "1."}


def test_blocks_keep_their_rows_in_the_catalog(home: Path) -> None:
    with open_archive(home) as archive:
        assert archive.document("计划.html").blocks == table()[0].blocks


def test_a_run_names_the_command_that_lists_the_documents() -> None:
    report = Report(warnings={"garbled": 3})
    assert report.to_dict()["warnings"] == {"garbled": 3}
    assert "有乱码 / garbled: 3  → xianli stats --warning garbled" in report.to_text()

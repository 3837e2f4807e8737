"""Load and hostile questions: a bounded sample of what `make torture` does, and what it found."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.query.query import parse
from archive.store.catalog import SourceRecord
from archive.store.library import open_archive
from archive.suggest import corrections
from indexer.sources import scan
from tests.measure.torture import bombs
from tests.measure.torture.fuzz import FIELDS, NASTY, SIGNS, WORDS, fuzz
from tests.measure.torture.load import under_load
from web import create_app
from web.http import downloads


def test_many_readers_are_answered_while_the_archive_is_rebuilt(tmp_path: Path) -> None:
    load = under_load(tmp_path, 300, random.Random(3))
    assert not load.wrong
    assert load.requests >= 300
    assert load.reindexed
    assert load.rude > 20


def test_whatever_is_asked_is_answered(home: Path) -> None:
    found = fuzz(home, 250, random.Random(5))
    assert not found.wrong
    assert len(found.statuses) > 4


@given(st.lists(st.sampled_from((*SIGNS, *FIELDS, *WORDS, *NASTY)), max_size=12).map("".join))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError:
        return
    assert parse(query.text) == query


def test_downloads_leave_threads_for_the_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by torture: eight programs that had stopped reading held every thread."""
    monkeypatch.setattr(downloads, "TIME_BUDGET", 0.0)
    client = create_app(home).test_client()
    open_ones = [client.get("/api/export") for _ in range(downloads.MAX_AT_ONCE)]
    for address in ("/api/export", "/wording.csv?q=教育"):
        refused = client.get(address)
        assert refused.status_code == 503
        assert "下载" in refused.get_json()["detail"] if "api" in address else refused.text
    open_ones.pop().close()
    # The server closes every answer, that to a HEAD request too, whose lines nobody asks for.
    head = client.head("/api/export")
    head.close()
    assert head.status_code == 200
    complete = client.get("/wording.csv?q=教育")
    assert complete.status_code == 200
    assert complete.text.count("\n") > 2
    assert client.get("/api/export?q=…").status_code == 400
    for one in open_ones:
        one.close()
    again = [client.get("/api/export") for _ in range(downloads.MAX_AT_ONCE)]
    assert [one.status_code for one in again] == [200] * downloads.MAX_AT_ONCE
    for one in again:
        one.close()


def test_json_nested_without_end_is_refused(home: Path) -> None:
    """Found by the fuzzer: it ended in a fault of the program."""
    answer = create_app(home).test_client().post(
        "/api/precedents", data=b"[" * 20_000, content_type="application/json"
    )  # fmt: skip
    assert answer.status_code == 400


def test_what_is_not_kept_is_not_found(home: Path) -> None:
    """Found by the fuzzer: an unknown number was answered as a failure of the server."""
    assert create_app(home).test_client().get("/history/999").status_code == 404


def test_a_correction_inside_a_field_breaks_no_query(home: Path) -> None:
    with open_archive(home) as archive:
        found = corrections(archive, parse("标题:均衡发站 均衡发站 年:2018..2021 2017"))
    assert found
    for correction in found:
        parse(correction.query)


def test_a_pipe_in_the_corpus_holds_nothing_up(tmp_path: Path) -> None:
    """Found by torture: a reindex waited for ever for somebody to write into it."""
    (tmp_path / "corpus").mkdir()
    os.mkfifo(tmp_path / "corpus" / "管.txt")
    found = list(scan(tmp_path / "corpus", (".txt",)))
    assert [(type(one), one.path) for one in found] == [(SourceRecord, "管.txt")]


def test_files_that_mean_harm_are_refused_and_the_others_land(tmp_path: Path) -> None:
    figures = bombs.strike(tmp_path / "home", 5_000_000)
    assert figures["failed"]

"""The mark of secrecy: what the labelled heads of the half `seen` give; `unseen` gives totals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.record.secrecy import secrecy

SET = Path(__file__).with_name("sets") / "secrecy.jsonl"
ROWS = [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


def of(half: str) -> list[dict[str, Any]]:
    return [row for row in ROWS if row["half"] == half]


@pytest.mark.parametrize("row", of("seen"), ids=lambda row: row["lines"][0][:12])
def test_a_head_that_was_seen_has_its_mark_or_none(row: dict[str, Any]) -> None:
    assert secrecy(row["lines"]) == row["mark"]


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_a_half_has_as_many_marks_as_texts_about_secrecy(half: str) -> None:
    marked = sum(row["mark"] is not None for row in of(half))
    assert (marked, len(of(half))) == (15, 30)
    assert not {json.dumps(row["lines"]) for row in of("seen")} & {
        json.dumps(row["lines"]) for row in of("unseen")
    }

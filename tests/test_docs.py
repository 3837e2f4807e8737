"""The pages of docs/ that name a test for each promise name tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"


@pytest.mark.parametrize(("page", "least"), [("security.md", 30), ("reliability.md", 15)])
def test_every_test_that_a_page_names_is_there(page: str, least: int) -> None:
    text = (DOCS / page).read_text("utf-8")
    named = re.findall(r"`((?:\w+/)*test_\w+\.py)::(test_\w+)`", text)
    assert len(named) > least
    for file, name in named:
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in found, f"{file}::{name}"


def test_every_threat_has_a_guard_and_a_test() -> None:
    rows = [
        line
        for line in (DOCS / "security.md").read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    for row in rows:
        threat, guard, shown = (cell.strip() for cell in row.strip("|").split("|"))
        if threat != "threat":
            assert guard
            assert "test_" in shown, threat

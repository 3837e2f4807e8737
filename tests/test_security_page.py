"""docs/security.md names a test for each threat: each of them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "security.md"


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:\w+/)*test_\w+\.py)::(test_\w+)`", PAGE.read_text("utf-8"))
    assert len(named) > 30
    for file, name in named:
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in found, f"{file}::{name}"


def test_every_threat_has_a_guard_and_a_test() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    for row in rows:
        threat, guard, shown = (cell.strip() for cell in row.strip("|").split("|"))
        if threat != "threat":
            assert guard
            assert "test_" in shown, threat

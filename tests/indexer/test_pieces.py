"""What patterns need: no rule that would match a line is passed over for what the line lacks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from indexer.extract.rules import Choice, load_rules
from indexer.features import key_of
from indexer.readers.encoding import decode
from indexer.text.pieces import needs
from tests.measure.quality.gold import GOLDEN, own

SETS = Path(__file__).parent.parent / "measure" / "quality" / "sets"


def lines() -> set[str]:
    """Lines of documents and of boilerplate, folded."""
    rows = (SETS / "genuine_lines.jsonl").read_text(encoding="utf-8").splitlines()
    seen = [row for row in map(json.loads, rows) if row["half"] == "seen"]
    told = [row[name] for row in seen for name in ("before", "line", "after")]
    dropped = [text for page in own().pages for text in page.fragments]
    html = (decode(path.read_bytes())[0] for path in GOLDEN.glob("*.html"))
    source = re.findall("[^<>\n]+", "".join(html))
    return set(map(key_of, (*told, *dropped, *source)))


@pytest.mark.parametrize("where", ["lines", "ends"])
def test_the_same_rules_are_found_as_where_all_are_tried(where: str) -> None:
    choice: Choice = getattr(load_rules(), where)
    assert sum(any(choice.on(line)) for line in lines()) > 20
    for line in lines():
        assert list(choice.on(line)) == [rule for rule in choice.rules if rule.matches(line)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(?i)vip下载", "VIP下载"),
        ("(?i:vip)|客服", "VIP"),
        ("(?:本站)?提供", "提供"),
        ("本站*", "本"),
        ("版权|", "其他"),
        ("a(?=b)|[^c]d", "xd"),
        ("(?:版权|转载){2}", "转载版权"),
        ("(?<=《)通知", "《通知"),
        ("[一-十]、", "三、"),
        (r"(本)\1", "本本"),
    ],
)
def test_a_text_that_a_pattern_matches_has_what_it_needs(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    needed = needs(pattern)
    assert needed is None or any(piece in text for piece in needed)


def test_no_rules_and_rules_without_needs_are_tried_as_all_are() -> None:
    assert list(Choice([]).on("")) == []
    (numbered,) = (rule for rule in load_rules().lines.rules if rule.needs is None)
    assert list(Choice([numbered]).on("- 12 -".replace(" ", ""))) == [numbered]

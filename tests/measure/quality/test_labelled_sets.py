"""The labelled sets of tests/measure/quality/sets: complete, balanced, in their vocabularies."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

SETS = Path(__file__).parent / "sets"

Row = dict[str, Any]

# Set, rows, and the key of its strata.
SIZES = [
    ("kinds", 90, "kind"),
    ("topics", 120, "office"),
    ("parts", 22, "kind"),
    ("skeletons", 100, "class"),
    ("headings", 120, "class"),
    ("formulations", 60, "class"),
    ("successions", 30, None),
    ("offices", 60, "class"),
    ("relations", 60, "class"),
]
NAMES = [name for name, _, _ in SIZES]


@lru_cache
def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()]


@lru_cache
def vocabulary(name: str) -> Any:
    return tomllib.loads((SETS / f"{name}.toml").read_text("utf-8"))


def texts(value: object, key: str = "") -> Iterator[str]:
    """Yield all texts of a row that a rule could have learnt, labels aside."""
    match value:
        case dict():
            for inner, item in value.items():
                yield from texts(item, inner)
        case list():
            for item in value:
                yield from texts(item, key)
        case str() if key in (
            "text",
            "sentence",
            "rewriting",
            "earlier",
            "headings",
            "issuer",
            "paragraphs",
        ):
            yield value
        case _:
            pass


@pytest.mark.parametrize(("name", "size", "stratum"), SIZES)
def test_a_set_has_its_size_unique_ids_and_balanced_halves(
    name: str, size: int, stratum: str | None
) -> None:
    found = rows(name)
    assert len(found) == size
    assert len({row["id"] for row in found}) == size
    assert {row["half"] for row in found} == {"seen", "unseen"}
    surplus: Counter[str] = Counter()
    for row in found:
        surplus[row[stratum] if stratum else ""] += 1 if row["half"] == "seen" else -1
    assert [key for key, more in surplus.items() if abs(more) > 1] == []
    assert abs(surplus.total()) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_halves_share_no_text(name: str) -> None:
    # What every document says (同志们：) tells nothing.
    halves = [
        {text for row in rows(name) if row["half"] == half for text in texts(row) if len(text) > 8}
        for half in ("seen", "unseen")
    ]
    assert halves[0] & halves[1] == set()


def test_every_kind_is_known_and_stands_in_both_halves() -> None:
    words = vocabulary("vocabularies")
    known = {*words["statutory_kinds"], *words["everyday_kinds"]}
    assert len(words["statutory_kinds"]) == 15
    for half in ("seen", "unseen"):
        assert {row["kind"] for row in rows("kinds") if row["half"] == half} == known
    assert {kind for row in rows("kinds") for kind in row.get("also", ())} <= known
    assert len({row["title"] for row in rows("kinds")}) == len(rows("kinds"))


def test_every_topic_is_known_and_its_name_unique() -> None:
    names = [topic for field in vocabulary("topics_labels")["field"] for topic in field["topics"]]
    assert len(names) == len(set(names))
    offices = Counter(row["office"] for row in rows("topics"))
    assert len(offices) == 30
    assert set(offices.values()) == {4}
    for row in rows("topics"):
        assert len(row["topics"]) <= 2
        assert set(row["topics"]) <= set(names)
        assert 40 <= len(row["text"]) <= 150, row["id"]
    assert sum(not row["topics"] for row in rows("topics")) == 7


def test_every_part_is_known_and_stands_in_both_halves() -> None:
    words = vocabulary("vocabularies")
    assert {row["kind"] for row in rows("parts")} == set(words["article_kinds"])
    assert sum(len(row["paragraphs"]) for row in rows("parts")) == 143
    for half in ("seen", "unseen"):
        paragraphs = [p for row in rows("parts") if row["half"] == half for p in row["paragraphs"]]
        assert {p["part"] for p in paragraphs} == {*words["parts"], None}
        assert {p["form"] for p in paragraphs} <= set(words["forms"])
        assert all((p["part"] is None) == (p["form"] in ("opening", "closing")) for p in paragraphs)


def test_a_rewriting_is_another_sentence() -> None:
    known = vocabulary("vocabularies")["skeleton_classes"]
    assert Counter(row["class"] for row in rows("skeletons")) == dict.fromkeys(known, 10)
    both = [row[key] for row in rows("skeletons") for key in ("sentence", "rewriting")]
    assert len(both) == len(set(both))


def test_half_of_the_sibling_groups_are_parallel() -> None:
    words = vocabulary("vocabularies")
    assert sum(row["parallel"] for row in rows("headings")) == 60
    for row in rows("headings"):
        known = words["parallel_classes" if row["parallel"] else "other_classes"]
        assert row["class"] in known, row["id"]
        assert 3 <= len(row["headings"]) <= 6, row["id"]


def test_a_point_stands_in_its_draft_once_and_overlaps_no_other() -> None:
    words = vocabulary("vocabularies")
    for row in rows("formulations"):
        assert (row["class"] == "none") == (not row["points"]), row["id"]
        assert {point["type"] for point in row["points"]} <= set(words["point_types"])
        spans = []
        for point in row["points"]:
            assert row["text"].count(point["text"]) == 1, point["text"]
            start = row["text"].index(point["text"])
            spans.append((start, start + len(point["text"])))
        spans.sort()
        pairs = pairwise(spans)
        assert all(before[1] <= after[0] for before, after in pairs), row["id"]
    assert sum(row["class"] == "none" for row in rows("formulations")) == 15


def test_a_succession_leads_to_other_wording() -> None:
    for row in rows("successions"):
        assert row["later"]
        assert all(row["later"])
        assert row["earlier"] not in row["later"]
        assert 1990 <= row["from_year"] <= 2026


def test_accounts_edges_are_forty_in_halves_that_share_no_line() -> None:
    found = rows("account_edges")
    lines = {
        half: {
            line for row in found if row["half"] == half for line in (*row["head"], *row["tail"])
        }
        for half in ("seen", "unseen")
    }
    assert Counter(row["half"] for row in found) == {"seen": 20, "unseen": 20}
    assert len({row["id"] for row in found}) == 40
    assert not lines["seen"] & lines["unseen"]
    assert all(row["head"] and row["last"] and row["tail"] for row in found)

"""Precedents for drafts with known targets and for questions to laws, held above floors.

The drafts were written before the ranker was tuned; every second one is held out of tuning.
To change a floor, run python -m tests.measure.precedents_report, write what it shows with the
digest that the failure names, and say why in the commit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.engines.memory import MemoryEngine
from archive.model import Paragraph
from archive.precedents.answer import precedents
from tests.fixtures.digests import text_digest
from tests.measure.precedents_eval import (
    DRAFTS,
    GRADES,
    HARD_BELOW,
    HERE,
    Bare,
    Baseline,
    Drafted,
    Laws,
    build_home,
    halves,
    open_contents,
    our_ranker,
    pairs,
    ranks,
    recall,
    word_features,
)

SLOTS = HERE / "data" / "drafts_slots.toml"
FLOORS = tomllib.loads((HERE / "data" / "floors_precedents.toml").read_text(encoding="utf-8"))
TestData = Callable[[str], Path]
Ranks = dict[str, list[int]]

# Every so manieth question to the laws: enough to see a fall, in a third of the time.
EVERY = 3


@pytest.fixture(scope="module")
def measured(
    testdata: TestData, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Drafted], Ranks]:
    """The drafts, and the ranks of their targets by each ranker, in one run."""
    files = [testdata("real/10k.jsonl.gz"), testdata("real/gov_reports.jsonl.gz")]
    archive, contents = open_contents(build_home(tmp_path_factory.mktemp("drafts") / "home", files))
    drafts = contents.drafts()
    texts = [p.text for p in contents.paragraphs]
    keys = [contents.keys[p.paragraph_id] for p in contents.paragraphs]
    found = {
        "ours": ranks(drafts, our_ranker(archive, contents)),
        "pairs": ranks(drafts, Baseline(texts, keys, pairs)),
        "words": ranks(drafts, Baseline(texts, keys, word_features)),
    }
    archive.close()
    return drafts, found


def test_the_floors_were_measured_on_these_drafts() -> None:
    for name, path in (("drafts", DRAFTS), ("near", SLOTS)):
        own = text_digest(path.read_text(encoding="utf-8"))
        assert FLOORS[name]["data"] == own, f"{name}: measured on other data: {own}"


def test_the_drafts_are_as_many_and_as_hard_as_they_say(
    measured: tuple[list[Drafted], Ranks],
) -> None:
    drafts, _ = measured
    hard = [draft for draft in drafts if draft.grade == "hard"]
    assert len(drafts) >= 120
    assert len(hard) >= 60
    assert all(draft.shared < HARD_BELOW for draft in hard)


@pytest.mark.parametrize("grade", GRADES)
def test_targets_of_drafts_are_found(measured: tuple[list[Drafted], Ranks], grade: str) -> None:
    drafts, found = measured
    own = [at for at, draft in enumerate(drafts) if draft.grade == grade]
    held = [at for at in halves(drafts)[1] if drafts[at].grade == grade]
    floor = FLOORS[grade]
    ours = [found["ours"][at] for at in own]
    assert recall(ours, 1) >= floor["recall_at_1"]
    assert recall(ours, 5) >= floor["recall_at_5"]
    assert recall([found["ours"][at] for at in held], 1) >= floor["held_out_at_1"]
    for within in (1, 5):
        best = max(recall([found[b][at] for at in own], within) for b in ("pairs", "words"))
        assert recall(ours, within) >= best


def test_lay_questions_find_their_laws(testdata: TestData, tmp_path: Path) -> None:
    laws = Laws(testdata("real/stard"), tmp_path / "laws")
    ours = laws.ndcg(laws.ours, EVERY)
    words = laws.ndcg(Baseline(laws.texts, laws.names, word_features), EVERY)
    laws.engine.close()
    assert sum(ours) / len(ours) >= FLOORS["laws"]["ndcg_at_10"]
    assert sum(ours) / len(ours) >= sum(words) / len(words)


def test_what_says_it_comes_before_what_shares_words_with_it() -> None:
    cases = tomllib.loads(SLOTS.read_text(encoding="utf-8"))["near"]
    texts = [case[side] for case in cases for side in ("like", "unlike")]
    engine = MemoryEngine()
    with engine.writer() as writer:
        for at, text in enumerate(texts):
            writer.add([Paragraph(f"{at:03}", 0, text)])
    baseline = Baseline(texts, texts, pairs)

    def right(ranked: list[str], case: dict[str, str]) -> bool:
        return ranked.index(case["like"]) < ranked.index(case["unlike"])

    ours = sum(
        right(
            [p.paragraph.text for p in precedents(Bare(engine), case["draft"]).overall]
            + [case["unlike"], case["like"]],
            case,
        )
        for case in cases
    )
    theirs = sum(right(baseline(case["draft"]), case) for case in cases)
    assert ours / len(cases) >= FLOORS["near"]["right"]
    assert ours >= theirs

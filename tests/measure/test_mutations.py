"""Mutated pages: each is read or clearly refused, within limits; none hangs or kills the run.

A part runs always: 80 mutations and every third heavy page. `XIANLI_MUTATIONS=2000` (or
`make mutations`) runs so many, and all heavy ones.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.errors import SourceError
from indexer.pipeline import read_source
from indexer.run.explain import Explanation
from indexer.run.workers import Failure, run
from tests.measure.quality.mutations import HEAVY, LIGHT, Mutation, mutations

ROOT = Path(__file__).parent.parent.parent
PAGES = [
    path
    for folder in ("corpus", "tests/golden")
    for path in sorted((ROOT / folder).iterdir())
    if path.suffix != ".json"
]
COUNT = "XIANLI_MUTATIONS"
USUAL = 80
# Longer than a page takes on a machine that does other things too; a large real page takes one.
SECONDS = 120.0
# Resident memory of a worker, the bound that `reindex --memory` counts on with two jobs.
MEGABYTES = 1500


@dataclass(frozen=True)
class Outcome:
    """What a mutated page came to: `paragraphs` None where it was refused."""

    paragraphs: int | None
    megabytes: float


def read(mutation: Mutation) -> Outcome:
    """Read one mutated page as reindexing does. Errors other than SourceError are faults."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / mutation.name
        path.write_bytes(mutation.data())
        try:
            readings = list(read_source(path, path.name))
        except SourceError:
            return Outcome(None, _peak())
        for reading in readings:
            # What is stored must be text that can be written again.
            json.dumps(Explanation(path, reading).to_dict(), ensure_ascii=False).encode()
            assert all(p.text.strip() and "\n" not in p.text for p in reading.paragraphs)
        return Outcome(sum(len(r.paragraphs) for r in readings), _peak())


def _peak() -> float:
    """The largest resident memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check(tasks: list[Mutation]) -> list[Outcome]:
    """Read `tasks` in two workers; the outcomes. Fails on any fault, hang or excess."""
    outcomes: list[Outcome] = []
    faults: list[str] = []
    for task, outcome in run(read, tasks, 2, seconds=SECONDS):
        if isinstance(outcome, Failure):
            faults.append(f"{task.name}: {outcome.error.english}")
            continue
        outcomes.append(outcome)
        if outcome.megabytes > MEGABYTES:
            faults.append(f"{task.name}: {outcome.megabytes:.0f} MB")
    assert not faults, "\n".join(faults)
    assert len(outcomes) == len(tasks)
    return outcomes


def test_mutations_are_the_same_on_every_run_and_of_every_kind() -> None:
    tasks = list(mutations(PAGES, USUAL))
    assert tasks == list(mutations(PAGES, USUAL))
    assert {task.kind for task in tasks} == set(LIGHT)
    assert {Path(task.page) for task in tasks} == set(PAGES)
    assert tasks[7].data() == tasks[7].data()


def test_mutated_pages_are_read_or_refused() -> None:
    count = int(os.environ.get(COUNT, USUAL))
    outcomes = check(list(mutations(PAGES, count)))
    # A mutation that leaves nothing of any page would test nothing.
    read_some = sum(bool(outcome.paragraphs) for outcome in outcomes)
    assert read_some > len(outcomes) / 2


def test_heavy_pages_are_read_or_refused() -> None:
    names = list(HEAVY) if COUNT in os.environ else list(HEAVY)[::3]
    check([Mutation(name, "") for name in names])


@pytest.mark.parametrize("name", ["one-tag-50mb.html", "zeros.txt", "noise.pdf", "noise.docx"])
def test_what_cannot_be_a_page_is_refused(name: str) -> None:
    assert read(Mutation(name, "")).paragraphs is None

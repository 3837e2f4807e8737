"""The cap on a run's memory: it holds, and one that cannot hold is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from archive.errors import HomeError
from indexer.run import workers
from indexer.run.memory import MIB, MIN_MEMORY, shares
from tests.measure.bench.paragraphs import as_jsonl, write_paragraphs
from tests.measure.bench.processes import run

# Enough that a run without a cap holds more than CAP.
PARAGRAPHS = 20_000
CAP = 220
SECONDS = 300


def test_what_is_left_of_a_cap_goes_to_the_batch() -> None:
    for megabytes in (MIN_MEMORY, 300, 500, 1_000, 4_000):
        for jobs in (1, 2, 16):
            found = shares(megabytes, jobs)
            assert 1 <= found.jobs <= jobs
            assert found.batch >= 1_000_000
    assert shares(500, 2).batch < shares(1_000, 2).batch


def test_a_cap_below_what_the_program_needs_is_refused() -> None:
    with pytest.raises(HomeError, match=f"at least {MIN_MEMORY}"):
        shares(MIN_MEMORY - 1, 1)


def _grow(size: int) -> int:
    return len(bytearray(size))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's data")
def test_a_task_that_needs_more_than_its_share_fails_alone() -> None:
    tasks = [10 * MIB, 900 * MIB, 20 * MIB]
    outcomes = dict(workers.run(_grow, tasks, 2, memory=400 * MIB))
    assert outcomes[10 * MIB] == 10 * MIB
    assert outcomes[20 * MIB] == 20 * MIB
    assert isinstance(outcomes[900 * MIB], workers.Failure)


@pytest.mark.skipif(sys.platform != "linux", reason="anonymous memory is read off /proc")
def test_an_import_under_a_cap_stays_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Made sentences, wherever the tests run: the real ones take long to read.
    monkeypatch.delenv("XIANLI_TESTDATA", raising=False)
    write_paragraphs(tmp_path / "paragraphs.tsv", PARAGRAPHS)
    as_jsonl(tmp_path / "paragraphs.tsv", tmp_path / "made.jsonl.gz")
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-m", "archive", "--home", str(home), "import", "--json"]
    done = run([*command, "--memory", str(CAP), str(tmp_path / "made.jsonl.gz")], SECONDS)
    assert json.loads(done.said)["paragraphs"] == PARAGRAPHS
    assert done.memory < CAP * MIB

"""Crashes and refusals of the system at every point of every change: nothing may be lost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.measure.torture import homes, own_work
from tests.measure.torture.faults import AT_POINT, Fault
from tests.measure.torture.trial import Scenario, in_fork, points, states, trial

# Sizes that no file may outgrow, in bytes: from nothing to more than any file of these homes.
_LIMITS = (0, 1, 100, 1_000, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072)

# Where SQLite does all the writing, only these strike between its steps.
_MIN_MOMENTS = 40


@dataclass
class Figures:
    """What was done to the homes; there is no field for losses, for the first one ends it."""

    kills: int = 0
    faults: int = 0
    points: dict[str, int] = field(default_factory=dict)


def scenarios(base: Path) -> Iterator[Scenario]:
    """Yield every kind of change, each with a home of its own under `base`."""
    fresh = base / "fresh"
    homes.build(fresh)
    reindex = partial(_xianli, "reindex")
    yield Scenario("first reindex", fresh, reindex, reindex, homes.seen, homes.wrong)

    indexed = base / "indexed"
    homes.build(indexed)
    _must(indexed, "reindex")
    (indexed / "corpus" / "甲.txt").write_text(homes.NEW, "utf-8")
    (indexed / "corpus" / "乙.txt").unlink()
    (indexed / "corpus" / "丁.txt").write_text(homes.PAGES["乙.txt"] + homes.NEW, "utf-8")
    yield Scenario("reindex", indexed, reindex, reindex, homes.seen, homes.wrong)
    full = partial(_xianli, "reindex", "--full")
    yield Scenario("full reindex", indexed, full, full, homes.seen, homes.wrong)

    older = base / "older"
    homes.build(older)
    _must(older, "reindex")
    files = base / "files"
    files.mkdir()
    added = [files / "戊.txt", files / "己.txt"]
    for file in added:
        file.write_text(file.stem + homes.NEW, "utf-8")
    take = partial(_xianli, "import", *map(str, added))
    yield Scenario("import", older, take, take, homes.seen, homes.wrong)
    yield from own_work.scenarios(base)


def _xianli(*arguments: object) -> int:
    *words, home = arguments
    assert isinstance(home, Path)
    return homes.xianli(home, *map(str, words))


def _must(home: Path, *arguments: str) -> None:
    ended = in_fork(lambda: homes.xianli(home, *arguments), home)
    assert ended.code == 0, ended.said


def crash(wanted: Sequence[Scenario], base: Path, share: float, chance: random.Random) -> Figures:
    """Strike each scenario at its points, sizes and random moments; a `share` of them all.

    Raises trial.BrokenError at the first promise that is not kept.
    """
    figures = Figures()
    for scenario in wanted:
        place = base / scenario.name.replace(" ", "-")
        place.mkdir()
        before_and_after = states(scenario, place)
        began = time.monotonic()
        found = points(scenario, place)
        took = time.monotonic() - began
        figures.points[scenario.name] = len(found)
        faults = [Fault(act, at) for at in range(len(found)) for act in AT_POINT]
        faults += [Fault("limit", size) for size in _LIMITS]
        moments = max(len(found), _MIN_MOMENTS)
        faults += [Fault("moment", chance.randrange(int(took * 1e6))) for _ in range(moments)]
        chosen = faults if share >= 1 else chance.sample(faults, max(1, int(len(faults) * share)))
        for fault in chosen:
            ended = trial(scenario, fault, place, before_and_after)
            if ended.code < 0:
                figures.kills += 1
            else:
                figures.faults += 1
    return figures


def part(base: Path, share: float, chance: random.Random) -> dict[str, object]:
    """The part of the torture that this is."""
    figures = crash(list(scenarios(base)), base, share, chance)
    points = ", ".join(f"{name} {count}" for name, count in figures.points.items())
    return {"points": points, "kills": figures.kills, "faults": figures.faults}

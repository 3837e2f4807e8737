"""What is wanted, and whether this run has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.measure.bench import figures, works
from tests.measure.bench.figures import OURS, Size, finished

PEER = "tantivy"
GIB = 1 << 30
# A concordance of some 10,000 lines has at most this share more or less.
_SOME = 0.2

Row = tuple[str, str, str]


def rows(sizes: Mapping[str, dict[str, Any]]) -> Iterator[Row]:
    """Each goal with the figure and whether it is met; what was not measured is left out."""
    for name, size in sizes.items():
        yield from _answering(name, size)
        yield from _building(name, size)
        if finished(size.get("work")):
            yield from _working(name, size["work"])
        if finished(size.get("whole")) and "whole" in size:
            yield from _pages(name, size["whole"])


def _answering(name: str, size: Size) -> Iterator[Row]:
    chosen = figures.agreed(size, PEER)
    ours = figures.percentiles(figures.times(size, OURS, chosen))
    theirs = figures.percentiles(figures.times(size, PEER, chosen))
    for label, own, other in zip(("p50", "p95"), ours, theirs, strict=False):
        yield _row(f"{name}: {label} at most {PEER}'s", own, other, "ms")
    every = figures.percentiles(figures.times(size, OURS, figures.answered(size, OURS)))
    if name == "100k" and every:
        yield _row("100k: p95 at most 10 ms in the engine", every[1], 10, "ms")
    asked = figures.answers(size, OURS)
    if name == "1M" and asked:
        yield _row("1M: anonymous memory under 1 GiB", asked["memory"] / GIB, 1, "GiB")


def _building(name: str, size: Size) -> Iterator[Row]:
    ours, theirs = size["builds"].get(OURS), size["builds"].get(PEER)
    if not finished(ours) or not ours:
        return
    if finished(theirs) and theirs:
        yield _row(f"{name}: built as fast as {PEER}", ours["seconds"], theirs["seconds"], "s")
        times = ours["bytes"] / theirs["bytes"]
        yield _row(f"{name}: index at most 1.5 × {PEER}'s", times, 1.5, "×")
    if name == "1M":
        yield _row("1M: peak while building under 2 GiB", ours["memory"] / GIB, 2, "GiB")


def _working(name: str, work: Mapping[str, Any]) -> Iterator[Row]:
    # Seconds for a draft, by size; smaller sizes are held to those of the next.
    most = {"patterns": 100, "concordances": 1_000, "drafts": 5_000 if name == "1M" else 2_000}
    labels = {
        "patterns": "p95 of patterns under 100 ms",
        "concordances": "a concordance of some 10,000 lines within a second",
        "drafts": "precedents for 2,000 characters within 5 s"
        if name == "1M"
        else "precedents for 2,000 characters within 2 s",
    }
    for kind, label in labels.items():
        if work[kind]["times"]:
            p95 = figures.percentiles(work[kind]["times"])[1]
            lines = work[kind].get("lines", [works.LINES])
            if max(abs(found - works.LINES) for found in lines) > works.LINES * _SOME:
                told = f"{min(lines):,} to {max(lines):,} lines: {p95:.2f} ms"
                yield f"{name}: {label}", told, "no such words"
            else:
                yield _row(f"{name}: {label}", p95, most[kind], "ms")


def _pages(name: str, whole: Mapping[str, Any]) -> Iterator[Row]:
    alone, four = whole["pages"]["1"], whole["pages"]["4"]
    p95 = figures.percentiles(alone["times"])[1]
    yield _row(f"{name}: p95 of a whole page at most 40 ms (1 client)", p95, 40, "ms")
    met = "met" if four["per_second"] >= 100 else "**not met**"
    goal = f"{name}: at least 100 pages a second (4 clients)"
    yield goal, f"{four['per_second']:.0f} a second", met
    cold, change = whole["cold_search"], whole["small_change"]["seconds"]
    yield _row(f"{name}: a cold search under 0.5 s", cold, 0.5, "s")
    yield _row(f"{name}: one new page searchable within a second", change, 1, "s")


def _row(goal: str, own: float, most: float, unit: str) -> Row:
    met = "met" if own <= most else "**not met**"
    return goal, f"{own:.2f} {unit} (≤ {most:.2f})", met

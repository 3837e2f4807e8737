"""Floors: what was reached, kept with the digest of what it was measured on. They go up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "floors.toml"
_HEAD = """\
# What reading reached when it was last measured, by set and figure: `make quality` writes
# and enforces it. `data` is the digest of the files measured on. A figure that ends in _left
# or _false may not rise, any other may not fall; lowering a floor needs --lower-floors and a
# reason in the commit.
"""
# Figures are kept to so many places, cut and not rounded, so that a floor is never above
# what it was written from.
_PLACES = 10_000


@dataclass(frozen=True)
class Measured:
    """The figures of a set, and the digest of what they were measured on."""

    data: str
    figures: Mapping[str, float]


def is_count(name: str) -> bool:
    """Whether a figure counts faults, so that less is better.

    >>> is_count("years_false"), is_count("f1")
    (True, False)
    """
    return name.endswith(("_left", "_false"))


def load(file: Path = FILE) -> dict[str, Measured]:
    """The floors by set; none where there is no file yet."""
    if not file.exists():
        return {}
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: Measured(table["data"], {k: v for k, v in table.items() if k != "data"})
        for name, table in tables.items()
    }


def broken(found: Mapping[str, Measured], floors: Mapping[str, Measured]) -> list[str]:
    """A sentence for each figure below its floor, and for each set that is not the same data.

    >>> broken({"a": Measured("x", {"f1": 0.9})}, {"a": Measured("x", {"f1": 0.95})})
    ['a: f1 is 0.9, its floor 0.95']
    """
    said = []
    for name, measured in found.items():
        floor = floors.get(name)
        if floor is None:
            said.append(f"{name}: has no floors yet")
            continue
        if floor.data != measured.data:
            said.append(f"{name}: the data changed since the floors were measured")
        for figure, least in floor.figures.items():
            value = measured.figures.get(figure)
            if value is None or (value > least if is_count(figure) else value < least):
                shown = None if value is None else round(value, 4)
                said.append(f"{name}: {figure} is {shown}, its floor {least}")
    return said


def raised(
    found: Mapping[str, Measured], floors: Mapping[str, Measured], *, lower: bool
) -> dict[str, Measured]:
    """The floors with what was found; below the old ones only where `lower` is given."""
    new = dict(floors)
    for name, measured in found.items():
        old = floors[name].figures if name in floors and not lower else {}
        figures = {}
        for figure, value in measured.figures.items():
            kept = value if is_count(figure) else int(value * _PLACES) / _PLACES
            best = min if is_count(figure) else max
            figures[figure] = best(kept, old[figure]) if figure in old else kept
        new[name] = Measured(measured.data, figures)
    return new


def store(floors: Mapping[str, Measured], file: Path = FILE) -> None:
    """Write the floors."""
    parts = [_HEAD]
    for name, measured in floors.items():
        rows = "".join(f"{figure} = {value:g}\n" for figure, value in measured.figures.items())
        parts.append(f'\n["{name}"]\ndata = "{measured.data}"\n{rows}')
    file.write_text("".join(parts), encoding="utf-8")

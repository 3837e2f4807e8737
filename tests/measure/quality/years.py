"""How rightly short texts are dated: the labelled set for the year, its halves apart."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.pipeline import read_source
from tests.measure.quality.floors import Measured
from tests.measure.quality.gold import digest

TEXTS = Path(__file__).parent / "sets" / "dated_texts.jsonl"


@dataclass(frozen=True)
class Years:
    """How many texts of a half have their year, and how many a false one; `wrong` names them."""

    name: str
    texts: int
    right: int
    false: int
    wrong: tuple[str, ...]

    def measured(self) -> Measured:
        """The figures, with the digest of the set."""
        return Measured(digest([TEXTS]), {"right": self.right, "texts_false": self.false})


def labelled(half: str) -> Years:
    """Read the texts of a half. No year is not right where there is one, but it is not false."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["half"] == half]
    false, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            pairs = _pairs(row, Path(folder) / f"{row['id']}.txt")
            if any(got != wanted for got, wanted in pairs):
                wrong.append(f"{row['id']}: {pairs}")
            false += any(got not in (None, wanted) for got, wanted in pairs)
    return Years(f"years ({half})", len(rows), len(rows) - len(wrong), false, tuple(wrong))


def _pairs(row: dict[str, Any], path: Path) -> set[tuple[int | None, int | None]]:
    """The year found and the year wanted of each paragraph that the labels speak of."""
    path.write_text(row["text"], encoding="utf-8")
    (reading,) = read_source(path, path.name)
    parts = row.get("parts", {"": row["year"]})
    return {
        (year, wanted)
        for words, wanted in parts.items()
        for year in {one.year for one in reading.paragraphs if words in one.text} or {None}
    }

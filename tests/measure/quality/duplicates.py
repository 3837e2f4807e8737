"""Near-duplicates on the pairs of one real compilation that people labelled."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.duplicates import LABELS, clustered, labelled, score, seed
from tests.measure.quality.floors import Measured
from tests.measure.quality.gold import digest


def measure(folder: Path) -> Measured:
    """Precision and recall over the labelled pairs of the compilation under `folder`."""
    found = score(clustered(seed(lambda inside: folder / inside)), labelled("seed"))
    files = [LABELS, *(folder / "seeds").glob("000*")]
    figures = {"precision": found.precision, "recall": found.recall}
    return Measured(digest(files), figures)

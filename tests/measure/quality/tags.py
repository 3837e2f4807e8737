"""Kinds, topics and parts on the labelled sets: right, false and missed labels, by half."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.pipeline import read_source
from indexer.topics import topics_of
from indexer.topics.kinds import kind
from indexer.topics.taxonomy import load_taxonomy
from tests.measure.quality.floors import Measured
from tests.measure.quality.gold import digest

_SETS = Path(__file__).parent / "sets"
HALVES = ("seen", "unseen")

Row = dict[str, Any]


@dataclass
class Labels:
    """Labels given and wanted: how many were right, false and missed, and which."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, given: set[str], wanted: set[str]) -> None:
        """Count the labels of one thing."""
        self.right.update(given & wanted)
        self.false.update(given - wanted)
        self.missed.update(wanted - given)

    @property
    def precision(self) -> float:
        """The share of the labels given that are right."""
        given = self.right.total() + self.false.total()
        return self.right.total() / given if given else 1.0

    @property
    def recall(self) -> float:
        """The share of the labels wanted that were given."""
        wanted = self.right.total() + self.missed.total()
        return self.right.total() / wanted if wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def kinds(half: str) -> Labels:
    """The kinds of titles; a kind under which a practitioner also looks is right as well."""
    counted = Labels()
    for row in _rows("kinds", half):
        given = kind(row["title"], None, [])
        if given in row.get("also", ()):
            given = row["kind"]
        counted.add({given} if given else set(), {row["kind"]})
    return counted


def topics(half: str) -> Labels:
    """The topics of paragraphs."""
    counted = Labels()
    for row in _rows("topics", half):
        counted.add(set(topics_of(row["text"], (), row["title"])), set(row["topics"]))
    return counted


def domains(half: str) -> Labels:
    """The fields of work that the topics of paragraphs belong to."""
    domain = {topic.name: topic.field for topic in load_taxonomy().topics}
    counted = Labels()
    for row in _rows("topics", half):
        given = {domain[name] for name in topics_of(row["text"], (), row["title"])}
        counted.add(given, {domain[name] for name in row["topics"] if name in domain})
    return counted


def parts(half: str) -> Labels:
    """The parts of paragraphs of whole articles, read as text files."""
    counted = Labels()
    with tempfile.TemporaryDirectory() as folder:
        for row in _rows("parts", half):
            path = Path(folder) / "article.txt"
            lines = [paragraph["text"] for paragraph in row["paragraphs"]]
            path.write_text("\n\n".join([row["title"], *lines]), "utf-8")
            (reading,) = read_source(path, path.name)
            given = {paragraph.text: paragraph.part for paragraph in reading.paragraphs}
            for paragraph in row["paragraphs"]:
                part, own = paragraph["part"], given.get(paragraph["text"])
                counted.add({own} if own else set(), {part} if part else set())
    return counted


MEASURES: dict[str, Callable[[str], Labels]] = {
    "kinds": kinds,
    "topics": topics,
    "domains": domains,
    "parts": parts,
}


def _rows(name: str, half: str) -> Iterator[Row]:
    for line in (_SETS / f"{name}.jsonl").read_text("utf-8").splitlines():
        row: Row = json.loads(line)
        if row["half"] == half:
            yield row


ABOUT = """\
Labelled texts of our own (`tests/measure/quality/sets/`). Rules were written with the half
*seen* in view; the half *unseen* was only measured."""


def measured() -> dict[str, Measured]:
    """The figures of the half that was seen, and what they were measured on."""
    return {
        f"{name} (seen)": Measured(
            digest([_SETS / f"{'topics' if name == 'domains' else name}.jsonl"]),
            {"precision": counted.precision, "recall": counted.recall},
        )
        for name, measure in MEASURES.items()
        for counted in [measure("seen")]
    }


def table() -> str:
    """The figures of every set and half."""
    lines = ["| set | half | right | false | missed | precision | recall | F1 |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, measured in MEASURES.items():
        for half in HALVES:
            c = measured(half)
            counts = " | ".join(str(one.total()) for one in (c.right, c.false, c.missed))
            shares = f"{c.precision:.3f} | {c.recall:.3f} | {c.f1:.3f}"
            lines.append(f"| {name} | {half} | {counts} | {shares} |")
    return "\n".join(lines)

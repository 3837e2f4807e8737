"""How rightly the elements of records are read: precision and recall of each.

The labelled set lies in `sets/record`, its halves are measured apart; pages of offices with their
true elements lie where $XIANLI_TESTDATA says.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.text.fold import fold
from indexer.page import Reading
from indexer.pipeline import read_source
from tests.measure.quality.floors import Measured
from tests.measure.quality.gold import digest
from tests.measure.quality.record_docx import build
from tests.measure.quality.scores import squeeze

SETS = Path(__file__).parent / "sets" / "record"
ELEMENTS = ("title", "number", "issuer", "issued", "published", "kind", "annexes")
# Of a text that a notice sends, and of another document of the page.
_OF_OTHERS = ("title", "number", "issuer", "issued", "kind")

_BRACKETS = str.maketrans("[]", "()")


@dataclass
class Tally:
    """How many values were wanted, found, and right; `wrong` names the others."""

    wanted: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found rightly."""
        return self.right / self.wanted if self.wanted else 1.0

    def count(self, file: str, found: Any, answers: Sequence[Any]) -> None:
        """Count a value against the answers that are right, the first of which is the label."""
        got, right = _comparable(found), [_comparable(answer) for answer in answers]
        self.wanted += bool(right[0])
        self.found += bool(got)
        self.right += bool(got) and got in right
        if got not in right:
            self.wrong.append(f"{file}: {found!r}, not {answers[0]!r}")


@dataclass(frozen=True)
class RecordSet:
    """A set of documents with the tallies of their elements, and the digest of its files."""

    name: str
    documents: int
    tallies: Mapping[str, Tally]
    digest: str

    def measured(self) -> Measured:
        """The figures that floors are kept of."""
        found = {}
        for element, tally in self.tallies.items():
            found[f"{element}_precision"] = tally.precision
            found[f"{element}_recall"] = tally.recall
        return Measured(self.digest, found)


def labelled(half: str) -> Iterator[RecordSet]:
    """One half of the labelled set, and of the texts that only cite others."""
    with tempfile.TemporaryDirectory() as made:
        rows = [row for row in _rows(SETS / "truth.jsonl") if row["half"] == half]
        paths = [_file(SETS, row["file"], Path(made)) for row in rows]
        yield RecordSet(f"record ({half})", len(rows), _tallies(rows, paths), digest(paths))
    citing = SETS / "citing"
    rows = [row for row in _rows(citing / "truth.jsonl") if row["half"] == half]
    paths = [citing / row["file"] for row in rows]
    tallies = _tallies(rows, paths, ("number", "issued"))
    yield RecordSet(f"citing ({half})", len(rows), tallies, digest(paths))


def official(folder: Path) -> RecordSet:
    """The pages of offices in `folder`, as they state themselves."""
    rows = list(_rows(folder / "meta.jsonl"))
    for row in rows:
        row["issuer"] = row["office"].split("、")
    paths = [folder / row["file"] for row in rows]
    tallies = _tallies(rows, paths, ("title", "number", "issuer", "issued", "published"))
    return RecordSet("official", len(rows), tallies, digest(folder.iterdir()))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _file(folder: Path, name: str, made: Path) -> Path:
    """The file of a row; a Word file is made of its description."""
    if not name.endswith(".docx"):
        return folder / name
    path = made / name
    path.write_bytes(build((folder / name).with_suffix(".json")))
    return path


def _tallies(
    rows: Iterable[Mapping[str, Any]], paths: Iterable[Path], elements: Sequence[str] = ELEMENTS
) -> dict[str, Tally]:
    tallies = {element: Tally() for element in elements}
    for row, path in zip(rows, paths, strict=True):
        (reading,) = read_source(path, path.name)
        document = reading.document
        for element in elements:
            # Annexes are labelled where a document lists some.
            if element in row:
                found = getattr(document if element == "title" else document.record, element)
                found = found[:10] if element == "published" and found else found
                answers = [row[element], *row.get(f"{element}_or", ())]
                tallies[element].count(row["file"], found, answers)
        for text in row.get("texts", ()):
            _count_other(tallies, f"{row['file']} {text['title']}", reading, text)
    return tallies


def _count_other(
    tallies: Mapping[str, Tally], file: str, reading: Reading, text: Mapping[str, Any]
) -> None:
    """Count the elements of another article of a page; its title says which it is."""
    titled = {_comparable(one.title): one for one in reading.document.articles if one.title}
    article = titled.get(_comparable(text["title"]))
    for element in _OF_OTHERS:
        source = article if element == "title" or article is None else article.record
        tallies[element].count(file, getattr(source, element, None), [text[element]])


def _comparable(value: Any) -> Any:
    """A value as it is compared: no blanks, one width and form of brackets."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_comparable, value))
    return fold(squeeze(value)).translate(_BRACKETS) if value else ""

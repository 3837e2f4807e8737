"""How rightly the offices' level and region, and what texts cite, are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.model import Form
from archive.text.citing import title_key
from archive.text.document_numbers import number_key
from indexer.page import DraftParagraph
from indexer.record.offices import level_and_region
from indexer.record.relations import relations
from tests.measure.quality.gold import digest
from tests.measure.quality.records import RecordSet, Tally

_SETS = Path(__file__).parent / "sets"


def labelled(half: str) -> Iterator[RecordSet]:
    """One half of the offices, and of the texts with relations."""
    path, rows = _rows("offices", half)
    tallies = {"level": Tally(), "region": Tally()}
    for row in rows:
        level, region = level_and_region(row["issuer"])
        tallies["level"].count(row["id"], level, [row["level"]])
        tallies["region"].count(row["id"], region, [row["region"]])
    yield RecordSet(f"offices ({half})", len(rows), tallies, digest([path]))
    path, rows = _rows("relations", half)
    tally = Tally()
    for row in rows:
        found, wanted = _found(row), {_key(**one) for one in row["relations"]}
        tally.wanted += len(wanted)
        tally.found += len(found)
        tally.right += len(wanted & found)
        tally.wrong += [f"{row['id']}: {one}" for one in sorted(wanted ^ found)]
    yield RecordSet(f"relations ({half})", len(rows), {"relations": tally}, digest([path]))


def _rows(name: str, half: str) -> tuple[Path, list[dict[str, Any]]]:
    path = _SETS / f"{name}.jsonl"
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return path, [row for row in rows if row["half"] == half]


def _found(row: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    paragraphs = [DraftParagraph(text, Form.BODY) for text in row["paragraphs"]]
    own = [row["number"]] if "number" in row else []
    together = relations(0, row["title"], paragraphs, own)
    return {_key(one.link.value, one.number, one.title) for one in together}


def _key(link: str, number: str | None, title: str | None) -> tuple[str, str, str]:
    return link, number_key(number or ""), title_key(title or "")

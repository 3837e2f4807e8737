"""`python -m tests.measure.quality`: measure, compare with the floors, write docs/quality.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.measure.quality import (
    citations,
    duplicates,
    floors,
    measures,
    records,
    report,
    rules,
    tags,
    years,
)
from tests.measure.quality import peers as public
from tests.measure.quality.gold import generated, own, third_party

_DOCS = Path(__file__).parent.parent.parent.parent / "docs" / "quality.md"
PEERS = 3


def main() -> int:
    """Measure; 1 where a figure is below its floor or reading is too slow."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.quality", description=__doc__)
    parser.add_argument("--raise-floors", action="store_true", help="keep better figures")
    parser.add_argument("--lower-floors", action="store_true", help="keep the figures as they are")
    options = parser.parse_args()
    folder = os.environ.get("XIANLI_TESTDATA")
    peers = list(public.peers())
    rows, found = [], {}
    made = tempfile.TemporaryDirectory()
    sets = [own(), *(third_party(Path(folder)) if folder else ()), *generated(Path(made.name))]
    for gold in sets:
        counts = measures.measure(gold)
        beside = {peer.name: public.measure(peer, gold) for peer in peers}
        known = {name: score for name, score in beside.items() if score}
        rows.append(report.Row(gold.name, len(gold.pages), counts, known))
        found[gold.name] = floors.Measured(gold.digest, counts.figures())
    halves = ("seen", "unseen")
    recorded = [
        one for half in halves for one in (*records.labelled(half), *citations.labelled(half))
    ]
    if folder:
        found["duplicates"] = duplicates.measure(Path(folder))
        recorded.append(records.official(Path(folder) / "gold" / "official"))
    # What rules were written without is reported, and no floor is kept of it.
    dated = [years.labelled("seen"), years.labelled("unseen")]
    found |= {one.name: one.measured() for one in (*recorded, *dated) if "unseen" not in one.name}
    found |= tags.measured()
    labelled = [
        report.Section("Years", report.YEARS, report.years(dated)),
        report.Section("Records", report.RECORDS, report.records(recorded)),
        report.Section("Kinds, topics and parts", tags.ABOUT, tags.table()),
    ]
    tables = (
        *(report.extraction(rows, peers), report.structure(rows)),
        *(section.table for section in labelled),
        rules.table(sets),
    )
    _say(*(line for table in tables for line in (table, "")))
    if not folder:
        _say("XIANLI_TESTDATA is not set: our own pages only.")
    if len(peers) < PEERS:
        _say("Not all peers are installed (pip install '.[quality]'): measured without them.")
    kept = floors.load()
    if options.raise_floors or options.lower_floors:
        kept = floors.raised(found, kept, lower=options.lower_floors)
        floors.store(kept)
    wrong, slow = floors.broken(found, kept), _slow(rows)
    if folder and len(peers) == PEERS and not wrong:
        text = report.page(rows, peers, labelled, found["duplicates"], kept)
        _DOCS.write_text(text, encoding="utf-8")
    _say(*wrong, "Below the floors." if wrong else "All floors hold.")
    _say(*slow, "Goal not met: CPU." if slow else "Goal met: CPU.")
    return 1 if wrong or slow else 0


def _slow(rows: list[report.Row]) -> list[str]:
    """A sentence for each set that takes more CPU than it should beside readability."""
    times = ((row.name, report.times_readability(row)) for row in rows)
    return [
        f"{name}: reading takes {found:.2f} times the CPU of readability, at most {report.MAX_CPU}"
        for name, found in times
        if found is not None and found > report.MAX_CPU
    ]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())

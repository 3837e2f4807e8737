"""The report: tables in Markdown, plots beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.measure.bench import figures, goals
from tests.measure.bench.contest import TOKENS
from tests.measure.bench.figures import OURS, Size, finished
from tests.measure.bench.plots import plot
from tests.measure.bench.questions import TYPES

Sizes = Mapping[str, dict[str, Any]]
# The plots' sizes hold the same kind of paragraphs; `real` ones are shorter.
ANOTHER_KIND = "real"
MIB = 1 << 20

INTRO = """# Benchmarks

Written by `make bench`; do not edit. To repeat it: `make bench` for all sizes (40 minutes on
two cores), `make bench SIZES=10k` for a quick look; with `XIANLI_TESTDATA` set the sentences
are real ones, else a generator makes them.

**The work.** All engines hold the same paragraphs (the table says how long) and answer the
same questions: an exact total, the counts of three multi-select facets (year, kind, site; xianli
counts a facet when it is read), the first 20 texts with their matched spans. A word matches
where its characters stand together or all its tokens occur, a phrase where exactly its
characters stand; tokens are xianli's for all. The peers find characters by a field of
character pairs with positions, so their answers are as exact; the spans are found by the
same code for all. **A timing counts only where total, facets and number of texts equal
xianli's.** Each engine builds and answers in a process of its own, one after another; every
question is asked once in each of three processes, after a warm-up with other questions, and
the best of the three times counts. xianli and tantivy take turns, so that both meet the same
machine. Times are wall milliseconds unless it says otherwise.
xianli is opened as its server opens it, the whole index read once and compared with its
checksums: *open ms* has the time that this takes.

| type | question |
|---|---|
| common, rare | one word in over 2 %, or in 0.01 % to 0.1 % of the paragraphs |
| compound | 4 to 8 characters cut by chance: as they stand, or all their tokens |
| and, or | two or three words |
| phrase | 4 to 12 exact characters, cut by chance |
| filter | a common word of one kind and five years |
| facets | a common word, selections in all three facets at once |
| sort | a common word, by year |
"""


def write(folder: Path, machine: Mapping[str, str], sizes: Sizes) -> str:
    """Write benchmarks.md and its plots into `folder`; return the text."""
    drawn = _plots(sizes)
    (folder / "benchmarks").mkdir(parents=True, exist_ok=True)
    for name, svg in drawn.items():
        (folder / "benchmarks" / f"{name}.svg").write_text(svg, "utf-8")
    shown = "\n".join(f"![{name}](benchmarks/{name}.svg)" for name in drawn)
    parts = [
        INTRO,
        _table(("", ""), machine.items()),
        "## Goals\n\n" + _table(("goal", "measured", ""), goals.rows(sizes)),
        "## Building\n\n" + _building(sizes),
        "## Answering\n\n" + _answering(sizes),
        *(_by_type(name, size) for name, size in sizes.items()),
        "## Beside: by tokens alone\n\n" + _by_tokens(sizes),
        "## Beside search\n\n" + _works(sizes),
        *(_whole(name, size["whole"]) for name, size in sizes.items() if "whole" in size),
        "## Growth\n\n" + shown if shown else "",
        "## Disagreements\n\n" + _listed(sizes),
    ]
    text = "\n\n".join(part.strip() for part in parts if part) + "\n"
    (folder / "benchmarks.md").write_text(text, "utf-8")
    return text


def disagreements(size: Size) -> list[str]:
    """Where an engine that is to be exact answered otherwise than ours."""
    return [
        f"{engine}: {line}"
        for engine in _exact(size)
        for line in figures.disagreements(size, engine)
    ]


def _exact(size: Size) -> list[str]:
    return [engine for engine in size["answers"] if not engine.endswith(TOKENS)]


def _building(sizes: Sizes) -> str:
    rows = []
    for name, size in sizes.items():
        ours = size["builds"].get(OURS, {}).get("seconds")
        for index, built in size["builds"].items():
            if not finished(built):
                rows.append((name, index, built["stopped"], *[""] * 6))
                continue
            rows.append(
                (
                    name,
                    f"{index} ({built['version']})",
                    f"{built['seconds']:.1f}",
                    f"{built['cpu']:.1f}",
                    f"{size['paragraphs'] / built['seconds']:,.0f}",
                    f"{built['seconds'] / ours:.2f}" if ours else "",
                    f"{built['bytes'] / MIB:,.0f}",
                    _parts(built["bytes_by_suffix"]),
                    f"{built['memory'] / MIB:,.0f}",
                )
            )
    about = "; ".join(
        f"{name}: {size['paragraphs']:,} paragraphs of "
        f"{size['characters'] / size['paragraphs']:.0f} characters"
        for name, size in sizes.items()
    )
    head = (
        "size",
        "index",
        "s",
        "CPU s",
        "paragraphs/s",
        "s / ours",
        "MiB",
        "of these",
        "peak MiB",
    )
    return (
        f"{about}. From paragraphs to a committed index: tokenizing and inversion. *peak* is "
        f"anonymous memory (RssAnon, every 50 ms).\n\n{_table(head, rows)}"
    )


def _parts(by_suffix: Mapping[str, int]) -> str:
    largest = sorted(by_suffix.items(), key=lambda item: -item[1])[:4]
    return ", ".join(f"{suffix} {n / MIB:,.0f}" for suffix, n in largest if n >= MIB)


def _answering(sizes: Sizes) -> str:
    rows = []
    for name, size in sizes.items():
        for engine in _exact(size):
            asked = figures.answers(size, engine)
            if asked is None:
                rows.append((name, engine, size["answers"][engine]["stopped"], *[""] * 8))
                continue
            chosen = figures.agreed(size, engine)
            best = figures.percentiles(figures.times(size, engine, chosen))
            cpu = figures.percentiles(figures.times(size, engine, chosen, "cpu"))
            first = figures.percentiles(figures.times(size, engine, chosen, "first"))
            rows.append(
                (
                    *(name, engine),
                    f"{len(chosen)} of {len(figures.answered(size, engine))}",
                    *map(_ms, best),
                    " / ".join(map(_ms, first[:2])),
                    " / ".join(map(_ms, cpu[:2])),
                    "" if engine == OURS else " / ".join(map(_times, figures.ratio(size, engine))),
                    f"{asked['memory'] / MIB:,.0f}",
                    f"{asked['opened'] * 1000:,.0f}",
                )
            )
        rows += _floors(name, size)
    head = (
        *("size", "engine", "agree", "p50", "p95", "p99", "first ask p50 / p95"),
        *("CPU p50 / p95", "ours / theirs, p50 / p95 / p99", "peak MiB", "open ms"),
    )
    return f"All types together.\n\n{_table(head, rows)}"


def _floors(name: str, size: Size) -> Iterable[tuple[str, ...]]:
    floor = size.get("floor")
    if finished(floor) and floor:
        label = f"*numpy: BM25 over {floor['postings']:,} + top 20 + one count*"
        yield (name, label, "", _ms(floor["median"]), *[""] * 7)
    marking = figures.answers(size, OURS)
    if marking:
        shown = map(_ms, figures.percentiles(marking["marking"]))
        yield (name, "*in every answer: the spans of 20 texts*", "", *shown, *[""] * 5)


def _by_type(name: str, size: Size) -> str:
    peers = [engine for engine in _exact(size) if engine != OURS]
    rows = []
    for type_ in TYPES:
        row = [type_]
        for engine in _exact(size):
            chosen = figures.of_type(size, figures.agreed(size, engine), type_)
            found = figures.percentiles(figures.times(size, engine, chosen))
            row.append(" / ".join(map(_ms, found)))
        row += [" / ".join(map(_times, figures.ratio(size, peer, type_)[:2])) for peer in peers]
        if ours := figures.answers(size, OURS):
            chosen = figures.of_type(size, figures.answered(size, OURS), type_)
            found_by_ours = sorted(ours["answers"][at]["total"] for at in chosen)
            row.append(f"{found_by_ours[len(chosen) // 2]:,}")
        rows.append(tuple(row))
    head = ("type", *_exact(size), *(f"ours / {peer}" for peer in peers), "median total")
    return f"### {name}: by type, p50 / p95 / p99; ratios p50 / p95\n\n{_table(head, rows)}"


def _by_tokens(sizes: Sizes) -> str:
    rows = []
    for name, size in sizes.items():
        for engine in size["answers"]:
            if engine != OURS and not engine.endswith(TOKENS):
                continue
            chosen = figures.answered(size, engine)
            found = [
                figures.percentiles(
                    figures.times(size, engine, figures.of_type(size, chosen, type_))
                )
                for type_ in (None, *TYPES)
            ]
            same = f"{len(figures.agreed(size, engine))} of {len(chosen)}"
            rows.append((name, engine, same, *(" / ".join(map(_ms, f[:2])) for f in found)))
    return (
        "What a token index answers when exact characters are not asked of it: all tokens of "
        "a word, the tokens of a phrase one after another. An easier question with other "
        "answers (*same* says how many agree), shown beside xianli's exact ones; p50 / p95.\n\n"
        + _table(("size", "engine", "same", "all", *TYPES), rows)
    )


def _works(sizes: Sizes) -> str:
    names = {
        "patterns": "a rare and a common word with a gap, as a search page",
        "concordances": "a wording with nearly 10,000 matches: lines, groups, collocates, years",
        "drafts": "precedents for a draft of 2,000 characters",
    }
    rows = []
    for name, size in sizes.items():
        done = size.get("work", {})
        if not finished(done):
            rows.append((name, done["stopped"], *[""] * 4))
            continue
        for work, measured in done.items():
            if work in names:
                found = sorted(measured["totals"])
                wall, cpu = (
                    " / ".join(map(_ms, figures.percentiles(measured[of])[:2]))
                    for of in ("times", "cpu")
                )
                total = f"{found[len(found) // 2]:,}" if found else ""
                rows.append((name, names[work], str(len(found)), wall, cpu, total))
    head = ("size", "work", "asked", "p50 / p95", "CPU p50 / p95", "median found")
    return f"What this archive alone has; each asked once, in milliseconds.\n\n{_table(head, rows)}"


def _whole(name: str, whole: Mapping[str, Any]) -> str:
    title = f"## The whole archive: {name}"
    if not finished(whole):
        return f"{title}\n\nStopped: {whole['stopped']}"
    imported, change = whole["import"], whole["small_change"]
    rows = [
        (
            "`xianli import`",
            f"{imported['seconds']:.1f} s, "
            f"{whole['paragraphs'] / imported['seconds']:,.0f} paragraphs/s, "
            f"peak {imported['memory'] / MIB:,.0f} MiB with its workers",
            _stages(imported["stages"]),
        ),
        ("`xianli search`, a cold process", f"{whole['cold_search'] * 1000:,.0f} ms", ""),
        (
            "`xianli reindex` after one new page",
            f"{change['seconds']:.2f} s",
            _stages(change["stages"]),
        ),
    ]
    for clients, pages in whole["pages"].items():
        p50, p95, p99 = figures.percentiles(pages["times"])
        rows.append(
            (
                f"`/search` pages, {clients} client{'s' * (clients != '1')}",
                f"**{pages['per_second']:.0f} a second**, {p50:.0f} / {p95:.0f} / {p99:.0f} ms",
                f"{pages['pages']} different questions, {len(pages['wrong'])} failed",
            )
        )
    rows.append(("server, peak anonymous memory", f"{whole['server_memory'] / MIB:,.0f} MiB", ""))
    about = (
        "waitress in its own process, the clients on the same cores, after some seconds of "
        "other pages; p50 / p95 / p99."
    )
    if again := whole.get("measured"):
        about += f" Measured again by itself: {again['date']}, commit {again['commit']}."
    return f"{title}\n\n{about}\n\n{_table(('what', 'measured', ''), rows)}"


def _stages(seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {spent:.2f}" for name, spent in seconds.items())


def _plots(sizes: Sizes) -> dict[str, str]:
    p95: dict[str, list[tuple[float, float]]] = {}
    build: dict[str, list[tuple[float, float]]] = {}
    disk: dict[str, list[tuple[float, float]]] = {}
    for name, size in sizes.items():
        if name == ANOTHER_KIND:
            continue
        count = size["paragraphs"]
        for index, built in size["builds"].items():
            if finished(built):
                build.setdefault(index, []).append((count, built["seconds"]))
                disk.setdefault(index, []).append((count, built["bytes"] / MIB))
        for engine in size["answers"]:
            exact = not engine.endswith(TOKENS)
            if exact or engine.startswith("whoosh"):
                chosen = (figures.agreed if exact else figures.answered)(size, engine)
                found = figures.percentiles(figures.times(size, engine, chosen))
                if found:
                    p95.setdefault(engine, []).append((count, found[1]))
    titles = {"p95": ("p95 of all questions", "ms"), "build": ("building", "s")}
    titles["size"] = ("index size", "MiB")
    lines = {"p95": p95, "build": build, "size": disk}
    return {name: plot(*titles[name], lines[name]) for name in titles if lines[name]}


def _listed(sizes: Sizes) -> str:
    lines = [f"- {name}: {line}" for name, size in sizes.items() for line in disagreements(size)]
    return "\n".join(lines) or "None: every exact engine gave xianli's totals and facets."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _times(value: float) -> str:
    return f"{value:.2f}"

"""One stage of the benchmark in a process of its own: `python -m tests.measure.bench.worker TASK`.

The task comes as JSON in the only argument, the outcome leaves as JSON on standard output.
"""

from __future__ import annotations

import cProfile
import gc
import hashlib
import io
import json
import pstats
import sys
import time
from pathlib import Path
from typing import Any

from archive.query.query import Query, from_args
from archive.text.tokenize import fast_cutter
from tests.measure.bench import contest, floor, works
from tests.measure.bench.paragraphs import read_documents, write_paragraphs
from tests.measure.bench.questions import TYPES, draw_questions, to_lines

PROFILE_LINES = 25
# Of the time an engine has for a round, so much goes into its warm-up at most.
WARM_SHARE = 0.25


def prepare(task: dict[str, Any]) -> dict[str, Any]:
    """Write the paragraphs and the questions, unless an earlier run has."""
    paragraphs, questions = Path(task["paragraphs"]), Path(task["questions"])
    if not paragraphs.exists():
        write_paragraphs(paragraphs, task["size"])
    drawn = draw_questions(paragraphs, task["per_type"])
    questions.write_text(json.dumps(list(to_lines(drawn)), ensure_ascii=False), "utf-8")
    count = characters = 0
    for document in read_documents(paragraphs):
        count += len(document)
        characters += sum(len(p.text) for p in document)
    return {"paragraphs": count, "characters": characters, "questions": len(drawn)}


def build(task: dict[str, Any]) -> dict[str, Any]:
    """Build one engine's index; the clock runs from the first paragraph to the end."""
    contestant = contest.make(task["engine"])
    # The tokenizer's dictionary is loaded before the clock starts, for every engine.
    fast_cutter()
    folder = Path(task["folder"])
    folder.mkdir(parents=True)
    documents = read_documents(Path(task["paragraphs"]))
    started, busy = time.perf_counter(), time.process_time()
    contestant.build(folder, documents)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.suffix] = sizes.get(path.suffix, 0) + path.stat().st_size
    return {
        "version": contestant.version(),
        "seconds": seconds,
        "cpu": cpu,
        "bytes": sum(sizes.values()),
        "bytes_by_suffix": sizes,
    }


def ask(task: dict[str, Any]) -> dict[str, Any]:
    """Ask one engine each question once, until its time is up."""
    contestant = contest.make(task["engine"])
    fast_cutter()
    # As `xianli serve` does before it opens the archive; for every engine.
    gc.collect()
    gc.freeze()
    started = time.perf_counter()
    contestant.open(Path(task["folder"]))
    opened = time.perf_counter() - started
    lines = json.loads(Path(task["questions"]).read_text("utf-8"))
    asked = [(type_, from_args(map(tuple, args))) for type_, warm, args in lines if not warm]
    end = time.perf_counter() + task["seconds"] * WARM_SHARE
    for _, warm, args in lines:
        if warm and time.perf_counter() < end:
            contestant.ask(from_args(map(tuple, args)))
    times: list[float | None] = [None] * len(asked)
    busy = times.copy()
    answers: list[dict[str, Any] | None] = [None] * len(asked)
    end = time.perf_counter() + task["seconds"]
    for at, (_, query) in enumerate(asked):
        # The questions are shuffled: what is asked within the time is a fair sample.
        if time.perf_counter() > end:
            break
        before, worked = time.perf_counter(), time.process_time()
        answer = contestant.ask(query)
        times[at] = round((time.perf_counter() - before) * 1000, 4)
        busy[at] = round((time.process_time() - worked) * 1000, 4)
        answers[at] = _compared(answer)
    outcome = {
        "opened": opened,
        "types": [type_ for type_, _ in asked],
        "texts": [f"{query.text} {query.to_args()[1:]}" for _, query in asked],
        "wall": times,
        "cpu": busy,
        "answers": answers,
    }
    if task["engine"] == "xianli":
        outcome["marking"] = [round(_marking(contestant, query), 4) for _, query in asked]
    if task.get("profile"):
        outcome["profiles"] = _profiles(contestant, asked)
    return outcome


def _marking(contestant: contest.Contestant, query: Query) -> float:
    """The milliseconds of an answer that go into finding the spans, the same for all."""
    texts = [text for text, _ in contestant.ask(query).shown]
    started = time.perf_counter()
    for text in texts:
        contest.mark(query, text)
    return (time.perf_counter() - started) * 1000


def _compared(answer: contest.Answer) -> dict[str, Any]:
    """What two engines must agree on."""
    counted = {
        name: sorted((v, n) for v, n in values.items() if n)
        for name, values in sorted(answer.facets.items())
    }
    said = json.dumps(counted, ensure_ascii=False).encode()
    return {
        "total": answer.total,
        "facets": hashlib.blake2b(said, digest_size=8).hexdigest(),
        "shown": len(answer.shown),
        "unmarked": sum(not spans for _, spans in answer.shown),
    }


def _profiles(contestant: contest.Contestant, asked: list[tuple[str, Query]]) -> dict[str, str]:
    written = {}
    for type_ in TYPES:
        profile = cProfile.Profile()
        for own, query in asked:
            if own == type_:
                profile.enable()
                contestant.ask(query)
                profile.disable()
        text = io.StringIO()
        pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(PROFILE_LINES)
        written[type_] = text.getvalue()
    return written


def measure_floor(task: dict[str, Any]) -> dict[str, Any]:
    """The least that numpy needs for a common word."""
    return floor.measure(task["count"])


def work(task: dict[str, Any]) -> dict[str, Any]:
    """The three works beside search, on an index of ours."""
    fast_cutter()
    return works.measure(Path(task["folder"]), Path(task["paragraphs"]))


STAGES = {"prepare": prepare, "build": build, "ask": ask, "floor": measure_floor, "work": work}

if __name__ == "__main__":
    asked_for = json.loads(sys.argv[1])
    json.dump(STAGES[asked_for["stage"]](asked_for), sys.stdout)

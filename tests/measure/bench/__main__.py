"""The run: `python -m tests.measure.bench [OPTION…] [SIZE…]`, what `make bench` calls."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from tests.measure.bench import report
from tests.measure.bench.contest import TOKENS
from tests.measure.bench.figures import OURS, merged
from tests.measure.bench.machine import describe
from tests.measure.bench.paragraphs import SIZES, real_file
from tests.measure.bench.processes import ROOT, StoppedError, stage
from tests.measure.bench.questions import PER_TYPE
from tests.measure.bench.served import whole_archive

DEFAULT = ("10k", "100k", "real", "1M")
# Whoosh's own writer takes six minutes for 100,000 paragraphs, and an hour for a million.
SMALL = ("1k", "10k", "100k")
# What comes last takes a quarter of the time: SQLite's answers for a million paragraphs.
LARGEST = "1M"
# The home that is imported and served.
WHOLE = "100k"
# Each question is asked once in each of so many processes; the best time counts, so that
# what else the machine does spoils only one of them.
ROUNDS = 3
# No engine may hold up the others for longer with the answers of one round.
ASK_SECONDS = 35


class Run:
    """One run over some sizes; what is measured gathers in `sizes`."""

    def __init__(self, work: Path, minutes: float, *, profile: bool) -> None:
        self._work = work
        self._results = work / "results.json"
        self._end = time.monotonic() + minutes * 60
        self._profile = profile
        self.machine = describe()
        self.sizes: dict[str, dict[str, Any]] = {}

    def measure(self, sizes: tuple[str, ...], per_type: int = PER_TYPE) -> None:
        """Measure what matters most first: what the time does not suffice for is left out."""
        for size in sizes:
            self._prepare(size, per_type)
        for size in sizes:
            self._floor(size)
            self._contest(size, (OURS,), ("tantivy", "tantivy" + TOKENS))
        whole = WHOLE if WHOLE in sizes else sizes[0]
        self._whole(whole)
        for size in sizes:
            if size != LARGEST:
                self._contest(size, ("fts5", "fts5" + TOKENS))
        for size in sizes:
            if size in SMALL:
                self._contest(size, ("whoosh" + TOKENS,))
        if LARGEST in sizes:
            self._contest(LARGEST, ("fts5", "fts5" + TOKENS))

    def measure_whole_again(self) -> None:
        """Measure the whole archive alone; the other figures stay those of the last run."""
        kept = json.loads(self._results.read_text("utf-8"))
        measured = {name: self.machine[name] for name in ("date", "commit")}
        self.machine, self.sizes = kept["machine"], kept["sizes"]
        size = next(name for name, own in self.sizes.items() if "whole" in own)
        self._whole(size)
        self.sizes[size]["whole"]["measured"] = measured

    def keep(self, folder: Path) -> str:
        """Write down what is measured so far, so that a run that is stopped is not lost."""
        results = {"machine": self.machine, "sizes": self.sizes}
        self._results.write_text(json.dumps(results, ensure_ascii=False), "utf-8")
        return report.write(folder, self.machine, self.sizes)

    def _files(self, size: str) -> dict[str, str]:
        folder = self._work / size
        return {
            "paragraphs": str(folder / "paragraphs.tsv"),
            "questions": str(folder / "questions.json"),
        }

    def _prepare(self, size: str, per_type: int) -> None:
        (self._work / size).mkdir(parents=True, exist_ok=True)
        task = {"stage": "prepare", "size": size, "per_type": per_type, **self._files(size)}
        self._say(f"{size}: paragraphs and questions")
        self.sizes[size] = {**stage(task, self._left()), "builds": {}, "answers": {}}

    def _floor(self, size: str) -> None:
        count = self.sizes[size]["paragraphs"]
        task = {"stage": "floor", "count": count}
        self.sizes[size]["floor"] = self._stage(f"{size}: the floor", task, self._left())

    def _contest(self, size: str, *groups: tuple[str, ...]) -> None:
        """Build an index for each group of engines, ask all in turns, remove the indexes."""
        folders: dict[str, Path] = {}
        for group in groups:
            folder = self._folder(size, group)
            index = folder.name
            shutil.rmtree(folder, ignore_errors=True)
            task = {"stage": "build", "engine": group[0], **self._task(size, folder)}
            built = self._stage(f"{size}: {index} builds", task, self._left())
            self.sizes[size]["builds"][index] = built
            if "stopped" not in built:
                folders |= dict.fromkeys(group, folder)
        self.sizes[size]["answers"] |= self._ask(size, folders)
        if OURS in folders:
            task = {"stage": "work", **self._task(size, folders[OURS])}
            saying = f"{size}: patterns, concordances, drafts"
            self.sizes[size]["work"] = self._stage(saying, task, self._left())
        # Those of a build that was stopped too.
        for group in groups:
            shutil.rmtree(self._folder(size, group), ignore_errors=True)
        self.keep(self._work / "docs")

    def _folder(self, size: str, group: tuple[str, ...]) -> Path:
        """Where the index lies that a group of engines shares."""
        return self._work / size / group[0].removesuffix(TOKENS)

    def _task(self, size: str, folder: Path) -> dict[str, Any]:
        return {"folder": str(folder), **self._files(size)}

    def _ask(self, size: str, folders: dict[str, Path]) -> dict[str, dict[str, Any]]:
        """Ask all questions, in several processes: no engine is helped by its own repetition.

        The engines take turns: whether the machine is fast or slow for a while, all meet it.
        """
        rounds: dict[str, list[dict[str, Any]]] = {engine: [] for engine in folders}
        stopped: dict[str, dict[str, Any]] = {}
        for at in range(ROUNDS):
            for engine, folder in folders.items():
                if engine in stopped:
                    continue
                profile = self._profile and at == ROUNDS - 1 and engine == OURS
                task = {"stage": "ask", "engine": engine, **self._task(size, folder)}
                task |= {"seconds": ASK_SECONDS, "profile": profile}
                saying = f"{size}: {engine} answers, {at + 1} of {ROUNDS}"
                asked = self._stage(saying, task, self._left())
                for type_, text in asked.pop("profiles", {}).items():
                    (self._work / size / f"profile-{type_}.txt").write_text(text, "utf-8")
                if "stopped" in asked:
                    stopped[engine] = asked
                else:
                    rounds[engine].append(asked)
        return {
            engine: merged(rounds[engine]) if rounds[engine] else stopped[engine]
            for engine in folders
        }

    def _whole(self, size: str) -> None:
        self._say(f"{size}: import, cold search, pages, small change")
        files = self._files(size)
        folder = self._work / size / "whole"
        try:
            measured = whole_archive(
                folder, Path(files["paragraphs"]), Path(files["questions"]), self._left()
            )
        except StoppedError as stopped:
            measured = {"stopped": str(stopped)}
        self.sizes[size]["whole"] = measured
        self.keep(self._work / "docs")
        shutil.rmtree(folder, ignore_errors=True)

    def _stage(self, saying: str, task: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._say(saying)
        try:
            return stage(task, seconds)
        except StoppedError as stopped:
            self._say(f"  {stopped}")
            return {"stopped": str(stopped)}

    def _left(self) -> float:
        return self._end - time.monotonic()

    def _say(self, text: str) -> None:
        click.echo(f"[{self._left() / 60:5.1f} min left] {text}", err=True)


@click.command()
@click.argument("sizes", nargs=-1, type=click.Choice(list(SIZES)))
@click.option("--minutes", default=40.0, show_default=True, help="What is not begun then is left.")
@click.option("--profile", is_flag=True, help="Write a profile of our engine for each type.")
@click.option("--work", default=ROOT / "build" / "bench", type=click.Path(path_type=Path))
@click.option("--per-type", default=PER_TYPE, show_default=True, help="Questions of each type.")
@click.option(
    "--whole", is_flag=True, help="Only import, pages, changes; keep the last run's rest."
)
def main(
    sizes: tuple[str, ...],
    minutes: float,
    profile: bool,
    work: Path,
    per_type: int,
    whole: bool,
) -> None:
    """Compare engines on SIZES (all by default) and write tables and plots.

    A run over all sizes writes docs/benchmarks.md, one over some of them only the work
    folder, so that a quick look does not replace the full record.
    """
    # What is installed has its bytecode: no command is timed while it compiles itself.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    chosen = sizes or DEFAULT
    if "real" in chosen and real_file("100k.jsonl.gz") is None:
        click.echo("real: left out, XIANLI_TESTDATA is not set", err=True)
        chosen = tuple(size for size in chosen if size != "real")
    run = Run(work, minutes, profile=profile)
    if whole:
        run.measure_whole_again()
    else:
        run.measure(chosen, per_type)
    complete = set(DEFAULT) - {"real"} <= set(run.sizes)
    target = ROOT / "docs" if complete else work / "docs"
    click.echo(run.keep(target))
    if any(report.disagreements(size) for size in run.sizes.values()):
        click.echo("engines disagree: see the end of the report", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

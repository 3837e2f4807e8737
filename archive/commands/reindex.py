"""`xianli reindex` and `xianli import`: bring the archive up to date with its sources."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from archive.commands.files import open_plain
from archive.commands.options import FILE, as_json, jobs_option
from archive.commands.output import print_json
from archive.errors import HomeError
from archive.intake.importer import Item, Outcome, importer, refusal, without_held
from archive.intake.names import shown
from archive.intake.staging import staging
from archive.store.home import Home


def _with_limits(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how much of the machine a run may take."""
    memory = click.option(
        "--memory",
        type=click.IntRange(1),
        metavar="MB",
        help="最多占用的内存 / megabytes of memory, all processes together",
    )
    return jobs_option(memory(command))


@click.command()
@click.argument("paths", nargs=-1, type=FILE)
@click.option("--full", is_flag=True, help="全部重读 / read every source again")
@_with_limits
@click.option("--dry-run", is_flag=True, help="只列出要做的事 / only say what would be done")
@as_json
@click.pass_obj
def reindex(
    home: Path, /, paths: tuple[Path, ...], full: bool, dry_run: bool, machine: bool, **limits: Any
) -> None:
    """重建索引：读入新增和改动的文件 / read what is new or changed, and update the index."""
    from indexer.run.reindex import Options

    opened = Home.open(home)
    options = Options(_within(opened, paths), full, dry_run=dry_run, **limits)
    if _run_reindex(opened, options, machine).failed:
        sys.exit(1)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@_with_limits
@as_json
@click.pass_obj
def import_files(home: Path, /, files: tuple[Path, ...], machine: bool, **limits: Any) -> None:
    """把文件（或 ZIP）收进档案并建立索引 / take files, or ZIP files, in and index them."""
    from indexer.run.reindex import Options
    from indexer.run.reindex import reindex as run

    opened = Home.open(home)
    items = _take_in(opened, files)
    failed = False
    # What was there already may not have been read yet.
    if targets := tuple(item.path for item in items if item.path):
        options = Options(paths=targets, **limits)
        report = _run_reindex(opened, options, machine)
        kept = without_held(opened, items, {source.path for source in report.held})
        if kept != items:
            # Their names leave the archive too.
            run(opened, options)
        items, failed = kept, bool(report.failed)
    for item in items:
        if item.outcome is not Outcome.ADDED:
            # A refusal may name its file itself, one of what is inside a file does not.
            name = shown(item.name)
            said = f"{item.chinese} ({item.english})"
            click.echo(said if name in said else f"{name}: {said}", err=True)
    if failed or any(item.outcome is Outcome.REFUSED for item in items):
        sys.exit(1)


def _run_reindex(home: Home, options: Any, machine: bool) -> Any:
    """Run with a progress bar, print the closing table, return the report."""
    from indexer.run.reindex import reindex as run

    hidden = machine or not sys.stderr.isatty()
    with click.progressbar(length=1, label="读入 / reading", file=sys.stderr, hidden=hidden) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        report = run(home, options, progress)
    if machine:
        print_json(report.to_dict())
    else:
        click.echo(report.to_text())
    return report


def _take_in(home: Home, files: tuple[Path, ...]) -> list[Item]:
    """Take files into the corpus; say what became of each. Nothing is overwritten."""
    from indexer.pipeline import SUFFIXES

    items: list[Item] = []
    with staging(home) as uploads:
        taking = importer(home, SUFFIXES)
        for file in files:
            try:
                source = open_plain(file)
            except HomeError as error:
                items.append(refusal(str(file), error))
                continue
            stream = uploads.open()
            with source:
                shutil.copyfileobj(source, stream)
            items += taking.take(file.name, uploads.finish(stream), uploads)
    return items


def _within(home: Home, paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Paths as typed to paths relative to the corpus."""
    found = []
    for path in paths:
        for candidate in (path, home.corpus / path):
            absolute = candidate.resolve()
            if absolute.is_relative_to(home.corpus) and (
                absolute.exists() or candidate is not path
            ):
                found.append(absolute.relative_to(home.corpus).as_posix())
                break
        else:
            raise HomeError("command.outside_corpus", path=path, corpus=home.corpus)
    return tuple("" if path == "." else path for path in found if path != ".")

"""`xianli batch`: many wordings from a file, counted."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archive.commands.files import read_text
from archive.commands.options import FILE, as_json, as_query, with_filters
from archive.commands.output import print_json
from archive.store.library import open_archive
from archive.wording import Answered, batch, batch_rows

# In MB: 100,000 wordings.
LARGEST = 4


@click.command("batch")
@click.argument("file", type=FILE, default="-")
@with_filters
@as_json
@click.pass_obj
def batch_command(home: Path, /, file: Path, machine: bool, **options: Any) -> None:
    """逐行统计一个文件里的用语，CSV / count the wordings of a file, one a line, as CSV."""
    filters = as_query("", options)
    lines = io.StringIO(read_text(file, LARGEST))
    failed = False

    def noted(answers: Iterator[Answered]) -> Iterator[Answered]:
        nonlocal failed
        for answer in answers:
            failed = failed or answer.error is not None
            yield answer

    with open_archive(home) as opened:
        archive = opened.snapshot()
        answers = noted(batch(archive, lines, filters))
        if machine:
            for answer in answers:
                print_json(answer.to_dict())
        else:
            for line in batch_rows(answers):
                click.echo(line, nl=False)
    if failed:
        sys.exit(1)

"""`xianli precedents`: a draft in, the passages that put it most alike out."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.files import read_text
from archive.commands.options import FILE, as_json
from archive.commands.output import print_json, print_passage
from archive.precedents.answer import Precedent, precedents
from archive.store.library import open_archive

# What a terminal shows; `--json` has more.
_SHOWN = 5
_SHOWN_BY_CLAUSE = 2
# In MB: what is longer than a draft is said where drafts are read.
LARGEST = 1


@click.command("precedents")
@click.argument("file", type=FILE, default="-")
@as_json
@click.pass_obj
def precedents_command(home: Path, file: Path, machine: bool) -> None:
    """草稿的先例 / passages that put a draft most alike, in all and clause by clause."""
    draft = read_text(file, LARGEST)
    with open_archive(home) as opened:
        found = precedents(opened.snapshot(), draft)
    if machine:
        print_json(found.to_dict())
        return
    if not found.overall:
        click.echo("没有相近的段落 / nothing in the archive resembles the draft")
    for at, precedent in enumerate(found.overall[:_SHOWN], 1):
        _print(f"{at}.", precedent)
    for clause in found.clauses:
        click.echo(f"\n〔{clause.text}〕")
        for precedent in clause.precedents[:_SHOWN_BY_CLAUSE]:
            _print(" ~", precedent)


def _print(mark: str, precedent: Precedent) -> None:
    paragraph = precedent.paragraph
    first, last = precedent.first_year, precedent.last_year
    years = "年份不明" if first is None else f"{first}" if first == last else f"{first}–{last}"
    click.echo(
        f"{mark} {precedent.similarity:.0%}  {paragraph.title}  [{years}]  "
        f"{precedent.sources} 个来源 / sources  {paragraph.paragraph_id}"
    )
    print_passage(paragraph.text, precedent.spans)

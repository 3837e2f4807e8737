"""`xianli precedents`: a draft in, the passages that put it most alike out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from archive.commands.options import as_json
from archive.precedents.answer import Precedent, precedents
from archive.search.results import snippet
from archive.store.home import Home
from archive.store.library import Archive

# What a terminal shows; `--json` has more.
_SHOWN = 5
_SHOWN_BY_CLAUSE = 2
# How much of a passage is printed, in characters: about three lines of a terminal.
_WIDTH = 110


@click.command("precedents")
@click.argument("file", type=click.File(encoding="utf-8-sig"), default="-")
@as_json
@click.pass_obj
def precedents_command(home: Path, file: TextIO, machine: bool) -> None:
    """草稿的先例 / passages that put a draft most alike, in all and clause by clause."""
    with Archive(Home.open(home)) as opened:
        archive = opened.still()
        found = precedents(archive, file.read())
    if machine:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
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
    piece = snippet(paragraph.text, precedent.spans, _WIDTH)
    text = "".join(
        click.style(part, bold=True, fg="red") if matched else part
        for part, matched in piece.pieces()
    )
    click.echo(f"   {'…' if piece.before else ''}{text}{'…' if piece.after else ''}")

"""`xianli wording`: a wording's lines, groups, collocates and years; or several compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from archive.commands.options import as_args, as_json, with_filters
from archive.commands.output import print_json
from archive.store.library import open_archive
from archive.wording import (
    Compared,
    LineSort,
    Side,
    Wording,
    compare,
    csv_rows,
    lines,
    wording_args,
)
from archive.wording import wording as look_at

# What a terminal shows of each list; `--json` and `--csv` have more.
_SHOWN = 10
# Columns of the left context on a terminal of 80.
_LEFT_COLUMNS = 28


@click.command()
@click.argument("pattern", nargs=-1, required=True)
@with_filters
@click.option(
    "--sort", type=click.Choice([s.value for s in LineSort]), default="id", help="各行排序 / order"
)
@click.option("--window", type=int, help="搭配词窗口（词）/ collocates within so many words")
@click.option(
    "--side",
    type=click.Choice([s.value for s in Side]),
    default="both",
    help="搭配词在哪一侧 / side",
)
@click.option("--slots", is_flag=True, help="数字、年份、遮盖视为同一 / figures and masks as slots")
@click.option("--limit", type=int, default=20, help="行数 / lines")
@click.option("--offset", type=int, default=0, help="从第几行起 / lines to pass over")
@as_json
@click.option("--csv", "table", is_flag=True, help="全部各行，CSV / every line, as CSV")
@click.pass_obj
def wording(
    home: Path, /, pattern: tuple[str, ...], machine: bool, table: bool, **options: Any
) -> None:
    """用语：怎样写、多少次、哪些年 / how a wording is put, how often, in which years.

    例 xianli wording '抓…促…' --sort right1；给出二至五个用语则并列比较 / two to five
    wordings are compared.
    """
    if table and len(pattern) > 1:
        raise click.UsageError("--csv 只能用于一个用语 / --csv takes one wording")
    options["slots"] = "1" if options["slots"] else None
    asked = [wording_args(as_args(text, options)) for text in pattern]
    query, how = asked[0]
    with open_archive(home) as opened:
        archive = opened.snapshot()
        if table:
            for line in csv_rows(lines(archive, query)):
                click.echo(line, nl=False)
            return
        if len(asked) > 1:
            compared = compare(archive, [one for one, _ in asked])
            if machine:
                print_json({"wordings": [one.to_dict() for one in compared]})
            else:
                _print_comparison(compared)
            return
        found = look_at(archive, query, how)
    if machine:
        print_json(found.to_dict())
    else:
        _print_wording(found)


def _print_wording(found: Wording) -> None:
    click.echo(
        f"{found.total} 处，{found.paragraphs} 段，{found.documents} 篇文档，"
        f"{found.sources} 个独立来源  ({found.took_ms:.0f} ms)"
    )
    if not found.total:
        return
    for line in found.lines:
        left = _flat(line.left)
        while _columns(left) > _LEFT_COLUMNS:
            left = left[1:]
        padding = " " * (_LEFT_COLUMNS - _columns(left))
        match = click.style(_flat(line.match), bold=True, fg="red")
        dated = line.paragraph.year or "    "
        click.echo(f"{dated} {padding}{left}{match}{_flat(line.right)[:14]}")
    click.echo(f"\n写法 / wordings ({found.group_count})")
    for group in found.groups[:_SHOWN]:
        click.echo(
            f"{group.count:>7} {group.share:6.1%}  来源 {group.sources:<5} {_flat(group.text)}"
        )
    click.echo("\n搭配 / collocates")
    for collocate in found.collocates[:_SHOWN]:
        side = "左" if collocate.side == "left" else "右"
        click.echo(f"{collocate.count:>7} {collocate.score:6.2f}  {side}  {collocate.word}")
    life = found.life
    gone = "，此后未见 / last seen" if life.last_seen else ""
    click.echo(
        f"\n年份 / years {life.first or '—'}–{life.last or '—'}{gone}，最多 {life.peak or '—'}"
    )
    for year in found.years:
        if year.count:
            click.echo(f"{year.year or '不明'} {year.count:>7} {year.per_million:9.2f} / 百万字")


def _print_comparison(compared: Sequence[Compared]) -> None:
    click.echo("   处数    段数    来源  起      止    用语")
    for one in compared:
        life = one.life
        click.echo(
            f"{one.total:>7} {one.paragraphs:>7} {one.sources:>7}  {life.first or '—':<6}"
            f"  {life.last or '—':<4}  {one.query.text}"
        )


def _flat(text: str) -> str:
    """The text on one line."""
    return text.translate(str.maketrans("\r\n\t", "   "))


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

"""`xianli search` and `xianli export`: a page of hits, or every match."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive.commands.options import as_json, as_query, with_filters
from archive.commands.output import print_json, print_passage
from archive.query.query import Sort
from archive.search.export import Format, rows
from archive.search.results import Hit, Results
from archive.store.library import open_archive
from archive.suggest import did_you_mean


@click.command()
@click.argument("query", default="")
@with_filters
@click.option(
    "--sort", type=click.Choice([s.value for s in Sort]), default="relevance", help="排序 / order"
)
@click.option("--limit", type=int, default=20, help="条数 / hits on a page")
@click.option("--offset", type=int, default=0, help="从第几条起 / hits to pass over")
@click.option("--no-fold", is_flag=True, help="列出全部近似重复 / list every near-duplicate")
@as_json
@click.pass_obj
def search(home: Path, /, query: str, no_fold: bool, machine: bool, **options: Any) -> None:
    """检索 / search. 例 xianli search '"控辍保学"' --year 2019..2021"""
    asked = replace(as_query(query, options), fold=not no_fold)
    with open_archive(home) as archive:
        results = archive.search(asked)
        meant = did_you_mean(archive, results)
    if machine:
        answer = results.to_dict()
        if meant:
            answer["did_you_mean"] = [correction.to_dict() for correction in meant]
        print_json(answer)
    else:
        _print_results(results)
        for correction in meant:
            click.echo(f"您要找的是不是 / did you mean: {correction.query} ({correction.count})")


@click.command()
@click.argument("query", default="")
@with_filters
@click.option(
    "--format", "form_", type=click.Choice(["csv", "ndjson"]), default="csv", help="格式 / format"
)
@click.pass_obj
def export(home: Path, /, query: str, form_: Format, **options: Any) -> None:
    """导出全部结果 / write every match, complete, in id order."""
    asked = as_query(query, options)
    with open_archive(home) as archive:
        for line in rows(archive.scan(asked), form_):
            click.echo(line, nl=False)


def _print_results(results: Results) -> None:
    shown = f"{results.total} 段" + (
        f"，合并近似后 {results.clusters} 条"
        if results.clusters not in (None, results.total)
        else ""
    )
    click.echo(f"{shown}  ({results.took_ms:.1f} ms)")
    for one in results.documents:
        own = one.paragraph
        told = (own.record.number, *own.record.issuer, own.record.issued, own.document_id)
        click.echo(f"文件 / document: {own.title}  [{'，'.join(filter(None, told))}]")
    for at, hit in enumerate(results.hits, results.query.offset + 1):
        _print_hit(f"{at}.", hit)
    if results.nearest:
        click.echo("没有符合的段落。用词最接近的： / nothing matches; nearest in wording:")
        for hit in results.nearest:
            _print_hit("~", hit)


def _print_hit(mark: str, hit: Hit) -> None:
    paragraph = hit.paragraph
    year = str(paragraph.year or "年份不明")
    place = " > ".join(filter(None, (paragraph.article, *paragraph.heading_path)))
    more = f"  (+{len(hit.variants)})" if hit.variants else ""
    click.echo(f"\n{mark} {paragraph.title}  [{year}]{more}  {paragraph.paragraph_id}")
    if place:
        click.echo(f"   {place}")
    print_passage(paragraph.text, hit.spans)

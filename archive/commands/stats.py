"""`xianli stats` and `xianli verify`: the state of the archive, and whether it is true."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.commands.options import OneOf, as_json
from archive.commands.output import localised, print_json
from archive.fields import named
from archive.serializers import to_dict
from archive.store.home import Home
from archive.store.library import open_archive


@click.command()
@click.option(
    "--warning",
    type=OneOf(named("warnings")),
    help="列出有此读取提示的文档 / list the documents with this warning",
)
@as_json
@click.pass_obj
def stats(home: Path, warning: str | None, machine: bool) -> None:
    """档案的状况 / the state of the archive."""
    with open_archive(home) as archive:
        state = archive.stats()
    if warning:
        listed = [document for document in state.warned if warning in document.warnings]
        if machine:
            print_json({"documents": [to_dict(document) for document in listed]})
        for document in () if machine else listed:
            click.echo(f"{document.path}: {document.title}")
    elif machine:
        print_json(state.to_dict())
    else:
        click.echo(state.to_text())


@click.command()
@as_json
@click.pass_obj
def verify(home: Path, machine: bool) -> None:
    """核对索引与来源 / compare the index with its sources; exit 1 where they differ."""
    from indexer.run.verify import verify as verify_home

    found = list(verify_home(Home.open(home)))
    if machine:
        print_json({"differences": [difference.to_dict() for difference in found]})
    else:
        for difference in found:
            why = difference.reason
            click.echo(f"{difference.path}: {localised(why.chinese, why.english)}")
        click.echo(f"{len(found)} 处不一致 / differences" if found else "一致 / in agreement")
    if found:
        sys.exit(1)

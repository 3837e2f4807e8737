"""`xianli stats` and `xianli verify`: the state of the archive, and whether it is true."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from archive.commands.options import as_json
from archive.commands.saying import say
from archive.store.home import Home
from archive.store.library import Archive


@click.command()
@as_json
@click.pass_obj
def stats(home: Path, machine: bool) -> None:
    """档案的状况 / the state of the archive."""
    with Archive(Home.open(home)) as archive:
        state = archive.stats()
    click.echo(json.dumps(state.to_dict(), ensure_ascii=False) if machine else state.to_text())


@click.command()
@as_json
@click.pass_obj
def verify(home: Path, machine: bool) -> None:
    """核对索引与来源 / compare the index with its sources; exit 1 where they differ."""
    from indexer.run.verify import verify as verify_home

    found = list(verify_home(Home.open(home)))
    if machine:
        listed = [d.to_dict() for d in found]
        click.echo(json.dumps({"differences": listed}, ensure_ascii=False))
    else:
        for difference in found:
            click.echo(f"{difference.path}: {say(difference.reason)}")
        click.echo(f"{len(found)} 处不一致 / differences" if found else "一致 / in agreement")
    if found:
        sys.exit(1)

"""`xianli backup` and `xianli restore`: notes, rules and settings, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.files import open_plain
from archive.commands.options import FILE
from archive.store.home import Home


@click.command()
@click.argument("file", type=FILE)
@click.pass_obj
def backup(home: Path, file: Path) -> None:
    """备份笔记、规则和设置 / back up notes, rules and settings; a server may be running."""
    from archive.notes.backup import back_up

    names = back_up(Home.open(home), file)
    held = ", ".join(names) or "还没有笔记、规则和设置 / no notes, rules or settings yet"
    click.echo(f"{file}: {held}")


@click.command()
@click.argument("file", type=FILE)
@click.pass_obj
def restore(home: Path, file: Path) -> None:
    """恢复备份 / restore a backup, or a copy of notes.sqlite; a server may be running."""
    from archive.notes.backup import restore as put_back

    open_plain(file).close()
    names, kept = put_back(Home.open(home), file)
    held = ", ".join(names) or "空的 / empty"
    click.echo(f"恢复了 / restored: {held}")
    if kept is not None:
        click.echo(f"原来的内容在 / what was here is kept in: {kept}")
    click.echo("要让规则和更正生效，请运行 / for rules and corrections to apply: xianli reindex")

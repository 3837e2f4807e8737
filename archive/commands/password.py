"""`xianli password`: who may enter an archive that others can reach."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.errors import ArchiveError
from archive.store.access import remove_password, set_password
from archive.store.home import Home

# Of a line that is read: far beyond any password.
_LONGEST = 10_000


@click.command()
@click.option("--remove", is_flag=True, help="取消密码 / take the password away")
@click.pass_obj
def password(home: Path, remove: bool) -> None:
    """设置进入档案的密码，所有登录随之失效 / set the password; every session ends.

    在终端里问两遍，否则从标准输入读一行 / asked twice on a terminal, else read from stdin.
    """
    opened = Home.open(home)
    if remove:
        gone = remove_password(opened)
        click.echo("已取消密码 / removed" if gone else "本来没有密码 / there was none")
        return
    set_password(opened, _ask())
    click.echo("密码已设置，所有登录已失效 / the password is set, every session has ended")


def _ask() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline(_LONGEST).rstrip("\r\n")
    first: str = click.prompt("密码 / password", hide_input=True)
    second: str = click.prompt("再输一遍 / once more", hide_input=True)
    if first != second:
        raise ArchiveError("password.differ")
    return first

"""`xianli allow`: let files with a mark of secrecy be read."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import FILE, relative_to_corpus
from archive.commands.output import localised
from archive.errors import HomeError
from archive.intake.staging import digest
from archive.store.allowed import allow as write
from archive.store.home import Home


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--comment", default="", help="谁准许的、为什么 / who allows it, and why")
@click.pass_obj
def allow(home: Path, files: tuple[Path, ...], comment: str) -> None:
    """准许读入标有密级的文件 / let files with a mark of secrecy be read, as they are now."""
    opened = Home.open(home)
    for file in files:
        if not file.is_file():
            raise HomeError("command.no_file", file=file)
        write(opened, digest(file), relative_to_corpus(home, file), comment)
    n = len(files)
    click.echo(
        localised(
            f"{n} 个文件已列入 rules/allowed.toml，请运行 xianli reindex",
            f"listed in rules/allowed.toml: {n}; run xianli reindex",
        )
    )

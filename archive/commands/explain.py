"""`xianli explain`: how a file is read, block by block."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.commands.files import open_plain
from archive.commands.options import FILE, as_json, relative_to_corpus
from archive.commands.output import localised, print_json
from archive.errors import ArchiveError
from archive.store.home import Home


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@as_json
@click.option(
    "--text", "plain", is_flag=True, help="只输出保留的段落 / kept paragraphs, one a line"
)
@click.pass_obj
def explain(home: Path, files: tuple[Path, ...], machine: bool, plain: bool) -> None:
    """说明一个文件是怎样读的 / show how a file is read: kept, cut, dated, and by which rule."""
    from indexer.run.explain import explain_file

    failed = False
    for file in files:
        try:
            open_plain(file).close()
            for explanation in explain_file(file, relative_to_corpus(home, file), Home.open(home)):
                if machine:
                    print_json(explanation.to_dict())
                elif plain:
                    for paragraph in explanation.reading.paragraphs:
                        click.echo(paragraph.text)
                else:
                    click.echo(explanation.to_text())
        except ArchiveError as error:
            failed = True
            said = localised(error.chinese, error.english)
            click.echo(f"xianli: {said if str(file) in said else f'{file}: {said}'}", err=True)
    if failed:
        sys.exit(1)

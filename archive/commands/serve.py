"""`xianli serve`: the archive in the browser."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from archive.home import Home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="端口 / port"
)
@click.pass_obj
def serve(home: Path, host: str, port: int) -> None:
    """在浏览器里使用 / serve the archive to the browser."""
    from archive.commands.running import reindex_apart, stop_runs
    from indexer.build import SUFFIXES
    from web import create_app
    from web.serving import serve_app

    opened = Home.open(home)
    app = create_app(opened.root, partial(reindex_apart, opened.root), SUFFIXES)
    try:
        serve_app(app, host, port, announce=lambda address: click.echo(f"xianli: {address}"))
    finally:
        stop_runs()

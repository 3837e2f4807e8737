"""`xianli serve`: the archive in the browser."""

from __future__ import annotations

import gc
import signal
from functools import partial
from pathlib import Path

import click

from archive.store.home import Home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="端口 / port"
)
@click.option("--name", "names", multiple=True, help="对外的主机名（可重复）/ a name it answers to")
@click.option("--proxy", help="受信任的反向代理的地址 / address of the trusted reverse proxy")
@click.pass_obj
def serve(home: Path, host: str, port: int, names: tuple[str, ...], proxy: str | None) -> None:
    """在浏览器里使用 / serve the archive to the browser."""
    from archive.commands.running import reindex_apart, stop_runs
    from archive.notes.backup import start_daily_backups
    from archive.text.tokenize import fast_cutter
    from indexer.pipeline import SUFFIXES
    from web import create_app
    from web.server.serving import Place, serve_app

    opened = Home.open(home)
    # Loaded now: else the reader whose search is the hundredth or so waits for it.
    fast_cutter()
    app = create_app(opened.root, partial(reindex_apart, opened.root), SUFFIXES)
    # What is here now stays: each search for garbage in it would delay answers by 20 ms. The
    # archive is opened later, and can go when a new one replaces it.
    gc.collect()
    gc.freeze()
    start_daily_backups(opened)
    # As Ctrl+C: runs under way are stopped, the port is released.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve_app(
            app,
            Place(host, port, names, proxy),
            announce=lambda address: click.echo(f"xianli: {address}"),
        )
    finally:
        stop_runs()

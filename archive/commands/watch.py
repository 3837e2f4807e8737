"""`xianli watch`: keep the archive up to date with its folder."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from archive.commands.options import jobs_option
from archive.commands.output import localised
from archive.store.home import Home


@click.command()
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 86_400),
    default=5.0,
    show_default=True,
    help="每隔几秒看一次 / seconds between two looks",
)
@jobs_option
@click.pass_obj
def watch(home: Path, interval: float, jobs: int) -> None:
    """看着语料文件夹，有变动就读入 / read what comes into the corpus, as it comes."""
    from indexer.run.watch import watch as run

    opened = Home.open(home)
    # A run under way is dropped, the old generation still answers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pause = threading.Event()
    say(
        f"正在看着 {opened.corpus}，按 Ctrl+C 结束", f"watching {opened.corpus}, end it with Ctrl+C"
    )
    try:
        run(opened, jobs, say, lambda: pause.wait(interval))
    except KeyboardInterrupt:
        say("已结束", "ended")


def say(chinese: str, english: str) -> None:
    """Print one line."""
    click.echo(f"xianli: {localised(chinese, english)}")

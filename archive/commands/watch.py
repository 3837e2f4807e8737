"""`xianli watch`: keep the archive up to date with its folder."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import NoReturn

import click

from archive.commands.saying import in_system_language
from archive.store.home import Home


@click.command()
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 86_400),
    default=5.0,
    show_default=True,
    help="每隔几秒看一次 / seconds between two looks",
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="进程数 / processes"
)
@click.pass_obj
def watch(home: Path, interval: float, jobs: int) -> None:
    """看着语料文件夹，有变动就读入 / read what comes into the corpus, as it comes."""
    from indexer.run.watch import watch as run

    opened = Home.open(home)
    signal.signal(signal.SIGTERM, _interrupt)
    pause = threading.Event()
    say(
        f"正在看着 {opened.corpus}，按 Ctrl+C 结束", f"watching {opened.corpus}, end it with Ctrl+C"
    )
    try:
        run(opened, jobs, say, lambda: pause.wait(interval))
    except KeyboardInterrupt:
        say("已结束", "ended")


def say(chinese: str, english: str) -> None:
    """Print one line, at once: whoever reads a log wants it now."""
    click.echo(f"xianli: {in_system_language(chinese, english)}")


def _interrupt(*_: object) -> NoReturn:
    """End on SIGTERM as on Ctrl+C; a run under way is dropped, the old state goes on answering."""
    raise KeyboardInterrupt

"""The entry point: `xianli …`. With its commands the only part that may import the indexer and
the web front; nothing imports it.

Exit codes: 0 done; 1 refused or failed, with one line on stderr; 2 wrong usage.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import click

from archive.commands.options import FILE
from archive.commands.output import localised, usage
from archive.engines.registry import EXAMPLE
from archive.errors import ArchiveError
from archive.store.home import ENGINE_VARIABLE

# Command → the module and name that hold it. Loaded only when called: what one command
# needs must not make another one slow to start.
COMMANDS = {
    "reindex": "archive.commands.reindex:reindex",
    "import": "archive.commands.reindex:import_files",
    "allow": "archive.commands.allow:allow",
    "watch": "archive.commands.watch:watch",
    "explain": "archive.commands.explain:explain",
    "search": "archive.commands.search:search",
    "export": "archive.commands.search:export",
    "wording": "archive.commands.wording:wording",
    "batch": "archive.commands.batch:batch_command",
    "precedents": "archive.commands.precedents:precedents_command",
    "clips": "archive.commands.notes:clips",
    "notes": "archive.commands.notes:notes",
    "backup": "archive.commands.backup:backup",
    "restore": "archive.commands.backup:restore",
    "stats": "archive.commands.stats:stats",
    "verify": "archive.commands.stats:verify",
    "serve": "archive.commands.serve:serve",
    "password": "archive.commands.password:password",
}


class _Commands(click.Group):
    """A group that knows its commands by name and imports each when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = resolve_name(COMMANDS[cmd_name])
        if not any(option.name == "home" for option in command.params):
            command.params += [_home(default=None), _engine()]
        return command

    # Within click, which takes a reader that has gone for a failure.
    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _reader_may_go():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _reader_may_go():
            return super().invoke(ctx)


def main() -> None:
    """Run the command line and leave with its exit code."""
    _leave_ascii()
    try:
        cli.main(standalone_mode=False)
        with _reader_may_go():
            # What is still to be said may fail too; said at the exit nobody would know why.
            sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        click.echo(f"xianli: {localised(*usage(error))}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except ArchiveError as error:
        click.echo(f"xianli: {localised(error.chinese, error.english)}", err=True)
        sys.exit(1)
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        click.echo(
            f"xianli:{place} {error.strerror or error}；请检查磁盘空间和权限 "
            "(check disk space and permissions)",
            err=True,
        )
        sys.exit(1)


@contextmanager
def _reader_may_go() -> Iterator[None]:
    """Leave where the reader of our output (head, less) has gone, which is no failure of ours."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _leave_ascii() -> None:
    """Begin anew in UTF-8 where the environment forces ASCII.

    Queries would arrive as halves of characters, and files of other names could not be named.
    """
    encodings = {sys.getfilesystemencoding(), *(s.encoding for s in (sys.stdin, sys.stdout) if s)}
    if os.name == "posix" and any(
        codecs.lookup(name).name == "ascii" for name in encodings if name
    ):
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONIOENCODING"}
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, command, environment | {"PYTHONUTF8": "1"})


def _take_home(context: click.Context, option: click.Parameter, home: Path | None) -> None:
    """Let the archive's folder be this one; what stands behind the command comes later and wins."""
    if home is not None:
        context.obj = home


def _take_engine(context: click.Context, option: click.Parameter, engine: str | None) -> None:
    if engine is not None:
        # The option is the variable by another name: every way to open a home reads it.
        os.environ[ENGINE_VARIABLE] = engine


def _home(**how: Any) -> click.Option:
    """`--home`, which is taken before the command and behind it."""
    return click.Option(
        ["--home"],
        type=FILE,
        expose_value=False,
        callback=_take_home,
        help="档案文件夹：来源在其 corpus/ 下 / the archive's folder",
        **how,
    )


def _engine() -> click.Option:
    """`--engine`, likewise."""
    return click.Option(
        ["--engine"],
        metavar="ADDRESS",
        expose_value=False,
        callback=_take_engine,
        help=f"引擎地址，例如 {EXAMPLE}；默认见档案的 settings.toml，"
        "没有则用内置引擎 / an engine's address",
    )


@click.group(
    cls=_Commands,
    params=[
        _home(envvar="XIANLI_HOME", default=".", show_default="$XIANLI_HOME, else ."),
        _engine(),
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="xianli")
def cli() -> None:
    """先例：公文全文检索与档案 / full-text search and archive for Chinese official documents.

    --home 和 --engine 写在命令前后都可以，写在后面的优先 / --home and --engine may stand before
    the command or behind it; behind it they win.
    """

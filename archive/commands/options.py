"""Options that commands share: the filters of a query, `--json`, `--jobs`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.fields import FIELDS, Field
from archive.query.query import EXCLUDED, Query, from_args

F = TypeVar("F", bound=Callable[..., Any])

# Whether a path exists and can be read is said by us, with what to do.
FILE = click.Path(path_type=Path, readable=False)

as_json = click.option("--json", "machine", is_flag=True, help="只输出 JSON / print JSON only")

jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="进程数 / processes"
)


def relative_to_corpus(home: Path, file: Path) -> str:
    """The path that a reindex of this home would know a file by; its name elsewhere."""
    corpus = (home / "corpus").resolve()
    absolute = file.resolve()
    if absolute.is_relative_to(corpus):
        return absolute.relative_to(corpus).as_posix()
    return file.name


def with_filters(command: F) -> F:
    """Give a command an option for each field, the same everywhere a query is asked."""
    excluded = EXCLUDED.rstrip("_")
    for field in reversed(FIELDS):
        name, label = field.parameter.replace("_", "-"), field.keys[0]
        said = f"排除的{label}（可重复）/ excluded, repeatable"
        command = click.option(f"--{excluded}-{name}", multiple=True, help=said)(command)
    for field in reversed(FIELDS):
        name = field.parameter.replace("_", "-")
        command = click.option(
            f"--{name}",
            multiple=True,
            metavar="A..B" if field.ordered else None,
            type=OneOf(field) if field.vocabulary and not field.ordered else str,
            help=f"{field.keys[0]}（可重复）/ {field.parameter}, repeatable",
        )(command)
    return command


class OneOf(click.Choice[str]):
    """One value of a fixed field, under any of its names."""

    def __init__(self, field: Field) -> None:
        super().__init__([*field.vocabulary])
        self._field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(self._field.canonical(value), param, ctx)


def as_args(text: str, options: dict[str, Any]) -> list[tuple[str, str]]:
    """A command's argument and options as a URL's parameters; None counts as not given."""
    args = [("q", text)]
    for name, value in options.items():
        values = value if isinstance(value, tuple) else (value,)
        args.extend((name, str(one)) for one in values if one is not None)
    return args


def as_query(text: str, options: dict[str, Any]) -> Query:
    """The query of a command's argument and options, read like a URL's parameters."""
    return from_args(as_args(text, options))

"""Options that commands share: the facets of a query, and `--json`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archive.model import Form, YearBasis
from archive.nodes import FACETS, VALUE_FACETS
from archive.query import Query, from_args

F = TypeVar("F", bound=Callable[..., Any])

_FACET_LABELS = {
    "section": "章节",
    "topic": "专题",
    "part": "部分",
    "kind": "文种",
    "form": "形式",
    "site": "来源",
    "basis": "年份依据",
}

# Whether a path exists and can be read is said by us, with what to do.
FILE = click.Path(path_type=Path, readable=False)

as_json = click.option("--json", "machine", is_flag=True, help="只输出 JSON / print JSON only")


def with_filters(command: F) -> F:
    """Give a command the facet options, the same everywhere a query is asked."""
    for facet in reversed(VALUE_FACETS):
        command = click.option(
            f"--{facet}",
            multiple=True,
            type=click.Choice([v.value for v in {"form": Form, "basis": YearBasis}[facet]])
            if facet in ("form", "basis")
            else str,
            help=f"{_FACET_LABELS[facet]}（可重复）/ {facet}, repeatable",
        )(command)
    for name in reversed(FACETS):
        label = _FACET_LABELS.get(name, "年份")
        command = click.option(
            f"--not-{name}", multiple=True, help=f"排除的{label}（可重复）/ excluded, repeatable"
        )(command)
    return click.option(
        "--year", multiple=True, metavar="A..B", help="年份：2021、2019..2021 / years"
    )(command)


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

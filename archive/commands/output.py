"""What commands print: JSON, passages, and sentences in the system's language."""

from __future__ import annotations

import json
import os

import click

from archive.search.results import Spans, snippet

# How much of a passage is printed, in characters: about three lines of a terminal.
_WIDTH = 110


def print_json(value: object) -> None:
    """Print a value on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_passage(text: str, spans: Spans) -> None:
    """Print a passage around its first matches, which stand out."""
    piece = snippet(text, spans, _WIDTH)
    shown = "".join(
        click.style(part, bold=True, fg="red") if matched else part
        for part, matched in piece.pieces()
    )
    click.echo(f"   {'…' if piece.before else ''}{shown}{'…' if piece.after else ''}")


def localised(chinese: str, english: str) -> str:
    """The sentence in the system's language; in both where that is neither of ours."""
    named = _system_language()
    if not named.startswith(("zh", "en")):
        return f"{chinese} ({english})"
    return chinese if named.startswith("zh") else english


def usage(error: click.ClickException) -> tuple[str, str]:
    """What is wrong with a command as it was typed, in Chinese and in English."""
    said = english = error.format_message().rstrip(".")
    param = getattr(error, "param", None)
    if isinstance(error, click.NoSuchOption):
        said = f"没有选项 {error.option_name}"
    elif param is not None:
        name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
        kind = param.type
        if isinstance(error, click.MissingParameter):
            said = f"缺少 {name}"
        elif isinstance(kind, click.Choice):
            said = f"{name} 只能是 {'、'.join(kind.choices)}"
        elif isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
            said = f"{name} 的值不是可用的数：{english.rpartition(': ')[2]}"
    context = getattr(error, "ctx", None)
    command = f" {context.info_name}" if context and context.parent else ""
    known = f"xianli{command} --help"
    return f"{said}；用法见 {known}", f"{english}; see {known}"


def language() -> str:
    """The system's language where it is one of ours, else Chinese."""
    return "en" if _system_language().startswith("en") else "zh"


def _system_language() -> str:
    """The language that the environment names first; empty where it names none."""
    values = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in values if value), "")

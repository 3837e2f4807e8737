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


def language() -> str:
    """The system's language where it is one of ours, else Chinese."""
    return "en" if _system_language().startswith("en") else "zh"


def _system_language() -> str:
    """The language that the environment names first; empty where it names none."""
    values = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in values if value), "")

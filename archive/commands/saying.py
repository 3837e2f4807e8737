"""In which language the command line speaks."""

from __future__ import annotations

import os

from archive.errors import ArchiveError


def say(error: ArchiveError) -> str:
    """What went wrong, in the system's language."""
    return in_system_language(error.chinese, error.english)


def in_system_language(chinese: str, english: str) -> str:
    """The sentence in the system's language; in both where that is neither of ours."""
    named = _named()
    if not named.startswith(("zh", "en")):
        return f"{chinese} ({english})"
    return chinese if named.startswith("zh") else english


def language() -> str:
    """The system's language where it is one of ours, else Chinese."""
    return "en" if _named().startswith("en") else "zh"


def _named() -> str:
    """The language that the environment names first; empty where it names none."""
    values = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in values if value), "")

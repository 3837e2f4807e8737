"""In which language the command line speaks."""

from __future__ import annotations

import os

from archive.errors import ArchiveError


def say(error: ArchiveError) -> str:
    """What went wrong, in the system's language."""
    return in_system_language(error.chinese, error.english)


def in_system_language(chinese: str, english: str) -> str:
    """The sentence in the system's language; in both where that is neither of ours."""
    both = f"{chinese} ({english})"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if language := os.environ.get(name):
            if not language.startswith(("zh", "en")):
                return both
            return chinese if language.startswith("zh") else english
    return both

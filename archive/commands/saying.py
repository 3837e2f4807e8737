"""In which language the command line says what went wrong."""

from __future__ import annotations

import os

from archive.errors import ArchiveError


def say(error: ArchiveError) -> str:
    """The sentence in the system's language; in both where that is neither of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if language := os.environ.get(name):
            return error.message(language) if language.startswith(("zh", "en")) else str(error)
    return str(error)

"""Rows of notes.sqlite as they are read: each is whole, or it is left out, and named.

SQLite has no checksums: a bit that turns over in a text is found where the text is read.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from archive.errors import ArchiveError
from archive.stored import fitting

T = TypeVar("T")

# Characters of each cell of a damaged row that tell which it was.
_SHOWN = 60


def whole(rows: Iterable[tuple[Any, ...]], build: Callable[..., T]) -> list[T]:
    """What `build` makes of each row; a damaged row costs itself and no other."""
    made: list[T] = []
    for row in rows:
        try:
            one = build(*row)
        except (ArchiveError, ValueError, TypeError, LookupError, AttributeError, OverflowError):
            continue
        kind: Any = type(one)
        if fitting(kind)(one):
            made.append(one)
    return made


def check_moment(kept: str) -> None:
    """Make sure that a moment can be told. Raises ValueError, TypeError, OverflowError."""
    datetime.datetime.fromisoformat(kept).astimezone()


def legible(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """A line for each damaged row: what of it is still text or a number."""
    return [
        " ".join(str(cell).strip()[:_SHOWN] for cell in row if isinstance(cell, str | int))
        for row in rows
    ]

"""Every error that this library raises on purpose.

Each names its sentence in errors.toml, in Chinese and in English: what, which, what to do next.
Foreign exceptions are turned into these at the border where they arise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any, Self

from archive.plurals import filled


class ArchiveError(Exception):
    """Base of all errors raised on purpose: one sentence for the reader, in two languages."""

    def __init__(self, key: str, **values: object) -> None:
        """`key` names the sentence in errors.toml, `values` fill its fields."""
        super().__init__(key)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[partial[Self], tuple[()]]:
        # Errors travel between processes.
        return partial(type(self), self.key, **self.values), ()

    def __str__(self) -> str:
        return f"{self.chinese} ({self.english})"

    @property
    def chinese(self) -> str:
        """The sentence in Chinese."""
        return self.message("zh")

    @property
    def english(self) -> str:
        """The sentence in English."""
        return self.message("en")

    def message(self, language: str) -> str:
        """The sentence in `language`: Chinese for `zh…`, English for any other."""
        sentence = _sentences()[self.key]["zh" if language.startswith("zh") else "en"]
        return filled(sentence, **self.values)


def warning_message(code: str, language: str) -> str:
    """What a value of archive.model.ReadingWarning means, in `language` as in `message`."""
    return _sentences()[f"warning.{code}"]["zh" if language.startswith("zh") else "en"]


def allowing(language: str) -> str:
    """How a command lets a file be read that is held back: the end of a HeldError's sentence."""
    return _sentences()["secrecy.advice"]["zh" if language.startswith("zh") else "en"]


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    """The sentences by key and language: `query.too_long` for [query.too_long]."""
    source = resources.files("archive").joinpath("errors.toml").read_text("utf-8")
    areas: dict[str, dict[str, Any]] = tomllib.loads(source)
    return {f"{area}.{name}": said for area, own in areas.items() for name, said in own.items()}


class HomeError(ArchiveError):
    """The home is missing, unreadable, or not one of ours."""


class LockedError(HomeError):
    """Another process is writing this home."""


class StaleIndexError(HomeError):
    """The index was written under another schema, analyzer or dictionary."""


class SourceError(ArchiveError):
    """One source cannot be read; the others can."""


class HeldError(SourceError):
    """A source, or a document of it, bears a mark of secrecy and may not be read.

    `digest` is the SHA-256 of the source's bytes in hex.
    """

    def __init__(self, key: str, *, digest: str, **values: object) -> None:
        super().__init__(key, digest=digest, **values)
        self.digest = digest

    def message(self, language: str) -> str:
        """The sentence, with what to do at a command line."""
        return super().message(language) + allowing(language)


class NoReasonError(SourceError):
    """A source may be read only where somebody says who allows it, and why."""


class PartlyReadError(SourceError):
    """Parts of a source cannot be read; all others were before this is raised."""


class QueryError(ArchiveError):
    """A query cannot be read or asks for too much.

    `position` is the offset in the query's text, from 0, where reading stopped, or None
    where the whole query is meant.
    """

    def __init__(self, key: str, *, position: int | None = None, **values: object) -> None:
        super().__init__(key, position=position, **values)
        self.position = position


class EngineError(ArchiveError):
    """The index is damaged, or the engine failed."""


def unreadable(path: Path, error: OSError) -> EngineError:
    """The error for a file of the index that the system does not let us read."""
    return EngineError("index.cannot_read_file", path=path, strerror=error.strerror)


def unwritable(path: Path, reason: str) -> EngineError:
    """The error for a file of the index that the system does not let us write."""
    return EngineError("index.cannot_write", path=path, reason=reason)


class NotesError(ArchiveError):
    """The readers' own work cannot be read or written."""


class NoteRefusedError(NotesError):
    """A note cannot be kept as it was asked: a name, a length or a number is out of bounds."""


class UnknownNoteError(NotesError):
    """No clip, collection or kept search has this number."""


class UnknownDocumentError(ArchiveError):
    """No document or paragraph has this id."""

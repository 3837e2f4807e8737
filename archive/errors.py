"""Every error that this library raises on purpose.

    ArchiveError                 refused or failed; its text says what, which, what next
    ├── HomeError                the home is missing, empty, unreadable or not a folder
    │   ├── LockedError          another process is writing this home
    │   └── StaleIndexError      the index was written under another schema or dictionary
    ├── SourceError              one source cannot be read (the run goes on without it)
    ├── QueryError               a query cannot be read, or asks for too much
    ├── EngineError              the index is damaged or the engine failed
    ├── NotesError               the readers' own work cannot be read or written
    │   ├── NoteRefusedError     a note cannot be kept as it was asked
    │   └── UnknownNoteError     no clip, collection or kept search has this number
    └── UnknownDocumentError     no document or paragraph has this id

Each carries its sentence in Chinese and in English, with the next step where there is one.
Foreign exceptions are turned into these at the border where they arise.
"""

from __future__ import annotations

from pathlib import Path


class ArchiveError(Exception):
    """Base of all errors raised on purpose: one sentence for the reader, in two languages."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(chinese, english)
        self.chinese = chinese
        self.english = english

    def __str__(self) -> str:
        return f"{self.chinese} ({self.english})"

    def message(self, language: str) -> str:
        """The sentence in `language`: Chinese for `zh…`, English for any other."""
        return self.chinese if language.startswith("zh") else self.english


class HomeError(ArchiveError):
    """The home is missing, unreadable, or not one of ours."""


class LockedError(HomeError):
    """Another process is writing this home."""


class StaleIndexError(HomeError):
    """The index was written under another schema, analyzer or dictionary."""


class SourceError(ArchiveError):
    """One source cannot be read; the others can."""


class QueryError(ArchiveError):
    """A query cannot be read or asks for too much.

    `position` is the offset in the query's text, from 0, where reading stopped, or None
    where the whole query is meant.
    """

    def __init__(self, chinese: str, english: str, position: int | None = None) -> None:
        super().__init__(chinese, english)
        self.position = position


class EngineError(ArchiveError):
    """The index is damaged, or the engine failed."""


def damaged(path: Path, chinese: str, english: str) -> EngineError:
    """The error for a file that cannot be what was once written there."""
    return EngineError(
        f"索引文件 {path} {chinese}；请运行 xianli reindex --full 重建",
        f"the index file {path} {english}; run `xianli reindex --full` to build it anew",
    )


def closed() -> EngineError:
    """Return the error for a question to an engine that was closed."""
    return EngineError(
        "这一代索引已经关闭，请再试一次",
        "this generation of the index is closed: ask again",
    )


class NotesError(ArchiveError):
    """The readers' own work cannot be read or written."""


class NoteRefusedError(NotesError):
    """A note cannot be kept as it was asked: a name, a length or a number is out of bounds."""


class UnknownNoteError(NotesError):
    """No clip, collection or kept search has this number."""


class UnknownDocumentError(ArchiveError):
    """No document or paragraph has this id."""

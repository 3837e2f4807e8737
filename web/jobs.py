"""Background jobs as values: what is done, how far, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypedDict

from archive.intake.importer import Item, Outcome
from archive.store.catalog import SourceState


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    LOCKED = "locked"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Made:
    """A document that a source came to; `paragraphs` counts them, `years` are theirs."""

    document_id: str
    title: str
    paragraphs: int
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was made of one source: its documents, or why there are none.

    `documents` are the first of `count`, `paragraphs` those of all.
    """

    path: str
    state: SourceState
    documents: tuple[Made, ...] = ()
    count: int = 0
    paragraphs: int = 0
    chinese: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `items` are the files that were sent, `done` of `total` bytes are read.

    A job without `paths` reads whatever changed in the corpus; `report` counts what it did.
    """

    job_id: str
    items: tuple[Item, ...]
    paths: tuple[str, ...]
    state: JobState = JobState.WAITING
    done: int = 0
    total: int = 0
    results: tuple[Result, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    chinese: str = ""
    english: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.state in (JobState.DONE, JobState.FAILED)


class _SentFile(TypedDict):
    name: str
    path: str
    reason: str
    outcome: Outcome


class FileAnswer(_SentFile, total=False):
    """A file of a job in the API; the last three are known when the job is over."""

    state: SourceState
    documents: list[Made]
    count: int


class JobAnswer(TypedDict):
    """A job in the API; `said` is the sentence that its page shows."""

    job_id: str
    state: JobState
    over: bool
    done: int
    total: int
    said: str
    files: list[FileAnswer]

"""Jobs: what was sent is read in the background, one job after another.

One thread does them, for one home is written by one at a time; a job that finds another
process at it (`xianli reindex` in a terminal) waits for that one too.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from archive import Archive
from archive.errors import ArchiveError, HomeError, LockedError
from archive.intake.importer import Item, without_held
from archive.store.catalog import SourceState
from web.jobs import Job, JobState, Made, Result

# Jobs waiting for their turn; each has its files in the corpus already, so that nothing is
# lost where one more is refused.
MAX_WAITING = 20
# Finished jobs whose pages can still be looked at.
MAX_KEPT = 50
# Seconds between two attempts while another process writes the archive, and seconds until
# the job is given up: the longest full run measured took a quarter of an hour.
LOCKED_PAUSE = 1.0
LOCKED_TIME_BUDGET = 1_800.0
# Documents of one source that a job remembers; a JSONL source may have thousands.
MAX_DOCUMENTS = 10

Progress = Callable[[int, int], None]


class Reindex(Protocol):
    """How the archive is brought up to date; `create_app` is given it.

    `paths` are relative to the corpus (empty: everything that changed); `progress` is told
    bytes read and bytes to read. Raises LockedError where another process is at it, and
    ArchiveError where the run failed; a source that fails is left out and no error. The
    answer counts what was done, in the words of `xianli reindex --json`.
    """

    def __call__(self, paths: Sequence[str], progress: Progress) -> Mapping[str, Any]: ...


class Jobs:
    """The jobs of one home, newest last. Safe to share between threads."""

    def __init__(self, archive: Archive, reindex: Reindex) -> None:
        self._archive = archive
        self._reindex = reindex
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: queue.Queue[str] = queue.Queue(MAX_WAITING)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, items: Sequence[Item], paths: Sequence[str]) -> Job:
        """Queue a job. Raises HomeError where too many wait."""
        job = Job(secrets.token_urlsafe(9), tuple(items), tuple(paths))
        with self._guard:
            over = [known.job_id for known in self._jobs.values() if known.over]
            for old in over[: max(0, len(over) - MAX_KEPT + 1)]:
                del self._jobs[old]
            try:
                self._waiting.put_nowait(job.job_id)
            except queue.Full:
                raise HomeError("job.too_many", most_waiting=MAX_WAITING) from None
            self._jobs[job.job_id] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """The job with this id, as it is now; None where it is not known any more."""
        with self._guard:
            return self._jobs.get(job_id)

    def newest(self) -> list[Job]:
        """All jobs that are known, newest first."""
        with self._guard:
            return list(reversed(self._jobs.values()))

    def ahead(self, job: Job) -> int:
        """How many jobs come before one that waits."""
        with self._guard:
            before = list(self._jobs.values())
        place = next((n for n, known in enumerate(before) if known.job_id == job.job_id), 0)
        return sum(not known.over for known in before[:place])

    def _work(self) -> None:
        while True:
            job_id = self._waiting.get()
            try:
                self._do(job_id)
            except ArchiveError as error:
                self._fail(job_id, error)
            except Exception as error:
                # Whatever it is, the next job must have its turn.
                logging.getLogger(__name__).exception("job failed")
                self._fail(job_id, ArchiveError("job.failed", said=type(error).__name__))

    def _do(self, job_id: str) -> None:
        job = self._set(job_id, state=JobState.READING)
        report = self._run(job)
        held = {source["path"] for source in report.get("held", ())}
        items = tuple(without_held(self._archive.home, job.items, held, "upload.held_here"))
        gone = {old.path for old, new in zip(job.items, items, strict=True) if old is not new}
        if gone:
            # Their names leave the archive too.
            self._run(job)
        results = tuple(result_of(self._archive, path) for path in job.paths if path not in gone)
        self._set(job_id, state=JobState.DONE, items=items, results=results, report=report)

    def _run(self, job: Job) -> Mapping[str, Any]:
        """Bring the archive up to date, once no other process does."""
        until = time.monotonic() + LOCKED_TIME_BUDGET
        while True:
            try:
                return self._reindex(job.paths, partial(self._report, job.job_id))
            except LockedError:
                if time.monotonic() > until:
                    raise
            self._set(job.job_id, state=JobState.LOCKED)
            time.sleep(LOCKED_PAUSE)

    def _report(self, job_id: str, done: int, total: int) -> None:
        self._set(job_id, state=JobState.READING, done=done, total=total)

    def _fail(self, job_id: str, error: ArchiveError) -> None:
        self._set(job_id, state=JobState.FAILED, chinese=error.chinese, english=error.english)

    def _set(self, job_id: str, **changes: object) -> Job:
        with self._guard:
            job = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]
            self._jobs[job_id] = job
            return job


def result_of(archive: Archive, path: str) -> Result:
    """What the archive has of the source at `path`."""
    archive = archive.snapshot()
    record, ids = archive.source(path)
    if record is None:
        return Result(
            path,
            SourceState.FAILED,
            chinese="读取时已不在文件夹里",
            english="was gone when it was to be read",
        )
    made: list[Made] = []
    total = 0
    for document_id in ids:
        paragraphs = archive.paragraphs(document_id)
        total += len(paragraphs)
        if len(made) < MAX_DOCUMENTS:
            years = sorted({p.dating.year for p in paragraphs if p.dating.year is not None})
            title = archive.document(document_id).title
            made.append(Made(document_id, title, len(paragraphs), tuple(years)))
    why = record.fact("zh"), record.fact("en")
    return Result(path, record.state, tuple(made), len(ids), total, *why)

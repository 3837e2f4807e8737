"""The reindex run: from what changed in the corpus to a new generation that answers.

Sources are compared with the current generation; what changed is read in several
processes; a new generation is built beside the old one and becomes current in one step.
Whatever goes wrong before that step leaves the old one answering.
"""

from __future__ import annotations

import datetime
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from archive.engines.engine import Engine
from archive.engines.registry import open_engine
from archive.errors import ArchiveError, HeldError, NotesError, PartlyReadError
from archive.notes import Clips, Store
from archive.search.backend import Writer
from archive.store.catalog import SITES_LEARNED, Catalog, SourceRecord, SourceState
from archive.store.home import Generation, Home, Stamp
from archive.store.library import Archive, current_stamp
from archive.store.text_sizes import measure
from indexer.corrections import Corrected, follow_moved, read_corrections, record, to_correct
from indexer.duplicates import ClusterIndex, sign
from indexer.duplicates.clustering import Rows
from indexer.page import Reading
from indexer.pipeline import SUFFIXES, FirstLook, PageTask, Task, look, perform, tasks
from indexer.rules import Guide, guide, rules_digest, with_templates
from indexer.run import workers
from indexer.run.first_pass import FirstPass
from indexer.run.memory import Shares, shares
from indexer.run.report import Report
from indexer.sources import Plan, Source, digest, plan, record_allowed, scan, to_allow
from indexer.timing import spent, take

# Below this many bytes to read, starting processes takes longer than reading.
SMALL_RUN = 1 << 20

Progress = Callable[[int, int], None]
# What a task gave: each document with its near-duplicate signatures.
Outcome = list[tuple[Reading, Rows]]
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    `paths` limits the run to these paths of the corpus; `full` reads every source again;
    `jobs` is the number of processes; `dry_run` only says what would be done; `memory` is how
    many megabytes the run and its processes may hold (None: as much as is of use).
    """

    paths: tuple[str, ...] = ()
    full: bool = False
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    dry_run: bool = False
    memory: int | None = None


def reindex(home: Home, options: Options, progress: Progress | None = None) -> Report:
    """Bring the index up to date with the corpus.

    `progress` is told bytes read and bytes to read. Raises HomeError, LockedError and
    EngineError; a source that fails is reported and left out.
    """
    report = Report()
    allowed = shares(options.memory, options.jobs)
    with home.lock():
        # Before anything is read: a rule changed meanwhile is followed by the next run.
        stamp = current_stamp(rules_digest(home), home.engine)
        before = _current(home, stamp, full=options.full)
        by = guide(home, None if before is None else before.templates)
        with report.stage("scan"):
            known = read_corrections(home)
            work = _plan(home, before, options, known, by)
        report.new, report.changed = len(work.new), len(work.changed)
        report.unchanged, report.removed = len(work.unchanged), len(work.removed)
        report.skipped = list(work.skipped)
        if options.dry_run:
            return report
        if before is not None and not _is_needed(work, before):
            report.generation = before.name
            _summarise(report, before, home)
            return report
        known = follow_moved(home, known, work)
        generation = home.begin(empty=before is None)
        try:
            job = _Job(home, generation, work, allowed, by, stamp, before is None, known)
            _build(job, report, progress)
            with report.stage("publish"):
                home.publish(generation)
        except BaseException:
            home.discard(generation)
            raise
        report.generation, report.published = generation.name, True
        _summarise(report, generation, home)
    return report


def _current(home: Home, stamp: Stamp, *, full: bool) -> Generation | None:
    """The generation to build on; None where everything must be read again.

    An index of another version is only replaced when asked to, so that nobody waits for a
    full run by surprise; other reading rules are followed at once.
    """
    if full:
        return None
    generation = home.current()
    if generation is None:
        return None
    # All of it: a damaged part would be built on, or pass into the new one unseen.
    generation.check(stamp, whole=True)
    if generation.stamp() != stamp:
        return None
    if not generation.engine:
        # A cluster watches over its own files.
        with closing(open_engine(generation.index)) as engine:
            engine.check()
    return generation


def _plan(
    home: Home, before: Generation | None, options: Options, corrected: Corrected, by: Guide
) -> Plan:
    known: dict[str, SourceRecord] = {}
    again = to_correct(before, corrected)
    if before is not None:
        with Catalog(before.catalog) as catalog:
            known = {source.path: source for source in catalog.sources()}
            again |= to_allow(catalog, by.allowed or ())
    # A run that cannot build on a former generation must read everything.
    within = options.paths if before is not None else ()
    return plan(scan(home.corpus, SUFFIXES), known, home.corpus, within, again)


def _is_needed(work: Plan, before: Generation) -> bool:
    if work.to_read or work.removed:
        return True
    with Catalog(before.catalog) as catalog:
        known = {s.path for s in catalog.sources() if s.state is SourceState.SKIPPED}
    return any(item.path not in known for item in work.skipped)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be built, where, by which rules; `learns`: everything is read.

    `corrected` is what readers say of the documents.
    """

    home: Home
    generation: Generation
    work: Plan
    shares: Shares
    guide: Guide
    stamp: Stamp
    learns: bool
    corrected: Corrected


def _build(job: _Job, report: Report, progress: Progress | None) -> None:
    generation, work = job.generation, job.work
    with Catalog(generation.catalog, writable=True) as catalog:
        opened = open_engine(generation.index, job.shares.batch, generation.engine)
        with closing(opened) as engine:
            near = _signatures(generation, catalog, engine)
            run = _Run(job, catalog, near, report, progress)
            with engine.writer() as writer:
                run.forget(work, writer)
                run.read(work.to_read, writer)
                with report.stage("cluster"):
                    clustering = near.clustering()
                    writer.set_clusters(clustering.memberships())
                    # The disk writes while the sources are told apart.
                    with ThreadPoolExecutor(1) as beside:
                        saved = beside.submit(near.save, generation.near)
                        catalog.set_independence(clustering.sources())
                    saved.result()
                committing = time.perf_counter()
            report.seconds["commit"] = time.perf_counter() - committing
        for item in work.skipped:
            catalog.put_source(item)
        record(catalog, job.corrected, work)
        record_allowed(catalog, job.guide.allowed or (), run.digests.values())
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        catalog.put_facts([("built", now)])
        if job.learns:
            catalog.put_facts([(SITES_LEARNED, json.dumps(catalog.pages_by_site()))])
    generation.write_stamp(job.stamp)


def _signatures(generation: Generation, catalog: Catalog, engine: Engine) -> ClusterIndex:
    """The near-duplicate signatures of what the generation starts with."""
    near = ClusterIndex.load(generation.near, scratch=generation.near)
    if near is None:
        near = ClusterIndex(scratch=generation.near)
        for document_id in catalog.all_document_ids():
            near.replace(document_id, sign(engine.paragraphs(document_id)))
    return near


def _look_or_read(task: Task) -> tuple[Outcome | FirstLook, dict[str, float]]:
    """The first half of a page's task, or the whole of one that no template concerns."""
    return (look(task), take()) if isinstance(task, PageTask) else _read_and_sign(task)


def _read_and_sign(task: Task) -> tuple[Outcome, dict[str, float]]:
    """The work of one task, done in a worker, and the time that its stages took."""
    readings = perform(task)
    with spent("signatures"):
        outcome = [(reading, sign(reading.paragraphs)) for reading in readings]
    return outcome, take()


@dataclass
class _Run:
    """The parts that a run writes to."""

    job: _Job
    catalog: Catalog
    near: ClusterIndex
    report: Report
    progress: Progress | None
    failed: set[str] = field(default_factory=set)
    partly: dict[str, PartlyReadError] = field(default_factory=dict)
    # By path, the digest taken before a file was read: one that changes meanwhile is read
    # again by the next run.
    digests: dict[str, str] = field(default_factory=dict)
    # Bytes read so far, and bytes to read.
    done: int = 0
    to_do: int = 0

    def forget(self, work: Plan, writer: Writer) -> None:
        """Take out what came from sources that are gone or will be read again."""
        for path in (*work.removed, *(source.path for source in work.changed)):
            for document_id in self.catalog.remove_source(path):
                writer.remove(document_id)
                self.near.remove(document_id)

    def read(self, sources: Sequence[Source], writer: Writer) -> None:
        """Read sources and pass on what they hold, as it comes, templates learned first."""
        by = self.job.guide
        self.to_do = sum(source.size for source in sources)
        if not self.job.learns:
            for _, outcome in self.perform(sources, self.tasks(sources, by), _read_and_sign):
                self.keep_all(outcome, writer)
        else:
            with closing(FirstPass(self.job.generation.folder)) as first:
                for task, found in self.perform(sources, self.tasks(sources, by), _look_or_read):
                    if isinstance(found, FirstLook):
                        first.put(task.relative, found)
                    else:
                        self.keep_all(found, writer)
                path = self.job.generation.templates
                with self.report.stage("learn"):
                    learned = first.learn()
                    learned.save(path)
                rest = first.tasks(learned.templates, with_templates(by, path))
                for _, outcome in self.perform(sources, rest, _read_and_sign):
                    self.keep_all(outcome, writer)
        for source in sources:
            if source.path not in self.failed:
                found_digest = self.digests.get(source.path, "")
                partly = self.partly.get(source.path)
                why = (partly.chinese, partly.english) if partly else ("", "")
                self.catalog.put_source(source.record(SourceState.READ, *why, found=found_digest))

    def perform(
        self,
        sources: Sequence[Source],
        work: Iterable[Task],
        function: Callable[[Task], tuple[R, dict[str, float]]],
    ) -> Iterator[tuple[Task, R]]:
        """Do tasks in several processes; yield what succeeds, report what fails."""
        by_path = {source.path: source for source in sources}
        allowed = self.job.shares
        jobs = 1 if self.to_do < SMALL_RUN else allowed.jobs
        started = time.perf_counter()
        for task, outcome in workers.run(function, work, jobs, memory=allowed.reader):
            source = by_path[task.relative]
            self.report.add("read", time.perf_counter() - started)
            self.done += source.size if isinstance(task, PageTask) else 0
            if isinstance(outcome, workers.Failure):
                self.fail(source, outcome.error)
            else:
                found, seconds = outcome
                self.report.add_reading(seconds)
                yield task, found
            if self.progress:
                self.progress(self.done, self.to_do)
            started = time.perf_counter()

    def tasks(self, sources: Sequence[Source], by: Guide) -> Iterator[Task]:
        """The work that the sources make; one that fails to make any is reported."""
        for source in sources:
            path = self.job.home.corpus / source.path
            try:
                yield from tasks(path, source.path, by, self.job.corrected)
            except PartlyReadError as error:
                self.partly[source.path] = error
            except (ArchiveError, OSError) as error:
                self.fail(source, workers.as_failure(error).error)

    def keep_all(self, outcome: Outcome, writer: Writer) -> None:
        """Pass the documents of a task on to the engine, the clusters and the catalog."""
        with self.report.stage("index"):
            for reading, rows in outcome:
                document, paragraphs = reading.document, reading.paragraphs
                self.digests[document.path] = document.digest
                self.catalog.put_document(document, sum(len(p.text) for p in paragraphs))
                self.catalog.put_text_sizes(document.document_id, measure(paragraphs))
                if paragraphs:
                    writer.add(paragraphs)
                    self.near.replace(document.document_id, rows)

    def fail(self, source: Source, error: ArchiveError) -> None:
        """Report a source that could not be read, or is held back, wholly or in part."""
        if isinstance(error, HeldError):
            if source.path in self.failed:
                # Another document of it failed: it is tried again.
                return
            state, found = SourceState.HELD, error.digest
        else:
            state, found = SourceState.FAILED, ""
            with suppress(OSError):
                found = digest(self.job.home.corpus / source.path)
        self.failed.add(source.path)
        self.catalog.put_source(source.record(state, error.chinese, error.english, found))


def _summarise(report: Report, generation: Generation, home: Home) -> None:
    """Fill in what the generation holds now."""
    with Catalog(generation.catalog) as catalog:
        report.held = list(catalog.held())
        report.failed = [s for s in catalog.sources() if s.lacks]
        report.documents = catalog.totals().documents
        codes = Counter(code for document in catalog.warned() for code in document.warnings)
        report.warnings = dict(codes.most_common())
    with closing(open_engine(generation.index, engine=generation.engine)) as engine:
        report.paragraphs = engine.size
    if report.held:
        # They show what is held back no more. Without them the run is no less complete.
        with suppress(NotesError), closing(Store(home.notes)) as store, Archive(home) as archive:
            clips = Clips(store)
            clips.settle(archive)
            report.held_clips = sum(clip.held for clip in clips.lost())

"""Watching the corpus: a file that has come to rest is read, one that is gone is forgotten.

By looking again and again, which works on every disk and over every network, and needs no
word from the system. A file has come to rest where two looks find it the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive.errors import ArchiveError, HomeError, StaleIndexError
from archive.intake.names import shown
from archive.plurals import filled
from archive.store.catalog import Catalog, SourceState
from archive.store.home import Home
from indexer.pipeline import SUFFIXES
from indexer.run.reindex import Options, reindex
from indexer.run.report import Report
from indexer.sources import Source, scan

# Files named in the line on a run; more would leave no line of it.
MAX_NAMED = 3

_LEFT_OUT = {
    SourceState.FAILED: ("读取失败", "failed"),
    SourceState.HELD: ("涉密未读", "held back"),
}

# A file's size and time of change.
_State = tuple[int, int]
# Called with one line in Chinese and one in English.
Say = Callable[[str, str], None]


@dataclass(slots=True)
class Watch:
    """What a watch knows: the files of the last look, and those that the archive is up to.

    `jobs` is the number of processes of a run.
    """

    home: Home
    jobs: int
    say: Say
    _seen: dict[str, _State] = field(default_factory=dict)
    # None: known to the archive, not looked at yet.
    _read: dict[str, _State | None] = field(default_factory=dict)
    _said: str = ""

    def begin(self) -> None:
        """Ask the archive what it knows, so that files gone meanwhile are noticed too."""
        generation = self.home.current()
        if generation is not None:
            with Catalog(generation.catalog) as catalog:
                sources = [s.path for s in catalog.sources() if s.state is not SourceState.SKIPPED]
            self._read = dict.fromkeys(sources)

    def look(self) -> Report | None:
        """Look once, and read what has come to rest; the report of the run if there was one.

        What hinders it (the corpus is away, another process writes) is said once, and tried
        again at the next look. Raises ArchiveError where only the user can help.
        """
        try:
            found = list(scan(self.home.corpus, SUFFIXES))
        except HomeError as error:
            self._hindered(error)
            return None
        now = {s.path: (s.size, s.mtime_ns) for s in found if isinstance(s, Source)}
        before, self._seen = self._seen, now
        if self._read and not now:
            # A share that went away leaves an empty folder: no reason to forget everything.
            self._hindered(HomeError("command.corpus_empty", corpus=self.home.corpus))
            return None
        settled = [path for path, state in now.items() if before.get(path) == state]
        changed = [path for path in settled if self._read.get(path, ()) != now[path]]
        gone = [path for path in self._read if path not in now and path not in before]
        if not changed and not gone:
            self._said = ""
            return None
        return self._run(changed, gone, now)

    def _run(
        self, changed: Sequence[str], gone: Sequence[str], now: dict[str, _State]
    ) -> Report | None:
        try:
            report = reindex(self.home, Options(paths=(*changed, *gone), jobs=self.jobs))
        except StaleIndexError:
            raise
        except ArchiveError as error:
            self._hindered(error)
            return None
        self._said = ""
        for path in gone:
            del self._read[path]
        self._read.update({path: now[path] for path in changed})
        self._tell(report, [*changed, *gone])
        return report

    def _tell(self, report: Report, paths: Sequence[str]) -> None:
        """Say what a run did, if it did anything: a line, and one for each new failure."""
        if report.published:
            counts = {name: getattr(report, name) for name in ("new", "changed", "removed")}
            counts["n"] = f"{report.paragraphs:,}"
            names = ", ".join(map(shown, paths[:MAX_NAMED])) + (
                " …" if len(paths) > MAX_NAMED else ""
            )
            self.say(
                "新增 {new}，改动 {changed}，移除 {removed}；共 {n} 段：".format(**counts) + names,
                filled(
                    "new {new}, changed {changed}, removed {removed}; "
                    "{n} {n:paragraph|paragraphs} in all: ",
                    **counts,
                )
                + names,
            )
            tried = frozenset(paths)
            for source in (*report.failed, *report.held):
                if source.path in tried:
                    chinese, english = _LEFT_OUT[source.state]
                    self.say(
                        f"{chinese} {shown(source.path)}：{source.chinese}",
                        f"{english}: {shown(source.path)}: {source.english}",
                    )

    def _hindered(self, error: ArchiveError) -> None:
        """Say what hinders, once."""
        if self._said != error.english:
            self._said = error.english
            self.say(error.chinese, error.english)


def watch(home: Home, jobs: int, say: Say, wait: Callable[[], bool]) -> None:
    """Watch until `wait`, called between two looks, says to stop.

    A fault of one run ends nothing: it is said, and the next look tries again. Raises
    StaleIndexError where the archive must be read anew before anything can be added.
    """
    watching = Watch(home, jobs, say)
    watching.begin()
    while True:
        try:
            watching.look()
        except OSError as error:
            say(f"无法写入：{error}", f"cannot write: {error}")
        if wait():
            return

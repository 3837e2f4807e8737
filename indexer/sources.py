"""Sources: which files of the corpus are new, changed, gone, and which are not for us."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import HomeError
from archive.store.catalog import ALLOWED, Catalog, SourceRecord, SourceState

# A file changed within this time of being read may have changed after it, unseen by a
# clock of coarse grain, so its time stamp proves nothing (FAT keeps two seconds).
_CLOCK_GRAIN_NS = 2_000_000_000

# Beside a saved page lies a folder of its pictures and frames, named after it by the browser.
_COMPANION_SUFFIXES = ("_files", ".files", "_file")


@dataclass(frozen=True, slots=True)
class Source:
    """A file under corpus/ that can be read: its path relative to it, and its state on disk.

    `changed_ns` is when its bytes, its name or its time stamp were last touched. A copy can
    keep another file's `mtime_ns`, and so can files that change names; none keeps this.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    changed_ns: int = 0

    def record(
        self, state: SourceState, chinese: str = "", english: str = "", found: str = ""
    ) -> SourceRecord:
        """What became of it and why; `found` is the digest of its bytes."""
        return SourceRecord(
            self.path, self.size, self.mtime_ns, time.time_ns(), found, state, chinese, english
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do.

    `unchanged` were read before and are the same, `skipped` are not for us.
    """

    new: tuple[Source, ...]
    changed: tuple[Source, ...]
    unchanged: tuple[Source, ...]
    removed: tuple[str, ...]
    skipped: tuple[SourceRecord, ...]

    @property
    def to_read(self) -> tuple[Source, ...]:
        """The sources that must be read, by path."""
        return tuple(sorted((*self.new, *self.changed), key=lambda source: source.path))


def scan(corpus: Path, suffixes: Collection[str]) -> Iterator[Source | SourceRecord]:
    """Yield every file under `corpus`, by path: readable, or skipped with the reason.

    Raises HomeError where the folder itself cannot be listed. Links that lead out of the
    corpus are skipped; a folder that may not be entered is skipped as a whole.
    """
    root = corpus.resolve()
    try:
        os.listdir(corpus)
    except FileNotFoundError as error:
        raise HomeError("command.no_corpus", corpus=corpus) from error
    except OSError as error:
        raise HomeError(
            "command.cannot_read_corpus", corpus=corpus, strerror=error.strerror
        ) from error
    yield from _walk(corpus, root, "", suffixes)


def _walk(
    folder: Path, root: Path, prefix: str, suffixes: Collection[str]
) -> Iterator[Source | SourceRecord]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _skipped(
            Source(prefix.rstrip("/")),
            f"无法进入文件夹：{error.strerror}",
            f"cannot enter the folder: {error.strerror}",
        )
        return
    stems = {os.path.splitext(entry.name)[0] for entry in entries if entry.is_file()}
    for entry in entries:
        path = prefix + entry.name
        if entry.is_symlink() and not _leads_inside(Path(entry.path), root):
            yield _skipped(
                Source(path), "链接指向语料文件夹之外", "a link that leads out of the corpus"
            )
        elif entry.is_dir() and entry.is_symlink():
            # It could lead back to a folder that is being walked.
            yield _skipped(Source(path), "指向文件夹的链接", "a link to a folder")
        elif entry.is_dir():
            inside = _walk(Path(entry.path), root, path + "/", suffixes)
            yield from _set_aside(inside) if _is_companion(entry.name, stems) else inside
        else:
            yield _judge(entry, path, suffixes)


def _is_companion(folder: str, stems: Collection[str]) -> bool:
    """Whether a folder holds the pictures and frames of a page beside it."""
    return any(
        folder.endswith(suffix) and folder.removesuffix(suffix) in stems
        for suffix in _COMPANION_SUFFIXES
    )


def _set_aside(found: Iterator[Source | SourceRecord]) -> Iterator[SourceRecord]:
    """Skip every file of a companion folder; what was skipped already keeps its reason."""
    for item in found:
        if isinstance(item, SourceRecord):
            yield item
        else:
            yield _skipped(item, "网页的附属文件", "belongs to a saved page")


def _judge(entry: os.DirEntry[str], path: str, suffixes: Collection[str]) -> Source | SourceRecord:
    try:
        status = entry.stat()
        path.encode("utf-8")
    except (OSError, UnicodeEncodeError):
        shown = path.encode("utf-8", "backslashreplace").decode()
        return _skipped(Source(shown), "文件名或属性无法读取", "its name or state is unreadable")
    touched = max(status.st_mtime_ns, status.st_ctime_ns)
    source = Source(path, status.st_size, status.st_mtime_ns, touched)
    if not stat.S_ISREG(status.st_mode):
        # Opening a pipe waits for somebody to write into it, for ever.
        return _skipped(source, "不是普通文件", "no plain file")
    if entry.name.startswith((".", "~$")):
        return _skipped(source, "隐藏文件或临时文件", "a hidden or temporary file")
    if not any(path.lower().endswith(suffix) for suffix in suffixes):
        suffix = Path(path).suffix
        return _skipped(
            source,
            f"不支持的文件类型 {suffix or '（无后缀）'}",
            f"unknown file type {suffix or '(no suffix)'}",
        )
    return source


def _skipped(source: Source, chinese: str, english: str) -> SourceRecord:
    return source.record(SourceState.SKIPPED, chinese, english)


def plan(
    found: Iterator[Source | SourceRecord],
    known: Mapping[str, SourceRecord],
    corpus: Path,
    within: Collection[str] = (),
    again: Collection[str] = (),
) -> Plan:
    """Compare the corpus with what a generation knows of it.

    `within` limits the run to these paths and what lies below them (empty: everything).
    A source counts as unchanged where size and time stamp are as they were and nothing has
    touched it since it was read, or else where its bytes are, and its path is not among those
    to be read `again`. What failed before is tried again.
    """
    within = frozenset(within)
    new, changed, unchanged, removed, skipped, seen = [], [], [], [], [], set()
    for item in found:
        seen.add(item.path)
        if not _is_within(item.path, within):
            continue
        before = known.get(item.path)
        if isinstance(item, SourceRecord):
            skipped.append(item)
            if before is not None and before.state.taken:
                removed.append(item.path)
        elif before is None or before.state is SourceState.SKIPPED:
            new.append(item)
        elif not before.state.taken or item.path in again:
            changed.append(item)
        elif _is_unchanged(item, before, corpus):
            unchanged.append(item)
        else:
            changed.append(item)
    removed.extend(path for path in known if path not in seen and _is_within(path, within))
    return Plan(tuple(new), tuple(changed), tuple(unchanged), tuple(removed), tuple(skipped))


def to_allow(catalog: Catalog, allowed: Collection[str]) -> set[str]:
    """The paths of sources that were held back and may be read now, or the other way round."""
    withdrawn = set(json.loads(catalog.fact(ALLOWED) or "[]")).difference(allowed)
    return {
        source.path
        for source in catalog.sources()
        if source.digest in (allowed if source.state is SourceState.HELD else withdrawn)
    }


def record_allowed(catalog: Catalog, allowed: Collection[str], read: Collection[str]) -> None:
    """Note which sources need to be allowed; `read` has the digests of those read just now."""
    before = set(json.loads(catalog.fact(ALLOWED) or "[]")).difference(read)
    taken = {source.digest for source in catalog.sources() if source.state is SourceState.READ}
    catalog.put_facts([(ALLOWED, json.dumps(sorted(before.union(allowed) & taken)))])


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_unchanged(source: Source, before: SourceRecord, corpus: Path) -> bool:
    same_state = (source.size, source.mtime_ns) == (before.size, before.mtime_ns)
    if same_state and source.changed_ns < before.read_ns - _CLOCK_GRAIN_NS:
        return True
    if source.size != before.size:
        return False
    try:
        return digest(corpus / source.path) == before.digest
    except OSError:
        return False


def _is_within(path: str, within: frozenset[str]) -> bool:
    """Whether a path, or a folder above it, is one of `within`: one look-up for each part."""
    if not within or path in within:
        return True
    return any(path[:n] in within for n, sign in enumerate(path) if sign == "/")


def _leads_inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False

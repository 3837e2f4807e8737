"""From drafts to sources: what was received gets its name in the corpus, or is refused."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from archive.errors import ArchiveError, SourceError
from archive.intake.names import checked_path, shown
from archive.intake.staging import Draft, Staging, digest
from archive.intake.unpack import unpack
from archive.store.catalog import Catalog
from archive.store.home import Home

# How other kinds of file begin, whatever suffix they were given.
_FOREIGN = (
    (b"PK\x03\x04", "ZIP"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF-", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"SQLite format 3\0", "SQLite"),
)
# The suffixes of texts: what begins like one of the above is none. Office suffixes are given
# freely to one another's files, and their readers tell them apart.
_TEXTS = (".html", ".htm", ".shtml", ".xhtml", ".txt", ".text", ".md", ".mhtml", ".mht", ".jsonl")


class Outcome(StrEnum):
    """What became of a file that was sent."""

    ADDED = "added"
    PRESENT = "present"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Item:
    """A file that was sent: its name, and where in the corpus it stands (empty: nowhere).

    `chinese` and `english` give the reason where it was not added.
    """

    name: str
    outcome: Outcome
    path: str = ""
    chinese: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True)
class Importer:
    """Where to land: a home, and the suffixes that can be read there, in lower case."""

    home: Home
    suffixes: Collection[str]
    # Sources that the archive has, by the digest of their bytes.
    known: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, draft: Draft, into: Staging) -> list[Item]:
        """Land one file, or what a ZIP file holds; `into` takes what is unpacked.

        Each file is added, found to be there already, or refused, by itself; a ZIP file that
        could do harm is refused as a whole. Raises OSError where the disk fails; then nothing
        of this file was added.
        """
        try:
            if not draft.size:
                raise SourceError("upload.empty", name=shown(name))
            if name.lower().endswith(".zip"):
                return self._take_all(name, draft, into)
            path = checked_path(name.replace("/", "\\"), self.suffixes)
        except SourceError as error:
            return [_refused(name, error)]
        return self._land([(path, draft)])

    def _take_all(self, name: str, draft: Draft, into: Staging) -> list[Item]:
        folder = name[: -len(".zip")]
        # The suffix is for the rule alone: a folder has none.
        checked_path(folder + ".zip", (".zip",))
        unpacked = unpack(draft.path, self.suffixes, into)
        members = [(member.path, member.draft) for member in unpacked if member.draft]
        if not members:
            raise SourceError("upload.no_document", name=shown(name))
        # A packed folder holds itself: its name once is enough.
        if not all(path.startswith(folder + "/") for path, _ in members):
            members = [(f"{folder}/{path}", member) for path, member in members]
        for path, _ in members:
            checked_path(path, self.suffixes)
        ignored = [
            Item(
                shown(m.path), Outcome.IGNORED, "", "不是能读的文档", "no document that can be read"
            )
            for m in unpacked
            if not m.draft
        ]
        return self._land(members) + ignored

    def _land(self, drafts: Iterable[tuple[str, Draft]]) -> list[Item]:
        landed: list[str] = []
        items = []
        try:
            for path, draft in drafts:
                item = self._land_one(path, draft)
                items.append(item)
                if item.outcome is Outcome.ADDED:
                    landed.append(path)
                    self.known.setdefault(draft.digest, path)
        except OSError:
            for path in landed:
                (self.home.corpus / path).unlink(missing_ok=True)
            raise
        return items

    def _land_one(self, path: str, draft: Draft) -> Item:
        there = self.known.get(draft.digest, path)
        for candidate in (path, there):
            if _holds(self.home.corpus / candidate, draft):
                return _present(path, candidate)
        target = self.home.corpus / path
        try:
            _check_content(path, draft)
            _make_folder(target.parent, self.home.corpus)
            if not _link(draft.path, target):
                raise SourceError("upload.name_taken", path=shown(path))
        except SourceError as error:
            return _refused(path, error)
        return Item(path, Outcome.ADDED, path)


def importer(home: Home, suffixes: Collection[str]) -> Importer:
    """Make ready to land files in `home`, with what its archive knows by content."""
    known: dict[str, str] = {}
    generation = home.current()
    if generation is not None:
        with Catalog(generation.catalog) as catalog:
            known = {source.digest: source.path for source in catalog.sources() if source.digest}
    return Importer(home, suffixes, known)


def _holds(path: Path, draft: Draft) -> bool:
    try:
        return path.stat().st_size == draft.size and digest(path) == draft.digest
    except OSError:
        return False


def _present(path: str, at: str) -> Item:
    return Item(
        path,
        Outcome.PRESENT,
        at,
        "已在档案里" if at == path else f"已在档案里，名为 {shown(at)}",
        "is in the archive already" if at == path else f"is in the archive as {shown(at)}",
    )


def _refused(name: str, error: ArchiveError) -> Item:
    return Item(shown(name), Outcome.REFUSED, "", error.chinese, error.english)


def _check_content(path: str, draft: Draft) -> None:
    """Refuse what is of another kind than its suffix says."""
    if not path.lower().endswith(_TEXTS):
        return
    with draft.path.open("rb") as stream:
        head = stream.read(16)
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            raise SourceError("upload.other_type", path=shown(path), kind=kind)


def _make_folder(folder: Path, corpus: Path) -> None:
    corpus.mkdir(exist_ok=True)
    root = corpus.resolve()
    try:
        # Where a link leads out of the corpus, nothing is made there either.
        if not folder.resolve().is_relative_to(root):
            raise NotADirectoryError
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        place = shown(PurePosixPath(folder.relative_to(corpus)).as_posix())
        raise SourceError("upload.no_folder", place=place) from error


def _link(draft: Path, target: Path) -> bool:
    """Give a draft its name in one step; False where the name is taken."""
    try:
        try:
            os.link(draft, target)
        except OSError as error:
            if isinstance(error, FileExistsError):
                raise
            # No hard links here (FAT, some network shares): keep the name, then move onto it.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.replace(draft, target)
    except FileExistsError:
        return False
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return True

"""From uploads to sources: what was received gets its name in the corpus, or is refused."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from archive.errors import ArchiveError, SourceError
from archive.files import sync
from archive.intake.names import checked_path, shown
from archive.intake.staging import Staging, Upload, digest
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
    """Where to store: a home, and the suffixes that can be read there, in lower case."""

    home: Home
    suffixes: Collection[str]
    # Sources that the archive has, by the digest of their bytes.
    known: dict[str, str] = field(default_factory=dict)
    # The paths of those that a mark of secrecy holds back.
    held: Collection[str] = ()

    def take(self, name: str, upload: Upload, into: Staging) -> list[Item]:
        """Store one file, or what a ZIP file holds; `into` takes what is unpacked.

        Each file is added, found to be there already, or refused, by itself; a ZIP file that
        could do harm is refused as a whole. Raises OSError where the disk fails; then nothing
        of this file was added.
        """
        try:
            if not upload.size:
                raise SourceError("upload.empty", name=shown(name))
            if name.lower().endswith(".zip"):
                return self._take_all(name, upload, into)
            path = checked_path(name.replace("/", "\\"), self.suffixes)
        except SourceError as error:
            return [refusal(name, error)]
        return self._store([(path, upload)])

    def _take_all(self, name: str, upload: Upload, into: Staging) -> list[Item]:
        folder = name[: -len(".zip")]
        # The suffix is for the rule alone: a folder has none.
        checked_path(folder + ".zip", (".zip",))
        unpacked = unpack(upload.path, self.suffixes, into)
        members = [(path, upload) for path, upload in unpacked if upload]
        if not members:
            raise SourceError("upload.no_document", name=shown(name))
        # A packed folder holds itself: its name once is enough.
        if not all(path.startswith(folder + "/") for path, _ in members):
            members = [(f"{folder}/{path}", member) for path, member in members]
        for path, _ in members:
            checked_path(path, self.suffixes)
        why = "不是能读的文档", "no document that can be read"
        ignored = [
            Item(shown(p), Outcome.IGNORED, "", *why) for p, upload in unpacked if not upload
        ]
        return self._store(members) + ignored

    def _store(self, uploads: Iterable[tuple[str, Upload]]) -> list[Item]:
        stored: list[str] = []
        items = []
        try:
            for path, upload in uploads:
                item = self._store_one(path, upload)
                items.append(item)
                if item.outcome is Outcome.ADDED:
                    stored.append(path)
                    self.known.setdefault(upload.digest, path)
        except OSError:
            for path in stored:
                (self.home.corpus / path).unlink(missing_ok=True)
            raise
        return items

    def _store_one(self, path: str, upload: Upload) -> Item:
        there = self.known.get(upload.digest, path)
        for candidate in (path, there):
            if _holds(self.home.corpus / candidate, upload):
                return _present(path, candidate, held=candidate in self.held)
        target = self.home.corpus / path
        try:
            _check_content(path, upload)
            _make_folder(target.parent, self.home.corpus)
            if not _link(upload.path, target):
                raise SourceError("upload.name_taken", path=shown(path))
        except SourceError as error:
            return refusal(path, error)
        return Item(path, Outcome.ADDED, path)


def importer(home: Home, suffixes: Collection[str]) -> Importer:
    """Make ready to store files in `home`, with what its archive knows by content."""
    known: dict[str, str] = {}
    held: set[str] = set()
    generation = home.current()
    if generation is not None:
        with Catalog(generation.catalog) as catalog:
            known = {source.digest: source.path for source in catalog.sources() if source.digest}
            held = {source.path for source in catalog.held()}
    return Importer(home, suffixes, known, held)


def without_held(
    home: Home, items: Sequence[Item], held: Collection[str], key: str = "upload.held"
) -> list[Item]:
    """Delete what was just added and is `held` back (paths in the corpus): it is refused instead.

    Its source still lies where it came from; what lay in the corpus before stays. `key` names the
    sentence of the refusal.
    """
    gone = {item.path for item in items if item.outcome is Outcome.ADDED and item.path in held}
    for path in gone:
        (home.corpus / path).unlink(missing_ok=True)
    return [
        # Sent twice, it is present the second time.
        refusal(item.name, SourceError(key, path=item.name)) if item.path in gone else item
        for item in items
    ]


def _holds(path: Path, upload: Upload) -> bool:
    try:
        return path.stat().st_size == upload.size and digest(path) == upload.digest
    except OSError:
        return False


def _present(path: str, at: str, *, held: bool) -> Item:
    why = "已在档案里", "is in the archive already"
    if held:
        why = (
            f"与 {shown(at)} 内容相同，标有密级，没有读入",
            f"is the same as {shown(at)}, which bears a mark of secrecy and is held back",
        )
    elif at != path:
        why = f"已在档案里，名为 {shown(at)}", f"is in the archive as {shown(at)}"
    return Item(path, Outcome.PRESENT, at, *why)


def refusal(name: str, error: ArchiveError) -> Item:
    """A file that was not taken, and why."""
    return Item(shown(name), Outcome.REFUSED, "", error.chinese, error.english)


def _check_content(path: str, upload: Upload) -> None:
    """Refuse what is of another kind than its suffix says."""
    if not path.lower().endswith(_TEXTS):
        return
    with upload.path.open("rb") as stream:
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


def _link(upload: Path, target: Path) -> bool:
    """Give an upload its name in one step; False where the name is taken."""
    try:
        try:
            os.link(upload, target)
        except FileExistsError:
            raise
        except OSError:
            # No hard links here (FAT, some network shares): keep the name, then move onto it.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.replace(upload, target)
    except FileExistsError:
        return False
    sync(target.parent)
    return True

"""What readers and editors do themselves, struck: uploads, clips, corrections, the password."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from archive.errors import ArchiveError
from archive.intake.importer import importer
from archive.intake.staging import clear_left_over, staging
from archive.notes import Clips, Corrections, Store
from archive.notes.anchors import Anchor, Source
from archive.notes.corrections import Correction
from archive.store import access
from archive.store.access import read_access, set_password
from archive.store.home import Home
from archive.store.library import Archive
from indexer.pipeline import SUFFIXES
from tests.measure.torture import homes
from tests.measure.torture.trial import BrokenError, Scenario, in_fork

_SENT = {"戊.txt": "戊" + homes.NEW, "己.txt": "己" + homes.NEW}
_OLD_PASSWORD, _NEW_PASSWORD = "云溪 河口 岚水 竹林", "青柳 石桥 竹林 河口"
_CORRECTED = Correction("甲.txt", "甲.txt", "", title="更正过的题名", year=2018)


def scenarios(base: Path) -> Iterator[Scenario]:
    """Yield every change that is not a reindex alone, each with a home of its own."""
    upload = partial(_saying, _upload)
    yield Scenario("upload", _home(base, "upload"), upload, upload, homes.seen, _wrong)
    clip = partial(_saying, _clip)
    yield Scenario("first clip", _home(base, "clip"), clip, clip, _notes, _wrong)
    noted = _home(base, "noted", _clip_first, _correct, _apply)
    yield Scenario("clip", noted, clip, clip, _notes, _wrong)
    correct = partial(_saying, _correct)
    yield Scenario("correction", _home(base, "correct", _clip), correct, correct, _notes, _pending)
    corrected = _home(base, "corrected", _clip, _correct)
    yield Scenario("correction applied", corrected, _reindex, _reindex, _seen_and_noted, _wrong)
    saved = _home(base, "saved", _clip_first)
    _saved(base, saved, _clip)
    put_back = partial(_restore, base)
    yield Scenario("restore", saved, put_back, put_back, _notes, _wrong)
    yield Scenario("backup", saved, _back_up, _back_up, _backed_up, _wrong)
    locked = _home(base, "locked", _old_password)
    yield Scenario("password", locked, _password, _password, _entrance, _wrong)


def _home(base: Path, name: str, *changes: Callable[[Path], None]) -> Path:
    """An indexed home in which these changes were made."""
    home = base / f"home-{name}"
    homes.build(home)

    def make() -> int:
        code = homes.xianli(home, "reindex")
        for change in changes:
            change(home)
        return code

    ended = in_fork(make, home)
    if ended.code:
        raise BrokenError(f"{name} cannot be made\n{ended.said}")
    return home


def _saying(change: Callable[[Path], None], home: Path) -> int:
    """Make a change as the front does: what hinders it is said in a line."""
    try:
        change(home)
    except (ArchiveError, OSError) as error:
        print(error)  # noqa: T201
        return 1
    return 0


def _reindex(home: Path) -> int:
    return homes.xianli(home, "reindex")


def _upload(home: Path) -> None:
    """Take a ZIP file of two pages in, and index them."""
    opened = Home.open(home)
    clear_left_over(opened)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in _SENT.items():
            file.writestr(name, text)
    with staging(opened) as drafts:
        stream = drafts.open()
        stream.write(packed.getvalue())
        items = importer(opened, SUFFIXES).take("新.zip", drafts.finish(stream), drafts)
    for item in items:
        if not item.path:
            raise RuntimeError(item.english)
    if _reindex(home):
        sys.exit(1)


def _clip(home: Path) -> None:
    _clip_passage(home, "乙.txt")


def _clip_first(home: Path) -> None:
    _clip_passage(home, "甲.txt")


def _clip_passage(home: Path, document_id: str) -> None:
    """Clip a document's last passage, unless it is clipped."""
    opened = Home.open(home)
    with Archive(opened) as archive, closing(Store(opened.notes)) as store:
        passage = archive.paragraphs(document_id)[-1]
        kept = Clips(store)
        anchor = Anchor(passage.paragraph_id, passage.text)
        if any(c.anchor.paragraph_id == passage.paragraph_id for c in kept.listed(kept.current())):
            return
        source = Source.of(passage, archive.document(document_id))
        kept.toggle(anchor, source, archive.generation)


def _correct(home: Path) -> None:
    with closing(Store(Home.open(home).notes)) as store:
        Corrections(store).put(_CORRECTED)


def _saved(base: Path, home: Path, change: Callable[[Path], None]) -> None:
    """Keep a backup of what `change` would make of a home."""
    other = base / "home-later"
    shutil.copytree(home, other)
    ended = in_fork(lambda: change(other) or homes.xianli(other, "backup", _later(base)), other)
    if ended.code:
        raise BrokenError(f"a backup cannot be made\n{ended.said}")


def _later(base: Path) -> str:
    return str(base / "later.zip")


def _restore(base: Path, home: Path) -> int:
    return homes.xianli(home, "restore", _later(base))


def _back_up(home: Path) -> int:
    return homes.xianli(home, "backup", str(home / "taken.zip"))


def _backed_up(home: Path) -> str:
    """Whether there is a backup; raises where it is not whole."""
    path = home / "taken.zip"
    return "" if not path.exists() else str(zipfile.ZipFile(path).testzip())


def _apply(home: Path) -> None:
    if _reindex(home):
        raise BrokenError("the correction cannot be applied")


def _old_password(home: Path) -> None:
    _quickly()
    set_password(Home.open(home), _OLD_PASSWORD)


def _password(home: Path) -> int:
    """Set the password as one does who pipes it in."""
    _quickly()
    sys.stdin = io.StringIO(_NEW_PASSWORD + "\n")
    return homes.xianli(home, "password")


def _quickly() -> None:
    """Make this process, a fork, hash at a cost that lets it do so hundreds of times."""
    access._N = 2


def _notes(home: Path) -> str:
    """All that the readers have noted."""
    with closing(Store(Home.open(home).notes)) as store:
        kept = Clips(store)
        clips = [(c.anchor.paragraph_id, c.anchor.text, c.note) for c in kept.listed(1)]
        made = [(c.document_id, c.title, c.kind, c.year) for c in Corrections(store).all()]
    return json.dumps([clips, made], ensure_ascii=False)


def _seen_and_noted(home: Path) -> str:
    return homes.seen(home) + _notes(home)


def _entrance(home: Path) -> str:
    """Which password opens the archive; there is always one that does."""
    found = read_access(Home.open(home))
    if found is None:
        return "open to all"
    opening = [word for word in (_OLD_PASSWORD, _NEW_PASSWORD) if found.admits(word)]
    return ", ".join(opening)


def _wrong(home: Path) -> list[str]:
    """What is wrong with a home at rest, drafts and sources included."""
    found = homes.wrong(home)
    known = {**homes.PAGES, **_SENT}
    for path in (home / "corpus").rglob("*"):
        if path.is_file() and path.read_text("utf-8") != known.get(path.name):
            found.append(f"a source is not whole: {path.name}")
    incoming = home / ".xianli" / "incoming"
    left = [*incoming.glob("*"), *home.glob(".access.json.*")]
    return found + [f"left behind: {path.name}" for path in left]


def _pending(home: Path) -> list[str]:
    """As `_wrong`, of a home in which a correction waits for the next reindex."""
    return [wrong for wrong in _wrong(home) if "更正" not in wrong]

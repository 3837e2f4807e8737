"""The readers' notes: damaged row by row, backed up and put back under load, killed at work."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from archive.errors import NotesError
from archive.notes import Clips, Corrections, Searches, Store
from archive.notes.anchors import Anchor, Source
from archive.notes.backup import back_up, restore
from archive.notes.corrections import BlockChoice, Correction
from archive.notes.searches import Answer, Recent
from archive.store.home import Home
from archive.store.library import Archive
from indexer.pipeline import SUFFIXES
from tests.fixtures.pages import ORIGIN, send, token
from tests.measure.torture import homes
from tests.measure.torture.corruption import draw
from tests.measure.torture.faults import Fault
from tests.measure.torture.trial import BrokenError, in_fork
from web import create_app

# Damages of bytes, copies and restores under load, kills at work.
_BYTES, _RESTORES, _KILLS = 400, 300, 200
# Values that no row of ours has, as SQL.
_ODD = (
    "x'ff'", "CAST(x'edA080' AS TEXT)", "''", "'{'", "'null'", "'{\"title\": 3}'", "'[[1]]'",
    "NULL", "-1", "4611686018427387904", "1.5", "'9999-99-99'",
)  # fmt: skip
# What tells the rows of each table apart.
_KEYS = {
    "clips": "clip_id", "collections": "collection_id", "corrections": "document_id",
    "history": "address", "searches": "search_id", "settings": "name",
}  # fmt: skip
# Those that stand without notes, and those that are made of them.
_PAGES = ("/", "/search?q=均衡发展", "/document/甲.txt", "/wording?q=发展", "/help", "/documents")
_OWN_PAGES = ("/clips", "/clips.docx", "/clips.csv", "/api/clips", "/history")


def part(base: Path, share: float, chance: random.Random) -> dict[str, object]:
    """The part of the torture that this is."""
    rows = damaged_rows(base / "rows", share, chance)
    damaged, refused = damaged_bytes(base / "bytes", max(4, int(_BYTES * share)), chance)
    copies, read = under_load(base / "load", max(6, int(_RESTORES * share)), chance)
    kills, kept = killed_at_work(base / "killed", max(2, int(_KILLS * share)), chance)
    return {
        "rows": f"{rows} cells damaged, no page failed",
        "bytes": f"{damaged} damaged files, {refused} of them refused with a line, all restored",
        "restores": f"{copies} copies and restores under a writer, {read} readings",
        "work": f"{kills} kills, {kept} acknowledged changes, 0 lost",
    }


def build(home: Path) -> None:
    """Make and index a home with notes of every kind."""
    homes.build(home)
    if in_fork(lambda: homes.xianli(home, "reindex"), home).code:
        raise BrokenError("the home cannot be made")
    opened = Home.open(home)
    with Archive(opened) as archive, closing(Store(opened.notes)) as store:
        clips = Clips(store)
        for document_id in ("甲.txt", "乙.txt", "丙.html"):
            for passage in archive.paragraphs(document_id):
                source = Source.of(passage, archive.document(document_id))
                anchor = Anchor(passage.paragraph_id, passage.text)
                clips.toggle(anchor, source, archive.generation)
        clips.remove(clips.listed(1)[-1].clip_id)
        clips.make("总结")
        clips.choose(1)
        choice = BlockChoice("文", 0, True)
        Corrections(store).put(Correction("甲.txt", "甲.txt", "", "题名", "总结", 2018))
        Corrections(store).put(Correction("乙.txt", "乙.txt", "", blocks=(choice,)))
        searches = Searches(store)
        searches.keep("发展", "q=发展", Answer(1, None, archive.generation))
        searches.note([Recent("/search?q=a", "a", 1, "2026-01-01T00:00:00+00:00")])


def damaged_rows(home: Path, share: float, chance: random.Random) -> int:
    """Put odd values into every cell of every table, a share of them; how many."""
    build(home)
    client, notes = create_app(home).test_client(), home / "notes.sqlite"
    sound = notes.read_bytes()
    cells = list(_cells(notes))
    done = 0
    for table, key, column in chance.sample(cells, max(4, int(len(cells) * share))):
        for odd in _ODD if share >= 1 else chance.sample(_ODD, 1):
            notes.write_bytes(sound)
            with closing(sqlite3.connect(notes)) as file, contextlib.suppress(sqlite3.Error):
                statement = f"UPDATE {table} SET {column} = {odd} WHERE {_KEYS[table]} = ?"
                done += file.execute(statement, (key,)).rowcount
                file.commit()
            label = f"{table} {key} {column} = {odd}"
            _ask(client, label, (200,))
            if not done % 8:
                _check_command(home, label)
            with closing(Store(notes)) as store, store.reading() as db:
                left = db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            if left < sum(1 for one in {(t, k) for t, k, _ in cells} if one[0] == table):
                raise BrokenError(f"{label}: a row is gone")
    return done


def damaged_bytes(home: Path, trials: int, chance: random.Random) -> tuple[int, int]:
    """Damage the file anywhere; how often it was, and how often it was refused."""
    build(home)
    client, notes = create_app(home).test_client(), home / "notes.sqlite"
    sound, backup = notes.read_bytes(), home.with_suffix(".zip")
    back_up(Home.open(home), backup)
    refused = 0
    for trial in range(trials):
        damage = draw(len(sound), chance)
        notes.write_bytes(damage.done_to(sound))
        _ask(client, str(damage), (200,), own=(200, 503))
        refused += client.get("/clips").status_code == 503
        if not trial % 10:
            _check_command(home, str(damage))
            restore(Home.open(home), backup)
            if notes.read_bytes() != sound:
                raise BrokenError(f"{damage}: not restored")
    return trials, refused


def under_load(base: Path, times: int, chance: random.Random) -> tuple[int, int]:
    """Copy and replace the file while others write and read it; copies, and readings.

    A writer gives all clips the same note in one change: what mixes two states shows.
    """
    home = base / "home"
    build(home)
    saved = [base / "first.zip"]
    back_up(Home.open(home), saved[0])
    with _others(base, home) as readings:
        for number in range(times):
            path = base / f"{number}"
            match chance.choice(("backup", "copy", "restore", "move over", "copy over")):
                case "backup":
                    back_up(Home.open(home), path)
                case "copy":
                    shutil.copyfile(home / "notes.sqlite", path)
                case "restore":
                    restore(Home.open(home), chance.choice(saved))
                    continue
                case how:
                    with closing(Store(home / "notes.sqlite")) as store:
                        path.write_bytes(store.image())
                    if chance.random() < 0.5:
                        (home / "notes.sqlite-wal").write_bytes(chance.randbytes(9_000))
                    if how == "move over":
                        path.replace(home / "notes.sqlite")
                    else:
                        shutil.copyfile(path, home / "notes.sqlite")
                    continue
            saved.append(path)
            target = base / "target"
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
            restore(Home.open(target), path)
            _check_whole(target)
        restore(Home.open(home), saved[-1])
        _check_whole(home)
    restore(Home.open(home), saved[-1])
    if _state(home) != _state(target):
        raise BrokenError("what was restored last is not what is shown")
    return times, readings()


def killed_at_work(base: Path, kills: int, chance: random.Random) -> tuple[int, int]:
    """Kill a front that takes clips, corrections and uploads; what it acknowledged must stay."""
    home, acknowledged = base / "home", base / "acknowledged"
    build(home)
    count = 0
    for number in range(kills):
        acknowledged.write_text("")
        # Started before, so that the moments are those of its work.
        client = create_app(home, _never, SUFFIXES).test_client()
        fault = Fault("moment", 200_000 + chance.randrange(2_500_000))
        ended = in_fork(lambda: _work(client, acknowledged, number), home, fault)  # noqa: B023
        if ended.code != -signal.SIGALRM:
            raise BrokenError(f"work ends with {ended.code} before it is killed\n{ended.said}")
        said = [line for line in acknowledged.read_text("utf-8").splitlines() if " " in line]
        with closing(Store(home / "notes.sqlite")) as store:
            notes = {clip.note for clip in Clips(store).listed(1)}
            titles = {one.title for one in Corrections(store).all()}
        latest = dict(line.split(" ") for line in said)
        _check_latest("a note", latest.get("note"), notes)
        _check_latest("a correction", latest.get("title"), titles)
        for line in said:
            kind, _, name = line.partition(" ")
            path = home / "corpus" / name
            if kind == "upload" and path.read_text("utf-8") != name + homes.NEW:
                raise BrokenError(f"an upload is not whole: {name}")
        count += len(said)
    create_app(home, _never, SUFFIXES)
    if left := list((home / ".xianli" / "incoming").glob("*")):
        raise BrokenError(f"left behind: {left}")
    return kills, count


def _work(client: FlaskClient, acknowledged: Path, round_: int) -> int:
    """The life of a front: take notes, corrections and files, say of each that it is taken."""
    with acknowledged.open("a", buffering=1, encoding="utf-8") as log:
        for number in range(1_000_000):
            mark = f"{round_:04d}.{number:06d}"
            _sent(client, "/clips/1", {"do": "note", "note": mark})
            log.write(f"note {mark}\n")
            _sent(client, "/document/甲.txt/correction", {"title": mark})
            log.write(f"title {mark}\n")
            file = (io.BytesIO((f"{mark}.txt" + homes.NEW).encode()), f"{mark}.txt")
            data = {"token": token(client), "file": [file]}
            # More than can wait are refused once they have landed.
            if client.post("/add", data=data, headers=ORIGIN).status_code == 500:
                raise BrokenError(f"{mark}: an upload fails")
            log.write(f"upload {mark}.txt\n")
    return 0


def _sent(client: FlaskClient, address: str, fields: dict[str, str]) -> None:
    answer = send(client, address, fields)
    if answer.status_code != 303:
        raise BrokenError(f"{address}: {answer.status_code} {answer.text[:300]}")


def _never(paths: object, progress: object) -> dict[str, object]:
    """A reindex that does not end: what is uploaded waits for it."""
    time.sleep(3_600)
    return {}


def _check_latest(what: str, said: str | None, found: set[str | None]) -> None:
    """Make sure that the last thing acknowledged, or a later one, is there."""
    if said is not None and not any(one is not None and one >= said for one in found):
        raise BrokenError(f"{what} was acknowledged and is lost: {said}, {found}")


def _cells(notes: Path) -> Iterator[tuple[str, object, str]]:
    """Every cell of a file: table, the row's key, column."""
    with closing(sqlite3.connect(notes)) as file:
        for table, key in _KEYS.items():
            keys = [own for (own,) in file.execute(f"SELECT {key} FROM {table}")]
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            yield from ((table, own, column) for own in keys for column in columns)


def _ask(
    client: FlaskClient, label: str, statuses: tuple[int, ...], own: tuple[int, ...] = ()
) -> None:
    for pages, allowed in ((_PAGES, statuses), (_OWN_PAGES, own or statuses)):
        for page in pages:
            if (found := client.get(page).status_code) not in allowed:
                raise BrokenError(f"{label}: {page} answers {found}")


def _check_command(home: Path, label: str) -> None:
    ended = in_fork(lambda: homes.xianli(home, "notes"), home)
    if ended.code not in (0, 1) or "Traceback" in ended.said:
        raise BrokenError(f"{label}: notes ends with {ended.code}\n{ended.said}")


def _state(home: Path) -> tuple[str, ...]:
    with closing(Store(home / "notes.sqlite")) as store:
        return tuple(clip.note for clip in Clips(store).listed(1))


def _check_whole(home: Path) -> None:
    if len(found := set(_state(home))) != 1:
        raise BrokenError(f"a mixture of states: {found}")


@contextmanager
def _others(base: Path, home: Path) -> Iterator[Callable[[], int]]:
    """A writer and a reader, each in a process of its own; returns how often was read."""
    stop = base / "stop"
    reports = [base / "written", base / "read"]
    children = []
    for act, report in zip((_write, _read), reports, strict=True):
        if not (child := os.fork()):
            _live(act, home, stop, report)
        children.append(child)
    said: list[str] = []
    try:
        yield lambda: int(said[1])
    finally:
        stop.touch()
        for child in children:
            os.waitpid(child, 0)
    said += [report.read_text("utf-8") for report in reports]
    if wrong := [one for one in said if not one.isdigit() or not int(one)]:
        raise BrokenError(f"beside copies and restores: {wrong}")


def _live(act: Callable[[Path, int], None], home: Path, stop: Path, report: Path) -> None:
    """The whole life of a child: act until told to stop, then say how often or what failed."""
    said, number = "", 0
    try:
        while not stop.exists():
            number += 1
            act(home, number)
        said = str(number)
    except BaseException as error:
        said = repr(error)
    finally:
        report.write_text(said, "utf-8")
        os._exit(0)


def _write(home: Path, number: int) -> None:
    try:
        with closing(Store(home / "notes.sqlite")) as store, store.writing() as db:
            db.execute("UPDATE clips SET note = ?", (str(number),))
    except NotesError as error:
        # Somebody copies another file over it this moment: said, and to be done again.
        if error.key not in ("notes.locked", "notes.damaged"):
            raise


def _read(home: Path, number: int) -> None:
    try:
        _check_whole(home)
    except NotesError as error:
        if error.key != "notes.damaged":
            raise

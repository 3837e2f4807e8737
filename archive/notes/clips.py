"""Clips: passages that a reader has collected, with a note on each, in collections."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Container
from dataclasses import astuple, dataclass, replace
from typing import Any

from archive.errors import ArchiveError, NoteRefusedError, UnknownNoteError
from archive.ids import parse_paragraph_id
from archive.model import Dating
from archive.notes.anchors import Anchor, Source, locate
from archive.notes.rows import check_moment, legible, whole
from archive.notes.store import SHORT_WAIT_SECONDS, Store, put_setting, setting
from archive.store.library import Archive

# The collection that is always there, under the name that each language gives it.
DEFAULT = 1
# One collection is one page and one document to print.
MAX_CLIPS = 500
MAX_COLLECTIONS = 50
MAX_NOTE_LENGTH = 2_000
MAX_NAME_LENGTH = 40
# In the column `attached`: not found, because a mark of secrecy holds the file back.
_HELD = -1
# What was taken out can be put back; of more than so many the oldest are forgotten.
MAX_REMOVED = 200

_COLUMNS = (
    "clip_id, collection_id, paragraph_id, text, start, stop, source, note, added, attached, "
    "generation"
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A passage that was collected.

    `source` is what was known of it when it was last found; `attached` is False where the
    archive has it no more. `added` is ISO 8601, in UTC. `held`: a mark of secrecy holds its file
    back; text and source are kept, and shown again when it is found, but are not given out.
    """

    clip_id: int
    collection_id: int
    anchor: Anchor
    source: Source
    note: str
    added: str
    attached: bool
    generation: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of clips in the reader's own order; the default one has an empty name."""

    collection_id: int
    name: str
    count: int


class Clips:
    """The clips of one home. Every method raises NotesError where the file cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collections(self) -> list[Collection]:
        """All collections, the default one first, the others by name."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT c.collection_id, c.name, COUNT(k.clip_id) FROM collections c "
                "LEFT JOIN clips k ON k.collection_id = c.collection_id AND k.removed IS NULL "
                "GROUP BY c.collection_id ORDER BY c.collection_id <> ?, c.name",
                (DEFAULT,),
            )
            return [
                Collection(number, name if isinstance(name, str) else f"#{number}", count)
                for number, name, count in rows
            ]

    def one(self, collection_id: int) -> Collection:
        """The collection of this number."""
        for collection in self.collections():
            if collection.collection_id == collection_id:
                return collection
        raise UnknownNoteError("clips.no_collection")

    def current(self) -> int:
        """The collection that new clips go to."""
        with self._store.reading() as db:
            return _current(db)

    def choose(self, collection_id: int) -> None:
        """Have new clips go to a collection."""
        with self._store.writing() as db:
            _check_collection(db, collection_id)
            put_setting(db, "collection", str(collection_id))

    def make(self, name: str) -> int:
        """Make a collection, have new clips go to it, and return its number."""
        with self._store.writing() as db:
            if db.execute("SELECT COUNT(*) FROM collections").fetchone()[0] >= MAX_COLLECTIONS:
                raise NoteRefusedError(
                    "clips.too_many_collections", most_collections=MAX_COLLECTIONS
                )
            name = _check_name(db, name, None)
            made = db.execute("INSERT INTO collections (name) VALUES (?)", (name,)).lastrowid
            put_setting(db, "collection", str(made))
            return int(made or 0)

    def rename(self, collection_id: int, name: str) -> None:
        """Give a collection, not the default one, another name."""
        with self._store.writing() as db:
            _check_own(db, collection_id)
            name = _check_name(db, name, collection_id)
            db.execute(
                "UPDATE collections SET name = ? WHERE collection_id = ?", (name, collection_id)
            )

    def drop(self, collection_id: int) -> None:
        """Drop a collection, not the default one; its clips go behind those of the default."""
        with self._store.writing() as db:
            _check_own(db, collection_id)
            behind = _last_place(db, DEFAULT)
            db.execute(
                "UPDATE clips SET collection_id = ?, place = place + ? WHERE collection_id = ?",
                (DEFAULT, behind, collection_id),
            )
            db.execute("DELETE FROM collections WHERE collection_id = ?", (collection_id,))

    def listed(self, collection_id: int) -> list[Clip]:
        """The clips of a collection in their order. NotesError where there is no such one."""
        with self._store.reading() as db:
            _check_collection(db, collection_id)
            return _clips(db, "collection_id = ? AND removed IS NULL", collection_id)

    def removed(self, collection_id: int) -> list[Clip]:
        """The clips taken out of a collection, the last one first."""
        with self._store.reading() as db:
            where = "collection_id = ? AND removed IS NOT NULL"
            return _clips(db, where, collection_id, order="removed DESC, clip_id DESC")

    def damaged(self) -> list[str]:
        """The clips whose rows cannot be read, each by its number and what is legible of it."""
        with self._store.reading() as db:
            known = {clip.clip_id for clip in _clips(db, "TRUE")}
            rows = db.execute("SELECT clip_id, paragraph_id, text, source, note FROM clips")
            return legible(row for row in rows if row[0] not in known)

    def lost(self) -> list[Clip]:
        """The clips, of all collections, whose passages the archive has no more."""
        with self._store.reading() as db:
            return _clips(db, "attached <> 1 AND removed IS NULL")

    def toggle(self, anchor: Anchor, source: Source, generation: str) -> tuple[int, bool]:
        """Take a passage into the current collection, or, where it is in it, out of it.

        Returns its number, and whether it is in now. One that was taken out comes back with
        its note.
        """
        with self._store.writing() as db:
            collection_id = _current(db)
            known = db.execute(
                "SELECT clip_id, removed FROM clips WHERE collection_id = ? AND paragraph_id = ? "
                "AND start IS ? AND stop IS ? ORDER BY removed IS NOT NULL",
                (collection_id, anchor.paragraph_id, anchor.start, anchor.stop),
            ).fetchone()
            if known is not None and known[1] is None:
                _take_out(db, known[0])
                return int(known[0]), False
            _check_room(db, collection_id)
            place = _last_place(db, collection_id) + 1
            if known is not None:
                db.execute(
                    "UPDATE clips SET removed = NULL, place = ? WHERE clip_id = ?",
                    (place, known[0]),
                )
                return int(known[0]), True
            made = db.execute(
                "INSERT INTO clips (collection_id, place, paragraph_id, text, start, stop, "
                "generation, source, added) VALUES (?,?,?,?,?,?,?,?,?)",
                (collection_id, place, *astuple(anchor), generation, source.to_json(), now()),
            ).lastrowid
            return int(made or 0), True

    def annotate(self, clip_id: int, note: str) -> None:
        """Put a note on a clip, in place of the one it has."""
        note = note.replace("\r\n", "\n").strip()
        if len(note) > MAX_NOTE_LENGTH:
            raise NoteRefusedError(
                "clips.note_too_long", count=len(note), longest_note=MAX_NOTE_LENGTH
            )
        with self._store.writing() as db:
            _check_clip(db, clip_id)
            db.execute("UPDATE clips SET note = ? WHERE clip_id = ?", (note, clip_id))

    def move(self, clip_id: int, by: int) -> None:
        """Move a clip `by` places down its collection (up, where negative), as far as it goes."""
        with self._store.writing() as db:
            collection_id = _check_clip(db, clip_id)
            rows = db.execute(
                "SELECT clip_id FROM clips WHERE collection_id = ? AND removed IS NULL "
                "ORDER BY place, clip_id",
                (collection_id,),
            )
            order = [number for (number,) in rows]
            if clip_id not in order:
                return
            at = order.index(clip_id)
            order.insert(max(0, min(at + by, len(order) - 1)), order.pop(at))
            db.executemany(
                "UPDATE clips SET place = ? WHERE clip_id = ?",
                [(place, number) for place, number in enumerate(order, start=1)],
            )

    def transfer(self, clip_id: int, collection_id: int) -> None:
        """Move a clip behind the others of another collection."""
        with self._store.writing() as db:
            _check_clip(db, clip_id)
            _check_collection(db, collection_id)
            _check_room(db, collection_id)
            db.execute(
                "UPDATE clips SET collection_id = ?, place = ? WHERE clip_id = ?",
                (collection_id, _last_place(db, collection_id) + 1, clip_id),
            )

    def remove(self, clip_id: int) -> None:
        """Take a clip out of its collection; `restore` puts it back."""
        with self._store.writing() as db:
            _check_clip(db, clip_id)
            _take_out(db, clip_id)

    def restore(self, clip_id: int) -> None:
        """Put a clip that was taken out back to where it was."""
        with self._store.writing() as db:
            _check_room(db, _check_clip(db, clip_id))
            db.execute("UPDATE clips SET removed = NULL WHERE clip_id = ?", (clip_id,))

    def settle(self, archive: Archive) -> None:
        """Find the passages of all clips again, where a reindex came between.

        While the index cannot be used they stay as they were last known: a reader's own
        work does not depend on it.
        """
        generation = archive.generation
        if not generation:
            return
        with self._store.reading() as db:
            stale = _clips(db, "generation <> ?", generation, hidden=True)
        if not stale:
            return
        try:
            # Places found in different generations would be recorded as those of one.
            snapshot = archive.snapshot()
            generation = snapshot.generation
            held = {known for source in snapshot.held() for known in (source.path, source.digest)}
            settled = [_settled(clip, snapshot, held) for clip in stale]
        except ArchiveError:
            return
        with self._store.writing(shown=settled != stale, budget=SHORT_WAIT_SECONDS) as db:
            # Only where nobody else has settled it meanwhile.
            db.executemany(
                "UPDATE clips SET paragraph_id = ?, text = ?, start = ?, stop = ?, source = ?, "
                "attached = ?, generation = ? WHERE clip_id = ? AND generation = ?",
                [
                    (
                        *(*astuple(clip.anchor), clip.source.to_json()),
                        _HELD if clip.held else clip.attached,
                        *(snapshot.generation, clip.clip_id, clip.generation),
                    )
                    for clip in settled
                ],
            )


def now() -> str:
    """The time, ISO 8601 in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _settled(clip: Clip, archive: Archive, held: Container[str]) -> Clip:
    """The clip with its passage as the archive has it; `held` has paths and digests of files."""
    found = locate(archive, clip.anchor, clip.source)
    if found is None:
        # Once held back it stays so, wherever its file goes.
        marked = clip.held or clip.source.path in held or clip.source.digest in held
        return replace(clip, attached=False, held=marked)
    anchor, source = found
    source = replace(source, heads=clip.source.heads)
    return replace(clip, anchor=anchor, source=source, attached=True, held=False)


def _clips(
    db: sqlite3.Connection,
    where: str,
    *values: object,
    order: str = "collection_id, place, clip_id",
    hidden: bool = False,
) -> list[Clip]:
    """The clips that meet a condition; the words of those held back only with `hidden`."""
    # Condition and order are always this module's own.
    rows = db.execute(f"SELECT {_COLUMNS} FROM clips WHERE {where} ORDER BY {order}", values)

    def clip(*kept: Any) -> Clip:
        made = _clip(*kept)
        return made if hidden or not made.held else _hidden(made)

    return whole(rows, clip)


def _clip(clip_id: int, collection_id: int, *kept: Any) -> Clip:
    """A clip of its row. Raises what `rows.whole` takes for damage."""
    paragraph_id, text, start, stop, source, note, added, attached, generation = kept
    check_moment(added)
    parse_paragraph_id(paragraph_id)
    anchor, known = Anchor(paragraph_id, text, start, stop), Source.from_json(source)
    found, held = attached == 1, attached == _HELD
    return Clip(clip_id, collection_id, anchor, known, note, added, found, generation, held)


def _hidden(clip: Clip) -> Clip:
    """A clip that is held back, without its words."""
    known = clip.source
    anchor = Anchor(clip.anchor.paragraph_id, "")
    source = Source("", known.path, known.digest, known.ordinal, Dating())
    return replace(clip, anchor=anchor, source=source)


def _current(db: sqlite3.Connection) -> int:
    known = "SELECT collection_id FROM collections WHERE collection_id = ?"
    found = db.execute(known, (setting(db, "collection"),)).fetchone()
    return int(found[0]) if found else DEFAULT


def _take_out(db: sqlite3.Connection, clip_id: int) -> None:
    db.execute("UPDATE clips SET removed = ? WHERE clip_id = ?", (now(), clip_id))
    # Not this one, whatever the clock says of the others.
    db.execute(
        "DELETE FROM clips WHERE clip_id IN (SELECT clip_id FROM clips WHERE removed IS NOT NULL "
        "ORDER BY clip_id = ? DESC, removed DESC, clip_id DESC LIMIT -1 OFFSET ?)",
        (clip_id, MAX_REMOVED),
    )


def _last_place(db: sqlite3.Connection, collection_id: int) -> int:
    found = db.execute(
        "SELECT COALESCE(MAX(place), 0) FROM clips WHERE collection_id = ?", (collection_id,)
    )
    return int(found.fetchone()[0])


def _check_clip(db: sqlite3.Connection, clip_id: int) -> int:
    """The collection of a clip."""
    found = db.execute("SELECT collection_id FROM clips WHERE clip_id = ?", (clip_id,)).fetchone()
    if found is None:
        raise UnknownNoteError("clips.no_clip")
    return int(found[0])


def _check_collection(db: sqlite3.Connection, collection_id: int) -> None:
    known = "SELECT 1 FROM collections WHERE collection_id = ?"
    if db.execute(known, (collection_id,)).fetchone() is None:
        raise UnknownNoteError("clips.no_collection")


def _check_own(db: sqlite3.Connection, collection_id: int) -> None:
    _check_collection(db, collection_id)
    if collection_id == DEFAULT:
        raise NoteRefusedError("clips.default_collection")


def _check_name(db: sqlite3.Connection, name: str, own: int | None) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise NoteRefusedError("clips.name_length", longest_name=MAX_NAME_LENGTH)
    taken = "SELECT 1 FROM collections WHERE name = ? AND collection_id IS NOT ?"
    if db.execute(taken, (name, own)).fetchone():
        raise NoteRefusedError("clips.name_taken", name=name)
    return name


def _check_room(db: sqlite3.Connection, collection_id: int) -> None:
    count = "SELECT COUNT(*) FROM clips WHERE collection_id = ? AND removed IS NULL"
    if db.execute(count, (collection_id,)).fetchone()[0] >= MAX_CLIPS:
        raise NoteRefusedError("clips.full", most_clips=MAX_CLIPS)

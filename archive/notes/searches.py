"""The history of searches, and the searches that a reader keeps under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import NoteRefusedError, UnknownNoteError
from archive.notes.clips import now
from archive.notes.news import Seen
from archive.notes.rows import check_moment, legible, whole
from archive.notes.store import SHORT_WAIT_SECONDS, Store, put_setting, setting

# What a reader may want to come back to; of more than so many the oldest are forgotten.
MAX_RECENT = 100
# Each kept search is asked again after every reindex.
MAX_KEPT = 50
MAX_NAME_LENGTH = 60
# An address that browsers and proxies take.
MAX_ADDRESS_LENGTH = 8_000


@dataclass(frozen=True, slots=True)
class Recent:
    """A search that was asked: its page's address, its words, its total, and when (UTC)."""

    address: str
    label: str
    total: int
    asked: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A search kept under a name.

    `args` are its URL parameters, encoded. `looked` says when the reader last looked at it
    (UTC), `generation` and `total` what then answered with how much; `seen` is what was
    there then, None where it was too much to keep.
    """

    search_id: int
    name: str
    args: str
    total: int
    seen: Seen | None
    generation: str
    looked: str


class Searches:
    """The searches of one home. Every method raises NotesError where they cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def remembers(self) -> bool:
        """Whether a history is kept."""
        with self._store.reading() as db:
            return setting(db, "history", "on") == "on"

    def remember(self, keep: bool) -> None:
        """Have a history kept, or not; what there is of one stays."""
        with self._store.writing() as db:
            put_setting(db, "history", "on" if keep else "off")

    def note(self, asked: Sequence[Recent]) -> None:
        """Put searches at the head of the history, in this order, if one is kept."""
        fitting = [one for one in asked if len(one.address) <= MAX_ADDRESS_LENGTH]
        if not fitting or not self.remembers():
            return
        with self._store.writing(shown=False, budget=SHORT_WAIT_SECONDS) as db:
            db.executemany(
                "INSERT OR REPLACE INTO history SELECT ?, ?, ?, ?, 1 + COALESCE(MAX(turn), 0) "
                "FROM history",
                [(one.address, one.label, one.total, one.asked) for one in fitting],
            )
            db.execute(
                "DELETE FROM history WHERE address IN "
                "(SELECT address FROM history ORDER BY turn DESC LIMIT -1 OFFSET ?)",
                (MAX_RECENT,),
            )

    def recent(self) -> list[Recent]:
        """The history, the last search first."""
        with self._store.reading() as db:
            rows = db.execute("SELECT address, label, total, asked FROM history ORDER BY turn DESC")
            return whole(rows, _recent)

    def clear(self) -> None:
        """Forget the history, for good."""
        with self._store.writing() as db:
            db.execute("DELETE FROM history")

    def kept(self) -> list[Kept]:
        """The searches kept, by name."""
        with self._store.reading() as db:
            rows = db.execute(
                "SELECT search_id, name, args, total, seen, generation, looked FROM searches "
                "ORDER BY name"
            )
            return whole(rows, _kept)

    def damaged(self) -> list[str]:
        """The kept searches whose rows cannot be read, each by what is legible of it."""
        known = {kept.search_id for kept in self.kept()}
        with self._store.reading() as db:
            rows = db.execute("SELECT search_id, name, args FROM searches")
            return legible(row for row in rows if row[0] not in known)

    def one(self, search_id: int) -> Kept:
        """The kept search of this number."""
        found = [kept for kept in self.kept() if kept.search_id == search_id]
        if not found:
            raise UnknownNoteError("searches.no_search")
        return found[0]

    def keep(self, name: str, args: str, answer: Answer) -> int:
        """Keep a search under a name, with what answers it now; return its number.

        A search of that name is replaced.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_NAME_LENGTH:
            raise NoteRefusedError("searches.name_length", longest_name=MAX_NAME_LENGTH)
        if len(args) > MAX_ADDRESS_LENGTH:
            raise NoteRefusedError("searches.too_long")
        with self._store.writing() as db:
            db.execute("DELETE FROM searches WHERE name = ?", (name,))
            if db.execute("SELECT COUNT(*) FROM searches").fetchone()[0] >= MAX_KEPT:
                raise NoteRefusedError("searches.too_many", most_kept=MAX_KEPT)
            made = db.execute(
                "INSERT INTO searches (name, args, total, seen, generation, looked) "
                "VALUES (?,?,?,?,?,?)",
                (name, args, *answer.columns(), now()),
            ).lastrowid
            return int(made or 0)

    def look(self, search_id: int, answer: Answer) -> None:
        """Say that a reader has looked at a kept search: what answers it now is news no more."""
        with self._store.writing() as db:
            changed = db.execute(
                "UPDATE searches SET total = ?, seen = ?, generation = ?, looked = ? "
                "WHERE search_id = ?",
                (*answer.columns(), now(), search_id),
            )
            if not changed.rowcount:
                raise UnknownNoteError("searches.no_search")

    def drop(self, search_id: int) -> None:
        """Keep a search no longer."""
        with self._store.writing() as db:
            db.execute("DELETE FROM searches WHERE search_id = ?", (search_id,))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a kept search finds: its total, the paragraphs (None: too many), the generation."""

    total: int
    seen: Seen | None
    generation: str

    def columns(self) -> tuple[int, bytes | None, str]:
        """The answer as it is kept."""
        return self.total, None if self.seen is None else self.seen.to_bytes(), self.generation


def _recent(*kept: Any) -> Recent:
    check_moment(kept[-1])
    return Recent(*kept)


def _kept(*kept: Any) -> Kept:
    number, name, args, total, seen, generation, looked = kept
    check_moment(looked)
    known = None if seen is None else Seen.from_bytes(seen)
    return Kept(number, name, args, total, known, generation, looked)

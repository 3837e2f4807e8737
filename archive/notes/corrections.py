"""Corrections: what a reader knows better of a document than its page says.

A correction is kept here and applied by the indexer each time the document is read, so that
facets, filters and orders obey it; what the page itself says stays in the catalog beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Literal

from archive.errors import NoteRefusedError
from archive.fields import named
from archive.model import (
    CORRECTED,
    CORRIGIBLE,
    CORRIGIBLE_ELEMENTS,
    EARLIEST,
    LATEST,
    NO_RECORD,
    Corrigible,
    Dating,
    Record,
    YearBasis,
)
from archive.notes.clips import now
from archive.notes.rows import legible, whole
from archive.notes.store import Store
from archive.stored import arguments
from archive.text.document_numbers import is_number
from archive.text.fold import fold

# The rule of a block that a reader cut.
CUT_BY_READER = "reader"

# The longest value of what can be corrected, in characters, and that of some of it.
MAX_LENGTH = 200
LONGEST = {"kind": 20, "number": 60}
# What a reader writes for what cannot be known, or what the document does not have.
UNKNOWN_WORDS = ("不明", "无", "unknown", "none")

# Elements that are kept together, in one column.
_ELEMENTS = tuple(name for name in CORRIGIBLE_ELEMENTS if name != "kind")
_YEAR_IN_BRACKETS = re.compile(r"[\[［(（【﹝{〖]\s*(\d{4})\s*[\]］)）】﹞}〗]")
_DAY = re.compile(r"([0-9]{4})[-年./]([0-9]{1,2})[-月./]([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class BlockChoice:
    """A reader's label for one block of a page: kept (restored), or cut.

    The block is known by its text; of equal ones `ordinal`, its place on the page, tells which.
    """

    text: str
    ordinal: int
    keep: bool


def placed(choices: Sequence[BlockChoice], texts: Sequence[str]) -> dict[int, BlockChoice]:
    """Return the choices by the places of their blocks among `texts`; those of none are left out.

    >>> placed([BlockChoice("甲", 0, True)], ["乙", "甲", "丙", "甲"])
    {1: BlockChoice(text='甲', ordinal=0, keep=True)}
    """
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts if choices else ()):
        places.setdefault(_bare(text), []).append(place)
    found: dict[int, BlockChoice] = {}
    for choice in choices:
        free = [place for place in places.get(_bare(choice.text), ()) if place not in found]
        if free:
            found[min(free, key=lambda place: abs(place - choice.ordinal))] = choice
    return found


def _bare(text: str) -> str:
    """What stays of a block's text where another version spaces it otherwise."""
    return "".join(fold(text).split())


def block_key(ordinal: int, text: str) -> str:
    """What a form names a block by: its place, and a digest of its text."""
    digest = hashlib.blake2b(_bare(text).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{ordinal}-{digest}"


@dataclass(frozen=True, slots=True)
class Correction:
    """A reader's correction of one document; a field that is None is as the page has it.

    An element of the record that is empty is one that the document does not have.
    `blocks` are those of the page that the reader restored or cut.
    `year` is "unknown" where the reader says that it cannot be known. `path` is the file's
    below corpus/ and `digest` the SHA-256 of its bytes: by them the correction follows a
    file that was moved. `made` is ISO 8601, in UTC.
    """

    document_id: str
    path: str
    digest: str
    title: str | None = None
    kind: str | None = None
    year: int | Literal["unknown"] | None = None
    made: str = ""
    blocks: tuple[BlockChoice, ...] = ()
    number: str | None = None
    issuer: tuple[str, ...] | None = None
    issued: str | None = None

    @property
    def given(self) -> tuple[Corrigible, ...]:
        """What it corrects, beside blocks."""
        return tuple(name for name in CORRIGIBLE if getattr(self, name) is not None)

    @property
    def is_empty(self) -> bool:
        """Whether it corrects nothing."""
        return not (self.blocks or self.given)

    def elements(self) -> dict[str, Any]:
        """The corrected elements of the record, by name."""
        given = {name: getattr(self, name) for name in CORRIGIBLE_ELEMENTS if name in self.given}
        return {name: value or getattr(NO_RECORD, name) for name, value in given.items()}

    def dated(self, dating: Dating) -> Dating:
        """A dating under this correction: the reader's year, and the word that says so.

        What the text states and whether it masks its year stays; an interval that was
        inferred no longer counts.

        >>> Correction("a", "a.txt", "", year=2019).dated(Dating(stated=2021, first=2018)).year
        2019
        """
        if self.year is None:
            return dating
        own = replace(dating, first=None, last=None, evidence=(CORRECTED,))
        if self.year == "unknown":
            return replace(own, year=None, basis=YearBasis.UNKNOWN)
        return replace(own, year=self.year, basis=YearBasis.STATED)


def read_year(typed: str) -> int | Literal["unknown"] | None:
    """The year that a reader typed; None where nothing was. Raises NotesError.

    >>> read_year("2019年"), read_year(" 不明 "), read_year("")
    (2019, 'unknown', None)
    """
    bare = typed.strip().removesuffix("年").strip().lower()
    if not bare:
        return None
    if bare in UNKNOWN_WORDS:
        return "unknown"
    if len(bare) == 4 and bare.isdecimal() and EARLIEST <= int(bare) <= LATEST:
        return int(bare)
    raise NoteRefusedError("corrections.year", strip=typed.strip()[:20])


def read_element(name: str, typed: str) -> str | tuple[str, ...]:
    """What a reader typed for an element of the record, empty for none. Raises NotesError.

    Of several values each is parted from the next by 、 or a blank.

    >>> read_element("issued", "２０１９年1月30日"), read_element("number", "无")
    ('2019-01-30', '')
    >>> read_element("number", "云教函[2022]32号")
    '云教函〔2022〕32号'
    >>> read_element("issuer", "云溪县教育局、 云溪县财政局")
    ('云溪县教育局', '云溪县财政局')
    """
    field, told = named(name), "" if typed in UNKNOWN_WORDS else typed
    if field.several:
        return tuple(filter(None, re.split("[、，,;；\\s]+", told)))
    if told and field.type == "day":
        found = _DAY.fullmatch(fold(told))
        told = "-".join(part.zfill(2) for part in found.groups()) if found else ""
        if field.number(told) is None:
            wrong = "corrections.no_day" if found else "corrections.day"
            raise NoteRefusedError(wrong, typed=typed[:20])
    if told and name == "number":
        told = _YEAR_IN_BRACKETS.sub(r"〔\1〕", told)
        if not is_number(told):
            raise NoteRefusedError("corrections.number", typed=typed[:20])
    return told


class Corrections:
    """The corrections of one home. Every method raises NotesError where they cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Correction]:
        """Every correction, by document."""
        return self._select("TRUE")

    def damaged(self) -> list[str]:
        """The corrections whose rows cannot be read, each by what is legible of it."""
        with self._store.reading() as db:
            known = {correction.document_id for correction in _selected(db, "TRUE")}
            rows = db.execute("SELECT document_id, title, kind, year FROM corrections")
            return legible(row for row in rows if row[0] not in known)

    def of(self, document_id: str) -> Correction | None:
        """The correction of a document, None where there is none."""
        found = self._select("document_id = ?", document_id)
        return found[0] if found else None

    def put(self, correction: Correction) -> None:
        """Keep a correction in place of the document's former one; an empty one withdraws it."""
        self.change(correction, lambda _: correction)

    def change(self, empty: Correction, how: Callable[[Correction], Correction]) -> None:
        """Keep what `how` makes of the document's correction, of `empty` where it has none."""
        with self._store.writing() as db:
            (former,) = _selected(db, "document_id = ?", empty.document_id) or [empty]
            correction = how(replace(former, path=empty.path, digest=empty.digest))
            _check(correction)
            db.execute("DELETE FROM corrections WHERE document_id = ?", (empty.document_id,))
            if not correction.is_empty:
                _insert(db, replace(correction, made=now()))

    def follow(self, moved: Mapping[str, Correction]) -> None:
        """Put corrections in the place of others, by the others' document ids: files moved.

        A correction that the new place has already is the later one, and stays.
        """
        with self._store.writing() as db:
            for former, correction in moved.items():
                taken = "SELECT 1 FROM corrections WHERE document_id = ?"
                if db.execute(taken, (correction.document_id,)).fetchone() is None:
                    db.execute("DELETE FROM corrections WHERE document_id = ?", (former,))
                    _insert(db, correction)

    def _select(self, where: str, *values: str) -> list[Correction]:
        with self._store.reading() as db:
            return _selected(db, where, *values)


def _selected(db: sqlite3.Connection, where: str, *values: str) -> list[Correction]:
    rows = db.execute(
        "SELECT document_id, path, digest, title, kind, year, made, blocks, record "
        f"FROM corrections WHERE {where} ORDER BY document_id",
        values,
    )
    return whole(rows, _correction)


def _correction(*kept: Any) -> Correction:
    """A correction of its row. Raises what `rows.whole` takes for damage."""
    document_id, path, digest, title, kind, year, made, blocks, record = kept
    known = int(year) if year and year.isdigit() else year
    choices = tuple(BlockChoice(*choice) for choice in json.loads(blocks))
    own = Correction(document_id, path, digest, title, kind, known, made, choices)
    return replace(own, **arguments(Record, json.loads(record)))


def _check(correction: Correction) -> None:
    for name in correction.given:
        value, most = getattr(correction, name), LONGEST.get(name, MAX_LENGTH)
        length = len("".join(value)) if isinstance(value, tuple) else len(str(value))
        if length > most or (name == "title" and not length):
            chinese = named(name).keys[0]
            raise NoteRefusedError("corrections.length", chinese=chinese, english=name, most=most)


def digests(corrections: Iterable[Correction]) -> dict[str, str]:
    """By path, a digest of what is corrected of the file's documents."""
    by_path: dict[str, list[object]] = {}
    for c in sorted(corrections, key=lambda c: c.document_id):
        chosen = [astuple(choice) for choice in c.blocks]
        said = [c.document_id, c.title, c.kind, c.year, chosen, _kept(c)]
        by_path.setdefault(c.path, []).append(said)
    return {
        path: hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
        for path, said in by_path.items()
    }


def _insert(db: sqlite3.Connection, c: Correction) -> None:
    year = None if c.year is None else str(c.year)
    blocks = json.dumps([astuple(choice) for choice in c.blocks])
    db.execute(
        "INSERT INTO corrections VALUES (?,?,?,?,?,?,?,?,?)",
        (c.document_id, c.path, c.digest, c.title, c.kind, year, c.made, blocks, _kept(c)),
    )


def _kept(c: Correction) -> str:
    """The elements of the record that have no column of their own."""
    return json.dumps({name: getattr(c, name) for name in _ELEMENTS if name in c.given})

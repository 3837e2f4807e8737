"""The taxonomy: topics and the words that speak for them, from data files.

The files in `words/` are ours; a user's own file of the same shape adds to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from archive.errors import SourceError
from indexer.topics.kinds import Kinds, own_kinds, read_kinds
from indexer.topics.parts import Parts, own_parts, read_parts

_OWN = sorted(Path(__file__).with_name("words").glob("*.toml"))
_WEIGHTS = {"names": 4, "strong": 3, "fair": 2, "weak": 1, "ignore": 0}
_KEYS = {"name", "field", *_WEIGHTS}
# Two characters call a word: a shorter one would be found everywhere.
KEY = 2


Calls = Mapping[str, tuple[tuple[str, tuple[tuple[int, int], ...]], ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its name, the field of work it belongs to, and the weight of its words."""

    name: str
    field: str
    words: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of work: the words that tell it in a title, and the fields that are near it.

    Its topics want one of `needs` in a paragraph, its headings or its title; none want
    nothing.
    """

    name: str
    cues: tuple[str, ...]
    near: frozenset[str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The topics in the order of their files, and their words by their first characters.

    `calls` maps the first two characters of a word to the words that begin so, longest
    first, each with its topics (by place) and weights; an ignored word speaks for no topic.
    """

    topics: tuple[Topic, ...]
    fields: tuple[Field, ...]
    calls: Calls
    kinds: Kinds
    parts: Parts

    @property
    def names(self) -> tuple[str, ...]:
        """The topics' names."""
        return tuple(topic.name for topic in self.topics)

    def domain_of(self, topic: str) -> str:
        """The field of work that a topic belongs to."""
        return next(one.field for one in self.topics if one.name == topic)

    def foreign(self, title: str) -> frozenset[int]:
        """The places of the topics that are foreign to the field that a title tells.

        None are where it tells no field, or more than one.
        """
        told = [field for field in self.fields if any(cue in title for cue in field.cues)]
        if len(told) != 1:
            return frozenset()
        own = {told[0].name, *told[0].near}
        return frozenset(i for i, topic in enumerate(self.topics) if topic.field not in own)

    def needs(self, place: int) -> tuple[str, ...]:
        """The words of which the topic at `place` wants one; none where it wants nothing."""
        field = self.topics[place].field
        return next((f.needs for f in self.fields if f.name == field), ())


@lru_cache(maxsize=8)
def load_taxonomy(extra: Path | None = None) -> Taxonomy:
    """Return our taxonomy, with the user's file `extra` added where one is given.

    Raises SourceError where that file cannot be read or is not of this shape.

    >>> {"学前教育", "河湖长制"} <= {*load_taxonomy().names}
    True
    """
    topics: dict[str, Topic] = {}
    fields: dict[str, Field] = {}
    ignored: frozenset[str] = frozenset()
    for path in _OWN:
        own, told, strays = _read(path)
        topics |= own
        fields |= told
        ignored |= strays
    kinds, parts = own_kinds(), own_parts()
    if extra is not None:
        added, more, other = _read(extra)
        kinds, parts = _extended(extra)
        fields, ignored = {**fields, **more}, ignored | other
        for name, topic in added.items():
            known = topics.get(name)
            words = {**known.words, **topic.words} if known else topic.words
            topics[name] = Topic(name, known.field if known else topic.field, words)
            field = fields.get(topics[name].field)
            if field is not None and field.needs:
                # What the user says of a topic needs nothing beside it.
                given = tuple(word for word, weight in topic.words.items() if weight)
                fields[field.name] = replace(field, needs=field.needs + given)
    calls = _compile(tuple(topics.values()), ignored)
    return Taxonomy(tuple(topics.values()), tuple(fields.values()), calls, kinds, parts)


def _extended(path: Path) -> tuple[Kinds, Parts]:
    """Our kinds and parts behind the user's."""
    with _refusing(path):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds, parts = read_kinds(tables.get("kind", ())), read_parts(tables)
    ours, own = own_kinds(), own_parts()
    return Kinds(kinds + ours.rows), Parts(parts.families + own.families, parts.parts + own.parts)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Refuse a file that cannot be read or has another shape."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise SourceError("rules.taxonomy", path=path, error=error) from error


def _read(path: Path) -> tuple[dict[str, Topic], dict[str, Field], frozenset[str]]:
    with _refusing(path):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        topics = {topic.name: topic for topic in map(_topic, tables.get("topic", []))}
        fields = {field.name: field for field in map(_field, tables.get("field", []))}
        return topics, fields, frozenset(tables.get("strays", ()))


def _topic(row: Any) -> Topic:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or row.keys() - _KEYS:
        raise ValueError(f"[[topic]] takes a name and {', '.join(sorted(_KEYS - {'name'}))}")
    words: dict[str, int] = {}
    for key, weight in _WEIGHTS.items():
        for word in row.get(key, ()):
            if not isinstance(word, str) or len(word) < KEY:
                raise ValueError(f"{row['name']}: {word!r} is shorter than {KEY} characters")
            words[word] = weight
    return Topic(row["name"], str(row.get("field", row["name"])), words)


def _field(row: Any) -> Field:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row.get("cues"):
        raise ValueError("[[field]] takes a name, cues and near")
    near, needs = frozenset(row.get("near", ())), tuple(row.get("needs", ()))
    return Field(row["name"], tuple(row["cues"]), near, needs)


def _compile(topics: tuple[Topic, ...], ignored: frozenset[str]) -> Calls:
    by_word: dict[str, list[tuple[int, int]]] = {word: [] for word in ignored}
    for place, topic in enumerate(topics):
        for word, weight in topic.words.items():
            if weight:
                by_word.setdefault(word, []).append((place, weight))
    calls: dict[str, list[tuple[str, tuple[tuple[int, int], ...]]]] = {}
    for word in sorted(by_word, key=len, reverse=True):
        calls.setdefault(word[:KEY], []).append((word, tuple(by_word[word])))
    return {key: tuple(words) for key, words in calls.items()}

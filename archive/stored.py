"""Values as they are stored: dataclasses as JSON objects, each attribute by its name.

An attribute that has its default is left out, so one that is added later with a default is
read from what was stored before it.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

Stored = dict[str, Any]
Reader = Callable[[Any], Any]


def to_stored(value: Any, but: Collection[str] = ()) -> Stored:
    """Return a dataclass as an object for JSON, the attributes named in `but` left out.

    >>> from archive.model import Dating, YearBasis
    >>> to_stored(Dating(year=2020, basis=YearBasis.STATED, evidence=("2020年",)))
    {'year': 2020, 'basis': 'stated', 'evidence': ['2020年']}
    """
    stored: Stored = {}
    kind: Any = type(value)
    for name, default in _defaults(kind).items():
        own = getattr(value, name)
        if name not in but and (default is MISSING or own != default):
            stored[name] = _plain(own)
    return stored


def from_stored(kind: type[T], stored: Mapping[str, Any], **more: Any) -> T:
    """Return the dataclass of which `stored` was made; `more` are attributes beside it.

    Raises TypeError or ValueError where it was made of another.

    >>> from archive.model import Dating
    >>> from_stored(Dating, {"year": 2020, "evidence": ["2020年"]}).evidence
    ('2020年',)
    """
    return kind(**arguments(kind, stored), **more)


def arguments(kind: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a dataclass that `stored` holds, by name."""
    readers = _readers(kind)
    try:
        return {
            # Most attributes are texts, which are stored as they are.
            name: value if (read := readers[name]) is None else read(value)
            for name, value in stored.items()
        }
    except KeyError as error:
        raise ValueError(f"{kind.__name__} has no {error}") from error


def attributes(value: Any) -> dict[str, Any]:
    """Return the attributes of a dataclass by name."""
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _defaults(kind)}


@lru_cache(maxsize=32)
def _defaults(kind: Any) -> dict[str, Any]:
    return {field.name: field.default for field in fields(kind)}


@lru_cache(maxsize=32)
def _readers(kind: Any) -> dict[str, Reader | None]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Reader | None:
    """How a value of a type is read back; None where it is stored as it is."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        read = _reader(inner)
        if read is None:
            return None
        known: Reader = read
        return lambda value: None if value is None else known(value)
    if origin is tuple:
        read = _reader(get_args(hint)[0])
        return (lambda values: tuple(map(read, values))) if read else tuple
    if isinstance(hint, type) and is_dataclass(hint):
        kind: Any = hint
        return lambda value: (
            _shared(kind, value) if isinstance(value, str) else hint(**arguments(kind, value))
        )
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    return None


@lru_cache(maxsize=64)
def fitting(hint: Any) -> Callable[[Any], bool]:
    """What tells whether a value is of a type, all through: damaged JSON may still be JSON.

    >>> from archive.model import Dating
    >>> [fitting(Dating)(Dating(year)) for year in (2020, None, "2020")]
    [True, True, False]
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        ways = [fitting(one) for one in inner]
        plain = frozenset(one for one in inner if isinstance(one, type) and not is_dataclass(one))
        return lambda value: type(value) in plain or any(way(value) for way in ways)
    if origin is Literal:
        return inner.__contains__
    if origin is tuple:
        # Pairs of hashes, thousands of them, are cut from bytes: there is nothing to see.
        item = fitting(inner[0]) if get_origin(inner[0]) is not tuple else lambda _: True
        return lambda value: type(value) is tuple and all(map(item, value))
    if isinstance(hint, type) and is_dataclass(hint):
        own = [(name, fitting(kind)) for name, kind in get_type_hints(hint).items()]
        return lambda value: (
            type(value) is hint and all(fits(getattr(value, name)) for name, fits in own)
        )
    return lambda value: type(value) is hint


@lru_cache(maxsize=4_096)
def _shared(kind: Any, text: str) -> Any:
    """An object that was stored as a text, because many hold an equal one."""
    return kind(**arguments(kind, json.loads(text)))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return to_stored(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value

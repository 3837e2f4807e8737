"""What a text must hold for a pattern to match: most patterns are ruled out by it, unread.

A page's lines are tried against some two hundred patterns, and nearly none matches. Each needs
some piece of one or two characters; to look for the pieces of all of them in a line takes a
tenth of the time of trying them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Python's own reading of a pattern: what it needs cannot be told from its text.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Pieces = frozenset[str]
# A set of more characters is in nearly every line.
_MAX_SET = 8
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def needs(pattern: str) -> Pieces | None:
    r"""Pieces of which any text that `pattern` matches has one; None where it needs none.

    >>> needs(r"^(?:还|仅)剩\d+页"), sorted(needs("下载(?:本|此)?文档|版权所有")), needs(r"\d+、?")
    (frozenset({'剩'}), ['下载', '版权'], None)
    """
    parsed = _parser.parse(pattern)
    return None if parsed.state.flags & re.IGNORECASE else _needs(parsed)


def _needs(parsed: Iterable[tuple[Any, Any]]) -> Pieces | None:
    """What is needed by one part of a sequence, the part that says most."""
    found: list[Pieces] = []
    literal = ""
    for code, value in (*parsed, (None, None)):
        if code is codes.LITERAL:
            literal += chr(value)
            continue
        if literal:
            found.append(frozenset((literal[:2],)))
            literal = ""
        if part := _needs_of(code, value):
            found.append(part)
    return max(found, key=lambda pieces: (min(map(len, pieces)), -len(pieces)), default=None)


def _needs_of(code: Any, value: Any) -> Pieces | None:
    if code is codes.BRANCH:
        parts = [_needs(branch) for branch in value[1]]
        known = [part for part in parts if part]
        return frozenset().union(*known) if len(known) == len(parts) else None
    if code is codes.SUBPATTERN:
        # A group with flags of its own may match in either case.
        return None if value[1] else _needs(value[3])
    if code in _REPEATS:
        return _needs(value[2]) if value[0] else None
    if code is codes.IN and len(value) <= _MAX_SET:
        plain = all(code is codes.LITERAL for code, _ in value)
        return frozenset(chr(character) for _, character in value) if plain else None
    return None

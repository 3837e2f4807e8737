"""Reading a pattern: `抓…促…`, `[推进|加快]均衡`, `{城 乡}`, `学校#所`, `抓…{0,6}促`.

`archive.query.patterns` says what the signs mean; this file only reads one run of characters
that holds some. Inside double quotes every sign is an ordinary character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.errors import QueryError
from archive.query.patterns import (
    MAX_PARTS,
    ONE,
    Choice,
    Element,
    Figures,
    Gap,
    Pattern,
    any_order,
)
from archive.text.fold import fold

SIGNS = "?*…‥[]{}#"
# Two points between other characters are the gap of a clause, three and more that of a sentence.
_POINTS = re.compile("[.]{2,}")
_ANCHOR, _END_ANCHOR, _MASK = "^", "$", "^v^"

# The longest gap with a bound that can be asked for, in characters; an unbounded one is `…`.
WIDEST_GAP = 1_000
MAX_ELEMENTS = 32

# What divides the strings of a choice, in either width.
_BAR = re.compile("[|｜]")
_BOUNDS = re.compile(r"\{\s*([0-9]{1,4})\s*(?:([,，])\s*([0-9]{1,4})?\s*)?\}")


def unit_end(signs: str, at: int) -> int:
    """Return where the unit at `at` ends: a quotation, a bracketed list, or one character.

    An opening sign without its closing one is a unit by itself.
    """
    closing = {'"': '"', "[": "]", "{": "}"}.get(signs[at])
    end = signs.find(closing, at + 1) if closing else -1
    return at + 1 if end < 0 else end + 1


def has_signs(signs: str, start: int, end: int) -> bool:
    """Whether a sign of the pattern language stands in signs[start:end] outside quotations."""
    if anchors(signs, start, end) != (False, False):
        return True
    at = start
    while at < end:
        if signs[at] in SIGNS or (start < at and _gap_of_points(signs, at, end)):
            return True
        at = unit_end(signs, at)
    return False


def anchors(signs: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether `^` opens signs[start:end], which no mask of a name (^v^) does, and `$` ends it."""
    opens = signs.startswith(_ANCHOR, start, end) and not signs.startswith(_MASK, start, end)
    return opens and end - start > 1, end - start > 1 and signs[end - 1] == _END_ANCHOR


def _gap_of_points(signs: str, at: int, end: int) -> int:
    """How many points make a gap at `at`; 0 where none does."""
    points = _POINTS.match(signs, at, end)
    return points.end() - at if points and points.end() < end else 0


def read_pattern(text: str, signs: str, start: int, end: int, *, whole: bool) -> Pattern:
    """Read the pattern text[start:end]; `signs` is the query with its signs in ASCII.

    Raises QueryError with the position where it cannot be read, or where it would match
    nearly everything.
    """
    at_start, at_end = anchors(signs, start, end)
    reader = _Reader(text, signs, start + at_start, end - at_end)
    reader.read()
    pattern = Pattern(text[start:end], _joined(reader.elements), whole, at_start, at_end)
    if not pattern.required:
        raise QueryError("pattern.no_characters", position=start, text=pattern.text)
    if len(pattern.elements) > MAX_ELEMENTS:
        raise QueryError("pattern.too_long", position=start, most_elements=MAX_ELEMENTS)
    return pattern


def _joined(elements: list[Element]) -> tuple[Element, ...]:
    """Neighbouring strings as one string, neighbouring gaps as one gap."""
    joined: list[Element] = []
    for element in elements:
        match joined[-1] if joined else None, element:
            case Choice((before,)), Choice((behind,)):
                joined[-1] = Choice((before + behind,))
            case Gap() as gap, Gap() as after if gap.within_clause == after.within_clause:
                bounded = gap.most is not None and after.most is not None
                most = (gap.most or 0) + (after.most or 0) if bounded else None
                joined[-1] = Gap(gap.least + after.least, most, gap.within_clause)
            case _:
                joined.append(element)
    return tuple(joined)


@dataclass
class _Reader:
    """A cursor over one pattern."""

    text: str
    signs: str
    at: int
    end: int
    elements: list[Element] = field(default_factory=list)

    def read(self) -> None:
        first = self.at
        while self.at < self.end:
            sign = self.signs[self.at]
            points = _gap_of_points(self.signs, self.at, self.end) if self.at > first else 0
            if points or sign in "*…‥":
                within_clause = sign == "‥" or points == 2
                self.at += points
                self.gap(within_clause=within_clause)
            elif sign == "?":
                self.take(ONE)
            elif sign == "#":
                self.take(Figures())
            elif sign == "[":
                self.elements.append(Choice(self.parts("]", _BAR.split)))
            elif sign == "{":
                self.elements.append(self.any_order())
            elif sign in "]}":
                raise _refused("pattern.bracket_not_opened", self.at, sign=sign)
            elif sign == '"':
                self.quotation()
            else:
                self.characters(self.text[self.at])
                self.at += 1

    def take(self, element: Element) -> None:
        self.elements.append(element)
        self.at += 1

    def characters(self, text: str) -> None:
        # Of what is not seen nothing is left.
        if folded := fold(text):
            self.elements.append(Choice((folded,)))

    def gap(self, *, within_clause: bool) -> None:
        while self.at < self.end and self.signs[self.at] in "*…‥":
            self.at += 1
        bounds = _BOUNDS.match(self.signs, self.at, self.end)
        if bounds is None:
            self.elements.append(Gap(within_clause=within_clause))
            return
        least, comma, most = bounds.groups()
        highest = int(most) if most else (None if comma else int(least))
        if highest is not None and not int(least) <= highest <= WIDEST_GAP:
            raise _refused("pattern.gap", self.at, widest_gap=WIDEST_GAP)
        self.elements.append(Gap(int(least), highest, within_clause))
        self.at = bounds.end()

    def quotation(self) -> None:
        end = self.signs.find('"', self.at + 1, self.end)
        if end < 0:
            raise _refused("pattern.quotation_not_closed", self.at)
        self.characters(self.text[self.at + 1 : end])
        self.at = end + 1

    def any_order(self) -> Choice:
        start = self.at
        parts = self.parts("}", str.split)
        if len(parts) > MAX_PARTS:
            raise _refused("pattern.too_many_parts", start, most_parts=MAX_PARTS)
        return any_order(parts)

    def parts(self, closing: str, split: Callable[[str], list[str]]) -> tuple[str, ...]:
        """The strings between brackets, folded."""
        start, end = self.at, self.signs.find(closing, self.at + 1, self.end)
        if end < 0:
            raise _refused(
                "pattern.bracket_not_closed", start, sign=self.signs[start], closing=closing
            )
        for at, sign in enumerate(self.signs[start + 1 : end], start + 1):
            if sign in SIGNS or sign == '"':
                raise _refused("pattern.sign_in_brackets", at, sign=sign)
        parts = [fold(part) for part in split(self.text[start + 1 : end])]
        if not parts or not all(parts):
            raise _refused("pattern.brackets_empty", start)
        self.at = end + 1
        return tuple(dict.fromkeys(parts))


def _refused(key: str, at: int, **values: object) -> QueryError:
    return QueryError(key, position=at, at=at + 1, **values)

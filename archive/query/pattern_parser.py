"""Reading a pattern: `抓…促…`, `[推进|加快]均衡`, `{城 乡}`, `学校#所`, `抓…{0,6}促`.

`archive.query.patterns` says what the signs mean; this file only reads one run of characters
that holds some. Inside double quotes every sign is an ordinary character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.errors import QueryError
from archive.query.patterns import (
    MOST_PARTS,
    ONE,
    Choice,
    Element,
    Figures,
    Gap,
    Literal,
    Pattern,
    any_order,
)
from archive.text.fold import fold

SIGNS = "?*…[]{}#"

# The longest gap with a bound that can be asked for, in characters; an unbounded one is `…`.
WIDEST_GAP = 1_000
MOST_ELEMENTS = 32

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
    at = start
    while at < end:
        if signs[at] in SIGNS:
            return True
        at = unit_end(signs, at)
    return False


def read_pattern(text: str, signs: str, start: int, end: int, *, whole: bool) -> Pattern:
    """Read the pattern text[start:end]; `signs` is the query with its signs in ASCII.

    Raises QueryError with the position where it cannot be read, or where it would match
    nearly everything.
    """
    reader = _Reader(text, signs, start, end)
    reader.read()
    pattern = Pattern(text[start:end], _joined(reader.elements), whole)
    if not pattern.required:
        raise QueryError("pattern.no_characters", position=start, text=pattern.text)
    if len(pattern.elements) > MOST_ELEMENTS:
        raise QueryError("pattern.too_long", position=start, most_elements=MOST_ELEMENTS)
    return pattern


def _joined(elements: list[Element]) -> tuple[Element, ...]:
    """Neighbouring strings as one string, neighbouring gaps as one gap."""
    joined: list[Element] = []
    for element in elements:
        before = joined[-1] if joined else None
        if isinstance(element, Literal) and isinstance(before, Literal):
            joined[-1] = Literal(before.text + element.text)
        elif isinstance(element, Gap) and isinstance(before, Gap):
            bounded = before.most is not None and element.most is not None
            most = (before.most or 0) + (element.most or 0) if bounded else None
            joined[-1] = Gap(before.least + element.least, most)
        else:
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
        while self.at < self.end:
            sign = self.signs[self.at]
            if sign in "*…":
                self.gap()
            elif sign == "?":
                self.take(ONE)
            elif sign == "#":
                self.take(Figures())
            elif sign == "[":
                self.elements.append(Choice(self.parts("]", "|")))
            elif sign == "{":
                self.elements.append(self.any_order())
            elif sign in "]}":
                raise _refusal(self.at, f"“{sign}”没有对应的左括号", f"“{sign}” was never opened")
            elif sign == '"':
                self.quotation()
            else:
                self.take(Literal(fold(self.text[self.at])))

    def take(self, element: Element) -> None:
        self.elements.append(element)
        self.at += 1

    def gap(self) -> None:
        while self.at < self.end and self.signs[self.at] in "*…":
            self.at += 1
        bounds = _BOUNDS.match(self.signs, self.at, self.end)
        if bounds is None:
            self.elements.append(Gap())
            return
        least, comma, most = bounds.groups()
        highest = int(most) if most else (None if comma else int(least))
        if highest is not None and not int(least) <= highest <= WIDEST_GAP:
            raise _refusal(
                self.at,
                f"间隔须从小到大，且不超过 {WIDEST_GAP} 字",
                f"a gap runs from fewer to more characters, {WIDEST_GAP} at most",
            )
        self.elements.append(Gap(int(least), highest))
        self.at = bounds.end()

    def quotation(self) -> None:
        end = self.signs.find('"', self.at + 1, self.end)
        if end < 0:
            raise _refusal(self.at, "引号没有对应的后引号", "the quotation mark is never closed")
        if end > self.at + 1:
            self.elements.append(Literal(fold(self.text[self.at + 1 : end])))
        self.at = end + 1

    def any_order(self) -> Choice:
        start = self.at
        parts = self.parts("}", " ")
        if len(parts) > MOST_PARTS:
            raise _refusal(
                start,
                f"花括号里最多 {MOST_PARTS} 个词",
                f"braces hold at most {MOST_PARTS} words",
            )
        return any_order(parts)

    def parts(self, closing: str, separator: str) -> tuple[str, ...]:
        """The strings between brackets, folded."""
        start = self.at
        end = self.signs.find(closing, start + 1, self.end)
        if end < 0:
            sign = self.signs[start]
            raise _refusal(start, f"“{sign}”没有对应的“{closing}”", f"“{sign}” is never closed")
        for at in range(start + 1, end):
            if self.signs[at] in SIGNS or self.signs[at] == '"':
                raise _refusal(
                    at,
                    f"括号里只能写文字，不能有“{self.signs[at]}”",
                    f"brackets hold plain characters, not “{self.signs[at]}”",
                )
        parts: list[str] = []
        begin = start + 1
        for at in range(start + 1, end + 1):
            if at == end or (
                self.signs[at].isspace() if separator == " " else self.signs[at] == separator
            ):
                parts.append(fold(self.text[begin:at]))
                begin = at + 1
        if separator == " ":
            parts = [part for part in parts if part]
        if not parts or not all(parts):
            raise _refusal(start, "括号里缺少文字", "the brackets lack characters")
        self.at = end + 1
        return tuple(dict.fromkeys(parts))


def _refusal(at: int, chinese: str, english: str) -> QueryError:
    return QueryError(
        "pattern.unreadable", position=at, at=at + 1, chinese=chinese, english=english
    )

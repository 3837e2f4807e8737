"""Styles and numbering of a Word document: what a paragraph is, and the number before it.

A paragraph says little itself; its style says the rest, and the style that one is based
on. Automatic numbers are not in the text at all: they are counted while the paragraphs are
read in order (ECMA-376 part 1, 17.7 and 17.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.readers.docx.numerals import format_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|标题|文档标题)$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc\s*(?:\d|heading)|(?:wpsoffice.{0,4})?目录\s*\d?)$", re.IGNORECASE)
# The chain of styles is a handful long; one that runs in a circle ends here.
_LONGEST_CHAIN = 32
_LEVELS = 9
_BODY_LEVEL = 9
# A number's pattern has some ten characters; a long one would be printed at every paragraph.
_LONGEST_NUMBER = 64
# The numbering id that takes an inherited numbering away.
_NO_NUMBER = "0"
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Properties:
    """What a w:pPr states; None where it says nothing, so that a style is asked.

    `style` is the style's id, `outline` the outline level (0 to 8; 9: body text), `number`
    and `level` the numbering, `centred` and `indented` the setting. `mark_deleted` says
    that the paragraph's end was deleted, so that the next one joins it.
    """

    style: str | None = None
    outline: int | None = None
    number: str | None = None
    level: int | None = None
    centred: bool | None = None
    indented: bool | None = None
    mark_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name, what it states, and the id of the one it is based on."""

    name: str
    states: Properties
    based_on: str | None


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a numbering: how it counts and what it prints."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    glued: bool = False
    style: str | None = None


class Styles:
    """The styles of a document, asked by what a paragraph itself states."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, Style] = {}
        self._default: str | None = None
        for style in () if root is None else root.iterchildren(f"{W}style"):
            if style.get(f"{W}type", "paragraph") not in ("paragraph", "numbering"):
                continue
            key = style.get(f"{W}styleId", "")
            self._styles[key] = Style(
                (value(style, "name") or "").strip(),
                read_properties(style.find(f"{W}pPr")),
                value(style, "basedOn"),
            )
            if style.get(f"{W}default") in ("1", "true") and not self._default:
                self._default = key

    def chain(self, stated: Properties) -> Iterator[tuple[str, Style]]:
        """Yield the paragraph's style and those that it is based on, with their ids."""
        key = stated.style or self._default
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(key or "")
            if style is None or key is None:
                return
            yield key, style
            key = style.based_on

    def named(self, key: str) -> Style | None:
        """The style with the id `key`."""
        return self._styles.get(key)

    def tag(self, stated: Properties) -> str:
        """`h1` to `h6` for a heading by its outline level or its style's name, else `p`."""
        holders = [stated, *(style.states for _, style in self.chain(stated))]
        level = next((each.outline for each in holders if each.outline is not None), None)
        if level is not None and 0 <= level < _BODY_LEVEL:
            return f"h{min(level + 1, 6)}"
        if stated.outline is not None:
            return "p"
        for _, style in self.chain(stated):
            match = _HEADING.match(style.name)
            if match:
                return f"h{min(int(match.group(1)), 6)}"
        return "h1" if self.is_title(stated) else "p"

    def is_title(self, stated: Properties) -> bool:
        """Whether its style is that of the document's title."""
        return any(_TITLE.match(style.name) for _, style in self.chain(stated))

    def is_contents(self, stated: Properties) -> bool:
        """Whether the paragraph is a line of a table of contents."""
        return any(_CONTENTS.match(style.name) for _, style in self.chain(stated))

    def is_centred(self, stated: Properties) -> bool:
        """Whether it is centred, as a title is."""
        holders = [stated, *(style.states for _, style in self.chain(stated))]
        return next((each.centred for each in holders if each.centred is not None), False)

    def is_indented(self, stated: Properties) -> bool:
        """Whether its first line is indented as a paragraph's is."""
        holders = [stated, *(style.states for _, style in self.chain(stated))]
        return next((each.indented for each in holders if each.indented is not None), False)


class Numbering:
    """The numberings of a document, and how far each has counted."""

    def __init__(self, root: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, _Level]] = {}
        self._links: dict[str, str] = {}
        self._abstract: dict[str, str] = {}
        self._own: dict[str, dict[int, _Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._known: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        for abstract in root.iterchildren(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            self._levels[key] = dict(map(_level, abstract.iterchildren(f"{W}lvl")))
            link = value(abstract, "numStyleLink")
            if link:
                self._links[key] = link
        for number in root.iterchildren(f"{W}num"):
            key = number.get(f"{W}numId", "")
            self._abstract[key] = value(number, "abstractNumId") or ""
            self._own[key], self._starts[key] = {}, {}
            for override in number.iterchildren(f"{W}lvlOverride"):
                at = integer(override.get(f"{W}ilvl"), 0)
                start = value(override, "startOverride")
                if start is not None:
                    self._starts[key][at] = integer(start, 1)
                self._own[key].update(map(_level, override.iterchildren(f"{W}lvl")))

    def advance(self, stated: Properties) -> str:
        """Count the paragraph that states so; its number as printed, or "" without one.

        A number that ends in a letter or figure has a space behind it, unless the document
        prints none.
        """
        key, at = self._place(stated)
        levels = self._levels_of(key)
        level = levels.get(at)
        if level is None or key == _NO_NUMBER:
            return ""
        counts = self._counts.setdefault(self._root(key), {})
        self._count(key, at, levels, counts)
        if level.format == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            inner = levels.get(other, _Level())
            style = "decimal" if level.legal and inner.format != "none" else inner.format
            return format_number(counts.get(other, inner.start), style)

        text = _PLACE.sub(number, level.text).strip()
        return f"{text} " if text[-1:].isalnum() and not level.glued else text

    def _count(self, key: str, at: int, levels: dict[int, _Level], counts: dict[int, int]) -> None:
        start = self._starts.get(key, {}).get(at)
        if start is not None and (key, at) not in self._begun:
            counts[at] = start
        else:
            counts[at] = counts[at] + 1 if at in counts else levels[at].start
        self._begun.add((key, at))
        for below in range(at + 1, _LEVELS):
            restart = levels.get(below, _Level()).restart
            # 0: never; a number: only after the level of that number or a higher one.
            if restart is None or (restart > 0 and at < restart):
                counts.pop(below, None)

    def _levels_of(self, key: str) -> dict[int, _Level]:
        if key not in self._known:
            levels = {**self._levels.get(self._root(key), {}), **self._own.get(key, {})}
            self._known[key] = {at: levels[at] for at in range(_LEVELS) if at in levels}
        return self._known[key]

    def _place(self, stated: Properties) -> tuple[str, int]:
        """The numbering id and level of a paragraph, by itself or through its style."""
        at = stated.level
        if stated.number is not None:
            return stated.number, at or 0
        for name, style in self._styles.chain(stated):
            key = style.states.number
            if key is None:
                at = style.states.level if at is None else at
                continue
            if at is None:
                at = self._level_of_style(key, name)
            return key, (style.states.level if at is None else at) or 0
        return _NO_NUMBER, 0

    def _level_of_style(self, key: str, style: str) -> int | None:
        levels = self._levels_of(key).items()
        return next((at for at, level in levels if level.style == style), None)

    def _root(self, key: str) -> str:
        """The abstract numbering that `key` counts in, through a numbering style's link."""
        abstract = self._abstract.get(key, "")
        link = self._links.get(abstract)
        style = self._styles.named(link) if link else None
        if style is None or style.states.number is None:
            return abstract
        return self._abstract.get(style.states.number, abstract)


def read_properties(element: Any | None) -> Properties:
    """What a w:pPr states (None: nothing), read in one pass."""
    said: dict[str, Any] = {}
    for child in () if element is None else element:
        said.setdefault(child.tag, child)
    outline = said.get(f"{W}outlineLvl")
    style = said.get(f"{W}pStyle")
    alignment = said.get(f"{W}jc")
    numbering = said.get(f"{W}numPr")
    level = value(numbering, "ilvl")
    mark = said.get(f"{W}rPr")
    return Properties(
        style=None if style is None else style.get(VAL),
        outline=None if outline is None else integer(outline.get(VAL), _BODY_LEVEL),
        number=value(numbering, "numId"),
        level=None if level is None else integer(level, 0),
        centred=None if alignment is None else alignment.get(VAL) == "center",
        indented=_indent(said.get(f"{W}ind")),
        mark_deleted=mark is not None
        and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None),
    )


def _indent(indent: Any | None) -> bool | None:
    if indent is None:
        return None
    for name in ("firstLineChars", "firstLine"):
        stated = indent.get(f"{W}{name}")
        if stated is not None:
            return integer(stated, 0) > 0
    return None


def value(holder: Any | None, name: str) -> str | None:
    """The `w:val` of the child `name`, or None without it."""
    child = None if holder is None else holder.find(f"{W}{name}")
    stated = None if child is None else child.get(VAL)
    return None if stated is None else str(stated)


def integer(text: str | None, default: int) -> int:
    """The whole number that `text` says, or `default`."""
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def is_on(holder: Any | None, name: str) -> bool:
    """Whether the switch `name` is there and not turned off."""
    child = None if holder is None else holder.find(f"{W}{name}")
    return child is not None and child.get(VAL, "1") not in ("0", "false", "off", "none")


def _level(element: Any) -> tuple[int, _Level]:
    restart = value(element, "lvlRestart")
    return integer(element.get(f"{W}ilvl"), 0), _Level(
        start=integer(value(element, "start"), 1),
        format=value(element, "numFmt") or "decimal",
        text=(value(element, "lvlText") or "")[:_LONGEST_NUMBER],
        legal=is_on(element, "isLgl"),
        restart=None if restart is None else integer(restart, 0),
        glued=value(element, "suff") == "nothing",
        style=value(element, "pStyle"),
    )

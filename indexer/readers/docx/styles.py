"""Styles and numbering of a Word document: what a paragraph is, and the number before it.

A paragraph says little itself; its style says the rest, and the style that one is based
on. Automatic numbers are not in the text at all: they are counted while the paragraphs are
read in order (ECMA-376 part 1, 17.7 and 17.9).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.readers.docx.numerals import format_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|标题|文档标题)$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc\s*(?:\d|heading)|(?:wpsoffice.{0,4})?目录\s*\d?)$", re.IGNORECASE)
# The chain of styles is a handful long; one that runs in a circle ends here.
_MAX_CHAIN_LENGTH = 32
_LEVELS = 9
_BODY_LEVEL = 9
# A number's pattern has some ten characters; a long one would be printed at every paragraph.
_MAX_NUMBER_LENGTH = 64
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
class Run:
    """What a w:rPr states: whether its text is hidden, and raised above the line."""

    hidden: bool | None = None
    raised: bool | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """A style: its id and name, what it states, the id of the one it is based on."""

    key: str
    name: str
    states: Properties
    run: Run
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
        self._runs: dict[tuple[str | None, str | None], Run] = {}
        self._default: str | None = None
        for style in () if root is None else root.iterchildren(f"{W}style"):
            kind = style.get(f"{W}type", "paragraph")
            if kind not in ("paragraph", "numbering", "character"):
                continue
            key = style.get(f"{W}styleId", "")
            self._styles[key] = Style(
                key,
                (value(style, "name") or "").strip(),
                read_properties(style.find(f"{W}pPr")),
                _read_run(style.find(f"{W}rPr")),
                value(style, "basedOn"),
            )
            is_default = style.get(f"{W}default") in ("1", "true") and kind != "character"
            if is_default and not self._default:
                self._default = key

    def chain(self, stated: Properties) -> Iterator[Style]:
        """Yield the paragraph's style and those that it is based on."""
        return self._chain(stated.style or self._default)

    def _chain(self, key: str | None) -> Iterator[Style]:
        for _ in range(_MAX_CHAIN_LENGTH):
            style = self._styles.get(key or "")
            if style is None:
                return
            yield style
            key = style.based_on

    def named(self, key: str) -> Style | None:
        """The style with the id `key`."""
        return self._styles.get(key)

    def inherited(self, stated: Properties, name: str) -> Any:
        """The property `name` of a paragraph, by itself or through its style, or None."""
        holders = (stated, *(style.states for style in self.chain(stated)))
        return next((x for holder in holders if (x := getattr(holder, name)) is not None), None)

    def run_setting(self, element: Any | None, stated: Properties) -> Run:
        """How the text of a run is set: by itself (its w:rPr `element`) or through its styles."""
        key = value(element, "rStyle"), stated.style
        if key not in self._runs:
            holders = [style.run for style in (*self._chain(key[0]), *self.chain(stated))]
            self._runs[key] = _first(holders)
        return self._runs[key] if element is None else _first((_read_run(element), self._runs[key]))

    def tag(self, stated: Properties) -> str:
        """`h1` to `h6` for a heading by its outline level or its style's name, else `p`."""
        level = self.inherited(stated, "outline")
        if level is not None and 0 <= level < _BODY_LEVEL:
            return f"h{min(level + 1, 6)}"
        if stated.outline is not None:
            return "p"
        for style in self.chain(stated):
            if match := _HEADING.match(style.name):
                return f"h{min(int(match.group(1)), 6)}"
        return "h1" if self.is_title(stated) else "p"

    def is_title(self, stated: Properties) -> bool:
        """Whether its style is that of the document's title."""
        return any(_TITLE.match(style.name) for style in self.chain(stated))

    def is_contents(self, stated: Properties) -> bool:
        """Whether the paragraph is a line of a table of contents."""
        return any(_CONTENTS.match(style.name) for style in self.chain(stated))


@dataclass(frozen=True, slots=True)
class _List:
    """A numbering: the abstract one that it counts in, its levels, where it begins anew."""

    root: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]


class Numbering:
    """The numberings of a document, and how far each has counted."""

    def __init__(self, root: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        abstract = {a.get(f"{W}abstractNumId", ""): a for a in root.iterchildren(f"{W}abstractNum")}
        defined = {key: _levels(element) for key, element in abstract.items()}
        numbers = {n.get(f"{W}numId", ""): n for n in root.iterchildren(f"{W}num")}
        for key, number in numbers.items():
            counted = value(number, "abstractNumId") or ""
            # A numbering may be that of a style.
            style = styles.named(value(abstract.get(counted), "numStyleLink") or "")
            linked = numbers.get(style.states.number or "") if style else None
            counted = value(linked, "abstractNumId") or counted
            levels = dict(defined.get(counted, {}))
            starts: dict[int, int] = {}
            for override in number.iterchildren(f"{W}lvlOverride"):
                start = value(override, "startOverride")
                if start is not None:
                    starts[integer(override.get(f"{W}ilvl"), 0)] = integer(start, 1)
                levels |= _levels(override)
            self._lists[key] = _List(counted, levels, starts)

    def advance(self, stated: Properties) -> str:
        """Count the paragraph that states so; its number as printed, or "" without one.

        A number that ends in a letter or figure has a space behind it, unless the document
        prints none.
        """
        key, at = self._place(stated)
        known = self._lists.get(key)
        level = known.levels.get(at) if known else None
        if known is None or level is None or key == _NO_NUMBER:
            return ""
        levels, counts = known.levels, self._counts[known.root]
        if at in known.starts and (key, at) not in self._begun:
            counts[at] = known.starts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        self._begun.add((key, at))
        for below in range(at + 1, _LEVELS):
            restart = levels.get(below, _Level()).restart
            # 0: never; a number: only after the level of that number or a higher one.
            if restart is None or (restart > 0 and at < restart):
                counts.pop(below, None)
        if level.format == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            inner = levels.get(other, _Level())
            style = "decimal" if level.legal and inner.format != "none" else inner.format
            return format_number(counts.get(other, inner.start), style)

        text = _PLACE.sub(number, level.text).strip()
        return f"{text} " if text[-1:].isalnum() and not level.glued else text

    def _place(self, stated: Properties) -> tuple[str, int]:
        """The numbering id and level of a paragraph, by itself or through its style."""
        at = stated.level
        if stated.number is not None:
            return stated.number, at or 0
        for style in self._styles.chain(stated):
            key = style.states.number
            if key is None:
                at = style.states.level if at is None else at
                continue
            if at is None and key in self._lists:
                levels = self._lists[key].levels.items()
                at = next((n for n, level in levels if level.style == style.key), None)
            return key, (style.states.level if at is None else at) or 0
        return _NO_NUMBER, 0


def read_properties(element: Any | None) -> Properties:
    """What a w:pPr states (None: nothing)."""
    outline, alignment = value(element, "outlineLvl"), value(element, "jc")
    numbering = None if element is None else element.find(f"{W}numPr")
    level = value(numbering, "ilvl")
    mark = None if element is None else element.find(f"{W}rPr")
    return Properties(
        style=value(element, "pStyle"),
        outline=None if outline is None else integer(outline, _BODY_LEVEL),
        number=value(numbering, "numId"),
        level=None if level is None else integer(level, 0),
        centred=None if alignment is None else alignment == "center",
        indented=None if element is None else _indent(element.find(f"{W}ind")),
        mark_deleted=mark is not None
        and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None),
    )


def _read_run(element: Any | None) -> Run:
    if element is None:
        return Run()
    hidden = element.find(f"{W}vanish") is not None
    aligned = value(element, "vertAlign")
    return Run(
        is_on(element, "vanish") if hidden else None,
        None if aligned is None else aligned == "superscript",
    )


def _first(runs: Sequence[Run]) -> Run:
    """What the first of `runs` that says something says."""
    hidden = (run.hidden for run in runs if run.hidden is not None)
    raised = (run.raised for run in runs if run.raised is not None)
    return Run(next(hidden, None), next(raised, None))


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


def _levels(holder: Any) -> dict[int, _Level]:
    """The levels that a numbering, or an override of one, defines."""
    levels: dict[int, _Level] = {}
    for element in holder.iterchildren(f"{W}lvl"):
        at = integer(element.get(f"{W}ilvl"), 0)
        restart = value(element, "lvlRestart")
        if 0 <= at < _LEVELS:
            levels[at] = _Level(
                start=integer(value(element, "start"), 1),
                format=value(element, "numFmt") or "decimal",
                text=(value(element, "lvlText") or "")[:_MAX_NUMBER_LENGTH],
                legal=is_on(element, "isLgl"),
                restart=None if restart is None else integer(restart, 0),
                glued=value(element, "suff") == "nothing",
                style=value(element, "pStyle"),
            )
    return levels

"""The numbers that a browser writes in front of the items of an `<ol>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString

from indexer.readers.docx.numerals import format_number
from indexer.readers.html.stylesheets import inline_style
from indexer.readers.html.tree import head
from indexer.text import numbering

# What follows the number in each style (CSS Counter Styles 3), and what Word calls the style.
_STYLES = {
    **dict.fromkeys(("decimal", "1"), (".", "decimal")),
    "decimal-leading-zero": (".", "decimalZero"),
    **dict.fromkeys(("lower-alpha", "lower-latin", "a"), (".", "lowerLetter")),
    **dict.fromkeys(("upper-alpha", "upper-latin", "A"), (".", "upperLetter")),
    **dict.fromkeys(("lower-roman", "i"), (".", "lowerRoman")),
    **dict.fromkeys(("upper-roman", "I"), (".", "upperRoman")),
    **dict.fromkeys(
        (
            "cjk-ideographic",
            "simp-chinese-informal",
            "trad-chinese-informal",
            "japanese-informal",
            "korean-hanja-informal",
        ),
        ("、", "chineseCounting"),
    ),
    "simp-chinese-formal": ("、", "chineseLegalSimplified"),
    "trad-chinese-formal": ("、", "ideographLegalTraditional"),
    "cjk-decimal": ("、", "ideographDigital"),
    "cjk-heavenly-stem": ("、", "ideographTraditional"),
    "cjk-earthly-branch": ("、", "ideographZodiac"),
}
_NO_NUMBER = frozenset(("none", "disc", "circle", "square"))
# So many nodes of an item are looked at to tell whether it is a link.
_LINK_SCAN = 60
_INTEGER = re.compile(r"\s*([+-]?\d{1,9})")


class Count:
    """The count of one `<ol>`: each of its items asks for the next number."""

    __slots__ = ("_next", "_sheet", "_step", "_style")

    def __init__(self, tag: Tag, sheet: Mapping[str, str]) -> None:
        """`sheet` are the list styles of the page's style sheets."""
        items = [child for child in tag.contents if isinstance(child, Tag) and child.name == "li"]
        attributes: Mapping[str, Any] = tag.attrs
        self._step = -1 if "reversed" in attributes else 1
        self._next = _integer(attributes.get("start"), len(items) if self._step < 0 else 1)
        self._sheet = sheet
        self._style: str = _style(tag, "ol", sheet) or attributes.get("type") or "decimal"
        # A numbered menu: sites take the numbers off it in a sheet that is not at hand.
        if items and all(_is_link(item) for item in items):
            self._style = "none"

    def number(self, item: Tag) -> str:
        """The number of the list's next `item`, with what stands behind it; "" without one."""
        value = _integer(item.attrs.get("value"), self._next)
        self._next = value + self._step
        attributes: Mapping[str, Any] = item.attrs
        style: str = _style(item, "li", self._sheet) or attributes.get("type") or self._style
        if style in _NO_NUMBER or style[:1] in "'\"":
            return ""
        behind, name = _STYLES.get(style, _STYLES["decimal"])
        number = format_number(value, name)
        return number + (behind if number != str(value) else ".")


def numbered(number: str, text: str) -> tuple[str, str]:
    """`text` of an item with its `number` in front, and what was written there.

    Nothing is, where the text has a number of its own.

    >>> numbered("2.", "加强领导"), numbered("2.", "二、加强领导"), numbered("2.", "2021年工作")
    (('2.加强领导', '2.'), ('二、加强领导', ''), ('2. 2021年工作', '2. '))
    """
    if numbering.leading(text):
        return text, ""
    # Two figures side by side are one.
    added = number + " " if text[0].isdigit() else number
    return added + text, added


def _style(tag: Tag, name: str, sheet: Mapping[str, str]) -> str:
    """The list style of `tag`, as itself or a sheet gives it; "" without one."""
    own = tag.attrs.get("style")
    told = inline_style(own).marker if isinstance(own, str) else ""
    if not told and sheet:
        words = f"{tag.attrs.get('class', '')} {tag.attrs.get('id', '')}".lower().split()
        told = next((sheet[f".{word}"] for word in words if f".{word}" in sheet), "")
        told = told or sheet.get(name, "")
    # The shorthand names a place and a picture too.
    parts = told.split()
    return next((part for part in parts if part in _STYLES or part in _NO_NUMBER), told)


def _is_link(item: Tag) -> bool:
    """Whether most of the text at the head of an item is linked."""
    length = linked = 0
    for node in head(item, _LINK_SCAN):
        if isinstance(node, Tag) and node.name == "a" and "href" in node.attrs:
            linked += sum(
                len(text.strip())
                for text in head(node, _LINK_SCAN)
                if isinstance(text, NavigableString)
            )
        elif isinstance(node, NavigableString):
            length += len(node.strip())
    return 2 * linked > length


def _integer(value: object, default: int) -> int:
    match = _INTEGER.match(value) if isinstance(value, str) else None
    return int(match[1]) if match else default

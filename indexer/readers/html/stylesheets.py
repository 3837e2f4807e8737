"""What styles say of a page's text: what is not shown, what breaks a line, how lists count.

Of the page's own style sheets only rules of one simple selector count (.x, #x, p.x, lists of
them), outside of @media and the like; of two rules for one word the later wins. A script may
show what a style hides: whoever uses this checks that it does not hide the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

# What a browser does not show: not laid out, not visible, clipped to nothing, or off the page.
# Each begins with a letter, so that a search passes over all others.
_AWAY = r"\s*:\s*-(?:\d{4,}|999|\d{3,}\.?\d*r?em)"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    rf"|left{_AWAY}|top{_AWAY}|text-indent{_AWAY}"
    r"|margin(?:-left|-top)?\s*:\s*-9{3,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)"
)
# In a sheet these are mostly the beginning of an animation.
_FADED = re.compile(
    r"(?<![-\w])opacity\s*[:=]\s*0*(?:\.0+)?%?\s*(?:[;!)]|$)|transform\s*:\s*scale[xy]?\(\s*0\s*[,)]"
)
_NO_BOX = re.compile(r"(?<![-\w])(?:max-)?(?:width|height)\s*:\s*[01](?:px|pt|em|%)?\s*(?:[;!]|$)")
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)")
# Letters without size; around other elements it only takes away the gaps between them.
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:\.0+)?(?:px|pt|r?em|%)?\s*(?:!|;|$)")
_BREAKS = re.compile(r"display\s*:\s*(?:block|flex|table)|position\s*:\s*absolute")
_RAISED = re.compile(
    r"vertical-align\s*:\s*(?:super|[1-9]\d?(?:\.\d+)?(?:px|pt|%))"
    r"|position\s*:\s*relative.*?(?<![-\w])top\s*:\s*-\d{1,2}(?:\.\d+)?p[xt]"
)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;}!]+)")

_SHOWN = re.compile(r"display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible")
# One of these is in every style that hides: found ten times as fast as the styles themselves.
_HIDES = ("none", "hidden", "collapse", "clip", ":-", ": -")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"[a-z]*[.#]([\w-]+)", re.IGNORECASE)
# The selectors by which a sheet says how a list counts: ol, .x, ol.x, and .x li, .x > li.
_LIST = re.compile(r"(?:(ol|li)|[a-z]*[.#]([\w-]+))(?:\s*>?\s*li)?", re.IGNORECASE)
# A sheet inside a page is a few kilobytes; of a larger one the beginning is read.
_MAX_SHEET = 200_000


class Sheet(NamedTuple):
    """What a page's own style sheets say: class and id words that are hidden, how lists count.

    `lists` are values of list-style by tag (ol, li), or by .class or .id.
    """

    concealed: frozenset[str] = frozenset()
    lists: Mapping[str, str] = MappingProxyType({})


NO_SHEET = Sheet()


class Style(NamedTuple):
    """What an element's own `style` says: see the names of the patterns above."""

    hides: bool
    no_size: bool
    breaks: bool
    raised: bool
    # The value of list-style, "" where there is none.
    marker: str


@lru_cache(maxsize=4096)
def inline_style(style: str) -> Style:
    """What the `style` attribute of an element says; pages repeat a few of them endlessly.

    >>> inline_style("LEFT:-9999px; position:absolute").hides, inline_style("opacity:0.5").hides
    (True, False)
    """
    style = style.lower()
    clipped = _CLIPPED.search(style) is not None and _NO_BOX.search(style) is not None
    counted = _LIST_STYLE.search(style)
    return Style(
        clipped or _HIDDEN.search(style) is not None or _FADED.search(style) is not None,
        _NO_SIZE.search(style) is not None,
        _BREAKS.search(style) is not None,
        _RAISED.search(style) is not None,
        counted[1].strip() if counted else "",
    )


def read_sheets(sheets: Iterable[str]) -> Sheet:
    """What the style sheets of a page, in their order, say.

    >>> sheet = read_sheets([".a,p.b{display:none} .c .d{display:none} .a{display:block}"])
    >>> sheet.concealed, read_sheets(["@media print{.a{display:none}}"]).concealed
    (frozenset({'b'}), frozenset())
    >>> read_sheets(["OL.a > li, .b {list-style-type: cjk-decimal} ol{list-style:none}"]).lists
    {'.a': 'cjk-decimal', '.b': 'cjk-decimal', 'ol': 'none'}
    """
    concealed: set[str] = set()
    lists: dict[str, str] = {}
    for whole in sheets:
        sheet = whole[:_MAX_SHEET].lower()
        for told in _LIST_STYLE.finditer(sheet):
            for selector in _selectors(sheet, told.start()).split(","):
                if match := _LIST.fullmatch(selector.strip()):
                    lists[match[1] or f".{match[2]}"] = told[1].strip()
        depth = 0
        for rule in _COMMENT.sub("", sheet).split("}")[:-1]:
            selectors, _, style = rule.partition("{")
            opened = rule.count("{")
            if depth == 0 and opened == 1:
                _apply(selectors, style, concealed)
            # What closes nothing is passed over.
            depth = max(0, depth + opened - 1)
    return Sheet(frozenset(concealed), lists)


def _selectors(sheet: str, place: int) -> str:
    """What stands in front of the rule that `place` is in."""
    opened = max(0, sheet.rfind("{", 0, place))
    return sheet[max(sheet.rfind(brace, 0, opened) for brace in "{}") + 1 : opened]


def _apply(selectors: str, style: str, hidden: set[str]) -> None:
    found = map(_SIMPLE.fullmatch, map(str.strip, selectors.split(",")))
    words = [match[1] for match in found if match]
    if not words:
        return
    if any(map(style.__contains__, _HIDES)) and _HIDDEN.search(style):
        hidden.update(words)
    elif not hidden.isdisjoint(words) and _SHOWN.search(style):
        hidden.difference_update(words)

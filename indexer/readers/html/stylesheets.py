"""What styles say of a page's text: what is not shown, what breaks a line, how lists count.

Of the page's own style sheets only rules of one simple selector count (.x, #x, p.x, lists of
them), outside of @media and the like; of two rules for one word the later wins. A script may
show what a style hides: whoever uses this checks that it does not hide the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

# What a browser does not show: not laid out, not visible, clipped to nothing, or off the page.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:left|top|text-indent)\s*:\s*-(?:\d{4,}|999|\d{3,}\.?\d*r?em)"
    r"|margin(?:-left|-top)?\s*:\s*-9{3,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)",
    re.IGNORECASE,
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
# A word of every style that hides, and of every one that shows or hides: these are found
# ten times as fast as the styles themselves.
_HIDES = re.compile(r"none|hidden|-\d{3}|clip|collapse")
_TELLS = re.compile(r"display|visibility|-\d{3}|clip")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]*)([{}])")
_SIMPLE = re.compile(r"[a-z]*[.#]([\w-]+)", re.IGNORECASE)
# The selectors by which a sheet says how a list counts: ol, .x, ol.x, and .x li, .x > li.
_LIST = re.compile(r"(?:(ol|li)|[a-z]*[.#]([\w-]+))(?:\s*>?\s*li)?", re.IGNORECASE)
# A sheet inside a page is a few kilobytes; of a larger one the beginning is read.
_MAX_SHEET = 200_000


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


def list_styles(sheets: Iterable[str]) -> dict[str, str]:
    """The values of list-style that `sheets` give: by tag (ol, li), or by .class or .id.

    >>> list_styles(["OL.a > li, .b {color:red; list-style-type: cjk-decimal} ol{list-style:none}"])
    {'.a': 'cjk-decimal', '.b': 'cjk-decimal', 'ol': 'none'}
    """
    found: dict[str, str] = {}
    for whole in sheets:
        sheet = whole[:_MAX_SHEET].lower()
        for style in _LIST_STYLE.finditer(sheet):
            selectors = _selectors(sheet, style.start())
            for selector in selectors.split(","):
                if match := _LIST.fullmatch(selector.strip()):
                    found[match[1] or f".{match[2]}"] = style[1].strip()
    return found


def hidden_words(sheets: Iterable[str]) -> frozenset[str]:
    """The lower-case class and id words that `sheets` hide, in their order.

    >>> sorted(hidden_words([".a,p.b{display:none} .c .d{display:none} .a{display:block}"]))
    ['b']
    >>> hidden_words(["@media print{.a{display:none}}", "/* .b{display:none} */"])
    frozenset()
    """
    hidden: set[str] = set()
    for whole in sheets:
        sheet = whole[:_MAX_SHEET].lower()
        if not any(_SIMPLE.search(selectors) for selectors in _hiding(sheet)):
            continue
        depth = 0
        selectors = ""
        for text, brace in _RULE.findall(_COMMENT.sub("", sheet)):
            if brace == "{":
                depth += 1
                selectors = text if depth == 1 else ""
                continue
            named = "." in selectors or "#" in selectors
            if depth == 1 and named and _TELLS.search(text):
                _apply(selectors, text, hidden)
            depth = max(0, depth - 1)
            selectors = ""
    return frozenset(hidden)


def _hiding(sheet: str) -> Iterator[str]:
    """The selectors of the rules that hide, roughly: most sheets need no closer look."""
    for found in _HIDES.finditer(sheet):
        opened = sheet.rfind("{", 0, found.start())
        # The value may go on behind the word that was found.
        if opened >= 0 and _HIDDEN.search(sheet, opened, found.end() + 20):
            yield _selectors(sheet, found.start())


def _selectors(sheet: str, place: int) -> str:
    """What stands in front of the rule that `place` is in."""
    opened = max(0, sheet.rfind("{", 0, place))
    return sheet[max(sheet.rfind(brace, 0, opened) for brace in "{}") + 1 : opened]


def _apply(selectors: str, style: str, hidden: set[str]) -> None:
    hides = _HIDDEN.search(style) is not None
    if not hides and not _SHOWN.search(style):
        return
    for selector in selectors.split(","):
        match = _SIMPLE.fullmatch(selector.strip())
        if match and hides:
            hidden.add(match[1])
        elif match:
            hidden.discard(match[1])

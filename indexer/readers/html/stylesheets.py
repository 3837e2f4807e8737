"""What a page's own style sheet hides: class and id words whose elements a browser leaves out.

Only rules of one simple selector count (.x, #x, p.x, lists of them), outside of @media and
the like; of two rules for one word the later wins. What scripts show again cannot be known
here: the caller checks that the sheet does not hide the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# What a browser does not show: not laid out, not visible, or far off the page.
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{4,}",
    re.IGNORECASE,
)
# Letters without size; around other elements it only takes away the gaps between them.
NO_SIZE = re.compile(r"font-size\s*:\s*0(?:\.0+)?(?:px|pt|r?em|%)?\s*(?:!|;|$)", re.IGNORECASE)

_SHOWN = re.compile(r"display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible", re.IGNORECASE)
# A word of every style that hides, and of every one that shows or hides: these are found
# ten times as fast as the styles themselves.
_HIDES = re.compile(r"none|hidden|-\d{4}")
_TELLS = re.compile(r"display|visibility|-\d{4}")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]*)([{}])")
_SIMPLE = re.compile(r"[a-z]*[.#]([\w-]+)", re.IGNORECASE)
# A sheet inside a page is a few kilobytes; of a larger one the beginning is read.
_MOST = 200_000


def hidden_words(sheets: Iterable[str]) -> frozenset[str]:
    """The lower-case class and id words that `sheets` hide, in their order.

    >>> sorted(hidden_words([".a,p.b{display:none} .c .d{display:none} .a{display:block}"]))
    ['b']
    >>> hidden_words(["@media print{.a{display:none}}", "/* .b{display:none} */"])
    frozenset()
    """
    hidden: set[str] = set()
    for whole in sheets:
        sheet = whole[:_MOST].lower()
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
        if opened >= 0 and HIDDEN_STYLE.search(sheet, opened, found.end()):
            yield sheet[max(sheet.rfind("}", 0, opened), sheet.rfind("{", 0, opened)) + 1 : opened]


def _apply(selectors: str, style: str, hidden: set[str]) -> None:
    hides = HIDDEN_STYLE.search(style) is not None
    if not hides and not _SHOWN.search(style):
        return
    for selector in selectors.split(","):
        match = _SIMPLE.fullmatch(selector.strip())
        if match and hides:
            hidden.add(match[1])
        elif match:
            hidden.discard(match[1])

"""White space as Chinese pages use it: indents that mean something, the rest that does not."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3001-\u303f\u2018-\u201d\u2026"
# A line break of the source between two Chinese characters is no space of the text.
_WRAP = re.compile(rf"(?<=[{_HAN}])[ \t]*[\r\n]\s*(?=[{_HAN}])")
# Two ideographic spaces (or four no-break or plain ones) open a paragraph.
INDENT = re.compile("\\s*(?:\u3000{2}|[\u00a0 ]{4}|\t)")
# The same inside a run of text: the page gave no mark-up for its paragraphs.
PARAGRAPH = re.compile(r"(?:\u3000\s*\u3000|\xa0[\xa0 ]{3})\s*")
_UNEVEN = re.compile(rf"\s|{_INVISIBLE.pattern}")


def collapse(text: str) -> str:
    """`text` with its white space collapsed and its invisible characters gone.

    >>> collapse("\\u3000\\u3000教育\\r\\n局\\xa0\\xa02021  年\\u200b")
    '教育局 2021 年'
    """
    bare = text.strip()
    if not _UNEVEN.search(bare):
        return bare
    return _SPACE.sub(" ", _WRAP.sub("", _INVISIBLE.sub("", text))).strip()

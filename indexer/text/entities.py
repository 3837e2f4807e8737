"""Entities that were escaped twice: a page that shows &ldquo; where a quotation mark stood."""

from __future__ import annotations

import re
from html import unescape

_ENTITY = re.compile(r"&(?:amp;)*(?:[A-Za-z]{2,8}\d{0,2}|#\d{2,6}|#[xX][0-9A-Fa-f]{2,5});")


def unescape_again(text: str) -> str:
    """`text` with the entities that it still spells out read as characters.

    >>> unescape_again("坚持&ldquo;安全第一&rdquo;&amp;#183;AT&T;&bogus;")
    '坚持“安全第一”·AT&T;&bogus;'
    """
    if "&" not in text or ";" not in text:
        return text
    return _ENTITY.sub(lambda match: unescape(unescape(match.group())), text)

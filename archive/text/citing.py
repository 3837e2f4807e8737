"""The key of a title, by which documents are named however it is typed."""

from __future__ import annotations

import re

from archive.text.fold import fold

# What a title is quoted with, and what else is left out or typed otherwise.
_SIGNS = re.compile(r"[\W_]+")


def title_key(title: str) -> str:
    """The key of a document's title, without its signs.

    >>> title_key("关于印发《云溪县节约用水办法（试行）》的通知")
    '关于印发云溪县节约用水办法试行的通知'
    """
    return _SIGNS.sub("", fold(title))

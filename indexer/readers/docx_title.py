"""The title of a Word document: what its properties say, where the text bears it out.

A new document is often an old one written over, and keeps the old one's properties: a
title with another year in it would falsify the new one. So the printed title goes first.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from archive.text import fold
from indexer.readers.docx_runs import read_runs
from indexer.readers.docx_styles import Properties, Styles, W, read_properties
from indexer.readers.spacing import collapse

# Above a title stand at most the sender, a number and a line of security or urgency.
_WITHIN = 6
# Empty ones between them cost nothing but time.
_LOOKED_AT = 200
_SHORTEST = 5
_LONGEST = 60
_ENDS = ("。", "；", "，", "：", "！")
# The sender's letterhead and the document's number are centred too.
_LETTERHEAD = re.compile(r"文件$|[〔\[（(]\s*\d{4}\s*[〕\]）)].{0,12}号$|^\d")
_NO_TITLE = re.compile(
    r"(?:microsoft )?word(?: ?文档)?|(?:无标题|未命名|新建).*|文档 ?\d*|document ?\d*|untitled.*"
    r"|题目|标题|title|[\W_\d]*",
    re.IGNORECASE,
)


def find_title(stated: str | None, body: Any, styles: Styles) -> str | None:
    """The title: `stated` (by the properties) where the opening has it, else the printed one.

    Without a printed title `stated` counts, unless it is what a program fills in.
    """
    said = collapse(stated or "")
    if _NO_TITLE.fullmatch(said):
        said = ""
    key = _key(said)
    printed: str | None = None
    seen = 0
    for paragraph in islice(body.iter(f"{W}p"), _LOOKED_AT):
        pieces, _ = read_runs(paragraph)
        text = collapse("".join(piece.text for piece in pieces if not piece.hidden))
        if not text:
            continue
        if key and key in _key(text):
            return said
        if printed is None and _is_title(text, read_properties(paragraph.find(f"{W}pPr")), styles):
            printed = text
        seen += 1
        if seen >= _WITHIN:
            break
    return printed or said or None


def _is_title(text: str, stated: Properties, styles: Styles) -> bool:
    if not _SHORTEST <= len(text) <= _LONGEST or text.endswith(_ENDS) or _LETTERHEAD.search(text):
        return False
    return styles.is_title(stated) or styles.is_centred(stated)


def _key(text: str) -> str:
    return fold(text).replace(" ", "")

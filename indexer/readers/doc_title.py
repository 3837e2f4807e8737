"""The title of an office document: what its properties say, where the text bears it out.

A new document is often an old one written over, and keeps the old one's properties: a
title with another year in it would falsify the new one. So the printed title goes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from archive.text.fold import fold
from indexer.text import suffixes
from indexer.text.spacing import collapse

# Above a title stand at most the sender, a number and a line of security or urgency.
_WITHIN = 6
_SHORTEST = 5
_LONGEST = 60
_ENDS = ("。", "；", "，", "：", "！")
# The sender's letterhead and the document's number are centred too.
_LETTERHEAD = re.compile(r"文件$|[〔\[（(]\s*\d{4}\s*[〕\]）)].{0,12}号$|^\d")
# Printing to PDF puts the program's name in front of the file's.
_PROGRAM = re.compile(r"^microsoft \w+ ?- ?", re.IGNORECASE)
_SUFFIX = re.compile(rf"{suffixes.DOCUMENT}$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:microsoft )?word(?: ?文档)?|(?:无标题|未命名|新建).*|文档 ?\d*|document ?\d*|untitled.*"
    r"|[a-z0-9_ .-]+\.[a-z]{2,5}|题目|标题|title|[\W_\d]*",
    re.IGNORECASE,
)


def choose_title(stated: str | None, opening: Iterable[tuple[str, bool]]) -> str | None:
    """The title: `stated` (by the properties) where the opening has it, else the printed one.

    `opening` are the document's lines from the first, each with whether it is set as a
    title. Without a printed title `stated` counts, unless it is what a program fills in.

    >>> choose_title("2009年工作总结", [("某县2021年教育工作总结", True), ("一、主要工作", False)])
    '某县2021年教育工作总结'
    >>> choose_title("Microsoft Word - 关于招生工作的通知.doc", [("各学校:", False)])
    '关于招生工作的通知'
    """
    said = _SUFFIX.sub("", _PROGRAM.sub("", collapse(stated or "")))
    if _NO_TITLE.fullmatch(said):
        said = ""
    key = _key(said)
    printed: str | None = None
    for text, is_set in islice(opening, _WITHIN):
        if key and key in _key(text):
            return text if is_set and _is_title(text) else said
        if printed is None and is_set and _is_title(text):
            printed = text
    return printed or said or None


def _is_title(text: str) -> bool:
    fits = _SHORTEST <= len(text) <= _LONGEST
    return fits and not text.endswith(_ENDS) and not _LETTERHEAD.search(text)


def _key(text: str) -> str:
    return fold(text).replace(" ", "")

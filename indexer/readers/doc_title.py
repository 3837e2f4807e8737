"""The title of an office document: what its properties say, where the text bears it out.

A new document is often an old one written over, and keeps the old one's properties: a
title with another year in it would falsify the new one. So the printed title goes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from operator import itemgetter

from archive.text.fold import fold
from indexer.text import suffixes
from indexer.text.spacing import collapse
from indexer.text.titles import printed_titles

# Above a title stand at most the sender, a number and a line of security or urgency.
_WITHIN = 10
# Printing to PDF puts the program's name in front of the file's.
_PROGRAM = re.compile(r"^microsoft \w+ ?- ?", re.IGNORECASE)
_SUFFIX = re.compile(rf"{suffixes.DOCUMENT}$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:microsoft )?word(?: ?文档)?|(?:无标题|未命名|新建).*|文档 ?\d*|document ?\d*|untitled.*"
    r"|[a-z0-9_ .-]+\.[a-z]{2,5}|题目|标题|title|[\W_\d]*",
    re.IGNORECASE,
)
# What a template leaves to fill in; a number that is no title.
_TEMPLATE = re.compile(r"[xX×ＸX]{2,}|20[xX×*＊]{2}|_{2,}|[〔\[（(]\s*\d{4}\s*[〕\]）)]\d*号$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# The words of every title say nothing of one.
_ANY_TITLE = re.compile(
    "关于|印发|做好|进一步|工作|的?(?:通知|通报|意见|报告|方案|总结|计划|办法)$"
)
# A title belongs to a text that has this share of its pairs of characters; a text of fewer
# characters does not say.
_BORNE_OUT = 0.3
_ENOUGH_TEXT = 60


def choose_title(stated: str | None, opening: Iterable[tuple[str, bool]]) -> str | None:
    """The title: `stated` (by the properties) where the text has it, else the printed one.

    `opening` are the document's lines from the first, each with whether it is set as a
    title; lines that follow one another are one title. Without a printed title `stated`
    counts where the text bears it out.

    >>> choose_title("2009年工作总结", [("某县2021年教育工作总结", True), ("一、主要工作", False)])
    '某县2021年教育工作总结'
    >>> choose_title("", [("清溪县教育局", True), ("关于招生工作的通知", True), ("各学校:", False)])
    '清溪县教育局关于招生工作的通知'
    >>> choose_title("Microsoft Word - 关于招生工作的通知.doc", [("各学校:", False)])
    '关于招生工作的通知'
    """
    said = _SUFFIX.sub("", _PROGRAM.sub("", collapse(stated or "")))
    if _NO_TITLE.fullmatch(said):
        said = ""
    lines = list(opening)
    head = lines[:_WITHIN]
    printed = [*printed_titles(text if is_set else "" for text, is_set in head)]
    key = _key(said)
    if key:
        for title, _ in printed:
            if key in _key(title):
                return title
        if key in _key("".join(text for text, _ in head)):
            return said
    if printed:
        return max(printed, key=itemgetter(1))[0]
    return said if said and _bears_out(_key("".join(text for text, _ in lines)), key) else None


def _bears_out(text: str, key: str) -> bool:
    """Whether a text can have the title `key`: it has its words and year, and it is filled in."""
    years = set(_YEAR.findall(text))
    if _TEMPLATE.search(key) or (years and not years.issuperset(_YEAR.findall(key))):
        return False
    pairs = ["".join(pair) for part in _ANY_TITLE.split(key) for pair in pairwise(part)]
    found = sum(pair in text for pair in pairs)
    return len(text) < _ENOUGH_TEXT or not pairs or found >= _BORNE_OUT * len(pairs)


def _key(text: str) -> str:
    return fold(text).replace(" ", "")

"""The ends of sentences, and the heading that a numbered line prints."""

from __future__ import annotations

import re

from indexer.text.boundary import SHORTEST, glued
from indexer.text.numbering import Mark, Style, inside

# A path element without an end mark is cut here: longer ones are sentences, and a facet
# value or a breadcrumb has no room for them.
LABEL_LIMIT = 40
# Up to here an end mark is looked for. The longest heading of the seeds has 41 characters.
END_MARK_LIMIT = 60
# A colon ends a run-in heading only this early (1.抓培训：…), else it announces a list.
COLON_LIMIT = 20
SENTENCE_END = "。！!？?"
_END = re.compile(r"[。！!？?][”’」』\")）]*|[;；]")
_COLON = re.compile("[:：]")


def ends_sentence(text: str) -> bool:
    """Whether `text` ends like a finished sentence, closing quotes and brackets aside.

    >>> [ends_sentence(t) for t in ("成效明显。", "（此件公开发布）", "认真抓好", "总结如下:")]
    [True, False, False, True]
    """
    bare = text.rstrip('”’」』")） ')
    return bare[-1:] != "" and bare[-1] in "。！!？?;；:：…."


def label(text: str, mark: Mark) -> str:
    """Return the heading that opens `text`, as printed up to and including its end mark.

    >>> from indexer.text.numbering import leading
    >>> def show(text): return label(text, leading(text))
    >>> show("1.推进思想融合。召开全区会议。"), show("一、指导思想"), show("第四条 学校应当公开。")
    ('1.推进思想融合。', '一、指导思想', '第四条')
    """
    if mark.style is Style.CLAUSE:
        return text[: mark.end].rstrip(" 、:：")
    at = glued(text, mark.end)
    inner = next((m.start for m in inside(text) if m.start >= mark.end + SHORTEST), None)
    at = min((place for place in (at, inner) if place is not None), default=None)
    if at is not None and not _END.search(text, mark.end, at):
        return text[:at].rstrip()
    end = _END.search(text, mark.end, mark.end + END_MARK_LIMIT)
    colon = _COLON.search(text, mark.end, mark.end + COLON_LIMIT)
    if colon and (end is None or colon.start() < end.start()) and colon.end() < len(text):
        return text[: colon.end()]
    if end:
        return text[: end.end()]
    return text if len(text) <= END_MARK_LIMIT else text[:LABEL_LIMIT]

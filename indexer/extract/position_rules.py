"""The rules of place: the head of a page, its tail, what stands between two dropped blocks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from archive.text.fold import fold
from indexer.extract.main_content import text_place
from indexer.extract.rules import Rules
from indexer.features import CELLS, Mark, key_of
from indexer.record.page_metadata import title_runs
from indexer.text import suffixes
from indexer.text.titles import is_office

# A lead-in stands within this many kept blocks of the top, and runs over at most so many
# before the first article's title.
_LEAD_BLOCKS = 6
# In a page that is one block the lead-in is its first sentences, within so many characters.
_LEAD_CHARACTERS = 700
_LONG = 600
_GLUED = 200
# A page with so many excerpts, making up this share of its texts, is an index.
_MIN_ITEMS = 4
_ITEM_SHARE = 0.7
# After a tail marker this much running text is the body going on, not more boilerplate.
_BODY_AGAIN = 60
_LONGEST_MARKER = 16
_INLINE_ARTICLE = re.compile(
    r"\(篇[一二三四五六七八九十\d]{1,3}\)|第[一二三四五六七八九十]{1,3}篇[:：\s]|[\u4e00-\u9fff)]篇[一1][\s:：]?"
)
_SENTENCE = re.compile(r"[^。!?！？]*[。!?！？]+\s*")
# A remnant of a menu or a button; longer lines above a text are its subtitle, the meeting
# that it was read at, its number.
_REMNANT = 12
_STOPS = "。！？!?；;"
# A document's own end: its annexes and the day it was signed, below its office's name.
_OWN_END = re.compile(
    r"^附件?\d{0,2}:|^\(此件|^(?:[12]\d{3}|[一二][〇○零o一二三四五六七八九]{3})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日$"
)
# Its own head above the title: letterhead, number, the sign of an annex, security.
_OWN_HEAD = re.compile(
    r"^.{2,}文件$|.*(?:19|20)\d{2}[)\]〕]第?\d+号$|^附件?[\d一二三四五六七八九十]{0,3}:?$|^(?:绝密|机密|秘密|特急|加急)"
)
# After these a title at the head of a block is the subject of its first sentence.
_GOES_ON = "的是为要和与及、，,》”）)"
# What sites set around a title: a note in front, the suffix of its file behind.
_AROUND = re.compile(rf"^\(word文档\)|{suffixes.DOCUMENT}$")


def label_titles(marks: Sequence[Mark], title: str) -> None:
    """Drop the page's title where it is repeated: it is kept once, as the document's.

    It may stand in several blocks, a line in each.
    """
    key = key_of(title)
    if len(key) < 4:
        return
    kept = [mark for mark in marks if mark.kept]
    lines = [mark for mark in kept if not mark.block.row]
    named = [mark for mark in lines if key in (mark.key, _AROUND.sub("", mark.key))]
    for run in title_runs(lines, key):
        if "".join(mark.key for mark in run) == key:
            named.extend(mark for mark in run if mark not in named)
    running = False
    for mark in kept:
        if mark in named:
            # A page of one line has it as its text.
            if len(named) < len(kept) and not (running and mark is named[0]):
                mark.drop("title:repeated")
        elif mark.key.startswith(key) and not mark.block.row:
            # One block with everything in it opens with the title.
            rest = mark.text[_reach(mark.text, len(key)) :].strip()
            glued = len(rest) > _GLUED and rest[0] not in _GOES_ON
            if _INLINE_ARTICLE.match(fold(rest)) or key_of(rest).startswith(key) or glued:
                mark.cut.append(mark.text[: len(mark.text) - len(rest)].strip())
                mark.retext(rest)
        # Below the first paragraph of a plain text it is a heading that gave the text its name.
        running = running or (mark.prose > 0 and not mark.block.place and mark not in named)


def label_lead_in(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop a compiler's words before the first text (通过总结…下面是一些范文…)."""
    kept = [mark for mark in marks if mark.kept]
    head = kept[:_LEAD_BLOCKS]
    first_title = next((n for n, mark in enumerate(head) if mark.is_article_title), None)
    lead = head[:first_title]
    if first_title is not None and any(rules.lead_in.matches(mark.key) for mark in lead):
        for mark in lead:
            mark.drop("head:lead-in")
    if kept and kept[0].kept and len(kept[0].text) > _LONG:
        _cut_lead_in(kept[0], rules)


def _cut_lead_in(mark: Mark, rules: Rules) -> None:
    """Cut the lead-in off a block that holds a whole page."""
    article = _INLINE_ARTICLE.search(fold(mark.text[:_LEAD_CHARACTERS]))
    limit = article.start() if article else _LEAD_CHARACTERS
    end = 0
    for match in _SENTENCE.finditer(mark.text[:limit]):
        if rules.lead_in.matches(key_of(match.group())):
            end = match.end()
    if end and mark.text[end:].strip():
        mark.cut.extend(_as_printed(mark.text[:end].strip(), mark.block.text))
        mark.retext(mark.text[end:].strip())


def _as_printed(text: str, source: str) -> list[str]:
    """`text` in the pieces in which it stands in `source`, out of which fragments were cut.

    >>> _as_printed("欢迎阅读。", "欢迎点击下载阅读。")
    ['欢迎', '阅读。']
    """
    pieces: list[str] = []
    while text:
        # A longer piece is in the source only where all shorter ones are.
        length = bisect_left(range(1, len(text) + 1), True, key=lambda n: text[:n] not in source)
        length = max(1, length)
        pieces.append(text[:length].strip())
        text = text[length:]
    return [piece for piece in pieces if piece]


def label_tail(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop what follows a tail marker (相关推荐, 上一篇, …), to the end or the next body text."""
    running = [number for number, mark in enumerate(marks) if mark.kept and mark.prose]
    if not running:
        return
    container = text_place([marks[number] for number in running])
    inside: str | None = None
    for number, mark in enumerate(marks):
        rule = next((rule for rule in rules.tails if rule.matches(mark.key)), None)
        # A marker among the running text is a heading, not a sentence of it.
        among = number <= running[-1] and len(mark.key) > _LONGEST_MARKER
        if rule and (mark.block.row or mark.is_numbered or mark.text[-1] in _STOPS or among):
            rule = None
        if rule is not None and (mark.kept or mark.rule != "dom:hidden"):
            mark.drop(f"tail:{rule.name}")
            # A marker above the body heads a box of its own.
            inside = rule.name if number > running[0] else None
        elif inside is not None:
            if _is_body(mark, container, number <= running[-1]):
                inside = None
            else:
                mark.drop(f"tail:{inside}")


def _is_body(mark: Mark, container: tuple[int, ...], followed: bool) -> bool:
    """Whether the body goes on with `mark`; `followed`: running text comes here or later."""
    if not (mark.kept and followed):
        return False
    if mark.prose >= _BODY_AGAIN or mark.is_article_title or mark.is_heading:
        return True
    return bool(container) and mark.prose > 0 and mark.block.place[:-1] == container


def label_neighbours(marks: Sequence[Mark]) -> None:
    """Drop short remnants above the first and below the last body text.

    Only blocks that are neither running text nor a heading go, and only where what stands
    between them and the body was dropped. A document's own end is of its body, and where
    nothing is running text, no line is a remnant.
    """
    if not any(mark.kept and mark.prose for mark in marks):
        return
    for order in (marks, list(reversed(marks))):
        since_dropped: list[Mark] = []
        for mark in order:
            if mark.kept and _is_of_body(mark, above=order is marks):
                break
            since_dropped.append(mark)
        drop_seen = False
        for mark in reversed(since_dropped):
            if not mark.kept:
                drop_seen = True
            elif drop_seen and len(mark.key) <= _REMNANT and not _is_own_head(mark):
                mark.drop("neighbour:short")


def _is_of_body(mark: Mark, *, above: bool) -> bool:
    """Whether a line at the edge of the body is no remnant."""
    if mark.prose or mark.text[-1] in _STOPS or mark.block.tag in CELLS:
        return True
    if mark.is_heading or mark.is_article_title:
        return True
    return not above and _OWN_END.match(mark.key) is not None


def _is_own_head(mark: Mark) -> bool:
    """Whether a line above a title belongs to the document: its office, its number …"""
    return is_office(mark.text) or _OWN_HEAD.match(mark.key) is not None


def label_listing(marks: Sequence[Mark]) -> None:
    """Drop everything on a page that has no body, only an index of other pages."""
    kept = [mark for mark in marks if mark.kept]
    if not kept:
        return
    running = sum(mark.prose for mark in kept)
    links = sum(len(mark.text) for mark in marks if mark.linked and not mark.kept)
    empty = running < _BODY_AGAIN and links > 2 * sum(len(mark.text) for mark in kept)
    if (empty and not _has_sentence(marks)) or _is_index(marks):
        for mark in kept:
            mark.drop("page:listing")


def _has_sentence(marks: Sequence[Mark]) -> bool:
    """Whether a kept sentence or verse is no excerpt: not set below a link in one element."""
    for before, mark in pairwise((None, *marks)):
        if mark is None or not mark.kept or not (mark.prose or mark.verse):
            continue
        excerpt = before is not None and before.linked and _is_within(mark, before)
        if mark.is_closed and not mark.teaser and not excerpt:
            return True
    return False


def _is_within(mark: Mark, before: Mark) -> bool:
    """Whether `mark` stands in the element of `before`, or beside it in the same one."""
    place, other = mark.block.place, before.block.place
    return place[: len(other)] == other or place[:-1] == other[:-1]


def _is_index(marks: Sequence[Mark]) -> bool:
    """Whether the kept texts are excerpts, each right below the link to its page."""
    texts = [number for number, mark in enumerate(marks) if mark.kept and mark.prose]
    items = sum(number > 0 and marks[number - 1].linked for number in texts)
    return items >= _MIN_ITEMS and items >= _ITEM_SHARE * len(texts)


def _reach(text: str, characters: int) -> int:
    """The offset in `text` after `characters` of its folded, space-free characters."""
    count = 0
    for offset, character in enumerate(text):
        if count >= characters:
            return offset
        count += len(key_of(character))
    return len(text)

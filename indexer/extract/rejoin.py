"""Paragraphs that a page broke into printed lines, or around its own boilerplate, made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from operator import add
from statistics import median

from indexer.features import MIN_BROKEN, Mark

# Printed lines: at least so many short blocks of nearly one width, in characters.
_MIN_LINES = 6
_MAX_WIDTH = 64
_MIN_WIDTH = 14
_SLACK = 3
_FULL_SHARE = 0.4
_OPEN_SHARE = 0.5
_INDENT = 2
# A line of this share of the margin that ends in mid-sentence is taken for a full one.
_NEARLY = 0.75
# What sites print between two pages of a text; a source or a date stands between two texts.
_PAGE_DECORATION = frozenset(
    f"line:{name}"
    for name in ("page-number", "slogan", "preview", "download", "button", "hidden-content", "scan")
) | {"template:learned"}
_COUNTER = re.compile(r"(\d{1,3})、\s*(?=\S)")
_NARROW = re.compile("[^“”‘’…—\u2e80-\U0010ffff]")
# A block longer than this is no printed line, however long it is.
_MAX_LENGTH = 200


def join_lines(marks: list[Mark]) -> list[Mark]:
    """`marks` with the lines of one paragraph joined; what stood between is in `cut`."""
    # A row is a line of its own, however wide.
    kept = [mark for mark in marks if mark.kept and not mark.block.row]
    _cut_counters(kept)
    full = _full_lines(kept)
    joined: list[Mark] = []
    last: int | None = None
    for mark in marks:
        if not mark.kept:
            joined.append(mark)
            continue
        if last is not None and _goes_on(joined[last], mark, joined[last + 1 :], full):
            between = joined[last + 1 :]
            joined[last] = _join(joined[last], between, mark)
            del joined[last + 1 :]
        else:
            joined.append(mark)
            last = len(joined) - 1
    return joined


def _cut_counters(kept: Sequence[Mark]) -> None:
    """Cut the number of a chunk off its text (…高中毕业 / 2、会考一次合格率…).

    Sites that hand out a text in chunks number them; the number stands in the middle of the
    sentence that the cut went through. A list's own numbers follow on from one another.
    """
    listed = 0
    for before, mark in pairwise(kept):
        previous = _COUNTER.match(before.text)
        if previous and not before.cut:
            listed = int(previous.group(1))
        match = _COUNTER.match(mark.text)
        if match is None or int(match.group(1)) in (1, listed + 1):
            continue
        broken = not before.is_closed and len(before.text) >= MIN_BROKEN
        if broken and not before.is_heading:
            mark.cut.append(match.group().strip())
            mark.retext(mark.text[match.end() :])
            mark.goes_on = True


def _full_lines(kept: Sequence[Mark]) -> frozenset[str]:
    """The printed lines that reach the margin; empty where the page is not printed in lines.

    Sites break lines at a width or at a number of characters; the first line of a paragraph
    is shorter by its indent.
    """
    best: frozenset[str] = frozenset()
    # Where so many lines end as sentences end, half of the full ones do (see `_margin`).
    if sum(not mark.is_closed for mark in kept) < _FULL_SHARE * _OPEN_SHARE * len(kept):
        return best
    exact = 0
    texts = [mark.block.text[:_MAX_LENGTH] for mark in kept]
    indents = [_INDENT if mark.block.indented else 0 for mark in kept]
    for measure in (_width, len):
        lengths = list(map(add, map(measure, texts), indents))
        margin = _margin(kept, lengths)
        if margin is None:
            continue
        at_margin = sum(margin - 1 <= length <= margin for length in lengths)
        if at_margin > exact:
            exact = at_margin
            best = frozenset(
                mark.last_line
                for mark, length in zip(kept, lengths, strict=True)
                if length >= margin - _SLACK
                or (length >= _NEARLY * margin and not mark.is_closed and not mark.is_heading)
            )
    return best


def _margin(kept: Sequence[Mark], lengths: Sequence[float]) -> int | None:
    """The length of a full printed line where `lengths` are of such lines, else None."""
    if len(lengths) < _MIN_LINES or median(lengths) > _MAX_WIDTH:
        return None
    counts = Counter(round(length) for length in lengths if length >= _MIN_WIDTH)
    if not counts:
        return None
    widest = max(
        counts, key=lambda width: sum(counts.get(w, 0) for w in range(width - _SLACK, width + 1))
    )
    full = [
        mark.is_closed
        for mark, length in zip(kept, lengths, strict=True)
        if widest - _SLACK <= round(length) <= widest
    ]
    wider = sum(length > widest + _SLACK for length in lengths)
    if widest > _MAX_WIDTH or len(full) < _FULL_SHARE * len(kept) or wider > 0.1 * len(kept):
        return None
    # Paragraphs of like length end as sentences end; printed lines seldom do.
    return widest if sum(full) <= (1 - _OPEN_SHARE) * len(full) else None


def _width(text: str) -> float:
    """The printed width in full-width characters."""
    return len(text) - len(_NARROW.findall(text)) / 2


def _goes_on(before: Mark, after: Mark, between: Sequence[Mark], full: frozenset[str]) -> bool:
    if after.block.indented or after.is_article_title or before.is_article_title:
        return False
    if after.block.row or before.block.row:
        return False
    if full and not between:
        return before.last_line in full and not (before.is_closed and after.is_heading)
    if after.goes_on:
        return True
    if not between or not all(mark.rule in _PAGE_DECORATION for mark in between):
        return False
    broken = not before.is_closed and len(before.text) >= MIN_BROKEN
    return broken and not after.is_heading


def _join(before: Mark, between: Sequence[Mark], after: Mark) -> Mark:
    blocks = [before.block, *(mark.block for mark in between), after.block]
    source = replace(before.block, text=" ".join(block.text for block in blocks))
    whole = Mark(source)
    gap = (
        " "
        if before.text[-1:].isascii() and after.text[:1].isascii() and before.text[-1:].isalpha()
        else ""
    )
    whole.retext(before.text + gap + after.text)
    whole.last_line = after.last_line
    whole.goes_on = before.goes_on
    whole.cut = [*before.cut, *(mark.block.text for mark in between), *after.cut]
    return whole

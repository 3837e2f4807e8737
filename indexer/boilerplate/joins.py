"""Paragraphs that a page broke into printed lines, or around its own crust, made whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from indexer.boilerplate.marks import Mark

# Printed lines: at least so many short blocks of nearly one width, in characters.
_MIN_LINES = 6
_MAX_WIDTH = 64
_MIN_WIDTH = 14
_SLACK = 3
_FULL_SHARE = 0.4
# A sentence broken by page furniture goes on behind it; a heading of this length never does.
_MIN_BROKEN = 18
# A block longer than this is no printed line, however long it is.
_LONGEST = 200


def join_lines(marks: list[Mark]) -> list[Mark]:
    """`marks` with the lines of one paragraph joined; what stood between is in `cut`."""
    width = _printed_width([mark for mark in marks if mark.kept])
    joined: list[Mark] = []
    last: int | None = None
    for mark in marks:
        if not mark.kept:
            joined.append(mark)
            continue
        if last is not None and _goes_on(joined[last], mark, joined[last + 1 :], width):
            between = joined[last + 1 :]
            joined[last] = _join(joined[last], between, mark)
            del joined[last + 1 :]
        else:
            joined.append(mark)
            last = len(joined) - 1
    return joined


def _printed_width(kept: Sequence[Mark]) -> float | None:
    """The width of a printed line where the page is made of such lines, else None."""
    lengths = [_width(mark.block.text[:_LONGEST]) for mark in kept]
    if len(lengths) < _MIN_LINES or median(lengths) > _MAX_WIDTH:
        return None
    counts = Counter(round(length) for length in lengths if length >= _MIN_WIDTH)
    if not counts:
        return None
    widest = max(counts, key=lambda width: sum(counts[w] for w in range(width - _SLACK, width + 1)))
    if widest > _MAX_WIDTH:
        return None
    full = sum(counts[w] for w in range(widest - _SLACK, widest + 1))
    wider = sum(1 for length in lengths if length > widest + _SLACK)
    return widest if full >= _FULL_SHARE * len(lengths) and wider <= 0.1 * len(lengths) else None


def _width(text: str) -> float:
    """The printed width in full-width characters."""
    return sum(1.0 if character > "\u2e7f" or character in "“”‘’…—" else 0.5 for character in text)


def _goes_on(before: Mark, after: Mark, between: Sequence[Mark], width: float | None) -> bool:
    if after.block.indented or after.is_article_title or before.is_article_title:
        return False
    if width is not None and not between:
        return _width(_last_line(before)) >= width - _SLACK and not (
            before.is_closed
            and (after.is_heading or not before.text[-1:].isalnum())
            and after.is_heading
        )
    if not between:
        return False
    furniture = all(mark.rule is not None and mark.rule.startswith("line:") for mark in between)
    return (
        furniture
        and not before.is_closed
        and len(before.text) >= _MIN_BROKEN
        and not after.is_heading
    )


def _last_line(mark: Mark) -> str:
    return mark.block.text[-_MAX_WIDTH:] if not mark.cut else mark.text[-_MAX_WIDTH:]


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
    whole.cut = [*before.cut, *(mark.block.text for mark in between), *after.cut]
    return whole

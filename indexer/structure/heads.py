"""Documents that begin inside a page with a head of their own: number, title, addressee.

A compilation of official documents prints them one behind the other, each below its masthead.
The number line with an addressee below shows where one begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.record.head import is_head_line, is_numbered, is_serial
from indexer.structure.lines import Line
from indexer.text.phrases import ends_sentence
from indexer.text.shapes import is_date
from indexer.text.titles import is_office, join_lines, title_beside

# So many lines of a masthead stand above a number; an addressee is no longer than this.
_ABOVE, _ADDRESSEE = 8, 150
# An order or announcement bears its number below its name.
_ORDER = re.compile("[\u4e00-\u9fff]{4,40}(?:令|公告|通告)")


def with_heads(lines: list[Line]) -> tuple[list[Line], dict[int, int]]:
    """Return `lines` with the titles of such documents whole; where each begins, and its title."""
    found: dict[int, int] = {}
    texts = [line.text for line in lines]
    if not any(is_numbered(text) or is_serial(text) for text in texts):
        return lines, found
    whole: list[Line] = []
    read = 0
    for number in range(1, len(texts)):
        if number < read or lines[number].row:
            continue
        title = _title(texts, number)
        if title is None:
            continue
        first = min(number, title[0])
        while first > max(read, number - _ABOVE) and _is_above(texts, first - 1):
            first -= 1
        if not _has_text(lines[:first]) or texts[first - 1][-1] in ":：":
            continue
        parts = lines[slice(*title)]
        cut = tuple(fragment for part in parts for fragment in part.cut)
        joined = replace(parts[0], text=join_lines([part.text for part in parts]), cut=cut)
        whole += lines[read:first]
        begins = len(whole)
        whole += lines[first : title[0]]
        found[begins] = len(whole)
        whole.append(joined)
        read = title[1]
    return [*whole, *lines[read:]], found


def _title(texts: Sequence[str], number: int) -> tuple[int, int] | None:
    """Where the title stands of a document that begins about line `number`, its number."""
    if is_serial(texts[number]) and _ORDER.fullmatch(texts[number - 1]):
        return number - 1, number
    title = title_beside(texts, number) if is_numbered(texts[number]) else None
    below = max(number + 1, title[1]) if title else len(texts)
    addressed = below < len(texts) and texts[below][-1] in ":："
    return title if addressed and len(texts[below]) <= _ADDRESSEE else None


def _is_above(texts: Sequence[str], i: int) -> bool:
    """Whether line `i` is of the masthead above a number, not of the signature before it."""
    return is_head_line(texts[i]) or (is_office(texts[i]) and not is_date(texts[i - 1]))


def _has_text(lines: Sequence[Line]) -> bool:
    return any(line.row or ends_sentence(line.text) for line in lines)

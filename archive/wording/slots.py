"""Slots: figures, years and masks of a wording, so that 12所 and xx所 are one wording.

A run that holds a figure or a mask is a slot wherever it stands, and so are two Chinese
numerals or more (十二所). A single one is a slot where it is a word of its own (三/所), not
part of one (统一, 一体化).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from archive.query.patterns import figures
from archive.text.fold import fold_with_offsets, merge_spans, original_span
from archive.text.masks import MASK
from archive.text.tokenize import words

SLOT = "#"

_NUMERAL = re.compile("[零〇一二三四五六七八九十百千万亿两]")
# No word reaches beyond such a run, so that each can be cut by itself.
_IDEOGRAPHS = re.compile("[〇\u4e00-\u9fd5]+")


@dataclass(frozen=True, slots=True)
class Slotted:
    """A wording cut at its slots: the characters between them, and what fills each.

    There is one more piece than there are fillings; pieces may be empty.
    """

    pieces: tuple[str, ...]
    fillings: tuple[str, ...]

    def __str__(self) -> str:
        return SLOT.join(self.pieces)


def cut_at_slots(text: str) -> Slotted:
    """Cut a wording at its slots.

    >>> for text in ("新建学校12所", "新建学校xx所", "二十三个统一", "20^v^年一体化"):
    ...     print(cut_at_slots(text))
    新建学校#所
    新建学校#所
    #个统一
    #年一体化
    """
    pieces: list[str] = []
    fillings: list[str] = []
    at = 0
    for start, end in _slots(text):
        pieces.append(text[at:start])
        fillings.append(text[start:end])
        at = end
    return Slotted((*pieces, text[at:]), tuple(fillings))


def is_figures(filling: str) -> bool:
    """Whether what fills a slot is what `#` stands for in a pattern."""
    folded, offsets = fold_with_offsets(filling)
    return [*figures(filling, folded, offsets)] == [(0, len(folded))]


def _bounds(folded: str) -> set[int]:
    """Where words begin and end, of the runs of ideographs that hold a numeral."""
    found: set[int] = set()
    for run in _IDEOGRAPHS.finditer(folded):
        if _NUMERAL.search(run.group()):
            found.update(accumulate(map(len, words(run.group())), initial=run.start()))
    return found


def _slots(text: str) -> tuple[tuple[int, int], ...]:
    """The spans of the slots, in characters of `text`; what touches is one."""
    folded, offsets = fold_with_offsets(text)
    runs = [match.span() for match in MASK.finditer(folded)]
    found = list(figures(text, folded, offsets))
    single = {(start, end) for start, end in found if _NUMERAL.fullmatch(folded, start, end)}
    bounds = _bounds(folded) if single else set()
    runs += [span for span in found if span not in single or bounds.issuperset(span)]
    return merge_spans([original_span(*run, offsets) for run in runs])

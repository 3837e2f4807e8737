"""Lines that look like headings or hide that they are: contents, captions, bare numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from indexer.structure.lines import Line
from indexer.text.numbering import Mark, Style, leading
from indexer.text.phrases import ends_sentence

# No entry of a list of contents, and no heading without a dot, is longer.
_ENTRY, _BARE = 60, 24
# Without the word 目录 above them, so many entries make a list of contents.
_ENTRIES = 3
# Below the word 目录 a heading is known by so many characters, for text may be glued to it.
_BEGINNING = 5
# So many headings with a bare number must count on; fewer with a zero in front: 01, 02.
_COUNTED, _PADDED = 3, 2

_CONTENTS = re.compile(r"(?:目\s*[录次]|内容目录|contents)\s?[:：]?", re.IGNORECASE)
_LEADERS = re.compile(r"\s*[.．…·⋯_\-—]{2,}\s*[(（]?\d{0,4}[)）]?$")
_PAGE = re.compile(r"[\s.．…·⋯_\-—]+[(（]?\d{0,4}[)）]?$")
_CAPTION = re.compile(
    r"[(（]?(?:附?[表图]|图表|专栏|图片|照片)\s?[\d一二三四五六七八九十]{1,3}(?:[-—.．]\d{1,2})?"
    r"(?![\d年月日个张份种]).{0,60}|(?:计量)?单位\s?[:：].*|注\s?[:：].*|(?:资料|数据|图片)来源.*|图为.*"
)
_NUMBER = re.compile(
    r"(\d{1,2})\s?(?![年月日号时点个项名次类家条万亿元位所届级期])(?=[\u4e00-\u9fff“《])"
)


def is_caption(text: str) -> bool:
    """Whether the line is the caption of a table or picture, or a note to it.

    >>> [is_caption(text) for text in ("表1 学校布局", "图2-1：人口变化", "表彰先进", "图书管理")]
    [True, True, False, False]
    """
    return _CAPTION.fullmatch(text) is not None and not ends_sentence(text)


def contents(lines: Sequence[Line], others: Collection[int]) -> set[int]:
    """Return the lines of a list of contents: short ones that come again below, or have pages.

    Without the word 目录 above them most of them are numbered.
    """
    entries = [_entry(line.text) if len(line.text) <= _ENTRY else "" for line in lines]
    last = {entry: i for i, entry in enumerate(entries)}
    begins = {_entry(line.text[:_ENTRY])[:_BEGINNING]: i for i, line in enumerate(lines)}
    found: set[int] = set()
    # The run of entries, how many of them are numbered, and how many are found already.
    run: list[int] = []
    numbered = taken = 0
    named = False
    for i, line in enumerate(lines):
        text, entry = line.text, entries[i]
        if i in others or not entry:
            run, numbered, taken, named = [], 0, 0, False
        elif _CONTENTS.fullmatch(text):
            run, numbered, taken, named = [], 0, 0, True
            found.add(i)
        elif text[-1] not in "。；;：:" and (
            last[entry] > i
            or _LEADERS.search(text)
            or (named and len(entry) >= _BEGINNING and begins[entry[:_BEGINNING]] > i)
        ):
            run.append(i)
            numbered += bool(leading(text) or _LEADERS.search(text))
            if named or (len(run) >= _ENTRIES and 2 * numbered >= len(run)):
                found.update(run[taken:])
                taken = len(run)
        else:
            run, numbered, taken, named = [], 0, 0, False
    return found


def _entry(text: str) -> str:
    """A line as it comes again, without its page and without blanks."""
    return re.sub(r"\s", "", _PAGE.sub("", text))


def undotted(
    lines: Sequence[Line], marks: Sequence[Mark | None], others: Collection[int]
) -> list[Mark | None]:
    """Return `marks` with those of headings whose number has no sign behind it: 02农业.

    One such line says nothing: several must count on, with text below each.
    """
    bare: list[tuple[int, re.Match[str]]] = []
    for i, line in enumerate(lines):
        number = _NUMBER.match(line.text)
        short = len(line.text) <= _BARE and not re.search("[，,。；;：:！!？?]", line.text)
        if number and short and marks[i] is None and i not in others:
            bare.append((i, number))
    padded = any(number[1].startswith("0") for _, number in bare)
    if padded:
        bare = [(i, number) for i, number in bare if len(number[1]) == 2]
    chains: list[list[tuple[int, re.Match[str]]]] = []
    for i, number in bare:
        before = int(chains[-1][-1][1][1]) if chains else None
        step = int(number[1]) - before if before is not None else 0
        if step == 1 or (padded and step > 0):
            chains[-1].append((i, number))
        else:
            chains.append([(i, number)])
    found = list(marks)
    for chain in chains:
        apart = all(b[0] - a[0] > 1 for a, b in pairwise(chain))
        if apart and len(chain) >= (_PADDED if padded else _COUNTED):
            # They stand above all, unless other numbers have opened a section before.
            above = any(mark and mark.style < Style.ARABIC for mark in marks[: chain[0][0]])
            style = Style.ARABIC if above else Style.PART
            for i, number in chain:
                found[i] = Mark(style, int(number[1]), 0, number.end())
    return found

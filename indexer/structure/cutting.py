"""Cutting lines that run headings and paragraphs together.

Some sites give a whole compilation in one line, others lose a line break here and there.
A line is cut at the numbers that head something: those that stand behind the end of a
sentence, or behind a heading, and go on with the count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from indexer.structure.lines import Line
from indexer.text.boundary import glued, parted
from indexer.text.numbering import Mark, Style, inside, leading

# A line is glued when it is longer than any paragraph that people write (the longest
# well-formed one of the seeds has 905 characters) …
GLUED_LENGTH = 1500
# … or holds so many headings behind sentence ends.
GLUED_MARKS = 3

_ENDED = "。！？!?；;：:”）)…"
_FULL_STOP = "。！？!?"
_STOP = re.compile("[。！？]")
# 一是 … 二是 open a paragraph each where they begin a sentence.
_ENUMERATION = re.compile(
    r"(?<=[。！？!?])\s?(?=(?:[一二三四五六七八九十]是|第[一二三四五六七八九十]个?是|——)[^，,])"
)


def cut(line: Line) -> Iterator[Line]:
    """Yield the headings and paragraphs that `line` holds, in order; mostly itself alone."""
    marks = list(inside(line.text))
    if not marks:
        yield from _enumerated(line) if _is_long(line) else (line,)
        return
    if not (line.glued or _is_long(line) or _many(line.text, marks)):
        yield from _slices(line, _lost_breaks(line.text, marks), is_glued=False)
        return
    for piece in _slices(line, _heads(line.text, marks), is_glued=True):
        yield from _heading_and_text(piece)


def _is_long(line: Line) -> bool:
    return line.glued or len(line.text) >= GLUED_LENGTH


def _before(text: str, at: int) -> str:
    """The last character before `at` that is no space, empty at the beginning."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return text[at - 1] if at else ""


def _many(text: str, marks: list[Mark]) -> bool:
    """Whether headings of more than one level follow sentence ends inside the line."""
    heads = [m for m in marks if m.start and _before(text, m.start) in tuple(_FULL_STOP)]
    return len(heads) >= GLUED_MARKS and len({m.style for m in marks}) > 1


def _lost_breaks(text: str, marks: list[Mark]) -> list[int]:
    """Where a numbered paragraph runs on into the next of its level (6…。7…)."""
    first = leading(text)
    if first is None:
        return []
    cuts: list[int] = []
    value = first.value or 0
    for mark in marks[1:]:
        follows = mark.style is first.style and mark.value in (None, value + 1)
        if follows and _before(text, mark.start) in tuple(_FULL_STOP):
            cuts.append(mark.start)
            value += 1
    return cuts


def _heads(text: str, marks: list[Mark]) -> list[int]:
    """Where the headings of a glued line begin."""
    stops = [m.start() for m in _STOP.finditer(text)]
    cuts: list[int] = []
    counts: dict[Style, int] = {}
    last: Mark | None = None
    for mark in marks:
        # A stop between the last heading's number and this one ended its sentence.
        next_stop = bisect_left(stops, last.end if last else 0)
        ended = next_stop < len(stops) and stops[next_stop] < mark.start
        if not _heads_here(text, mark, last, ended, counts):
            continue
        cuts.append(mark.start)
        # Articles of a law are counted through its chapters.
        for style in [s for s in counts if s > mark.style and s is not Style.CLAUSE]:
            del counts[style]
        counts[mark.style] = mark.value or counts.get(mark.style, 0) + 1
        last = mark
    return cuts


def _heads_here(
    text: str, mark: Mark, last: Mark | None, sentence: bool, counts: dict[Style, int]
) -> bool:
    """Whether `mark` heads a paragraph, judged by what stands before it and by the count.

    `sentence` says that the text behind the last heading's number has ended a sentence.
    """
    before = _before(text, mark.start)
    if not before:
        return True
    value, count = mark.value, counts.get(mark.style, 0)
    next_one = value is None or value == count + 1
    if last and mark.style is last.style and before in "；;" and not sentence:
        # 1.…;2.…;3.… is one paragraph: a list of figures or of short points.
        return False
    if before in _FULL_STOP + "：:":
        return next_one or value == 1 or (value or 0) > count
    if before in _ENDED or text[mark.start - 1].isspace():
        return next_one
    if last is None or not next_one or (mark.style is Style.HAN and value == 1):
        # 统一、 唯一、 end with the figure; a first heading needs a sentence end before it.
        return False
    # Behind a heading that has no end mark, or behind a lost full stop.
    return not sentence or (value or 0) > 1


def _slices(line: Line, cuts: list[int], *, is_glued: bool) -> Iterator[Line]:
    """The pieces of `line` between `cuts`; the fragments removed stay with the first."""
    bounds = [0, *(c for c in cuts if c), len(line.text)]
    removed = line.cut
    for start, end in pairwise(bounds):
        piece = line.text[start:end].strip()
        if piece:
            yield Line(piece, line.tag, removed, is_glued)
            removed = ()


def _heading_and_text(line: Line) -> Iterator[Line]:
    """A heading without end mark and the text glued to it, apart; then 一是, 二是 apart."""
    mark = leading(line.text)
    at = None
    # An article of a law or a regulation is all text.
    if mark and mark.style is not Style.CLAUSE:
        at = (
            glued(line.text, mark.end)
            or parted(line.text, mark.end)
            or _before_enumeration(line.text, mark)
        )
    if at is None:
        yield from _enumerated(line)
        return
    yield Line(line.text[:at].strip(), line.tag, line.cut, glued=True)
    yield from _enumerated(Line(line.text[at:].strip(), line.tag, (), glued=True))


def _before_enumeration(text: str, mark: Mark) -> int | None:
    """Where 一是 begins right behind a heading of the upper levels and 二是 opens another
    paragraph; a run-in heading of the lower levels keeps its enumeration."""
    if mark.style > Style.HAN_BRACKET:
        return None
    opens = [m.end() for m in _ENUMERATION.finditer(text)]
    first_stop = re.search("[。！？!?]", text)
    if len(opens) < 2 or first_stop is None or first_stop.end() < opens[0] - 1:
        return None
    return opens[0]


def _enumerated(line: Line) -> Iterator[Line]:
    """The paragraphs of a glued text that begin with 一是, 二是, ——."""
    if leading(line.text):
        yield line
        return
    cuts = [m.end() for m in _ENUMERATION.finditer(line.text)]
    yield from _slices(line, cuts, is_glued=True)

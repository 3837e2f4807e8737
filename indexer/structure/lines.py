"""Lines: the kept blocks of a page as text, with the breaks as their writers meant them.

Lines printed at a fixed width have been joined before, by `extract`; here the breaks are
mended that only the words betray. And where a site runs headings and paragraphs together, a
whole compilation in one line or a lost line break here and there, a line is cut at the
numbers that head something: those that stand behind the end of a sentence, or behind a
heading, and go on with the count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from indexer.page import LabelledBlock
from indexer.text.boundary import glued, parted
from indexer.text.numbering import Mark, Style, inside, leading
from indexer.text.phrases import ends_sentence
from indexer.text.shapes import is_salutation, is_small

# A line that ends with one of these is not finished, whatever follows.
_DANGLING = "，,、（(《“‘〈"
# Words that cannot end a line: something must follow them.
_DANGLING_WORD = re.compile(r"(?:第|的|和|与|及|以及|对|把|被|将|在|从|为|并|或|由)$")
# The next line cannot begin a paragraph when it starts with one of these.
_CONTINUES = re.compile(r"[，,、。；;！？）)》”’%％]|[一二三四五六七八九十\d]{1,3}[,，]")
# A line this short that ends without a mark is a heading or a name, not half a sentence.
_HALF_SENTENCE = 30
# A paragraph this long ends with a mark; where it ends with a letter it goes on.
_PARAGRAPH = 60
# A line of clauses this long that ends without a mark has begun a sentence.
_BEGUN = 20
# No paragraph of people is longer; what seems to go on is no broken line any more.
_PARAGRAPH_LIMIT = 5000

# A counter that a site wrote between two halves of a sentence: a space, a figure, `、`,
# and the sentence goes on. The word before stands in the middle of a clause.
_COUNTER = re.compile(r"(?<=[\u4e00-\u9fff]) \d{1,2}、(?=[\u4e00-\u9fff])")
_STOPS = re.compile("[。！？；;!?:：]")
# So far back a heading's number is looked for before a counter.
_REACH = 60

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


@dataclass(frozen=True, slots=True)
class Line:
    """A text line: `tag` as in PageBlock; `cut` what was removed inside it.

    `glued` says that it was cut out of a longer line that ran several paragraphs together.
    """

    text: str
    tag: str = "p"
    cut: tuple[str, ...] = ()
    glued: bool = False

    @property
    def row(self) -> bool:
        """Whether the line is a table's row."""
        return self.tag == "tr"

    def pieces(self, cuts: Iterable[int], *, is_glued: bool) -> Iterator[Line]:
        """The pieces between `cuts`; what was removed inside the line stays with the first."""
        bounds = [0, *(c for c in cuts if c), len(self.text)]
        removed = self.cut
        for start, end in pairwise(bounds):
            piece = self.text[start:end].strip()
            if piece:
                yield Line(piece, self.tag, removed, is_glued)
                removed = ()


def lines_of(blocks: Iterable[LabelledBlock]) -> list[Line]:
    """Return the kept blocks as lines, broken sentences rejoined."""
    joined: list[Line] = []
    gap = False
    for block in blocks:
        if not (block.keep and block.text):
            gap = True
            continue
        line = Line(block.text, block.source.tag, block.cut)
        if joined and _broken(joined[-1], line, gap):
            before = joined[-1]
            joined[-1] = Line(before.text + line.text, before.tag, before.cut + line.cut)
        else:
            joined.append(line)
        gap = False
    return joined


def _broken(before: Line, line: Line, gap: bool) -> bool:
    """Whether the end of `before` is a line break inside a sentence that `line` finishes.

    `gap` says that a dropped block stood between the two: an advertisement set into a
    paragraph leaves two halves.
    """
    text = before.text
    if before.row or line.row or is_heading_tag(before) or is_heading_tag(line):
        return False
    if ends_sentence(text):
        return False
    if len(text) > _PARAGRAPH_LIMIT or is_salutation(line.text) or is_small(line.text):
        return False
    number = leading(text)
    if number and number.end == len(text):
        # The number of a list item on a line of its own.
        return leading(line.text) is None
    if leading(line.text) and not _CONTINUES.match(line.text):
        return False
    if text[-1] in _DANGLING or _open_bracket(text):
        return True
    if gap and _has_begun(text):
        return True
    if len(text) < _HALF_SENTENCE:
        return False
    if _CONTINUES.match(line.text) or _DANGLING_WORD.search(text):
        return True
    return len(text) >= _PARAGRAPH and text[-1].isalnum()


def _has_begun(text: str) -> bool:
    """Whether the line's last sentence has begun and is no heading: it has clauses."""
    if leading(text):
        return re.search("[。！？]", text) is not None
    return len(text) >= _BEGUN and re.search("[，,。]", text) is not None


def _open_bracket(text: str) -> bool:
    """Whether a bracket or quotation of the last clause is still open.

    Only far enough from a heading: “ without ” is a common slip of the sites.
    """
    return any(
        text.count(a) > text.count(b) and text.rfind(a) > len(text) - 12
        for a, b in ("《》", "（）")
    )


def is_heading_tag(line: Line) -> bool:
    """Whether the page marks the line up as a heading."""
    return re.fullmatch(r"h[1-6]", line.tag) is not None


def without_counters(line: Line) -> Line:
    """Return `line` without the counters a site put inside its sentences; they go to `cut`.

    A counter is told from a heading by what stands before it: no sentence has ended, and
    the words before are too many for a heading without number.

    >>> without_counters(Line("我们为师生营建良好 2、教书育人环境。"))
    Line(text='我们为师生营建良好教书育人环境。', tag='p', cut=('2、',), glued=False)
    """
    if line.row:
        return line
    found: list[str] = []

    def drop(match: re.Match[str]) -> str:
        clause = _STOPS.split(line.text[max(0, match.start() - _REACH) : match.start()])[-1]
        if leading(clause.lstrip()):
            return match.group()
        found.append(match.group().strip())
        return ""

    text = _COUNTER.sub(drop, line.text)
    return Line(text, line.tag, (*line.cut, *found), line.glued) if found else line


def cut(line: Line) -> Iterator[Line]:
    """Yield the headings and paragraphs that `line` holds, in order; mostly itself alone."""
    if line.row:
        yield line
        return
    marks = list(inside(line.text))
    is_long = line.glued or len(line.text) >= GLUED_LENGTH
    if not marks:
        yield from _enumerated(line) if is_long else (line,)
        return
    if not (is_long or _many(line.text, marks)):
        yield from line.pieces(_lost_breaks(line.text, marks), is_glued=False)
        return
    for piece in line.pieces(_heads(line.text, marks), is_glued=True):
        yield from _heading_and_text(piece)


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
    yield from line.pieces(cuts, is_glued=True)

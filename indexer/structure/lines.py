"""Lines: the kept blocks of a page as text, with what a site broke put together again.

Lines printed at a fixed width have been joined before, by `boilerplate`; here the breaks
are mended that only the words betray.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.page import LabelledBlock
from indexer.text.numbering import leading
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


@dataclass(frozen=True, slots=True)
class Line:
    """A text line: `tag` as in PageBlock; `cut` what was removed inside it.

    `glued` says that it was cut out of a longer line that ran several paragraphs together.
    """

    text: str
    tag: str = "p"
    cut: tuple[str, ...] = ()
    glued: bool = False


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
    if is_heading_tag(before) or is_heading_tag(line) or ends_sentence(text):
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
    found: list[str] = []

    def drop(match: re.Match[str]) -> str:
        clause = _STOPS.split(line.text[max(0, match.start() - _REACH) : match.start()])[-1]
        if leading(clause.lstrip()):
            return match.group()
        found.append(match.group().strip())
        return ""

    text = _COUNTER.sub(drop, line.text)
    return Line(text, line.tag, (*line.cut, *found), line.glued) if found else line

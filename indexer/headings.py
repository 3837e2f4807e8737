"""Headings: the lines of one article become paragraphs, each under its open headings.

Levels are relative. A heading closes those of its own style and of the styles below; a
style not yet open goes under the innermost heading above it in the standard's order. So
a text may begin with (一) or 1., skip a level, or miss a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.model import Form
from indexer.lines import Line, is_heading_tag
from indexer.numbering import Mark, Style, leading
from indexer.page import DraftParagraph
from indexer.phrases import SENTENCE_END, ends_sentence, label, words

# A numbered line of one sentence up to this long is a heading, a longer one a paragraph.
# The longest heading alone on its line in the seeds has 41 characters.
HEADING_LIMIT = 45
# So many clauses make a sentence with figures a report, not a heading.
REPORT_CLAUSES = 3
# A heading without number is no longer than this.
PLAIN_LIMIT = 30

_DATE = re.compile(
    r"[(（]?(?:[12]\d{3}|[12][\dxX_*○×]{3}|二[〇○零Oo][〇○零Oo一二三四五六七八九]{2})\s?年"
    r"[\dxX_*×一二三四五六七八九十\s]{1,4}月(?:[\dxX_*×一二三四五六七八九十\s]{1,4}[日号])?[)）]?"
)
_NOTE = re.compile(r"[(（][^()（）]{2,40}[)）]")
_LIST = re.compile(r"[;；]\s?[(（]?\d{1,2}[、.．)）]")
_CLAUSES = re.compile("[，,]")
_SENTENCE_INSIDE = re.compile("[。！!？?；;]")


@dataclass(slots=True)
class _Open:
    """An open heading: `style` None where it has no number, `run_in` where text follows."""

    text: str
    style: Style | None
    value: int | None
    run_in: bool


@dataclass(slots=True)
class _State:
    """The chain of open headings while an article is read, outermost first."""

    chain: list[_Open] = field(default_factory=list)
    fresh: bool = False

    def path(self) -> tuple[str, ...]:
        return tuple(heading.text for heading in self.chain)

    def leave_run_in(self) -> None:
        while self.chain and self.chain[-1].run_in:
            self.chain.pop()


def structure(lines: Sequence[Line]) -> tuple[DraftParagraph, ...]:
    """Return the paragraphs of one article, its title excluded, with their heading paths."""
    state = _State()
    paragraphs: list[DraftParagraph] = []
    marks = [leading(line.text) for line in lines]
    for i, line in enumerate(lines):
        mark = marks[i]
        if mark and not _is_list(line.text):
            form = _numbered(line.text, mark, state, _ends_list(lines, marks, i))
        elif _is_plain_heading(lines, marks, i, state):
            form = _plain(line, state)
        else:
            form = Form.BODY
            _text(lines, marks, i, state)
        state.fresh = form is Form.HEADING
        paragraphs.append(DraftParagraph(line.text, form, state.path(), line.cut))
    return tuple(paragraphs)


def _is_list(text: str) -> bool:
    """Whether the line is a list of short points in one sentence: 1.…;2.…;3.…"""
    first = re.search("[。！？;；]", text)
    return bool(first and first.group() in ";；" and _LIST.match(text, first.start()))


def _ends_list(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Whether no text of its own follows line `i`: its like, the article's end or closing."""
    if i + 1 == len(lines):
        return True
    mark, own = marks[i + 1], marks[i]
    if mark or own is None:
        return mark is not None and own is not None and mark.style is own.style
    return not any(marks[i + 1 :]) and lines[i + 1].text.startswith(words().closing_last)


def _numbered(text: str, mark: Mark, state: _State, bare: bool) -> Form:
    """Open the heading of a numbered line; its form. `bare`: no text follows the line."""
    heading = label(text, mark)
    sibling = next((h for h in state.chain if h.style is mark.style), None)
    run_in = (
        len(heading) < len(text)
        or _is_report(text, mark)
        # A sentence among numbered paragraphs is one of them.
        or (bare and sibling is not None and sibling.run_in and _is_sentence(text))
    )
    _close_for(mark, state)
    state.chain.append(_Open(heading, mark.style, mark.value, run_in))
    return Form.BODY if run_in else Form.HEADING


def _is_report(text: str, mark: Mark) -> bool:
    """Whether a numbered line of one sentence reports or orders rather than heads."""
    if len(text) > HEADING_LIMIT or text[-1] in ";；":
        return True
    clauses = len(_CLAUSES.findall(text)) + 1
    figures = re.search(r"\d", text[mark.end :]) is not None
    return figures and ends_sentence(text) and clauses >= REPORT_CLAUSES


def _is_sentence(text: str) -> bool:
    return text[-1] in SENTENCE_END and _CLAUSES.search(text) is not None


def _close_for(mark: Mark, state: _State) -> None:
    """Close the open headings that the heading with `mark` does not stand under."""
    for i, heading in enumerate(state.chain):
        if heading.style is mark.style:
            del state.chain[i:]
            return
    # A first number right behind a heading with nothing in between stands under it, even
    # where the article turns the standard's order round: 1、… (一)…
    inverted = (
        state.fresh
        and mark.value == 1
        and mark.style is Style.HAN_BRACKET
        and state.chain[-1].style is Style.ARABIC
    )
    while state.chain and not inverted:
        style = state.chain[-1].style
        if style is None or style < mark.style:
            return
        state.chain.pop()


def _is_plain_heading(
    lines: Sequence[Line], marks: Sequence[Mark | None], i: int, state: _State
) -> bool:
    """Whether line `i`, which has no number, is a heading by its shape and place."""
    line = lines[i]
    text = line.text
    if is_heading_tag(line) and len(text) <= HEADING_LIMIT:
        return True
    if i + 1 >= len(lines) or len(text) > PLAIN_LIMIT or not _may_head(text):
        return False
    following = lines[i + 1].text
    if _is_small(following) and not marks[i + 1]:
        return False
    before = lines[i - 1].text if i else ""
    if text[-1] in ":：":
        return i > 0 and not state.fresh and marks[i + 1] is not None and len(text) <= 12
    if _SENTENCE_INSIDE.search(text[:-1]):
        return False
    if text[-1] in SENTENCE_END:
        announced = before[-1:] in (":", "：")
        sibling = any(h.style is None and h.text[-1] in SENTENCE_END for h in state.chain)
        return (announced or sibling) and text[-1] == "。" and len(text) < len(following)
    return i == 0 or state.fresh or ends_sentence(before)


def _may_head(text: str) -> bool:
    """Whether a line's text may be a heading at all: no date, name, note, greeting."""
    return not (_is_small(text) or text[-1] in "，,、；;" or is_salutation(text))


def _is_small(text: str) -> bool:
    """Whether the line is a date, a note in brackets, or too short for anything else."""
    return bool(_DATE.fullmatch(text) or _NOTE.fullmatch(text)) or len(text) < 3


def is_date(text: str) -> bool:
    """Whether the line is a date and nothing else.

    >>> is_date("2022年3月15日"), is_date("二〇〇五年七月十四日"), is_date("2022年工作要点")
    (True, True, False)
    """
    return _DATE.fullmatch(text) is not None


def is_salutation(text: str) -> bool:
    """Whether the line greets or addresses: 同志们：, 各县（市、区）教育局，市直各学校："""
    return text[-1] in ":：" and text.startswith(words().salutations)


def _plain(line: Line, state: _State) -> Form:
    """Open a heading without number: under the numbered ones, beside its like."""
    for i, heading in enumerate(state.chain):
        if heading.style is None:
            del state.chain[i:]
            break
    else:
        state.leave_run_in()
    state.chain.append(_Open(line.text, None, None, run_in=False))
    return Form.HEADING


def _text(lines: Sequence[Line], marks: Sequence[Mark | None], i: int, state: _State) -> None:
    """Close the headings that the text of line `i` does not stand under."""
    if not state.chain:
        return
    text = lines[i].text
    following = lines[i + 1].text if i + 1 < len(lines) else ""
    if _is_small(text) or (is_date(following) and not ends_sentence(text)):
        state.leave_run_in()
    elif text.startswith(words().closing_always) or _closes(lines, marks, i, state):
        state.chain.clear()
    elif state.chain[-1].run_in:
        if _leads_in(lines, marks, i, state):
            state.chain.clear()
    elif _announces_restart(lines, marks, i, state):
        mark = marks[i + 1]
        if mark:
            _close_for(mark, state)


def _closes(lines: Sequence[Line], marks: Sequence[Mark | None], i: int, state: _State) -> bool:
    """Whether line `i` closes the article: nothing numbered follows, and it says so.

    Last words say it anywhere; first words only where the heading above has had its text.
    """
    if any(marks[i + 1 :]):
        return False
    text = lines[i].text
    lists = words()
    if text.rstrip("。！!.… ").endswith(lists.closing_ends):
        return not leading(text)
    return state.chain[-1].run_in and text.startswith(lists.closing_last)


def _next_mark(marks: Sequence[Mark | None], i: int) -> Mark | None:
    return next((m for m in marks[i + 1 :] if m), None)


def _leads_in(lines: Sequence[Line], marks: Sequence[Mark | None], i: int, state: _State) -> bool:
    """Whether the text stands before a count that begins anew, so under no run-in heading."""
    if (
        lines[i].text[-1] in ":："
        and i + 1 < len(lines)
        and _is_plain_heading(lines, marks, i + 1, state)
    ):
        return True
    mark = _next_mark(marks, i)
    return mark is not None and mark.value == 1 and _restarts(mark, state)


def _restarts(mark: Mark, state: _State) -> bool:
    """Whether `mark` begins again a count that is open."""
    return any(h.style is mark.style for h in state.chain)


def _announces_restart(
    lines: Sequence[Line], marks: Sequence[Mark | None], i: int, state: _State
) -> bool:
    """Whether the line right before a new count is its short title or announces it."""
    mark = marks[i + 1] if i + 1 < len(marks) else None
    if mark is None or mark.value != 1 or not _restarts(mark, state):
        return False
    text = lines[i].text
    return text[-1] in ":：" or len(text) <= PLAIN_LIMIT

"""Headings: the lines of one article become paragraphs, each under its open headings.

Levels are relative. A heading closes those of its own style and of the styles below; a
style not yet open goes under the innermost heading above it in the standard's order. So
a text may begin with (一) or 1., skip a level, or miss a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.model import Form
from indexer.page import DraftParagraph
from indexer.structure.frame import frame
from indexer.structure.lines import Line, is_heading_tag
from indexer.structure.listings import contents, is_caption, undotted
from indexer.text.numbering import Mark, Style, leading
from indexer.text.phrases import SENTENCE_END, ends_sentence, label
from indexer.text.shapes import (
    HEADING_LIMIT,
    is_point_list,
    is_report,
    is_salutation,
    is_small,
)
from indexer.text.wordlists import words

# A heading without number is no longer than this, one that ends with a colon still shorter.
PLAIN_LIMIT = 30
ANNOUNCING_LIMIT = 12

_INNER_END = re.compile("[。！!？?；;]")
# What announces a list in a sentence (做好以下工作：) and does not name it (今后打算：).
_ANNOUNCES = re.compile(
    r"[以如]下|下列|[几一两二三四五六七八九十\d][个项点条方]|做到|做好|抓好|包括|[是有在为]\W?$"
)
_COLONS = (":", "：")
# The number of a document: 云政发〔2021〕4号.
_NUMBER_LINE = re.compile(r".{0,15}[〔\[【(（]\s?(?:19|20)\d\d\s?[〕\]】)）]\s?第?\s?\d+\s?[号期]")
# A numbered sentence that defines or prescribes is text, and heads none; so is one that is
# longer than this and has no text of its own. A division of a text is no sentence at all.
_STATES = re.compile("是指|系指|指的是|所称|应当|不得|删去|修改为|增加一")
_SENTENCE_LIMIT = 24

# The numbering that GB/T 9704 and regulations put before a heading, in either width, and
# what sites make of it (a mask for the figure).
_FIGURES = "0-9０-９一二三四五六七八九十百零〇两xX×*_○"
_NUMBERING = re.compile(
    rf"""^\s*(?:
        第[{_FIGURES}]+[编章节条部篇][\s、:：.．]*   # 第一章
      | \d{{1,2}}(?:\.\d{{1,2}}){{1,3}}\s+            # 5.2.1
      | 0\d(?=\D)\s*                              # 02
      | [(（〔][{_FIGURES}]+[)）〕][\s、.．]*        # (一)
      | [{_FIGURES}]+\s*[、.．,，:：)）]\s*          # 一、 1. 1)
      | [①-⑳]\s*                                   # ①
    )""",
    re.VERBOSE,
)
_END_MARKS = "。．.：:；;，,、 \u3000\t"


def structure(lines: Sequence[Line]) -> tuple[DraftParagraph, ...]:
    """Return the paragraphs of one article, its title excluded, with their heading paths."""
    reading = _Reading(lines)
    return tuple(reading.paragraph(i) for i in range(len(lines)))


@dataclass(slots=True)
class _Open:
    """An open heading: `style` None where it has no number, `run_in` where text follows."""

    text: str
    style: Style | None
    run_in: bool


class _Reading:
    """One pass over an article's lines, with the chain of open headings, outermost first.

    `_frame` has the lines that are no running text, `_contents` those of a list of contents.
    `_marks` holds the number that opens each other line, `_later` for each line the first
    numbered one behind it, `_points` the lines that are points of a list. `_fresh` says that
    the line before was a heading; `_counts` keeps the last value of each style and how deep it
    stood.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._frame = frame(lines)
        self._contents = contents(lines, self._frame)
        apart = self._contents | self._frame.keys()
        marks = [None if i in apart else leading(line.text) for i, line in enumerate(lines)]
        self._marks = undotted(lines, marks, apart)
        self._later = _later(self._marks)
        self._points = _points(lines, self._marks, self._frame)
        self._chain: list[_Open] = []
        self._counts: dict[Style, tuple[int, int]] = {}
        self._fresh = False

    def paragraph(self, i: int) -> DraftParagraph:
        """The paragraph of line `i`; lines are asked for in order."""
        line = self._lines[i]
        mark = self._marks[i]
        form = self._frame.get(i, Form.BODY)
        if form is Form.CLOSING or i in self._contents:
            self._chain.clear()
        elif form is Form.ROW:
            pass
        elif mark and not is_point_list(line.text):
            form = self._open_numbered(i, mark)
        elif form is Form.BODY and self._is_plain_heading(i):
            form = Form.HEADING
            self._open_plain(line.text)
        else:
            self._close_before_text(i)
        self._fresh = form is Form.HEADING
        path = tuple(heading.text for heading in self._chain)
        return DraftParagraph(line.text, form, path, line.cut)

    def _text(self, i: int) -> str:
        """The text of line `i`, empty behind the last."""
        return self._lines[i].text if i < len(self._lines) else ""

    def _mark(self, i: int) -> Mark | None:
        return self._marks[i] if i < len(self._marks) else None

    # Numbered headings

    def _open_numbered(self, i: int, mark: Mark) -> Form:
        """Open the heading of a numbered line; the line's form."""
        text = self._text(i)
        heading = label(text, mark)
        sibling = next((h for h in self._chain if h.style is mark.style), None)
        run_in = (
            len(heading) < len(text)
            or i in self._points
            or is_report(text, mark)
            or (len(text) > _SENTENCE_LIMIT and text[-1] in SENTENCE_END and self._is_last(i, mark))
            # A sentence among numbered paragraphs is one of them.
            or (
                sibling is not None
                and sibling.run_in
                and text[-1] in SENTENCE_END
                and self._stands_alone(i, mark)
            )
        )
        self._close_for(mark)
        if mark.value is not None:
            self._counts[mark.style] = mark.value, len(self._chain)
        is_sentence = run_in and len(text) > _SENTENCE_LIMIT and text[-1] in SENTENCE_END
        if heading == text and (is_sentence or self._is_statement(i, mark)):
            return Form.BODY
        self._chain.append(_Open(heading, mark.style, run_in))
        return Form.BODY if run_in else Form.HEADING

    def _is_statement(self, i: int, mark: Mark) -> bool:
        """Whether the numbered line `i` is a sentence or an option, under which nothing stands."""
        if mark.style is Style.CIRCLED:
            above = self._marks[i - 1] if i else None
            return self._is_last(i, mark) or (above is not None and above.style is mark.style)
        text = self._text(i)
        is_sentence = text[-1] in SENTENCE_END
        return is_sentence and (mark.style < Style.CLAUSE or _STATES.search(text) is not None)

    def _is_last(self, i: int, mark: Mark) -> bool:
        """Whether its like, a level above, the frame or nothing follows the numbered line `i`."""
        following = self._mark(i + 1)
        if following is None:
            return not self._text(i + 1) or self._frame.get(i + 1) is Form.CLOSING
        return following.style <= mark.style

    def _stands_alone(self, i: int, mark: Mark) -> bool:
        """Whether no text follows the numbered line `i`: its like, a level above, or the end."""
        closings = words().closes_last + words().closes_always
        ends = self._later[i] is None and self._mark(i + 1) is None
        return self._is_last(i, mark) or (ends and self._text(i + 1).startswith(closings))

    def _close_for(self, mark: Mark) -> None:
        """Close the open headings that the heading with `mark` does not stand under."""
        for i, heading in enumerate(self._chain):
            if heading.style is mark.style:
                del self._chain[i:]
                return
        value, depth = self._counts.get(mark.style, (0, 0))
        if value and mark.value == value + 1:
            # The count goes on that a heading without number has interrupted.
            self._chain[depth:] = [h for h in self._chain[depth:] if h.style is not None]
        # A first number right behind a heading with nothing in between stands under it,
        # even where the article turns the standard's order round: 1、… (一)…
        inverted = (
            self._fresh
            and mark.value == 1
            and mark.style is Style.HAN_BRACKET
            and self._chain
            and self._chain[-1].style is Style.ARABIC
        )
        while self._chain and not inverted:
            style = self._chain[-1].style
            if style is None or style < mark.style:
                return
            self._chain.pop()

    # Headings without number

    def _is_plain_heading(self, i: int) -> bool:
        """Whether line `i`, which has no number, is a heading by its shape and place."""
        line = self._lines[i]
        text = line.text
        if is_caption(text) or _NUMBER_LINE.fullmatch(text):
            return False
        if i == 0:
            # The first line is a title or a subtitle of all that follows, unless it has its like.
            alike = any(other.tag == line.tag for other in self._lines[1:])
            return (is_heading_tag(line) and alike) or text in words().first_headings
        if is_heading_tag(line) and len(text) <= HEADING_LIMIT:
            return True
        following = self._text(i + 1)
        if not following or len(text) > PLAIN_LIMIT or text[-1] in "，,、；;":
            return False
        if is_small(text) or is_salutation(text) or _INNER_END.search(text[:-1]):
            return False
        if self._frame.get(i + 1, Form.BODY) is not Form.BODY:
            # A table's title heads no text, and text follows a heading.
            return False
        if self._mark(i + 1) is None and len(following) <= PLAIN_LIMIT:
            # Short lines in a row are a title, a list of names, the cells of a table.
            return ends_sentence(following) and self._heads_text(i)
        return self._heads_text(i)

    def _heads_text(self, i: int) -> bool:
        """Whether a short line's end, and the line before it, let it head what follows."""
        # Behind a table a new line begins, as behind a sentence.
        text, before = self._text(i), "。" if i - 1 in self._frame else self._text(i - 1)
        if text.endswith(_COLONS):
            numbered = self._mark(i + 1) is not None
            named = len(text) <= ANNOUNCING_LIMIT and not _ANNOUNCES.search(text)
            return not self._fresh and numbered and named
        if not ends_sentence(text):
            return self._fresh or ends_sentence(before)
        # A short sentence heads only where a list of headings was announced or goes on.
        announced = before.endswith(_COLONS) and not is_salutation(before)
        sibling = any(h.style is None and h.text[-1] in SENTENCE_END for h in self._chain)
        return (announced or sibling) and text[-1] == "。" and len(text) < len(self._text(i + 1))

    def _open_plain(self, text: str) -> None:
        """Open a heading without number: beside its like, or under the numbered ones."""
        for i, heading in enumerate(self._chain):
            if heading.style is None:
                del self._chain[i:]
                break
        self._leave_run_in()
        self._chain.append(_Open(text, None, run_in=False))

    # Text

    def _leave_run_in(self) -> None:
        while self._chain and self._chain[-1].run_in:
            self._chain.pop()

    def _close_before_text(self, i: int) -> None:
        """Close the headings that the text of line `i` does not stand under."""
        if not self._chain:
            return
        text = self._text(i)
        if is_small(text) or is_salutation(text):
            self._leave_run_in()
        elif self._closes(i) or (self._chain[-1].run_in and self._leads_on(i)):
            self._chain.clear()
        elif self._announces_count(i):
            mark = self._mark(i + 1)
            if mark:
                self._close_for(mark)

    def _closes(self, i: int) -> bool:
        """Whether line `i` closes the article: nothing numbered follows, and it says so.

        Last words say it anywhere; first words only where a run-in heading above has had
        its text, since under a heading of its own a closing part may well stand.
        """
        text = self._text(i)
        if text.startswith(words().closes_always):
            return True
        if self._later[i] is not None:
            return False
        if text.rstrip("。！!.… ").endswith(words().closes_at_end):
            return True
        return self._chain[-1].run_in and text.startswith(words().closes_last)

    def _leads_on(self, i: int) -> bool:
        """Whether the text stands before a new count or a list of headings, so under none."""
        if self._text(i).endswith(_COLONS) and i + 1 < len(self._lines):
            after = self._mark(i + 1) is None and self._is_plain_heading(i + 1)
            if after:
                return True
        later = self._later[i]
        return later is not None and self._restarts(self._marks[later])

    def _announces_count(self, i: int) -> bool:
        """Whether the line right before a new count is its short title or announces it."""
        text = self._text(i)
        short = text.endswith(_COLONS) or len(text) <= PLAIN_LIMIT
        return short and self._restarts(self._mark(i + 1))

    def _restarts(self, mark: Mark | None) -> bool:
        """Whether `mark` begins again a count that is open."""
        if mark is None or mark.value != 1:
            return False
        return any(heading.style is mark.style for heading in self._chain)


def _later(marks: Sequence[Mark | None]) -> list[int | None]:
    """For each line the index of the first numbered line behind it, or None."""
    later: list[int | None] = []
    found: int | None = None
    for i in range(len(marks) - 1, -1, -1):
        later.append(found)
        if marks[i]:
            found = i
    return later[::-1]


def _points(
    lines: Sequence[Line], marks: Sequence[Mark | None], frame_: Mapping[int, Form]
) -> set[int]:
    """The numbered lines that are points of a list, not headings.

    Each is a finished sentence, and none has text of its own: behind the last stands a
    heading of a higher level, the signature, or nothing.
    """
    points: set[int] = set()
    run: list[int] = []
    style: Style | None = None
    for i, line in enumerate(lines):
        mark = marks[i]
        if mark is None or mark.style is not style:
            ends = (mark and style and mark.style < style) or frame_.get(i) is Form.CLOSING
            if ends and len(run) > 1:
                points.update(run)
            run, style = [], mark.style if mark else None
        if mark and _is_point(line.text):
            run.append(i)
        else:
            style = None
    return points | set(run) if len(run) > 1 else points


def _is_point(text: str) -> bool:
    """Whether a numbered line is one finished sentence of several clauses or figures."""
    several = "," in text.replace("，", ",") or re.search(r"\d.*\d", text) is not None
    return text[-1] in SENTENCE_END and several


def section_of(heading_path: tuple[str, ...]) -> str | None:
    """Return the section of a paragraph with this heading path, None above any heading.

    >>> section_of(("一、加强教师队伍建设。", "(一)师德师风"))
    '加强教师队伍建设'
    >>> section_of(("第三章 附则",)), section_of(())
    ('附则', None)
    """
    if not heading_path:
        return None
    printed = heading_path[0]
    bare = _NUMBERING.sub("", printed, count=1).strip(_END_MARKS)
    return bare or printed.strip() or None

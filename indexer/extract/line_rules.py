"""The rules of the text itself: whole lines that are boilerplate, fragments inside sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.text.fold import fold_with_offsets
from indexer.extract.rules import Choice, Rule, Rules
from indexer.features import Mark, key_of
from indexer.text.shapes import is_date
from indexer.text.titles import is_office

# Readings in brackets (頁(yè)) are a site's trick where they keep coming, a learned otherwise.
_READING = "latin-reading"
_MIN_READINGS = 3
# What stands beside the day and the recorder of a meeting.
_MEETING = re.compile("(?:会议)?(?:地点|主持|参加|出席|列席|与会|记录|议题)")
# A line of so many characters that ends as a sentence ends is one.
_SENTENCE = 10
# What figures and short cells look like, to a rule that does not know that they are a row.
_NOT_ROWS = frozenset(("page-number", "navigation"))
# A line at the edge of a text that names its site is no longer, and the name no shorter.
_LONGEST_EDGE, _SHORTEST_SITE = 24, 3
_NAMED = "account"
# Rules whose blocks speak for their neighbours' being boilerplate; menus stand beside a text.
_SPEAKING = ("line:", "tail:", "site:", "dom:")


def cut_fragments(marks: Sequence[Mark], rules: Rules) -> None:
    """Cut what a site pasted into sentences, so that they are whole again.

    A block of which nothing is left is dropped under the fragment's name.
    """
    looked_at = [mark for mark in marks if mark.kept]
    whole = _together(looked_at)
    for rule in rules.fragments:
        pattern, needed = rule.find, rule.needs
        if not needed.search(whole):
            continue
        found = [m for m in looked_at if needed.search(m.line) and pattern.search(m.line)]
        if rule.name == _READING and len(found) < _MIN_READINGS:
            continue
        for mark in found:
            _cut(mark, pattern, f"line:{rule.name}")
        if found:
            whole = _together(looked_at)


def _together(marks: Sequence[Mark]) -> str:
    return "\n".join(mark.line for mark in marks)


def _cut(mark: Mark, pattern: re.Pattern[str], label: str) -> None:
    folded, offsets = fold_with_offsets(mark.text)
    pieces: list[str] = []
    end = 0
    for match in pattern.finditer(folded):
        start, stop = match.span()
        if offsets is not None:
            start = offsets[start]
            stop = offsets[stop] if stop < len(offsets) else len(mark.text)
        if stop <= start:
            continue
        pieces.append(mark.text[end:start].rstrip(" "))
        mark.cut.append(mark.text[start:stop].strip())
        while mark.text[stop : stop + 1] == " ":
            stop += 1
        end = stop
    rest = "".join([*pieces, mark.text[end:]]).strip()
    if any(character.isalnum() for character in rest):
        mark.retext(rest)
    else:
        mark.cut.clear()
        mark.drop(label)


def label_lines(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop the lines that are boilerplate wherever they stand, those of weak rules for now.

    A row is never taken for a menu, a page number or a path: its figures are cells.
    """
    for mark in marks:
        if not mark.kept:
            continue
        if rule := _line_rule(mark, rules.lines):
            mark.drop(f"line:{rule.name}")
            mark.weak = rule.strength == "weak"
        elif strength := None if mark.block.row else rules.control_strength(mark.key):
            mark.drop("line:button")
            mark.weak = strength == "weak" or mark.is_numbered


def spare_weak(marks: Sequence[Mark], content: range) -> None:
    """Take back what weak rules dropped in the main `content` without a second reason.

    The reason is a neighbour that another rule dropped. Rows, numbered lines, and full
    sentences among the running text are taken back in any case.
    """
    body = [n for n in content if marks[n].kept and marks[n].prose]
    first, last = (body[0], body[-1]) if body else (len(marks), -1)
    doubtful = []
    for number in content:
        mark = marks[number]
        if mark.weak and mark.rule and mark.rule.startswith("line:"):
            sentence = mark.is_closed and len(mark.key) >= _SENTENCE
            if mark.block.row or mark.is_numbered or (sentence and first < number < last):
                mark.spare()
            else:
                doubtful.append(number)
    # A line beside boilerplate is boilerplate, and so is the one beside it.
    for order, step in ((doubtful, -1), (doubtful[::-1], 1)):
        for number in order:
            if number + step in content and _speaks(marks[number + step]):
                marks[number].weak = False
    for number in doubtful:
        if marks[number].weak and not _is_excerpt(marks, number):
            marks[number].spare()


def _speaks(mark: Mark) -> bool:
    """Whether a dropped block speaks for its neighbours' being boilerplate too."""
    return mark.rule is not None and not mark.weak and mark.rule.startswith(_SPEAKING)


def _is_excerpt(marks: Sequence[Mark], number: int) -> bool:
    """Whether a block stands between two links, as the excerpt of a page in a list of pages."""
    around = marks[max(0, number - 1) : number + 2 : 2]
    return len(around) == 2 and all(m.linked for m in around)


def label_ends(marks: Sequence[Mark], rules: Rules, content: range) -> None:
    """Drop the lines that are boilerplate only above the first or below the last running text.

    Below it something else must speak for it: a text has its own dates and sources there.
    """
    body = [index for index, mark in enumerate(marks) if mark.kept and mark.prose]
    if not body:
        return
    tail = range(body[-1] + 1, len(marks))
    for index in (*range(body[0]), *tail, *reversed(tail)):
        mark = marks[index]
        rule = _line_rule(mark, rules.ends) if mark.kept else None
        if not rule or any(_MEETING.match(m.key) for m in marks[max(0, index - 2) : index + 3]):
            continue
        beside = (near for near in (index - 1, index + 1) if near in content)
        if index < body[0] or rule.strength == "strong" or any(_speaks(marks[n]) for n in beside):
            mark.drop(f"line:{rule.name}")


def label_edges(marks: Sequence[Mark], rules: Choice, site: str | None) -> None:
    """Drop what a site says at the edges of the text that its profile found.

    From either edge inwards, as long as line after line is the site's own: one that a rule
    finds, that names the site, or that stands alone between two such. Weak rules for lines in
    general know less of this site: theirs are taken back.
    """
    for mark in marks:
        if mark.weak:
            mark.spare()
    kept = [mark for mark in marks if mark.kept]
    for order in (kept, kept[::-1]):
        alone: list[Mark] = []
        for mark in order:
            if mark.block.row or mark.is_numbered:
                break
            rule = next(rules.on(mark.key), None)
            if rule or _names(mark, site):
                for one in (*alone, mark):
                    one.drop(f"line:{rule.name if rule else _NAMED}")
                alone.clear()
            elif alone or not _is_loose(mark):
                break
            else:
                alone.append(mark)


def _names(mark: Mark, site: str | None) -> bool:
    """Whether a line names the site, and does not sign the text with its name."""
    named = site is not None and len(site) >= _SHORTEST_SITE and key_of(site) in mark.key
    return named and len(mark.key) <= _LONGEST_EDGE and not (mark.is_closed or is_office(mark.text))


def _is_loose(mark: Mark) -> bool:
    """Whether a line is short and neither running text nor a document's own."""
    own = mark.is_heading or mark.is_closed or is_office(mark.text) or is_date(mark.text)
    return len(mark.key) <= _LONGEST_EDGE and not (mark.prose or own)


def _line_rule(mark: Mark, rules: Choice) -> Rule | None:
    """The first of `rules` that applies to a block."""
    return next(
        (r for r in rules.on(mark.key) if not (mark.block.row and r.name in _NOT_ROWS)), None
    )

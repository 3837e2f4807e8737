"""The rules of the text itself: whole lines that are boilerplate, fragments inside sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.text.fold import fold_with_offsets
from indexer.extract.rules import Rule, Rules, Where
from indexer.features import Mark

# Readings in brackets (頁(yè)) are a site's trick where they keep coming, a learned otherwise.
_READING = "latin-reading"
_MIN_READINGS = 3


def cut_fragments(marks: Sequence[Mark], rules: Rules) -> None:
    """Cut what a site pasted into sentences, so that they are whole again.

    A block of which nothing is left is dropped under the fragment's name.
    """
    looked_at = [mark for mark in marks if mark.kept]
    whole = _together(looked_at)
    for rule in rules.fragments:
        pattern = rule.find
        if not any(word in whole for word in rule.needs):
            continue
        found = [
            mark
            for mark in looked_at
            if any(word in mark.line for word in rule.needs) and pattern.search(mark.line)
        ]
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
    """Drop the lines that are boilerplate wherever they stand."""
    for mark in marks:
        if not mark.kept:
            continue
        if rule := _line_rule(mark, rules, "anywhere"):
            mark.drop(f"line:{rule.name}")
        elif rules.is_control(mark.key):
            mark.drop("line:button")


def label_ends(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop the lines that are boilerplate only above the first or below the last running text."""
    body = [index for index, mark in enumerate(marks) if mark.kept and mark.prose]
    first = body[0] if body else len(marks)
    last = body[-1] if body else -1
    for index, mark in enumerate(marks):
        if not mark.kept or first <= index <= last:
            continue
        if rule := _line_rule(mark, rules, "ends"):
            mark.drop(f"line:{rule.name}")


def _line_rule(mark: Mark, rules: Rules, where: Where) -> Rule | None:
    """The first rule for lines at `where` that applies to a block."""
    return next((r for r in rules.lines if r.where == where and r.matches(mark.key)), None)

"""What is kept where the rules keep nothing or little of what a page shows.

The visible prose is better than an empty document; a warning says that the reading is
uncertain. A page that is a list of other pages has no text of its own to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archive.model import ReadingWarning
from indexer.features import Mark

# Less than this share of the prose that a page shows is little, and a page that shows fewer
# characters of it shows too few to say so.
_LITTLE = 0.2
_SHOWN = 200
# The rules that judge a block by where it stands, not by what it says.
_BY_PLACE = ("dom:", "site:", "tail:", "neighbour:")
_NEVER = ("dom:hidden", "dom:reply", "dom:advertisement")


def keep_visible(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Take back dropped prose where nothing or little is kept; return the warnings of that."""
    if not any(mark.kept for mark in marks):
        if any(mark.rule == "page:listing" for mark in marks):
            return (ReadingWarning.EMPTY.value,)
        if _take_back(marks, _is_shown):
            return (ReadingWarning.LITTLE.value,)
        hidden = _take_back(marks, lambda mark: mark.rule == "dom:hidden")
        return (ReadingWarning.HIDDEN.value,) if hidden else (ReadingWarning.EMPTY.value,)
    kept = sum(len(mark.text) for mark in marks if mark.kept)
    shown = sum(mark.prose for mark in marks if _is_shown(mark))
    if shown < _SHOWN or kept >= _LITTLE * (kept + shown):
        return ()
    _take_back(marks, _is_shown)
    return (ReadingWarning.LITTLE.value,)


def _is_shown(mark: Mark) -> bool:
    rule = mark.rule or ""
    return rule.startswith(_BY_PLACE) and rule not in _NEVER


def _take_back(marks: Sequence[Mark], wanted: Callable[[Mark], bool]) -> bool:
    found = [mark for mark in marks if wanted(mark) and (mark.prose or mark.verse)]
    for mark in found:
        mark.spare()
    return bool(found)

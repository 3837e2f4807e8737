"""Where a passage puts it in the draft's own words."""

from __future__ import annotations

from archive.precedents.draft import Draft
from archive.search.results import Spans
from archive.text.fold import find_all, fold_with_offsets, merge_spans, original_span


def shared_spans(draft: Draft, text: str) -> Spans:
    """Return the characters of `text` that stand in pairs, synonyms or official terms of the draft.

    >>> from archive.precedents.draft import read_draft
    >>> shared_spans(read_draft("加快推进均衡发展"), "着力促进均衡发展")
    ((2, 8),)
    """
    folded, offsets = fold_with_offsets(text)
    shared = [*draft.terms, *(option for clue in draft.clues for option in clue.options)]
    found = [
        original_span(at, at + len(option), offsets)
        for option in shared
        if len(option) > 1 and option in folded
        for at in find_all(option, folded)
    ]
    return merge_spans(found)

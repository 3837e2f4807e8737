"""Independent sources: in how many texts, copies counted once, a wording stands.

Document sites copy each other, so the number of places where a wording occurs says little.
Articles that are copies of each other, or of a third, are one source.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from operator import itemgetter

# For each document its articles in order: the ordinal each begins at, and the name of its
# source, which is the id of the first paragraph of the source's first article in id order.
Sources = Mapping[str, tuple[tuple[int, str], ...]]


def source_of(sources: Sources, document_id: str, ordinal: int) -> str:
    """Return the name of the source that a paragraph comes from.

    A document of which nothing is known is a source of its own.

    >>> source_of({"a": ((0, "a:0"), (7, "b:0"))}, "a", 9), source_of({}, "a", 9)
    ('b:0', 'a')
    """
    articles = sources.get(document_id)
    if articles is None:
        return document_id
    return articles[bisect_right(articles, ordinal, key=itemgetter(0)) - 1][1]

"""The headings of a document: their levels, those that are not printed, the outline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from archive.model import Dating, Form, Paragraph

# The outline is for jumping, not for reading: two levels under the articles.
OUTLINE_DEPTH = 2
# h1 is the document, h2 an article; HTML ends at h6.
DEEPEST_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that the paragraphs below it name, but that is no paragraph itself."""

    level: int
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An outline entry: its depth (0: article, which has its dating), text and place."""

    depth: int
    text: str
    ordinal: int
    dating: Dating | None = None


def heading_level(paragraph: Paragraph, base: int) -> int:
    """The HTML heading level of a paragraph, 0 for body text; `base` is that of the title."""
    if paragraph.form is Form.ARTICLE_TITLE:
        return 2
    if paragraph.form is Form.HEADING:
        return min(base + max(1, len(paragraph.heading_path)), DEEPEST_LEVEL)
    return 0


def run_in_length(paragraph: Paragraph) -> int:
    """How many characters of the text are its own run-in heading.

    >>> run_in_length(Paragraph("a", 0, "1.推进融合。召开会议", heading_path=("1.推进融合。",)))
    7
    """
    path = paragraph.heading_path
    return len(path[-1]) if path and paragraph.text.startswith(path[-1]) else 0


def path_above(paragraph: Paragraph) -> tuple[str, ...]:
    """The headings above a paragraph, without the one that its own text prints."""
    own = paragraph.form is Form.HEADING or run_in_length(paragraph) > 0
    return paragraph.heading_path[: -1 if own else None]


def unprinted(paragraphs: Sequence[Paragraph], base: int) -> dict[int, tuple[Heading, ...]]:
    """The headings that stand in paths only, by the ordinal of the first paragraph below."""
    own = {
        (p.article, p.heading_path)
        for p in paragraphs
        if p.form is Form.HEADING or run_in_length(p)
    }
    found: dict[int, tuple[Heading, ...]] = {}
    before: tuple[str, ...] = ()
    for p in paragraphs:
        path = p.heading_path
        pairs = zip(before, path, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        fresh = tuple(
            Heading(min(base + depth, DEEPEST_LEVEL), path[depth - 1], depth)
            for depth in range(shared + 1, len(path) + 1)
            if (p.article, path[:depth]) not in own
        )
        if fresh:
            found[p.ordinal] = fresh
        before = path
    return found


def outline(
    paragraphs: Sequence[Paragraph], above: Mapping[int, Sequence[Heading]]
) -> Iterable[Entry]:
    """Yield the entries of a document's outline; `above` are its unprinted headings."""
    for p in paragraphs:
        for heading in above.get(p.ordinal, ()):
            if heading.depth <= OUTLINE_DEPTH:
                yield Entry(heading.depth, heading.text, p.ordinal)
        if p.form is Form.ARTICLE_TITLE:
            yield Entry(0, p.text, p.ordinal, p.dating)
        elif p.form is Form.HEADING and len(p.heading_path) <= OUTLINE_DEPTH:
            yield Entry(max(1, len(p.heading_path)), p.text, p.ordinal)
        elif 0 < len(p.heading_path) <= OUTLINE_DEPTH and run_in_length(p):
            yield Entry(len(p.heading_path), p.heading_path[-1], p.ordinal)

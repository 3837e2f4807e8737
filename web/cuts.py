"""Where the fragments that were cut out of a paragraph stood, found again on the page.

A paragraph knows what was cut from it, not where; the page's block still has the words
around the fragment, and those the paragraph kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.model import Block, Paragraph
from archive.text import find_all

# Characters of context on each side that must agree, the longest tried first: another
# cut may stand close by.
CONTEXTS = (12, 6, 3)


@dataclass(frozen=True, slots=True)
class Cut:
    """A fragment removed from inside a paragraph.

    `at` is its place in the paragraph's text (None where it was not found again), `block`
    and `start` its place on the page: the block's index and the offset in its text.
    """

    paragraph: Paragraph
    fragment: str
    at: int | None = None
    block: int | None = None
    start: int = 0


def find_cuts(paragraphs: Sequence[Paragraph], blocks: Sequence[Block]) -> list[Cut]:
    """Return every fragment cut from `paragraphs`, with its places where they can be told.

    >>> page = [Block("创造新鲜的.品牌。", keep=True)]
    >>> [cut.at for cut in find_cuts([Paragraph("a", 0, "创造新鲜的品牌。", cut=(".",))], page)]
    [5]
    """
    kept = [(i, block.text) for i, block in enumerate(blocks) if block.keep]
    taken: set[tuple[int, int]] = set()
    cuts = []
    for paragraph in paragraphs:
        for fragment in paragraph.cut:
            cut = next(_places(paragraph, fragment, kept, taken), Cut(paragraph, fragment))
            if cut.block is not None:
                taken.add((cut.block, cut.start))
            cuts.append(cut)
    return cuts


def _places(
    paragraph: Paragraph,
    fragment: str,
    kept: Sequence[tuple[int, str]],
    taken: set[tuple[int, int]],
) -> Iterator[Cut]:
    """Yield the places where the fragment may have stood, the surest first."""
    for reach in CONTEXTS:
        for index, text in kept:
            for start in find_all(fragment, text) if fragment else ():
                if (index, start) in taken:
                    continue
                end = start + len(fragment)
                left = text[max(0, start - reach) : start]
                around = left + text[end : end + reach]
                at = paragraph.text.find(around) if around else -1
                if at >= 0:
                    yield Cut(paragraph, fragment, at + len(left), index, start)

"""Where the fragments that were cut out of a paragraph stood, found again on the page.

A paragraph knows what was cut from it, not where; the page's block still has the words
around the fragment, and those the paragraph kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from archive.model import Block, Paragraph
from archive.text.fold import find_all

# Characters of context on each side that must agree, the longest tried first: another
# cut may stand close by.
CONTEXTS = (12, 6, 3)
# Places looked at for one cut: a page with the same phrase in every sentence must not make
# its readers wait.
MAX_TRIES = 200

# A block's index and an offset in its text.
Place = tuple[int, int]


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
    places: dict[str, list[Place]] = {}
    cuts: list[Cut] = []
    last: Place = (0, -1)
    for paragraph in paragraphs:
        for fragment in paragraph.cut:
            if fragment not in places:
                found = ((i, start) for i, text in kept for start in find_all(fragment, text))
                places[fragment] = list(found) if fragment else []
            # Cuts stand on the page in the order of the text: look on from the last one.
            following = bisect_right(places[fragment], last)
            candidates = places[fragment][following : following + MAX_TRIES]
            cut = _place(paragraph, fragment, candidates, blocks)
            if cut.block is not None:
                last = (cut.block, cut.start)
            cuts.append(cut)
    return cuts


def _place(
    paragraph: Paragraph, fragment: str, candidates: Sequence[Place], blocks: Sequence[Block]
) -> Cut:
    """The cut at the first candidate whose surroundings the paragraph kept, the longest first."""
    for reach in CONTEXTS:
        for index, start in candidates:
            text = blocks[index].text
            left = text[max(0, start - reach) : start]
            end = start + len(fragment)
            around = left + text[end : end + reach]
            at = paragraph.text.find(around) if around else -1
            if at >= 0:
                return Cut(paragraph, fragment, at + len(left), index, start)
    return Cut(paragraph, fragment)

"""KWIC lines: each match with what stands before and behind it, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from archive.model import Paragraph
from archive.query.query import Query
from archive.search.export import csv_line
from archive.serializers import Printed
from archive.store.library import Archive
from archive.wording.context import SORT_WORDS, Contexts, Neighbours
from archive.wording.matches import Found, matches
from archive.wording.options import LineSort

# How much of a line is shown on each side, in characters: with the match a line of print.
LINE_WIDTH = 40
_COLUMNS = (
    *("paragraph_id", "title", "article", "year", "year_basis"),
    *(f"left{n}" for n in range(SORT_WORDS, 0, -1)),
    *("left", "match", "right"),
    *(f"right{n}" for n in range(1, SORT_WORDS + 1)),
)


@dataclass(frozen=True, slots=True)
class Line(Printed):
    """One match at [start, end) of a paragraph's text, with its neighbours.

    `left_words` and `right_words` are the three nearest words of its sentence on each
    side, nearest first; fewer where there are fewer.
    """

    json_keys: ClassVar = (
        *("left", "match", "right", "paragraph.paragraph_id", "paragraph.document_id"),
        *("paragraph.title", "paragraph.year", "start", "end", "left_words", "right_words"),
    )

    paragraph: Paragraph
    start: int
    end: int
    left_words: tuple[str, ...]
    right_words: tuple[str, ...]

    @property
    def left(self) -> str:
        """What stands before the match, at most LINE_WIDTH characters of its paragraph."""
        return self.paragraph.text[max(0, self.start - LINE_WIDTH) : self.start]

    @property
    def match(self) -> str:
        """The matched characters."""
        return self.paragraph.text[self.start : self.end]

    @property
    def right(self) -> str:
        """What stands behind the match, at most LINE_WIDTH characters of its paragraph."""
        return self.paragraph.text[self.end : self.end + LINE_WIDTH]


# A paragraph, a span in it, and the words on its two sides.
_Match = tuple[Paragraph, tuple[int, int], Neighbours, Neighbours]
_Key = tuple[object, ...]


class Page:
    """Lines `offset` to `offset + limit` in some order, of matches that come in id order.

    Only those that may still be on the page are kept.
    """

    def __init__(self, sort: LineSort, offset: int, limit: int) -> None:
        self._sort = sort
        self._offset = offset
        self._end = offset + limit
        self._kept: list[tuple[_Key, int, _Match]] = []
        self._seen = 0

    def add(self, found: Found, sides: Iterable[tuple[Neighbours, Neighbours]]) -> None:
        """Take in the matches of one more paragraph and the words around each."""
        if self._sort is LineSort.ID and self._seen >= self._end:
            return
        for span, (left, right) in zip(found.spans, sides, strict=True):
            number = self._seen
            self._seen += 1
            if self._sort is LineSort.ID and not self._offset <= number < self._end:
                continue
            match = (found.paragraph, span, left, right)
            self._kept.append((sort_key(self._sort, found.paragraph, left, right), number, match))
        if len(self._kept) > 4 * self._end + 1_000:
            self._cut()

    def lines(self) -> tuple[Line, ...]:
        """The lines of the page."""
        self._cut()
        first = 0 if self._sort is LineSort.ID else self._offset
        return tuple(_line(*match) for _, _, match in self._kept[first:])

    def _cut(self) -> None:
        # The number, in id order, decides between equal keys before matches are compared.
        self._kept.sort(key=lambda kept: kept[:2])
        del self._kept[self._end :]


def sort_key(sort: LineSort, paragraph: Paragraph, left: Neighbours, right: Neighbours) -> _Key:
    """What a line is sorted by; lines with equal keys stay in id order."""
    if sort is LineSort.ID:
        return ()
    if sort in (LineSort.OLDEST, LineSort.NEWEST):
        year = paragraph.year or 0
        return paragraph.year is None, year if sort is LineSort.OLDEST else -year
    side = left if sort.value.startswith("left") else right
    first = int(sort.value[-1]) - 1
    chosen = side[0][first:SORT_WORDS]
    return not chosen, tuple(map(_alphabetic, chosen))


def lines(archive: Archive, query: Query) -> Iterator[Line]:
    """Yield every line in id order, however many there are."""
    contexts = Contexts()
    for found, sides in contexts.around(matches(archive, query)):
        for span, (left, right) in zip(found.spans, sides, strict=True):
            yield _line(found.paragraph, span, left, right)


def csv_rows(found: Iterable[Line]) -> Iterator[str]:
    """Yield lines as those of a CSV file, as archive.search.export writes one."""
    yield "\ufeff" + csv_line(_COLUMNS)
    for line in found:
        paragraph = line.paragraph
        left = [*line.left_words, "", "", ""][:SORT_WORDS]
        right = [*line.right_words, "", "", ""][:SORT_WORDS]
        yield csv_line(
            (
                *(paragraph.paragraph_id, paragraph.title, paragraph.article),
                *(paragraph.year, paragraph.dating.basis.value),
                *reversed(left),
                *(line.left, line.match, line.right),
                *right,
            )
        )


def _line(paragraph: Paragraph, span: tuple[int, int], left: Neighbours, right: Neighbours) -> Line:
    return Line(
        paragraph, *span, left_words=left[0][:SORT_WORDS], right_words=right[0][:SORT_WORDS]
    )


def _alphabetic(word: str) -> bytes:
    # GB 18030 keeps GB 2312's order, which is that of pinyin for the common characters.
    return word.encode("gb18030", "replace")

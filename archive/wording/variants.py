"""Groups: the wordings that matched, each with its share and its independent sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.query.query import Query
from archive.serializers import Printed
from archive.text.fold import fold
from archive.wording.matches import Found
from archive.wording.opening import crosses, is_one_term, narrowed, pieces, quoted
from archive.wording.slots import SLOT, Slotted, cut_at_slots, is_figures

# Wordings listed; the number of all is told beside them.
MAX_GROUPS = 100


@dataclass(frozen=True, slots=True)
class Group(Printed):
    """One wording: matches that are equal after folding, and, on request, but for slots.

    `text` is its most frequent spelling, slots as `#`; `share` its part of all matches;
    `sources` counts independent sources; `query` finds its sentences.
    """

    text: str
    count: int
    share: float
    paragraphs: int
    sources: int
    first_year: int | None
    last_year: int | None
    query: str


@dataclass(slots=True, eq=False)
class _Counted:
    """What is known of a group while it is counted."""

    spellings: Counter[Slotted] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    paragraphs: int = 0
    years: set[int] = field(default_factory=set)
    # For each slot, whether `#` finds all that filled it, and the longest of it.
    figures: list[bool] = field(default_factory=list)
    longest: list[int] = field(default_factory=list)

    def fill(self, fillings: tuple[str, ...]) -> None:
        if not self.longest:
            self.figures = [True] * len(fillings)
            self.longest = [1] * len(fillings)
        for at, filling in enumerate(fillings):
            self.figures[at] = self.figures[at] and is_figures(filling)
            self.longest[at] = max(self.longest[at], len(filling))


class GroupTally:
    """Counts the wordings of matches."""

    def __init__(self, *, slots: bool) -> None:
        self._slots = slots
        # Of what was matched: how often, until it is counted; its group and spelling there.
        self._times: Counter[str] = Counter()
        self._known: dict[str, tuple[_Counted, Slotted]] = {}
        self._groups: dict[tuple[str, ...], _Counted] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, found: Found, source: str) -> None:
        """Take in the matches of one more paragraph, which comes from `source`."""
        text, year = found.paragraph.text, found.paragraph.year
        touched: set[_Counted] = set()
        for start, end in found.spans:
            matched = text[start:end]
            self._times[matched] += 1
            known = self._known.get(matched)
            if known is None:
                known = self._known[matched] = self._place(matched)
            touched.add(known[0])
        for group in touched:
            group.paragraphs += 1
            group.sources.add(source)
            if year is not None:
                group.years.add(year)

    def groups(self, query: Query) -> tuple[Group, ...]:
        """The most frequent wordings, most frequent first, then by text."""
        for matched, times in self._times.items():
            group, spelling = self._known[matched]
            group.spellings[spelling] += times
        self._times.clear()
        listed = [(g.spellings.total(), *_shown(g), g) for g in self._groups.values()]
        listed.sort(key=lambda group: (-group[0], group[1]))
        total = sum(count for count, *_ in listed)
        return tuple(
            Group(
                text=text,
                count=count,
                share=count / total,
                paragraphs=group.paragraphs,
                sources=len(group.sources),
                first_year=min(group.years, default=None),
                last_year=max(group.years, default=None),
                query=_opening(query, spelling, group),
            )
            for count, text, spelling, group in listed[:MAX_GROUPS]
        )

    def _place(self, matched: str) -> tuple[_Counted, Slotted]:
        cut = cut_at_slots(matched) if self._slots else Slotted((matched,), ())
        group = self._groups.setdefault(tuple(map(fold, cut.pieces)), _Counted())
        group.fill(cut.fillings)
        return group, Slotted(cut.pieces, ())


def _shown(group: _Counted) -> tuple[str, Slotted]:
    """The most frequent spelling; of several the first."""
    spelling = min(group.spellings, key=lambda s: (-group.spellings[s], str(s)))
    return str(spelling), spelling


def _opening(query: Query, spelling: Slotted, group: _Counted) -> str:
    if len(spelling.pieces) == 1:
        clause = quoted(spelling.pieces[0])
        return clause if is_one_term(query) else narrowed(query, clause)
    if not any(spelling.pieces):
        return query.text
    pattern = pieces(spelling.pieces[0])
    for figures, longest, piece in zip(
        group.figures, group.longest, spelling.pieces[1:], strict=True
    ):
        pattern += (SLOT if figures else f"…{{1,{longest}}}") + pieces(piece)
    return narrowed(query, f"段内:{pattern}" if crosses(str(spelling)) else pattern)

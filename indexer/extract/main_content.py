"""The rules of the mark-up: what an element is called, and where the main content stands."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, takewhile

from indexer.extract.rules import Rules
from indexer.features import Mark
from indexer.page import Share
from indexer.text.shapes import is_date
from indexer.text.titles import is_office

# What a block adds to or takes from the containers around it. The container with the
# greatest sum is the main content: it takes in all running text that costs it less boilerplate
# than it gains. Halving or doubling any of the three moves F1 by at most 0.2 points (measured
# on the news pages of tests/data/floors_extraction.toml; the government pages do not move at all).
_LINK_COST = 12
_BOILERPLATE_COST = 10
_PAGE_DECORATION_SHARE = 0.5
# Text that breaks off (…) is mostly the preview of another page, now and then a short article
# whose end was cut. Two news pages of a hundred turn on it: 0.5 and 0.125 lose one each.
_TEASER_SHARE = 0.25
# Running text beside the main content belongs to it from this length, over so many others.
_ADJOINING = 40
_MAX_GAP = 1
# A table's row has so many cells.
_MIN_COLUMNS = 2
# So many elements side by side with the controls of a reply are replies.
_MIN_REPLIES = 3
# What stands alone right above or below the main content is the text's own: its number,
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔(\[](?:19|20)\d\d[〕)\]]第?\d+号")
# and so many lines that sign it.
_LONGEST_SIGNATURE = 6
# An element of which so much was dropped holds more than the body.
_MUCH_DROPPED = 0.25
# A decoration word on an element that holds this share of the page's running text is a
# misnomer (class="right" around the article).
_MISNOMER_SHARE = 0.35


@lru_cache(maxsize=4096)
def _word_rule(word: str, rules: Rules) -> str | None:
    return next((rule.name for rule in rules.words if rule.matches(word)), None)


def label_hidden(marks: Sequence[Mark]) -> None:
    """Drop what a browser would not show."""
    for mark in marks:
        if mark.block.hidden:
            mark.drop("dom:hidden")


def label_profile(marks: Sequence[Mark], name: str) -> range | None:
    """Drop what the site's profile calls boilerplate, and what stands outside the text it found.

    Returns where the text stands among `marks`, None where it found none; of a text that is
    found nothing else need be known of the mark-up.
    """
    for mark in marks:
        if mark.block.share is Share.DROP:
            mark.drop(f"site:{name}")
    kept = [mark for mark in marks if mark.kept]
    body = [mark for mark in kept if mark.block.share is Share.BODY]
    # A frame around a picture or a link is not the text, where another place holds one.
    if not body or (any(m.prose for m in kept) and not any(m.prose for m in body)):
        return None
    for mark in marks:
        if mark.block.share is None:
            mark.drop(f"site:{name}")
    inside = [number for number, mark in enumerate(marks) if mark.block.share is Share.BODY]
    return range(inside[0], inside[-1] + 1)


def label_decoration(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop blocks inside elements whose class, id or name says navigation, footer, share …"""
    total = sum(mark.prose for mark in marks if mark.kept) or 1
    names: dict[int, list[tuple[str, str]]] = {}
    amount: dict[str, int] = defaultdict(int)
    for index, mark in enumerate(marks):
        if not mark.kept:
            continue
        found = [(word, name) for word in mark.block.path if (name := _word_rule(word, rules))]
        if found:
            names[index] = found
            for word in {word for word, _ in found}:
                amount[word] += mark.prose
    for index, found in names.items():
        for word, name in found:
            if amount[word] < _MISNOMER_SHARE * total:
                marks[index].drop(f"dom:{name}")
                break


def label_links(marks: Sequence[Mark]) -> None:
    """Drop menus and lists of links by their density, save the rows of a text's own table."""
    own = frozenset[int]()
    if any(mark.block.row and mark.linked for mark in marks):
        own = frozenset(_own_rows(marks))
    for number, mark in enumerate(marks):
        if mark.kept and mark.linked and number not in own:
            mark.drop("density:links")


def _own_rows(marks: Sequence[Mark]) -> Iterator[int]:
    """The rows of tables under a head that is no link, in the element of a document's line.

    A directory links what it lists; what only leads to other pages has no such lines around it.
    """
    shown = [number for number, mark in enumerate(marks) if mark.kept]
    for row, group in groupby(shown, key=lambda number: marks[number].block.row):
        run = list(group)
        head = marks[run[0]]
        if not row or head.linked or len(head.text.split()) < _MIN_COLUMNS:
            continue
        at = shown.index(run[0])
        before = marks[shown[at - 1]] if at else None
        after = shown[at + len(run) :][:1]
        announced = before and before.is_closed and _is_around(before, head)
        signed = any(_signs(marks[n]) and _is_around(marks[n], head) for n in after)
        if announced or signed:
            yield from run


def _is_around(line: Mark, row: Mark) -> bool:
    """Whether the element that holds a line holds the table of a row too."""
    place = line.block.place[:-1]
    return bool(place) and not line.linked and row.block.place[: len(place)] == place


def label_replies(marks: Sequence[Mark], rules: Rules) -> None:
    """Drop the replies of readers: elements side by side that each hold a reply's controls.

    The first of them is the text where no text stands above it.
    """
    found = [m.block.place for m in marks if m.block.place and rules.reply.matches(m.key)]
    kinds: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for place in found:
        for depth, number in enumerate(place):
            kinds[place[:depth]].add(number)
    replies = {
        place[: depth + 1]
        for place in found
        for depth in range(len(place))
        if len(kinds[place[:depth]]) >= _MIN_REPLIES
    }
    if not replies:
        return
    seen = False
    first: tuple[int, ...] | None = None
    for mark in marks:
        place = mark.block.place
        unit = next((place[:n] for n in range(1, len(place) + 1) if place[:n] in replies), None)
        if unit is None:
            seen = seen or bool(mark.kept and mark.prose)
        elif not seen and first in (None, unit):
            first = unit
        else:
            mark.drop("dom:reply")


def label_outside(marks: Sequence[Mark], rules: Rules) -> range:
    """Drop what stands outside the main content; return where that stands among `marks`."""
    place = _main_place(marks)
    if place is None:
        return range(len(marks))
    depth = _content_depth(marks, place, rules)
    inside = _whole(marks, place[:depth])
    first = _adjoining(marks, range(inside[0] - 1, -1, -1), inside[0])
    if first and marks[first - 1].kept and _NUMBER.fullmatch(marks[first - 1].key):
        first -= 1
    last = _adjoining(marks, range(inside[-1] + 1, len(marks)), inside[-1])
    last += _signature(marks[last + 1 :][:_LONGEST_SIGNATURE])
    for number, mark in enumerate(marks):
        if not first <= number <= last:
            mark.drop("dom:outside")
    return range(first, last + 1)


def _signature(below: Sequence[Mark]) -> int:
    """How many of the lines `below` a text sign it: offices, and the day below them."""
    lines = list(takewhile(lambda mark: mark.kept and _signs(mark), below))
    while lines and not is_date(lines[-1].text):
        lines.pop()
    return len(lines)


def _signs(mark: Mark) -> bool:
    return is_office(mark.text) or is_date(mark.text)


def _inside(marks: Sequence[Mark], place: tuple[int, ...]) -> list[int]:
    return [n for n, mark in enumerate(marks) if mark.block.place[: len(place)] == place]


def _whole(marks: Sequence[Mark], place: tuple[int, ...]) -> Sequence[int]:
    """The blocks of the main content at `place`; a lone paragraph or a table is never all of it.

    Where much of the element around it was dropped, that is more than the main content, which
    then goes up to the nearest dropped blocks.
    """
    inside = _inside(marks, place)
    while place and (len(inside) == 1 or all(marks[n].block.row for n in inside)):
        place = place[:-1]
        around = _inside(marks, place)
        if sum(not marks[n].kept for n in around) > _MUCH_DROPPED * len(around):
            first, last = inside[0], inside[-1]
            while first - 1 in around and marks[first - 1].kept:
                first -= 1
            while last + 1 in around and marks[last + 1].kept:
                last += 1
            return range(first, last + 1)
        inside = around
    return inside


def _adjoining(marks: Sequence[Mark], order: range, edge: int) -> int:
    """How far running text goes on beyond the `edge` of the main content, along `order`.

    A page may hold one text in two elements side by side: a folded remainder, a second page.
    """
    gap = 0
    for number in order:
        mark = marks[number]
        if mark.kept and mark.prose >= _ADJOINING and mark.is_closed and not mark.teaser:
            edge, gap = number, 0
        elif not (mark.kept and (mark.is_heading or mark.is_article_title)):
            gap += 1
        if gap > _MAX_GAP:
            break
    return edge


def text_place(marks: Sequence[Mark]) -> tuple[int, ...]:
    """The place of the element whose own blocks hold most of the running text of `marks`."""
    amount: Counter[tuple[int, ...]] = Counter()
    for mark in marks:
        amount[mark.block.place[:-1]] += mark.prose
    return amount.most_common(1)[0][0]


def _main_place(marks: Sequence[Mark]) -> tuple[int, ...] | None:
    """The place of the main content: where the sum of its blocks' worth is greatest."""
    worth: dict[tuple[int, ...], float] = defaultdict(float)
    prose: dict[tuple[int, ...], int] = defaultdict(int)
    for mark in marks:
        worth[mark.block.place] += _worth(mark)
        prose[mark.block.place] += mark.prose if mark.kept else 0
    # From the innermost outwards, so that each element is added once to the one around it.
    for depth in range(max(map(len, worth), default=0), 0, -1):
        for place in [place for place in worth if len(place) == depth]:
            worth[place[:-1]] += worth[place]
            prose[place[:-1]] += prose[place]
    # In the order of the page: of equals the first counts.
    places = sorted(filter(None, worth))
    if not places:
        return None
    best = max(places, key=lambda place: (worth[place], len(place)))
    if worth[best] <= 0:
        return None
    # Go down as long as a single child holds all the running text.
    while True:
        inside = (
            place
            for place in places
            if len(place) == len(best) + 1
            and place[: len(best)] == best
            and prose[place] == prose[best]
        )
        inner = next(inside, None)
        # The element of a block of its own is no container.
        if inner is None or not any(
            len(place) > len(inner) and place[: len(inner)] == inner for place in places
        ):
            return best
        best = inner


def _content_depth(marks: Sequence[Mark], place: tuple[int, ...], rules: Rules) -> int:
    """The depth of the element around `place` whose class says that it holds the text.

    A title and the lines under it often stand in the text's element, but not among its
    paragraphs. Without such an element: the depth of `place`.
    """
    inside = next(mark for mark in marks if mark.block.place[: len(place)] == place)
    named = [word for word in inside.block.path if rules.content.matches(word)]
    if not named:
        return len(place)
    depth = len(place)
    for mark in marks:
        if named[-1] in mark.block.path and mark.kept:
            # Each number stands for one element: where two are equal, all before them are.
            pairs = zip(place, mark.block.place, strict=False)
            depth = min(depth, sum(ours == theirs for ours, theirs in pairs))
    return depth


def _worth(mark: Mark) -> float:
    if mark.block.hidden:
        return 0.0
    if mark.kept:
        return (mark.prose or mark.verse) * (_TEASER_SHARE if mark.teaser else 1.0)
    cost = _LINK_COST if mark.rule == "density:links" else _BOILERPLATE_COST
    if mark.rule and mark.rule.startswith(("dom:", "density:")):
        return -cost - _PAGE_DECORATION_SHARE * len(mark.text)
    return -cost

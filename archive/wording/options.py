"""What a concordance can be asked for, beside the query itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from archive.errors import QueryError
from archive.query.query import Query, from_args, switch

# Collocates further away than this say nothing about the wording (Sketch Engine and
# AntConc offer no wider window either).
WIDEST_WINDOW = 10
DEFAULT_WINDOW = 5


class LineSort(StrEnum):
    """Orders of KWIC lines; ties keep the id order, lines without the key come last.

    `left1` sorts by the first word to the left of the match, then by the second and third;
    `left2` by the second, then the third; and so on.
    """

    ID = "id"
    OLDEST = "year"
    NEWEST = "-year"
    LEFT_1 = "left1"
    LEFT_2 = "left2"
    LEFT_3 = "left3"
    RIGHT_1 = "right1"
    RIGHT_2 = "right2"
    RIGHT_3 = "right3"


class Side(StrEnum):
    """The sides of a match on which collocates are counted."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Options:
    """How to list and count: order of the lines, window and side of the collocates.

    `window` is in words. `slots` counts wordings as one that differ in figures, years or
    masks alone. Which lines are listed is the query's `limit` and `offset`.
    """

    sort: LineSort = LineSort.ID
    window: int = DEFAULT_WINDOW
    side: Side = Side.BOTH
    slots: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.window <= WIDEST_WINDOW:
            raise QueryError("wording.window", widest_window=WIDEST_WINDOW)

    def to_args(self) -> list[tuple[str, str]]:
        """Return the options as URL parameters, defaults left out.

        >>> Options(sort=LineSort.LEFT_1, slots=True).to_args()
        [('sort', 'left1'), ('slots', '1')]
        """
        args: list[tuple[str, str]] = []
        if self.sort is not LineSort.ID:
            args.append(("sort", self.sort.value))
        if self.window != DEFAULT_WINDOW:
            args.append(("window", str(self.window)))
        if self.side is not Side.BOTH:
            args.append(("side", self.side.value))
        if self.slots:
            args.append(("slots", "1"))
        return args


def wording_args(args: Iterable[tuple[str, str]]) -> tuple[Query, Options]:
    """Read the query and the options from URL parameters. Raises QueryError.

    >>> query, options = wording_args([("q", "抓…促…"), ("sort", "right1"), ("window", "3")])
    >>> query.text, options.sort.value, options.window
    ('抓…促…', 'right1', 3)
    """
    given = [(name, value.strip()) for name, value in args if value.strip()]
    # A search is sorted in other ways than lines are.
    query = from_args((name, value) for name, value in given if name != "sort")
    own = dict(given)
    try:
        sort = LineSort(own.get("sort", LineSort.ID))
    except ValueError:
        raise _unknown("排序", "order", own["sort"], LineSort) from None
    try:
        side = Side(own.get("side", Side.BOTH))
    except ValueError:
        raise _unknown("一侧", "side", own["side"], Side) from None
    window = own.get("window", str(DEFAULT_WINDOW))
    if not (window.isascii() and window.isdigit() and len(window) <= 9):
        raise QueryError("wording.window_number")
    slots = switch("slots", own.get("slots", "0"))
    return query, Options(sort, int(window), side, slots)


def _unknown(chinese: str, english: str, value: str, allowed: type[StrEnum]) -> QueryError:
    return QueryError(
        "wording.option", chinese=chinese, english=english, value=value, choices=", ".join(allowed)
    )

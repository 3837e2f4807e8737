"""The options of a concordance, apart from the query itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from archive.errors import QueryError
from archive.query.query import Query, changed_args, choice, from_args, switch, whole_number
from archive.stored import attributes

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
        return changed_args(attributes(self), attributes(DEFAULT))


DEFAULT = Options()


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
    return query, Options(
        sort=choice(LineSort, own.get("sort", LineSort.ID), "query.sort"),
        window=whole_number("window", own.get("window", str(DEFAULT_WINDOW))),
        side=choice(Side, own.get("side", Side.BOTH), "wording.side"),
        slots=switch("slots", own.get("slots", "0")),
    )

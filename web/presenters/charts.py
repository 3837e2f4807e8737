"""The histogram of years: geometry as values; the template draws it as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.ranges import Range

# More bars than this cannot be told apart, or hit with a mouse, in a column of 260 px;
# what is earlier is summed up in the first bar.
MOST_BARS = 36
# The drawing's own units; the page scales it to the width it has.
WIDTH = 360
HEIGHT = 64
# A year with a single paragraph must still be seen.
LEAST_HEIGHT = 2
# Fewer bars than this are not widened to fill the drawing: one year is no wall.
FEWEST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One year, or all years up to one (`earlier`), as a rectangle in the drawing's units."""

    years: Range
    count: float
    selected: bool
    x: float
    y: float
    width: float
    height: float

    @property
    def earlier(self) -> bool:
        """Whether the bar sums up all years up to its last."""
        return self.years.first is None


@dataclass(frozen=True, slots=True)
class Histogram:
    """The bars of a histogram, oldest year first; `unknown` counts what has no year."""

    bars: tuple[Bar, ...]
    unknown: float = 0

    @property
    def peak(self) -> Bar:
        """The highest bar, the earliest of several."""
        return max(self.bars, key=lambda bar: bar.count)


def histogram(counts: Mapping[int | None, float], selected: Sequence[Range] = ()) -> Histogram:
    """Lay out the histogram of paragraphs, or of a rate, by year (None: without a year).

    >>> [bar.height for bar in histogram({2019: 5, 2021: 10}).bars]
    [32.0, 0.0, 64.0]
    >>> histogram({None: 4}).bars, histogram({None: 4}).unknown
    ((), 4)
    """
    unknown = counts.get(None, 0)
    known = {year: n for year, n in counts.items() if year is not None and n}
    if not known:
        return Histogram((), unknown)
    last = max(known)
    first = max(min(known), last - MOST_BARS + 1)
    places = [(Range(year, year), known.get(year, 0)) for year in range(first, last + 1)]
    if before := sum(n for year, n in known.items() if year <= first and min(known) < first):
        places[0] = (Range(None, first), before)
    highest = max(n for _, n in places)
    width = WIDTH / max(len(places), FEWEST_PLACES)
    bars = []
    for i, (years, n) in enumerate(places):
        height = max(LEAST_HEIGHT, HEIGHT * n / highest) if n else 0.0
        chosen = any(years == s or (years.last in s and years.first in s) for s in selected)
        bars.append(
            Bar(
                years,
                n,
                chosen,
                x=round(i * width, 2),
                y=round(HEIGHT - height, 2),
                width=round(width, 2),
                height=round(height, 2),
            )
        )
    return Histogram(tuple(bars), unknown)

"""The histogram of years: geometry, labels and links as values; the template draws it as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from archive.fields import UNKNOWN
from archive.ranges import Range
from archive.search.results import Bucket, Results
from web.presenters.facets import YEAR, Value, facet_value
from web.urls.links import Links

# More bars than this cannot be told apart, or hit with a mouse, in a column of 260 px;
# what is earlier is summed up in the first bar.
MAX_BARS = 36
# The drawing's own units; the page scales it to the width it has.
WIDTH = 360
HEIGHT = 64
# A year with a single paragraph must still be seen.
MIN_HEIGHT = 2
# Fewer bars than this are not widened to fill the drawing: one year is no wall.
MIN_PLACES = 8


class Column(NamedTuple):
    """One bar of the histogram: its words, where it leads, what is drawn.

    `area` and `bar` are paths: the whole height, to be pointed at, and the bar itself.
    """

    label: str
    href: str
    state: str
    area: str
    bar: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The histogram of years, ready to be drawn; `peak` names its highest bar, the first of equals.

    `first` and `last` are the years at its ends, `reach` the year at the right edge of the
    drawing, which few years do not fill; the first bar sums up the years before it where
    `earlier` is set. `unknown` is the value of what has no year, None where there is none.
    `href` is the page that lists every year in words.
    """

    href: str
    unknown: Value | None
    columns: tuple[Column, ...] = ()
    peak: str = ""
    first: int = 0
    last: int = 0
    reach: int = 0
    end: float = 0
    earlier: bool = False


def chart(
    counts: Mapping[int | None, float], links: Links, words_of_bar: str = "year.bar"
) -> Chart | None:
    """Return the histogram of counts by year (None: without one), a link to each bar.

    `words_of_bar` is the key of what is said of a bar. None where there is nothing to show.
    """
    href, unknown = links.facet(YEAR), _unknown(int(counts.get(None, 0)), links)
    known = {year: n for year, n in counts.items() if year is not None and n}
    if not known:
        return Chart(href, unknown) if unknown else None
    last = max(known)
    first = max(min(known), last - MAX_BARS + 1)
    bars = {Range(year, year): known.get(year, 0) for year in range(first, last + 1)}
    earlier = min(known) < first
    if earlier:
        before = {Range(None, first): sum(n for year, n in known.items() if year <= first)}
        bars = before | {years: n for years, n in bars.items() if years.first != first}
    highest = max(bars, key=lambda years: bars[years])
    width = WIDTH / max(len(bars), MIN_PLACES)
    ends = [round(place * width, 2) for place in range(len(bars) + 1)]
    selected = links.query.ranges(YEAR)

    def label(years: Range) -> str:
        words = links.language
        year = words("year.earlier" if years.first is None else "year.one", year=years.last)
        return words(words_of_bar, label=year, n=f"{bars[years]:,}")

    def column(years: Range, x: float) -> Column:
        height = round(max(MIN_HEIGHT, HEIGHT * bars[years] / bars[highest]), 2)
        on = any(years == s or (years.last in s and years.first in s) for s in selected)
        wide = round(width, 2)
        return Column(
            label(years),
            links.years(years) if years.first is None else links.toggle(YEAR, str(years)),
            "on" if on else "",
            area=f"M{x} 0h{wide}v{HEIGHT}h-{wide}z",
            bar=f"M{x} {round(HEIGHT - height, 2)}h{wide}v{height}h-{wide}z",
        )

    return Chart(
        href,
        unknown,
        columns=tuple(
            column(years, x) for years, x in zip(bars, ends, strict=False) if bars[years]
        ),
        peak=label(highest),
        first=first,
        last=last,
        reach=max(last, first + MIN_PLACES - 1),
        end=ends[-1],
        earlier=earlier,
    )


def year_counts(results: Results) -> dict[int | None, int]:
    """The year facet of a result as counts by year, None for `unknown`."""
    return {
        None if bucket.value == UNKNOWN else int(bucket.value): bucket.count
        for bucket in results.facet(YEAR).buckets
    }


def _unknown(count: int, links: Links) -> Value | None:
    query = links.query
    off = query.is_excluded(YEAR, UNKNOWN)
    bucket = Bucket(UNKNOWN, count, query.is_selected(YEAR, UNKNOWN))
    return facet_value(YEAR, bucket, links, off) if count or off or bucket.selected else None

"""Facets, conditions and years as the result page shows them: labels, counts, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.nodes import VALUE_FACETS, FacetName
from archive.query import Query
from archive.results import Bucket, Facet, Results
from web.charts import Bar, Histogram, histogram
from web.language import Language
from web.links import Links

# In the order of use: a clerk narrows by year and subject first.
ORDER: tuple[FacetName, ...] = (
    "year",
    "topic",
    "section",
    "part",
    "kind",
    "site",
    "form",
    "basis",
)
# Values listed beside the results; the page of the facet has the rest.
MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet, and where its link leads: the results with it toggled."""

    label: str
    count: int
    href: str
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet with the values to show, selected ones first.

    `others` values are not shown here; `href` is the page that lists all.
    """

    name: FacetName
    values: tuple[Value, ...]
    others: int
    href: str

    @property
    def selected(self) -> bool:
        """Whether any value is selected."""
        return any(value.selected for value in self.values)


@dataclass(frozen=True, slots=True)
class Condition:
    """An active condition and the address of the results without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the histogram with its words and link."""

    bar: Bar
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The histogram of years, ready to be drawn; `peak` names its highest bar.

    `href` is the page that lists every year in words.
    """

    columns: tuple[Column, ...]
    peak: Column | None
    unknown: float
    unknown_href: str
    unknown_selected: bool
    href: str


def facet_view(facet: Facet, links: Links, most: int | None = MOST_LISTED) -> FacetView:
    """Return a facet with its selected values and its `most` frequent others (None: all)."""
    chosen = [bucket for bucket in facet.buckets if bucket.selected]
    rest = [bucket for bucket in facet.buckets if not bucket.selected]
    listed = [*chosen, *(rest if most is None else rest[: max(0, most - len(chosen))])]
    return FacetView(
        name=facet.name,
        values=tuple(_value(facet.name, bucket, links) for bucket in listed),
        others=len(facet.buckets) - len(listed) + facet.more,
        href=links.facet(facet.name),
    )


def side_facets(results: Results, links: Links) -> list[FacetView]:
    """Return the facets of the side column, in order; the years have their own chart."""
    return [facet_view(results.facet(name), links) for name in ORDER if name != "year"]


def conditions(query: Query, links: Links) -> list[Condition]:
    """Return every active condition beside the words, each with the way to drop it."""
    words = links.language
    active = []
    for years in query.year:
        label = _years_label(str(years), words)
        active.append(Condition(label, links.search(query.toggle("year", str(years)))))
    for facet in VALUE_FACETS:
        for value in query.values(facet):
            plain = value.removeprefix("=") if facet == "section" else value
            shown = label_of(facet, plain, words)
            if facet == "section" and plain == value:
                shown = words("facet.contains", value=value)
            active.append(
                Condition(
                    words("facet.pair", name=words(f"facet.{facet}"), value=shown),
                    links.search(query.toggle(facet, plain)),
                )
            )
    if not query.fold:
        active.append(Condition(words("search.unfolded"), links.folding(True)))
    return active


def chart(counts: Mapping[int | None, float], links: Links) -> Chart:
    """Return the histogram of counts by year (None: without one), a link to each bar."""
    drawn = histogram(counts, links.query.year)
    columns = tuple(_column(bar, links) for bar in drawn.bars)
    return Chart(
        columns=columns,
        peak=_peak(drawn, columns),
        unknown=drawn.unknown,
        unknown_href=links.toggle("year", "unknown"),
        unknown_selected=links.query.is_selected("year", "unknown"),
        href=links.facet("year"),
    )


def label_of(facet: FacetName, value: str, words: Language) -> str:
    """What a reader sees for a value: our own labels are translated, the archive's are not."""
    if facet in ("form", "basis"):
        return words(f"{facet}.{value}")
    if facet == "year":
        return _years_label(value, words)
    return value


def _value(name: FacetName, bucket: Bucket, links: Links) -> Value:
    label = label_of(name, bucket.value, links.language)
    return Value(label, bucket.count, links.toggle(name, bucket.value), bucket.selected)


def _column(bar: Bar, links: Links) -> Column:
    words = links.language
    if bar.earlier:
        label = words("year.earlier", year=bar.years.last)
        href = links.years(bar.years)
    else:
        label = words("year.one", year=bar.years.last)
        href = links.toggle("year", str(bar.years))
    return Column(bar, label, href)


def _peak(drawn: Histogram, columns: tuple[Column, ...]) -> Column | None:
    return next((c for c in columns if c.bar == drawn.peak), None) if columns else None


def year_counts(results: Results) -> dict[int | None, int]:
    """The year facet of a result as counts by year, None for `unknown`."""
    return {
        None if bucket.value == "unknown" else int(bucket.value): bucket.count
        for bucket in results.facet("year").buckets
    }


def _years_label(value: str, words: Language) -> str:
    if value == "unknown":
        return words("facet.unknown_year")
    first, dots, last = value.partition("..")
    if not dots:
        return words("year.one", year=first)
    if first and last:
        return f"{first}–{words('year.one', year=last)}"
    return words("year.since", first=first) if first else words("year.until", last=last)

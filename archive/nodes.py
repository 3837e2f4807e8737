"""The tree of a query: what each clause means, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from archive.errors import QueryError
from archive.model import Form, YearBasis
from archive.patterns import Pattern
from archive.text import fold

FacetName = Literal["section", "topic", "part", "kind", "form", "site", "year", "basis"]
FACETS: tuple[FacetName, ...] = get_args(FacetName)
ValueFacet = Literal["section", "topic", "part", "kind", "form", "site", "basis"]
VALUE_FACETS: tuple[ValueFacet, ...] = get_args(ValueFacet)


@dataclass(frozen=True, slots=True)
class Years:
    """An inclusive range of years, either end open; or, `unknown`, the texts without one."""

    first: int | None = None
    last: int | None = None
    unknown: bool = False

    def __contains__(self, year: int | None) -> bool:
        if year is None:
            return self.unknown
        return (
            not self.unknown
            and (self.first is None or year >= self.first)
            and (self.last is None or year <= self.last)
        )

    def __str__(self) -> str:
        if self.unknown:
            return "unknown"
        if self.first is not None and self.first == self.last:
            return str(self.first)
        return f"{_or_empty(self.first)}..{_or_empty(self.last)}"

    @staticmethod
    def parse(value: str, position: int | None = None) -> Years:
        """Read `2021`, `2019..2021`, `..2021`, `2019..` or `unknown`.

        Raises QueryError where it is none of these.

        >>> str(Years.parse("2019..2021")), 2020 in Years.parse("2019.."), None in Years()
        ('2019..2021', True, False)
        """
        plain = fold(value).strip()
        if plain in ("unknown", "未知"):
            return Years(unknown=True)
        first, dots, last = plain.partition("..")
        ends = (first, last if dots else first)
        if not any(ends) or not all(_is_year(end) for end in ends if end):
            raise QueryError(
                f"年份“{value}”无法识别，请写成 2021、2019..2021、..2021 或 2019..",
                f"cannot read the year “{value}”: write 2021, 2019..2021, ..2021 or 2019..",
                position,
            )
        low, high = (int(end) if end else None for end in ends)
        if low is not None and high is not None and low > high:
            raise QueryError(
                f"年份“{value}”前大后小，请写成 {high}..{low}",
                f"the years “{value}” run backwards: write {high}..{low}",
                position,
            )
        return Years(low, high)


@dataclass(frozen=True, slots=True)
class Word:
    """Found where its folded characters stand together, or where all its tokens occur."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Found where exactly these characters stand, after folding."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """Found where the document's or the article's title contains these characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Where:
    """Found where a facet of the paragraph has this value (`section`: contains it)."""

    facet: ValueFacet
    value: str


@dataclass(frozen=True, slots=True)
class InYears:
    """Found where the paragraph's year lies in the range."""

    years: Years

    @property
    def facet(self) -> Literal["year"]:
        """The facet that is asked for."""
        return "year"

    @property
    def value(self) -> str:
        """The years as they are written in a query."""
        return str(self.years)


@dataclass(frozen=True, slots=True)
class Not:
    """Found where the child is not; a word under it means its literal characters."""

    child: Node


@dataclass(frozen=True, slots=True)
class And:
    """Found where all children are."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Found where any child is."""

    children: tuple[Node, ...]


# What is ranked by and highlighted.
Term = Word | Phrase | Pattern
# What a facet can be asked for.
FacetClause = Where | InYears
Node = Term | Title | Where | InYears | Not | And | Or


def term_texts(term: Term) -> tuple[str, ...]:
    """The strings of a term whose tokens its hits are ranked by."""
    if isinstance(term, Pattern):
        return tuple(dict.fromkeys(text for options in term.required for text in options))
    return (term.text,)


def where(facet: ValueFacet, value: str, position: int | None) -> Where:
    """Return the filter clause, its value checked where the facet has a fixed vocabulary."""
    if facet == "form":
        check_label(facet, value, Form, position)
    elif facet == "basis":
        check_label(facet, value, YearBasis, position)
    return Where(facet, value)


def clause_of(facet: FacetName, value: str) -> FacetClause:
    """Return the clause that asks for `value` of `facet`. Raises QueryError.

    >>> clause_of("year", "2021").value, clause_of("topic", "校园安全").facet
    ('2021', 'topic')
    """
    return InYears(Years.parse(value)) if facet == "year" else where(facet, value, None)


def check_label(facet: str, value: str, allowed: type[StrEnum], position: int | None) -> None:
    labels = [label.value for label in allowed]
    if value not in labels:
        choices = ", ".join(labels)
        raise QueryError(
            f"{facet} 没有“{value}”这个值，可用：{choices}",
            f"{facet} has no value “{value}”: use one of {choices}",
            position,
        )


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isascii() and value.isdigit()


def _or_empty(year: int | None) -> str:
    return "" if year is None else str(year)

"""Query: what a reader asks, as one immutable value; our grammar, and the way from and to a URL.

    query    = choice
    choice   = sequence { ("OR" | "|") sequence }
    sequence = clause { ["AND" | "+"] clause }
    clause   = ["-"] ( "(" choice ")" | field ":" value | '"' characters '"' | word | pattern )

A pattern is a word with signs in it: `?` one character, `…` (`*`) a gap, `…{0,6}` a bounded
one, `[甲|乙]` a choice, `{甲 乙}` any order, `#` figures; it matches within a sentence, or,
behind `段内:`, within the paragraph (archive.patterns says what each sign means).

Words in sequence are all wanted. ＯＲ, ＡＮＤ and the full-width signs
“ ” ＂ ： ｜ （ ） － ＋ ？ ＊ ［ ］ ｛ ｝ ＃ count as the ASCII ones, ﹣ and − as a minus. A minus
inside a word and a `+` without blanks around it are characters of the word. A sign of the
grammar inside double quotes is an ordinary character.
Nothing of an engine's own query language passes through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from archive.errors import QueryError
from archive.grammar import PLUS, read
from archive.model import Form, YearBasis
from archive.nodes import (
    FACETS,
    VALUE_FACETS,
    And,
    FacetClause,
    FacetName,
    Node,
    Or,
    Phrase,
    Term,
    ValueFacet,
    Word,
    Years,
    check_label,
    clause_of,
)
from archive.patterns import Pattern

LARGEST_PAGE = 100
# Values selected and excluded, and their characters. A hundred links of a page repeat them all:
# without a bound an address of 32 kB makes a page of 69 MB.
MOST_VALUES = 64
LONGEST_VALUES = 2_000
# What stands before a facet's name in a URL that excludes one of its values.
EXCLUDED = "not_"
# Beyond this many hits a reader wants an export, and no engine pages cheaply.
DEEPEST_HIT = 10_000


class Sort(StrEnum):
    """Orders of a result list; ties break by paragraph id, no year comes last."""

    RELEVANCE = "relevance"
    OLDEST = "year"
    NEWEST = "-year"


class Listing(NamedTuple):
    """How hits are listed: their order, how many, from which on, near-duplicates folded or not."""

    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    fold: bool = True

    def to_args(self) -> list[tuple[str, str]]:
        """Return it as URL parameters, defaults left out.

        >>> Listing(Sort.NEWEST, fold=False).to_args()
        [('sort', '-year'), ('fold', '0')]
        """
        args = []
        if self.sort is not Sort.RELEVANCE:
            args.append(("sort", self.sort.value))
        if self.limit != 20:
            args.append(("limit", str(self.limit)))
        if self.offset:
            args.append(("offset", str(self.offset)))
        if not self.fold:
            args.append(("fold", "0"))
        return args


# The values selected in each facet. A page of results has a hundred links, each of a query.
_selected = attrgetter(*VALUE_FACETS)


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks. Build one with `parse` or `from_args`; engines take nothing else.

    `node` is the tree of `text` (None where it is empty). The facet selections mean: any
    value of one facet, in every facet selected. A value of `section` is contained in an
    element of the heading path; one that begins with "=" equals the paragraph's section,
    the value that the facet counts. What satisfies a clause of `excluded` is not wanted.
    `fold` shows one hit for each near-duplicate cluster.
    """

    text: str = ""
    node: Node | None = None
    section: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    year: tuple[Years, ...] = ()
    excluded: tuple[FacetClause, ...] = ()
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    fold: bool = True
    _terms: tuple[Term, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_terms", tuple(_positive(self.node)))
        for facet, allowed in (("form", Form), ("basis", YearBasis)):
            for value in getattr(self, facet):
                check_label(facet, value, allowed, None)
        self._check_values()
        if not 0 <= self.limit <= LARGEST_PAGE:
            raise QueryError(
                f"limit 须在 0 到 {LARGEST_PAGE} 之间",
                f"limit must lie between 0 and {LARGEST_PAGE}",
            )
        if self.offset < 0 or self.offset + self.limit > DEEPEST_HIT:
            raise QueryError(
                f"offset + limit 须在 0 到 {DEEPEST_HIT} 之间；要全部结果请用 xianli export",
                f"offset + limit must lie between 0 and {DEEPEST_HIT}; "
                "for complete results use xianli export",
            )

    def _check_values(self) -> None:
        values = [*chain.from_iterable(_selected(self))]
        values += [str(years) for years in self.year]
        values += [clause.value for clause in self.excluded]
        if len(values) > MOST_VALUES:
            raise QueryError(
                f"一次最多选 {MOST_VALUES} 个筛选条件，这里有 {len(values)} 个",
                f"at most {MOST_VALUES} filters can be set at once, here are {len(values)}",
            )
        if sum(map(len, values)) > LONGEST_VALUES:
            raise QueryError(
                f"筛选条件合起来最长 {LONGEST_VALUES} 字",
                f"the filters hold at most {LONGEST_VALUES} characters together",
            )

    @property
    def terms(self) -> tuple[Term, ...]:
        """The words, phrases and patterns that are wanted: what is ranked by and highlighted."""
        return self._terms

    @property
    def ranked(self) -> bool:
        """Whether hits have a relevance; without one they come newest first."""
        return bool(self._terms)

    @property
    def order(self) -> Sort:
        """The order that the hits will have."""
        if self.sort is Sort.RELEVANCE and not self.ranked:
            return Sort.NEWEST
        return self.sort

    def values(self, facet: ValueFacet) -> tuple[str, ...]:
        """The selected values of `facet`."""
        selected: tuple[str, ...] = getattr(self, facet)
        return selected

    def excluding(self, facet: FacetName) -> tuple[FacetClause, ...]:
        """The clauses of `excluded` that ask for values of `facet`."""
        return tuple(clause for clause in self.excluded if clause.facet == facet)

    def named(self, facet: ValueFacet) -> tuple[str, ...]:
        """The values of `facet` that are selected or excluded, as the facet counts them."""
        asked = (*self.values(facet), *(clause.value for clause in self.excluding(facet)))
        return tuple(v.removeprefix("=") for v in asked) if facet == "section" else asked

    def is_selected(self, facet: FacetName, value: str) -> bool:
        """Whether the bucket `value` of `facet` is among the selected."""
        if facet == "year":
            year = None if value == "unknown" else int(value)
            return any(year in years for years in self.year)
        selected = self.values(facet)
        return value in selected or (facet == "section" and f"={value}" in selected)

    def toggle(self, facet: FacetName, value: str) -> Query:
        """Return the query with the bucket `value` of `facet` added or taken away.

        >>> parse("安全").toggle("topic", "校园安全").toggle("topic", "校园安全") == parse("安全")
        True
        """
        if facet == "year":
            years = Years.parse(value)
            rest = tuple(y for y in self.year if y != years)
            return replace(
                self, year=rest if len(rest) < len(self.year) else (*rest, years), offset=0
            )
        taken = {value, f"={value}"} if facet == "section" else {value}
        left = tuple(v for v in self.values(facet) if v not in taken)
        added = f"={value}" if facet == "section" else value
        now = left if len(left) < len(self.values(facet)) else (*left, added)
        return self.select(facet, now)

    def is_excluded(self, facet: FacetName, value: str) -> bool:
        """Whether the bucket `value` of `facet` is excluded by its own name."""
        return any(clause in self.excluded for clause in _naming(facet, value))

    def exclude(self, facet: FacetName, value: str) -> Query:
        """Return the query with the bucket `value` of `facet` excluded, or let in again.

        A value that was selected is so no longer.

        >>> parse("安全").exclude("topic", "校园安全").to_args()
        [('q', '安全'), ('not_topic', '校园安全')]
        """
        own = _naming(facet, value)
        left = tuple(clause for clause in self.excluded if clause not in own)
        if len(left) < len(self.excluded):
            return replace(self, excluded=left, offset=0)
        asked = self.toggle(facet, value) if self.is_selected(facet, value) else self
        return replace(asked, excluded=(*self.excluded, own[0]), offset=0)

    def letting_in(self, clause: FacetClause) -> Query:
        """Return the query without one of its exclusions."""
        left = tuple(other for other in self.excluded if other != clause)
        return replace(self, excluded=left, offset=0)

    def without(self, facet: FacetName) -> Query:
        """Return the query with nothing selected, and nothing excluded, in `facet`."""
        left = tuple(clause for clause in self.excluded if clause.facet != facet)
        asked = replace(self, excluded=left, offset=0)
        return replace(asked, year=()) if facet == "year" else asked.select(facet, ())

    def within(self, text: str) -> Query:
        """Return the query for what is found by it and by `text` both. Raises QueryError.

        >>> parse("安全 OR 稳定").within("消防").text
        '(安全 OR 稳定) 消防'
        """
        parts = [part for part in (self, parse(text)) if part.text]
        whole = parse(" ".join(map(_enclosed, parts)) if len(parts) > 1 else self.text or text)
        return replace(self, text=whole.text, node=whole.node, offset=0)

    def select(self, facet: ValueFacet, values: tuple[str, ...]) -> Query:
        """Return the query with `values`, and nothing else, selected in `facet`."""
        # A literal keyword for each facet would say the same eight times over.
        changes: dict[str, tuple[str, ...] | int] = {facet: values, "offset": 0}
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def listing(self) -> Listing:
        """How the hits are to be listed."""
        return Listing(self.sort, self.limit, self.offset, self.fold)

    def sought(self) -> list[tuple[str, str]]:
        """Return what is asked for as URL parameters, without how hits are listed."""
        args = [("q", self.text)] if self.text else []
        for facet, values in zip(VALUE_FACETS, _selected(self), strict=True):
            args += [(facet, value) for value in values]
        args.extend(("year", str(years)) for years in self.year)
        args.extend((EXCLUDED + clause.facet, clause.value) for clause in self.excluded)
        return args

    def to_args(self) -> list[tuple[str, str]]:
        """Return the query as URL parameters, defaults left out; `from_args` reads them back.

        >>> parse("均衡").toggle("year", "2021").to_args()
        [('q', '均衡'), ('year', '2021')]
        """
        return [*self.sought(), *self.listing.to_args()]


def parse(text: str) -> Query:
    """Read a query in our grammar.

    Raises QueryError with the position where reading stopped.

    >>> parse('均衡 "控辍保学" -高中').node
    And(children=(Word(text='均衡'), Phrase(text='控辍保学'), Not(child=Phrase(text='高中'))))
    >>> parse("年:2019..2021 （安全｜稳定）").node
    And(children=(InYears(years=Years(first=2019, last=2021, unknown=False)), \
Or(children=(Word(text='安全'), Word(text='稳定')))))
    """
    return Query(text=text.strip(), node=read(text))


def from_args(args: Iterable[tuple[str, str]]) -> Query:
    """Read a query from URL parameters; names that are not ours are left alone.

    Empty values count as absent, as forms send them. Raises QueryError.

    >>> from_args([("q", "均衡"), ("year", "2021"), ("page", "x")]).to_args()
    [('q', '均衡'), ('year', '2021')]
    """
    given: dict[str, list[str]] = {}
    excluded: dict[FacetClause, None] = {}
    for name, value in args:
        if value.strip():
            given.setdefault(name, []).append(value.strip())
            if facet := _FACET_EXCLUDED.get(name):
                excluded[clause_of(facet, value.strip())] = None

    def last(name: str, default: str) -> str:
        return given[name][-1] if name in given else default

    query = parse(last("q", ""))
    try:
        sort = Sort(last("sort", Sort.RELEVANCE))
    except ValueError:
        raise QueryError(
            f"不认识的排序“{last('sort', '')}”，可用：relevance、year、-year",
            f"unknown sort “{last('sort', '')}”: use relevance, year or -year",
        ) from None
    selections = {facet: tuple(dict.fromkeys(given.get(facet, ()))) for facet in VALUE_FACETS}
    return replace(
        query,
        **selections,  # type: ignore[arg-type]
        year=tuple(dict.fromkeys(Years.parse(v) for v in given.get("year", ()))),
        excluded=tuple(excluded),
        sort=sort,
        limit=_number("limit", last("limit", "20")),
        offset=_number("offset", last("offset", "0")),
        fold=switch("fold", last("fold", "1")),
    )


_ON = ("1", "true", "yes")
_OFF = ("0", "false", "no")
_FACET_EXCLUDED: dict[str, FacetName] = {EXCLUDED + facet: facet for facet in FACETS}


def _naming(facet: FacetName, value: str) -> tuple[FacetClause, ...]:
    """The clauses that ask for the bucket `value` of `facet`, the usual one first."""
    if facet == "section":
        return clause_of(facet, f"={value}"), clause_of(facet, value)
    return (clause_of(facet, value),)


def switch(name: str, value: str) -> bool:
    """Read a parameter that is on or off. Raises QueryError where it is neither.

    >>> switch("fold", "1"), switch("fold", "no")
    (True, False)
    """
    if value not in _ON and value not in _OFF:
        raise QueryError(
            f"{name} 不能是“{value}”，请写 1 或 0", f"{name} cannot be “{value}”: write 1 or 0"
        )
    return value in _ON


def _enclosed(query: Query) -> str:
    # A plus at either end is a character, and beside another query it would be AND.
    edges = query.text[0] + query.text[-1]
    bracketed = isinstance(query.node, Or) or any(sign in edges for sign in PLUS)
    return f"({query.text})" if bracketed else query.text


def _positive(node: Node | None) -> Iterator[Term]:
    if isinstance(node, Word | Phrase | Pattern):
        yield node
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from _positive(child)


def _number(name: str, value: str) -> int:
    # Nine digits: int() of a very long numeral takes quadratic time.
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise QueryError(f"{name} 须是一个整数", f"{name} must be a whole number")
    return int(value)

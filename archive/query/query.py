"""Query: what a reader asks, as one immutable value; our grammar, and the way from and to a URL.

    query    = choice
    choice   = sequence { ("OR" | "|") sequence }
    sequence = clause { ["AND" | "+"] clause }
    clause   = ["-"] ( "(" choice ")" | field ":" value | '"' characters '"' | word | pattern )

A pattern is a word with signs in it: `?` one character, `…` (`*`) a gap, `…{0,6}` a bounded
one, `[甲|乙]` a choice, `{甲 乙}` any order, `#` figures; it matches within a sentence, or,
behind `段内:`, within the paragraph (archive.query.patterns says what each sign means).

Words in sequence are all wanted. ＯＲ, ＡＮＤ and the full-width signs
“ ” ＂ ： ｜ （ ） － ＋ ？ ＊ ［ ］ ｛ ｝ ＃ count as the ASCII ones, ﹣ and − as a minus. A minus
inside a word and a `+` without blanks around it are characters of the word. A sign of the
grammar inside double quotes is an ordinary character.
Nothing of an engine's own query language passes through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar

from archive.errors import QueryError
from archive.fields import FIELDS, UNKNOWN, Wanted, named
from archive.query.ast import FieldFilter, Node, Or, Term, filter_of, walk
from archive.query.filters import NO_FILTERS, Filters
from archive.query.first_version import of_today
from archive.query.parser import PLUS, check_text, read
from archive.ranges import Range

Choice = TypeVar("Choice", bound=StrEnum)

LARGEST_PAGE = 100
# Values selected and excluded, and their characters. A hundred links of a page repeat them all:
# without a bound an address of 32 kB makes a page of 69 MB.
MAX_VALUES = 64
MAX_VALUES_LENGTH = 2_000
# What stands before a field's parameter in a URL that excludes one of its values.
EXCLUDED = "not_"
# Beyond this many hits a reader wants an export, and no engine pages cheaply.
DEEPEST_HIT = 10_000


class Sort(StrEnum):
    """Orders of a result list; ties break by paragraph id.

    By year and, within it, by day of issue, what has no year, or in its year no day, last.
    """

    RELEVANCE = "relevance"
    OLDEST = "year"
    NEWEST = "-year"


# The ordered fields that the orders beside relevance go by.
ORDERED_BY = ("year", "issued")


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
        return changed_args(self._asdict(), _USUAL)


_USUAL = Listing()._asdict()


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks. Build one with `parse` or `from_args`; engines take nothing else.

    `node` is the tree of `text` (None where it is empty). `filters` mean: any value of one
    field, in every field selected. What satisfies a filter of `excluded` is not wanted.
    `fold` shows one hit for each near-duplicate cluster.
    """

    text: str = ""
    node: Node | None = None
    filters: Filters = NO_FILTERS
    excluded: tuple[FieldFilter, ...] = ()
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    fold: bool = True
    _terms: tuple[Term, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wanted = walk(self.node, excluded=False)
        terms = tuple(node for node in wanted if isinstance(node, Term))
        object.__setattr__(self, "_terms", terms)
        self._check_values()
        if not 0 <= self.limit <= LARGEST_PAGE:
            raise QueryError("query.limit", largest_page=LARGEST_PAGE)
        if self.offset < 0 or self.offset + self.limit > DEEPEST_HIT:
            raise QueryError("query.offset", deepest_hit=DEEPEST_HIT)

    def _check_values(self) -> None:
        values = [str(value) for selected in self.filters.values() for value in selected]
        values += [unwanted.text for unwanted in self.excluded]
        if len(values) > MAX_VALUES:
            raise QueryError("query.too_many_filters", most_values=MAX_VALUES, count=len(values))
        check_text("".join(values))
        if sum(map(len, values)) > MAX_VALUES_LENGTH:
            raise QueryError("query.filters_too_long", longest_values=MAX_VALUES_LENGTH)

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

    def values(self, field: str) -> tuple[Wanted, ...]:
        """The selected values of a field."""
        return self.filters.get(field, ())

    def ranges(self, field: str) -> tuple[Range, ...]:
        """The selected ranges of an ordered field."""
        return tuple(value for value in self.values(field) if isinstance(value, Range))

    def excluding(self, field: str) -> tuple[FieldFilter, ...]:
        """The filters of `excluded` that ask for values of a field."""
        return tuple(unwanted for unwanted in self.excluded if unwanted.field == field)

    def named(self, field: str) -> tuple[str, ...]:
        """The values of a field that are selected or excluded, as its facet counts them."""
        asked = (*self.values(field), *(unwanted.value for unwanted in self.excluding(field)))
        return tuple(map(str, asked))

    def is_selected(self, field: str, value: str) -> bool:
        """Whether the bucket `value` of a facet is among the selected."""
        if not named(field).ordered:
            return value in self.values(field)
        number = None if value == UNKNOWN else named(field).number(value)
        return any(number in selected for selected in self.ranges(field))

    def toggle(self, field: str, value: str) -> Query:
        """Return the query with the bucket `value` of a facet added or taken away.

        >>> parse("安全").toggle("topic", "校园安全").toggle("topic", "校园安全") == parse("安全")
        True
        """
        own = named(field).read(value)
        selected = self.values(field)
        left = tuple(other for other in selected if other != own)
        return self.select(field, left if len(left) < len(selected) else (*left, own))

    def is_excluded(self, field: str, value: str) -> bool:
        """Whether the bucket `value` of a facet is excluded by its own name."""
        return filter_of(field, value) in self.excluded

    def exclude(self, field: str, value: str) -> Query:
        """Return the query with the bucket `value` of a facet excluded, or let in again.

        A value that was selected is so no longer.

        >>> parse("安全").exclude("topic", "校园安全").to_args()
        [('q', '安全'), ('not_topic', '校园安全')]
        """
        own = filter_of(field, value)
        if own in self.excluded:
            return self.letting_in(own)
        asked = self.toggle(field, value) if self.is_selected(field, value) else self
        return replace(asked, excluded=(*self.excluded, own), offset=0)

    def letting_in(self, unwanted: FieldFilter) -> Query:
        """Return the query without one of its exclusions."""
        left = tuple(other for other in self.excluded if other != unwanted)
        return replace(self, excluded=left, offset=0)

    def without(self, field: str) -> Query:
        """Return the query with nothing selected, and nothing excluded, in a field."""
        left = tuple(unwanted for unwanted in self.excluded if unwanted.field != field)
        return replace(self.select(field, ()), excluded=left)

    def within(self, text: str) -> Query:
        """Return the query for what is found by it and by `text` both. Raises QueryError.

        >>> parse("安全 OR 稳定").within("消防").text
        '(安全 OR 稳定) 消防'
        """
        parts = [part for part in (self, parse(text)) if part.text]
        whole = parse(" ".join(map(_enclosed, parts)) if len(parts) > 1 else self.text or text)
        return replace(self, text=whole.text, node=whole.node, offset=0)

    def select(self, field: str, values: Iterable[Wanted]) -> Query:
        """Return the query with `values`, and nothing else, selected in a field.

        Raises QueryError where there is no such field, or a value is none of its own.
        """
        return replace(self, filters=self.filters.selecting(field, values), offset=0)

    @property
    def listing(self) -> Listing:
        """How the hits are to be listed."""
        return Listing(self.sort, self.limit, self.offset, self.fold)

    def sought(self) -> list[tuple[str, str]]:
        """Return what is asked for as URL parameters, without how hits are listed."""
        args = [("q", self.text)] if self.text else []
        for name, values in self.filters.items():
            args += [(named(name).parameter, str(value)) for value in values]
        args += [(EXCLUDED + named(no.field).parameter, no.text) for no in self.excluded]
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
    And(children=(FieldFilter(field='year', value=Range(first=2019, last=2021, unknown=False)), \
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
    excluded: dict[FieldFilter, None] = {}
    for name, value in of_today(args):
        if value:
            given.setdefault(name, []).append(value)
            if field := _EXCLUDING.get(name):
                excluded[filter_of(field, value)] = None

    def last(name: str, default: str) -> str:
        return given[name][-1] if name in given else default

    return replace(
        parse(last("q", "")),
        filters=Filters({f.name: given[f.parameter] for f in FIELDS if f.parameter in given}),
        excluded=tuple(excluded),
        sort=choice(Sort, last("sort", Sort.RELEVANCE), "query.sort"),
        limit=whole_number("limit", last("limit", "20")),
        offset=whole_number("offset", last("offset", "0")),
        fold=switch("fold", last("fold", "1")),
    )


_ON = ("1", "true", "yes")
_OFF = ("0", "false", "no")
_EXCLUDING = {EXCLUDED + field.parameter: field.name for field in FIELDS}


def switch(name: str, value: str) -> bool:
    """Read a parameter that is on or off. Raises QueryError where it is neither.

    >>> switch("fold", "1"), switch("fold", "no")
    (True, False)
    """
    if value not in _ON and value not in _OFF:
        raise QueryError("query.switch", name=name, value=value)
    return value in _ON


def choice(kind: type[Choice], value: str, key: str) -> Choice:
    """Read one value of an enum. Raises the QueryError called `key` where there is no such."""
    try:
        return kind(value)
    except ValueError:
        raise QueryError(key, value=value, choices=", ".join(kind)) from None


def changed_args(own: Mapping[str, object], usual: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the values of `own` that differ from the usual ones as URL parameters."""
    changed = ((name, value) for name, value in own.items() if value != usual[name])
    return [(name, str(int(v)) if isinstance(v, bool) else str(v)) for name, v in changed]


def _enclosed(query: Query) -> str:
    # A plus at either end is a character, and beside another query it would be AND.
    edges = query.text[0] + query.text[-1]
    bracketed = isinstance(query.node, Or) or any(sign in edges for sign in PLUS)
    return f"({query.text})" if bracketed else query.text


def whole_number(name: str, value: str) -> int:
    """Read a parameter that is a whole number. Raises QueryError where it is none."""
    # Nine digits: int() of a very long numeral takes quadratic time.
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise QueryError("query.number", name=name, value=value[:40])
    return int(value)

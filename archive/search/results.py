"""Results: what an engine answers, as values; text and spans, never HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple

from archive.fields import FACETS, UNKNOWN, named
from archive.model import Paragraph
from archive.query.query import Query
from archive.search.ranking import Tier
from archive.serializers import Printed

Spans = tuple[tuple[int, int], ...]

# A facet with thousands of values (sections of a large archive) is cut to its most
# frequent ones; `Facet.more` says how many are left out. Ordered values are never cut.
MAX_BUCKETS = 100

# How many passages are offered when nothing matches.
MAX_NEAREST = 5

# How many documents are offered above the hits.
MAX_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text and the matched spans in it, [start, end) in characters.

    `before` and `after` say whether text was left out on that side.
    """

    text: str
    spans: Spans = ()
    before: bool = False
    after: bool = False

    def pieces(self) -> list[tuple[str, bool]]:
        """The text cut at the spans, each piece with whether it is matched.

        >>> Snippet("推进均衡发展", ((2, 4),)).pieces()
        [('推进', False), ('均衡', True), ('发展', False)]
        """
        cut: list[tuple[str, bool]] = []
        at = 0
        for start, end in self.spans:
            cut += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [piece for piece in (*cut, (self.text[at:], False)) if piece[0]]


def snippet(text: str, spans: Spans, width: int) -> Snippet:
    """Return about `width` characters of `text` around its first matches.

    >>> snippet("一二三四五六七八九十", ((6, 7),), 4)
    Snippet(text='六七八九', spans=((1, 2),), before=True, after=True)
    """
    if len(text) <= width:
        return Snippet(text, spans)
    first = spans[0][0] if spans else 0
    last = max((end for start, end in spans if end - first <= width), default=first)
    start = max(0, min(first - (width - (last - first)) // 2, len(text) - width))
    end = start + width
    inside = tuple(
        (max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start
    )
    return Snippet(text[start:end], inside, start > 0, end < len(text))


@dataclass(frozen=True, slots=True)
class Hit(Printed):
    """A paragraph found.

    `spans` are the matched characters of its text; `score` is comparable within one
    result list only. `cluster` is its near-duplicate cluster (None: it resembles no
    other), `variants` the ids of the other members that matched, cleanest first, empty
    where the query does not fold.
    """

    json_keys: ClassVar = ("paragraph", "spans", "score", "cluster", "variants")

    paragraph: Paragraph
    score: float = 0.0
    tier: Tier = Tier.LITERAL
    spans: Spans = ()
    cluster: str | None = None
    variants: tuple[str, ...] = ()


class Bucket(NamedTuple):
    """One value of a facet, and how many paragraphs have it.

    An answer has a hundred of them: a tuple is made in a third of a data class's time.
    """

    value: str
    # In place of the method of tuples, which nobody asks of three different things.
    count: int  # type: ignore[assignment]
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one facet: by count then value, ordered ones in order, `unknown` last.

    `more` is the number of values left out. A value selected or excluded is always listed.
    """

    name: str
    buckets: tuple[Bucket, ...]
    more: int = 0


class Facets:
    """The facets of an answer in their order, each counted when it is first read.

    Most callers read none of them or a few.
    """

    def __init__(self, count: Callable[[str], Facet]) -> None:
        """`count` gives the facet of a name, the same whenever it is asked."""
        # The facet called by a name; the others stay uncounted.
        self.named = cache(count)

    def __iter__(self) -> Iterator[Facet]:
        return (self.named(field.name) for field in FACETS)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Facets) else NotImplemented


@dataclass(frozen=True, slots=True)
class Offered(Printed):
    """A document that a query names by its number, or by words that all stand in a title.

    `paragraph` is the first that the query's filters let through.
    """

    json_keys: ClassVar = (
        *("paragraph.document_id", "paragraph.paragraph_id", "paragraph.title"),
        *("paragraph.article", "paragraph.record.number", "paragraph.record.issuer"),
        *("paragraph.record.issued", "paragraph.year", "paragraph.kind", "paragraph.site"),
    )

    paragraph: Paragraph


class Offers:
    """The documents that a query names, looked for when they are first read."""

    def __init__(self, find: Callable[[], tuple[Offered, ...]] = tuple) -> None:
        """`find` gives them, the same whenever it is asked."""
        self.documents = cache(find)

    def __eq__(self, other: object) -> bool:
        return (
            self.documents() == other.documents() if isinstance(other, Offers) else NotImplemented
        )


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a query.

    `total` and the facets count paragraphs; `hits` is one page of the folded list,
    `clusters` the length of the whole folded list (None where an engine cannot count it).
    `offers` has those documents that the query names, with its first page and never counted.
    `nearest` is filled only where nothing matched: passages that share most of the
    query's words, to be shown as such. `took_ms` is the engine's time, without that of
    the facets and the documents, which are looked for when they are read.
    """

    query: Query
    total: int
    clusters: int | None
    hits: tuple[Hit, ...]
    facets: Facets
    nearest: tuple[Hit, ...] = ()
    offers: Offers = field(default_factory=Offers)
    generation: str = ""
    took_ms: float = 0.0

    @property
    def documents(self) -> tuple[Offered, ...]:
        """The documents that the query names."""
        return self.offers.documents()

    def facet(self, name: str) -> Facet:
        """The facet called `name`."""
        return self.facets.named(name)

    def to_dict(self) -> dict[str, Any]:
        """The results in the words of `--json` and the API."""
        answer: dict[str, Any] = {
            "query": self.query.text,
            "total": self.total,
            "clusters": self.clusters,
            "took_ms": round(self.took_ms, 3),
            "hits": [hit.to_dict() for hit in self.hits],
            "facets": {
                facet.name: [bucket._asdict() for bucket in facet.buckets] for facet in self.facets
            },
            "facets_more": {facet.name: facet.more for facet in self.facets if facet.more},
        }
        for name in ("documents", "nearest"):
            if found := getattr(self, name):
                answer[name] = [one.to_dict() for one in found]
        return answer


def make_facet(query: Query, name: str, counts: Mapping[str, int], unlisted: int = 0) -> Facet:
    """Order and cut the counted values of one facet; a value selected or excluded stays even at 0.

    `unlisted` is the number of values that are not among `counts`.
    """
    if named(name).ordered:
        ordered_values = sorted(counts, key=lambda value: (value == UNKNOWN, value))
        chosen = {v for v in ordered_values if query.values(name) and query.is_selected(name, v)}
        listed = (Bucket(v, counts[v], v in chosen) for v in ordered_values if counts[v])
        return Facet(name, tuple(listed))
    counts = {value: count for value, count in counts.items() if count}
    selected = {*query.values(name)}
    asked = query.named(name)
    for value in asked:
        counts.setdefault(value, 0)
    # Two sorts that compare in C take half the time of one with a key of ours.
    ordered = sorted(counts.items())
    ordered.sort(key=itemgetter(1), reverse=True)
    kept = ordered[:MAX_BUCKETS]
    if asked:
        kept += [item for item in ordered[MAX_BUCKETS:] if item[0] in asked]
    buckets = tuple(Bucket(value, count, value in selected) for value, count in kept)
    return Facet(name, buckets, len(ordered) - len(kept) + unlisted)

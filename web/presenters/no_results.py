"""Where little or nothing matches: queries that find something, each with what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.errors import QueryError
from archive.query.ast import And, Node, Or, Phrase, Word, joined
from archive.query.query import Query, from_args, parse
from archive.search.results import Results
from archive.suggest import did_you_mean
from web.context import archive
from web.i18n import Language
from web.presenters.facets import Condition
from web.urls.links import Links

# Ways that are tried: each is a search, and nobody reads more of them.
MAX_WAYS = 10


@dataclass(frozen=True, slots=True)
class Way:
    """A way on: in words, where it leads, and how many paragraphs are there."""

    label: str
    href: str
    count: int


def meant(results: Results, links: Links) -> list[Way]:
    """Return the queries that may have been meant by one that finds next to nothing."""
    kept = [pair for pair in results.query.to_args() if pair[0] not in ("q", "offset")]
    return [
        Way(one.query, links.search(from_args([("q", one.query), *kept])), one.count)
        for one in did_you_mean(archive(), results)
    ]


def ways_out(query: Query, conditions: Iterable[Condition], links: Links) -> list[Way]:
    """Return the queries near `query` that find something, one condition or word given up."""
    t = links.language
    tried = [(t("search.remove", label=c.label), c.query) for c in conditions]
    if len(tried) > 1 and query.text:
        tried.append((t("search.drop_all"), links.bare()))
    tried += broader(query, t)
    ways = []
    for label, other in tried[:MAX_WAYS]:
        try:
            count = archive().count(other)
        except QueryError:
            # Too much to be looked through in the time left: no way to offer.
            continue
        if count:
            ways.append(Way(label, links.search(replace(other, offset=0)), count))
    return ways


def broader(query: Query, t: Language) -> Iterator[tuple[str, Query]]:
    """Yield the query with its words asked for less strictly, each in words of the reader."""
    match query.node:
        case Phrase(text):
            if other := _asking(query, text, Word(text)):
                yield t("search.unquoted"), other
        case And(children) if all(isinstance(child, Word | Phrase) for child in children):
            for left_out in range(len(children)):
                kept = [*children[:left_out], *children[left_out + 1 :]]
                node = joined(And, kept)
                if other := _asking(query, " ".join(map(_written, kept)), node):
                    yield t("search.fewer", word=_written(children[left_out])), other
            if other := _asking(query, " OR ".join(map(_written, children)), Or(children)):
                yield t("search.any_word"), other


def _asking(query: Query, text: str, node: Node) -> Query | None:
    """The query `text` under the same filters, where it reads as `node`."""
    try:
        read = parse(text)
    except QueryError:
        return None
    return replace(query, text=read.text, node=read.node) if read.node == node else None


def _written(node: Node) -> str:
    match node:
        case Phrase(text):
            return f"“{text}”"
        case Word(text):
            return text
    raise TypeError(f"{node!r} is no word")

"""What a document cites and what cites it, in groups for its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from archive.model import Link
from archive.store.references import CitedBy, Reference, References, Target
from web.urls.links import PAGE_OF_DOCUMENT, Links

# More of one group are folded away.
SHOWN = 8

_ORDER = [
    *(Link.REPEALS, Link.AMENDS, Link.ISSUES, Link.FORWARDS, Link.ENDORSES),
    *(Link.BASED_ON, Link.CITES),
]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document by its name, with the addresses of those of the archive, and the words."""

    name: str
    addresses: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Groups of entries by link: `cites`, `cited_by`; `struck` by what, as a group each.

    `citing` counts what cites the document, listed or not.
    """

    cites: tuple[tuple[Link, list[Entry]], ...]
    cited_by: tuple[tuple[Link, list[Entry]], ...]
    struck: tuple[tuple[Link, list[Entry]], ...]
    citing: int

    @property
    def count(self) -> int:
        """How many documents it cites."""
        return sum(len(entries) for _, entries in self.cites)


def related(references: References, links: Links) -> Related:
    """Lay out what a document cites, the same one once a link, and what cites it."""
    named: dict[tuple[str, Link], Reference] = {}
    for one in references.names:
        relation = one.relation
        named.setdefault((_name(relation.title, relation.number), relation.link), one)
    cites = (
        (link, Entry(name, _addresses(one.documents, links), one.relation.words))
        for (name, link), one in named.items()
    )
    cited_by = [(one, (one.link, _citing(one, links))) for one in references.cited_by]
    return Related(
        _groups(cites),
        _groups(entry for _, entry in cited_by),
        _groups(entry for one, entry in cited_by if one.strikes),
        references.citing,
    )


def _citing(one: CitedBy, links: Links) -> Entry:
    document = one.document
    return Entry(_name(document.title, document.number), _addresses((document,), links))


def _name(title: str | None, number: str | None) -> str:
    """A document as it is cited.

    >>> _name("云溪县养犬办法", "云政发〔2021〕5号"), _name(None, "云政发〔2021〕5号")
    ('《云溪县养犬办法》（云政发〔2021〕5号）', '云政发〔2021〕5号')
    """
    if not title:
        return number or ""
    quoted = title.replace("《", "〈").replace("》", "〉")
    return f"《{quoted}》（{number}）" if number else f"《{quoted}》"


def _addresses(documents: Iterable[Target], links: Links) -> tuple[str, ...]:
    found = []
    for one in documents:
        start = one.first // PAGE_OF_DOCUMENT * PAGE_OF_DOCUMENT
        found.append(
            links.document(one.document_id, start) + (f"#p{one.first}" if one.first else "")
        )
    return tuple(found)


def _groups(entries: Iterable[tuple[Link, Entry]]) -> tuple[tuple[Link, list[Entry]], ...]:
    ordered = sorted(entries, key=lambda entry: _ORDER.index(entry[0]))
    return tuple(
        (link, [one for _, one in several])
        for link, several in groupby(ordered, key=lambda entry: entry[0])
    )

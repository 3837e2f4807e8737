"""How much text an archive has of each sort, to count a wording per million characters.

Kept by profile: the values of all facets but the section, with the year. A selection by
these facets is then a sum over some thousands of profiles, and no paragraph is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from archive.matching import Subject, in_selected_years, is_selected, matches
from archive.model import Dating, Form, Paragraph, YearBasis
from archive.nodes import VALUE_FACETS, And, InYears, Node, Not, Or, Where
from archive.query import Query

# Year, basis, form, topic, part, kind, site.
Profile = tuple[int | None, str, str, str | None, str | None, str | None, str | None]

# Characters of text by profile.
Lengths = Mapping[Profile, int]


def measure(paragraphs: Iterable[Paragraph]) -> Lengths:
    """Return the characters of the paragraphs' text, by profile.

    >>> measure([Paragraph("a", 0, "均衡发展", topic="义务教育"), Paragraph("a", 1, "均衡")])
    {(None, 'unknown', 'body', '义务教育', None, None, None): 4, \
(None, 'unknown', 'body', None, None, None, None): 2}
    """
    counted: Counter[Profile] = Counter()
    for p in paragraphs:
        basis = p.dating.basis.value
        counted[p.year, basis, p.form.value, p.topic, p.part, p.kind, p.site] += len(p.text)
    return dict(counted)


def by_year(lengths: Lengths, filters: Query) -> Mapping[int | None, int] | None:
    """Return the characters of each year under a query that has filters alone.

    None where the query asks for what a profile does not tell: sections, titles, words.
    """
    if filters.section or not all(map(_is_told, (filters.node, *filters.excluded))):
        return None
    counted: Counter[int | None] = Counter()
    for profile, characters in lengths.items():
        paragraph = _example(profile)
        subject = Subject(paragraph)
        if (
            in_selected_years(paragraph, filters.year)
            and all(is_selected(paragraph, f, filters.values(f)) for f in VALUE_FACETS)
            and matches(filters.node, subject)
            and not any(matches(clause, subject) for clause in filters.excluded)
        ):
            counted[paragraph.year] += characters
    return counted


def _is_told(node: Node | None) -> bool:
    match node:
        case None | InYears():
            return True
        case Where(facet):
            return facet != "section"
        case Not(child):
            return _is_told(child)
        case And(children) | Or(children):
            return all(map(_is_told, children))
    return False


def _example(profile: Profile) -> Paragraph:
    """A paragraph without text that has this profile."""
    year, basis, form, topic, part, kind, site = profile
    return Paragraph(
        "",
        0,
        "",
        form=Form(form),
        topic=topic,
        part=part,
        kind=kind,
        site=site,
        dating=Dating(year=year, basis=YearBasis(basis)),
    )

"""Clauses that ask for titles, headings, facets and years: which contexts satisfy them.

Contexts are few beside paragraphs; what holds of a paragraph's context holds of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Packed
from archive.engines.whoosh.invert import NO_YEAR
from archive.engines.whoosh.strings import encode
from archive.engines.whoosh.view import View
from archive.nodes import FacetClause, FacetName, InYears, Title, Where, Years
from archive.query import Query
from archive.text import fold


def context_mask(view: View, node: Title | Where | InYears) -> Bools:
    """Which contexts satisfy a clause that asks for titles, headings, facets or years."""
    match node:
        case Title(text):
            return _titled(view, fold(text))
        case Where("section", value) if not value.startswith("="):
            return _under(view, fold(value))
        case Where("section", value):
            # The value begins with "=": it equals the section that is counted.
            equal = _value_mask(view, Where("section", value[1:]))
            return _through(equal, view.facet("section").of)
        case Where(facet):
            return _through(_value_mask(view, node), view.facet(facet).of[view.profile])
        case InYears(years):
            return _through(_in_years(view.years, years), view.profile)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which numbers pass that are given `of` each paragraph."""

    of: Packed
    allowed: Bools


def selection(view: View, query: Query, facet: FacetName) -> Selection | None:
    """What is selected and excluded in `facet`; None where nothing is."""
    chosen = _chosen(query, facet)
    excluded = query.excluding(facet)
    if not chosen and not excluded:
        return None
    # A section is selected by the headings above it, which only contexts tell.
    by_context = facet == "section"
    mask = context_mask if by_context else _value_mask
    masks = [mask(view, clause) for clause in (*chosen, *excluded)]
    allowed = reduce(np.logical_or, masks[: len(chosen)], np.full(len(masks[0]), not chosen))
    for unwanted in masks[len(chosen) :]:
        allowed = allowed & ~unwanted
    return Selection(view.context if by_context else view.columns.of(facet), allowed)


def _through(mask: Bools, of: NDArray[Any]) -> Bools:
    """The mask of those whose number `of` is in `mask`."""
    return mask.take(of)


def _chosen(query: Query, facet: FacetName) -> Sequence[FacetClause]:
    if facet == "year":
        return [InYears(years) for years in query.year]
    return [Where(facet, value) for value in query.values(facet)]


def _value_mask(view: View, clause: FacetClause) -> Bools:
    """Which values of a facet, by number, satisfy a clause."""
    if isinstance(clause, InYears):
        return _in_years(view.different_years[0], clause.years)
    equal = view.facet(clause.facet).equal(clause.value)
    if clause.facet == "section" and not fold(clause.value):
        equal[0] = True
    return equal


def _in_years(of: NDArray[np.int32], years: Years) -> Bools:
    """Which of some years, NO_YEAR among them, are asked for."""
    known: Bools = of != NO_YEAR
    if years.unknown:
        return ~known
    inside = known
    if years.first is not None:
        inside = inside & (of >= years.first)
    if years.last is not None:
        inside = inside & (of <= years.last)
    return inside


def _titled(view: View, needle: str) -> Bools:
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts():
        named = np.full(len(segment.names), not needle)
        if needle:
            named[segment.names.containing(encode(needle))] = True
        found[part] = named[segment.file["name.title"]] | named[segment.file["name.article"]]
    return found


def _under(view: View, needle: str) -> Bools:
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts():
        named = np.full(len(segment.headings), not needle)
        if needle:
            named[segment.headings.containing(encode(needle))] = True
        hit = named[segment.file["heading.of"]]
        found[part][segment.file["heading.in"][hit]] = True
    return found

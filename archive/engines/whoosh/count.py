"""Facet counts: paragraphs are counted once by context, facets by contexts.

A facet's counts ignore its own selection and obey all others. All selections are of
contexts, so that needs no second look at the paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals
from archive.engines.whoosh.evaluate import selection
from archive.engines.whoosh.invert import NO_YEAR
from archive.engines.whoosh.view import View
from archive.nodes import FACETS, FacetName
from archive.query import Query
from archive.results import MOST_BUCKETS, Facet, make_facet


@dataclass(frozen=True, slots=True)
class Counted:
    """What passes all selections (ordinals, ascending), and the facets beside them."""

    found: Ordinals
    facets: tuple[Facet, ...]


def select_and_count(view: View, query: Query, matching: Bools) -> Counted:
    """Apply the query's selections to the paragraphs `matching` its tree, and count facets."""
    found = np.flatnonzero(matching)
    contexts = view.context[found]
    by_context = np.bincount(contexts, minlength=view.context_bases[-1]).astype(np.float64)
    selections = {name: selection(view, query, name) for name in FACETS}
    made = {name: chosen for name, chosen in selections.items() if chosen is not None}
    passing = _all_but(made, None)
    counts = _by_profile(view, by_context, passing)
    facets = []
    for name in FACETS:
        own = _by_profile(view, by_context, _all_but(made, name)) if name in made else counts
        facets.append(_facet(view, query, name, own))
    if passing is not None:
        found = found[passing[contexts]]
    return Counted(found, tuple(facets))


def _all_but(made: dict[FacetName, Bools], name: FacetName | None) -> Bools | None:
    masks = [mask for facet, mask in made.items() if facet != name]
    return reduce(np.logical_and, masks) if masks else None


def _by_profile(view: View, by_context: Floats, passing: Bools | None) -> Floats:
    weights = by_context if passing is None else by_context * passing
    counts: Floats = np.bincount(view.profile, weights, view.profile_bases[-1]).astype(np.float64)
    return counts


def _facet(view: View, query: Query, name: FacetName, by_profile: Floats) -> Facet:
    if name == "year":
        years, profile_year = view.different_years
        counts = np.bincount(profile_year, by_profile, len(years)).astype(np.int64).tolist()
        labels = ("unknown" if year == NO_YEAR else str(year) for year in years.tolist())
        return make_facet(query, name, dict(zip(labels, counts, strict=True)))
    facet = view.facet(name)
    counts = np.bincount(facet.of, by_profile, len(facet.values) + 1).astype(np.int64)
    # An empty value is kept with the paragraph, but is nothing to choose.
    counts[facet.blank] = 0
    having = np.flatnonzero(counts)
    kept = having
    if len(having) > MOST_BUCKETS:
        # By count, then value: cut here, so that thousands of sections are never sorted.
        order = facet.sorted[having] - counts[having] * len(counts)
        kept = having[np.argpartition(order, MOST_BUCKETS - 1)[:MOST_BUCKETS]]
        named = [number for number in facet.named(query.values(name)) if counts[number]]
        kept = np.union1d(kept, np.array(named, np.intp))
    listed = {facet.values[at - 1]: int(counts[at]) for at in kept.tolist()}
    made = make_facet(query, name, listed)
    return replace(made, more=made.more + len(having) - len(kept))

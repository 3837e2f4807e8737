"""Facet counts: paragraphs are counted once by context, facets by contexts.

A facet's counts ignore its own selection and obey all others. All selections are of
contexts, so that needs no second look at the paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from archive.engines.whoosh.arrays import Bools, Floats, Ordinals
from archive.engines.whoosh.evaluate import selection
from archive.engines.whoosh.invert import NO_YEAR
from archive.engines.whoosh.view import View
from archive.nodes import FACETS, FacetName
from archive.query import Query
from archive.results import Facet, make_facet


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
        facets.append(make_facet(query, name, _values(view, name, own)))
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


def _values(view: View, name: FacetName, by_profile: Floats) -> dict[str, int]:
    if name == "year":
        years, at = np.unique(view.years, return_inverse=True)
        counts = np.bincount(at, by_profile, len(years)).astype(np.int64).tolist()
        return {
            "unknown" if year == NO_YEAR else str(year): count
            for year, count in zip(years.tolist(), counts, strict=True)
        }
    facet = view.facet(name)
    counts = np.bincount(facet.of, by_profile, len(facet.values) + 1).astype(np.int64).tolist()
    # An empty value is kept with the paragraph, but is nothing to choose.
    return {v: n for v, n in zip(facet.values, counts[1:], strict=True) if n and v}

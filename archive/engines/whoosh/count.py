"""Facet counts: paragraphs are counted once by context, facets by contexts.

A facet's counts ignore its own selection and obey all others. All selections are of
contexts, so that needs no second look at the paragraphs.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.engines.whoosh.arrays import Bools, Ordinals
from archive.engines.whoosh.evaluate import selection
from archive.engines.whoosh.invert import NO_YEAR, PROFILE_FACETS
from archive.engines.whoosh.view import View
from archive.nodes import FACETS, FacetName
from archive.query import Query
from archive.results import MOST_BUCKETS, Facet, make_facet


class Selections:
    """What a query selects in the facets, as masks over the contexts."""

    def __init__(self, view: View, query: Query) -> None:
        self._view = view
        self._query = query
        masks = ((name, selection(view, query, name)) for name in FACETS)
        self._made = {name: mask for name, mask in masks if mask is not None}

    def passing(self, found: Ordinals, contexts: NDArray[Any]) -> Ordinals:
        """Those of `found`, whose contexts are `contexts`, that pass all selections."""
        allowed = self._all_but(None)
        return found if allowed is None else found[allowed[contexts]]

    def facets(self, contexts: NDArray[Any]) -> tuple[Facet, ...]:
        """The facets, from the contexts of what is found by the query's tree alone."""
        view = self._view
        by_context = np.bincount(contexts, minlength=view.context_bases[-1])
        counts = _Occurring(view, by_context, self._all_but(None))
        facets = []
        for name in FACETS:
            own = counts
            if name in self._made:
                own = _Occurring(view, by_context, self._all_but(name))
            facets.append(_facet(view, self._query, name, own))
        return tuple(facets)

    def _all_but(self, name: FacetName | None) -> Bools | None:
        masks = [mask for facet, mask in self._made.items() if facet != name]
        return reduce(np.logical_and, masks) if masks else None


class _Occurring:
    """The contexts and the profiles that occur, and in how many paragraphs each."""

    def __init__(self, view: View, by_context: Ordinals, passing: Bools | None) -> None:
        self._contexts = np.flatnonzero(by_context if passing is None else by_context * passing)
        self._by_context = by_context[self._contexts].astype(np.float64)
        by_profile = np.bincount(view.profile[self._contexts], self._by_context)
        self._profiles = np.flatnonzero(by_profile)
        self._by_profile = by_profile[self._profiles]

    def by_profile(self, value_of: NDArray[Any], values: int) -> Ordinals:
        """How many paragraphs have each value, of which each profile has one."""
        counts = np.bincount(value_of[self._profiles], self._by_profile, values)
        return counts.astype(np.intp)

    def by_context(self, value_of: NDArray[Any], values: int) -> Ordinals:
        """How many paragraphs have each value, of which each context has one."""
        counts = np.bincount(value_of[self._contexts], self._by_context, values)
        return counts.astype(np.intp)


def _facet(view: View, query: Query, name: FacetName, occurring: _Occurring) -> Facet:
    if name == "year":
        years, profile_year = view.different_years
        by_year = occurring.by_profile(profile_year, len(years)).tolist()
        labels = ("unknown" if year == NO_YEAR else str(year) for year in years.tolist())
        return make_facet(query, name, dict(zip(labels, by_year, strict=True)))
    facet = view.facet(name)
    count = occurring.by_profile if name in PROFILE_FACETS else occurring.by_context
    counts = count(facet.of, len(facet) + 1)
    # An empty value is kept with the paragraph, but is nothing to choose.
    counts[facet.blank] = 0
    having = np.flatnonzero(counts)
    kept = having
    if len(having) > MOST_BUCKETS:
        # By count, then value: cut here, so that thousands of sections are never sorted.
        order = facet.sorted[having] - counts[having] * len(counts)
        kept = having[np.argpartition(order, MOST_BUCKETS - 1)[:MOST_BUCKETS]]
        named = [number for number in facet.named(query.named(name)) if counts[number]]
        kept = np.array([*{*kept.tolist(), *named}], np.intp)
    listed = {facet.value(at): int(counts[at]) for at in kept.tolist()}
    return make_facet(query, name, listed, unlisted=len(having) - len(kept))

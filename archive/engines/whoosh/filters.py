"""Filters: what is selected in the fields, and how many of what passes have each value.

Contexts are far fewer than paragraphs; what holds of a paragraph's context holds of it.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from archive.engines.whoosh.arrays import Bools, Ordinals
from archive.engines.whoosh.invert import BETWEEN
from archive.engines.whoosh.strings import encode
from archive.engines.whoosh.view import View
from archive.fields import UNKNOWN, Field, Wanted, named
from archive.query.ast import FieldFilter
from archive.query.query import Query
from archive.search.backend import Counts
from archive.search.results import MAX_BUCKETS


def context_mask(view: View, node: FieldFilter) -> Bools:
    """Which contexts satisfy a filter."""
    field = named(node.field)
    mask = _mask(view, field, node.value)
    return mask.take(view.facet(field.name).of) if field.columned else mask


class Selections:
    """What a query selects in the fields, and which of some paragraphs pass."""

    def __init__(self, view: View, query: Query, found: Ordinals) -> None:
        """`found` is what the query's tree alone finds."""
        self._view = view
        self._query = query
        self._found = found
        asked = {*query.filters, *(unwanted.field for unwanted in query.excluded)}
        self._passing = {name: _passing(view, query, named(name), found) for name in asked}
        self.passed = self._all_but(None)

    def counts(self, name: str) -> Counts:
        """The counts of the facet called `name`: its own selection is ignored, no other."""
        facet = self._view.facet(name)
        counts = facet.counts(self._all_but(name) if name in self._passing else self.passed)
        if named(name).ordered:
            return Counts(dict(zip((UNKNOWN, *facet.values[1:]), counts.tolist(), strict=True)))
        counts[0] = 0
        having = kept = np.flatnonzero(counts)
        if len(having) > MAX_BUCKETS:
            # By count, then value: cut here, so that thousands of sections are never sorted.
            order = facet.sorted[having] - counts[having] * len(counts)
            kept = having[np.argpartition(order, MAX_BUCKETS - 1)[:MAX_BUCKETS]]
            asked = [n for n in facet.named(self._query.named(name)) if counts[n]]
            kept = np.array([*{*kept.tolist(), *asked}], np.intp)
        values = map(facet.values.__getitem__, kept.tolist())
        listed = dict(zip(values, counts[kept].tolist(), strict=True))
        return Counts(listed, len(having) - len(kept))

    def _all_but(self, name: str | None) -> Ordinals:
        """What passes all selections but that in the facet `name`."""
        masks = [mask for facet, mask in self._passing.items() if facet != name]
        return self._found.compress(reduce(np.logical_and, masks)) if masks else self._found


def _passing(view: View, query: Query, field: Field, found: Ordinals) -> Bools:
    """Which of `found` have what is selected in a field, and nothing that is excluded."""
    chosen = [_mask(view, field, wanted) for wanted in query.values(field.name)]
    excluded = [_mask(view, field, unwanted.value) for unwanted in query.excluding(field.name)]
    allowed = np.full(len((chosen or excluded)[0]), not chosen)
    for mask in chosen:
        allowed |= mask
    for mask in excluded:
        allowed &= ~mask
    of = view.facet(field.name).column if field.columned else view.context
    # `take` is twice as fast as indexing with numbers that are not as wide as indices.
    return allowed.take(of.take(found))


def _mask(view: View, field: Field, wanted: Wanted) -> Bools:
    """Which entries of a column, or contexts of a field without one, have what is wanted."""
    if field.columned:
        return view.facet(field.name).mask(wanted)
    needle = encode(field.normalised(str(wanted)))
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts:
        strings = segment.values[field.name]
        # A context without a value has the number 0.
        having = np.full(len(strings) + 1, not needle and field.match == "contains")
        having[0] = False
        if needle:
            at = strings.containing(needle)
            if field.match == "equal":
                equal = [needle in strings.raw(entry).split(BETWEEN) for entry in at.tolist()]
                at = at[np.array(equal, np.bool_)]
            having[at + 1] = True
        found[part] = having.take(segment.file[f"facet.{field.name}"])
    return found

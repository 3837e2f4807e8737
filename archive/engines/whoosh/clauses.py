"""Filters: which contexts or paragraphs satisfy them.

Contexts are few beside paragraphs; what holds of a paragraph's context holds of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from archive.engines.whoosh.arrays import Bools, Packed
from archive.engines.whoosh.strings import encode
from archive.engines.whoosh.view import View
from archive.fields import Field, Wanted, named
from archive.query.ast import FieldFilter
from archive.query.query import Query
from archive.text.fold import fold


def context_mask(view: View, node: FieldFilter) -> Bools:
    """Which contexts satisfy a filter."""
    field = named(node.field)
    if not field.columned:
        return _looked_up(view, field, node.text)
    entries = view.facet(field.name)
    mask = entries.mask(node.value).take(entries.of)
    return mask.take(view.profile) if field.sized else mask


@dataclass(frozen=True, slots=True)
class Selection:
    """Which numbers pass that are given `of` each paragraph."""

    of: Packed
    allowed: Bools


def selection(view: View, query: Query, field: Field) -> Selection | None:
    """What is selected and excluded in a field; None where nothing is."""
    chosen = query.values(field.name)
    excluded = query.excluding(field.name)
    if not chosen and not excluded:
        return None
    of = view.columns.of(field.name) if field.columned else view.context
    masks = [_mask(view, field, value) for value in (*chosen, *(no.value for no in excluded))]
    allowed = reduce(np.logical_or, masks[: len(chosen)], np.full(len(masks[0]), not chosen))
    for unwanted in masks[len(chosen) :]:
        allowed = allowed & ~unwanted
    return Selection(of, allowed)


def _mask(view: View, field: Field, wanted: Wanted) -> Bools:
    """Which entries of a column, or contexts, have what is wanted."""
    if field.columned:
        return view.facet(field.name).mask(wanted)
    return _looked_up(view, field, str(wanted))


def _looked_up(view: View, field: Field, wanted: str) -> Bools:
    """Which contexts have a value that is, or contains, what is wanted."""
    needle = fold(wanted)
    found = np.zeros(view.context_bases[-1], np.bool_)
    for segment, part in view.context_parts():
        strings = segment.lookups[field.name]
        having = np.full(len(strings), not needle and field.match == "contains")
        if needle:
            having[strings.containing(encode(needle))] = True
            if field.match == "equal":
                for at in np.flatnonzero(having).tolist():
                    having[at] = strings[at] == needle
        hit = having[segment.file[f"lookup.{field.name}.of"]]
        found[part][segment.file[f"lookup.{field.name}.in"][hit]] = True
    return found

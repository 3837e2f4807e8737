"""Sorted arrays as sets, and the groups that edges make.

Connected components would chain: a resembles b, b resembles c, and in a large archive
everything in the end resembles everything. So texts are grouped by stars: the node with the
most edges leads, takes its own neighbours, and the next one leads what is left. Two members
of a star may differ, but both are like the leader. The outcome depends on the edges and on
the numbers of the nodes alone, not on the order in which anything arrived.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
N = TypeVar("N", bound=np.integer[Any])


def distinct(values: npt.NDArray[N]) -> npt.NDArray[N]:
    """Return the different ones of `values`, ascending.

    What numpy has for it hashes, which takes five times as long.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))]


def within(asked: npt.NDArray[N], ordered: npt.NDArray[N]) -> npt.NDArray[np.bool_]:
    """Which of `asked` are among the ascending `ordered`.

    >>> within(np.array([5, 1, 2]), np.array([1, 5])).tolist()
    [True, True, False]
    """
    at = np.searchsorted(ordered, asked)
    found: npt.NDArray[np.bool_] = at < len(ordered)
    found[found] = ordered[at[found]] == asked[found]
    return found


def run_starts(*keys: npt.NDArray[Any]) -> Ints:
    """Return the places in `keys`, of equal length, where any of them differs from before.

    >>> run_starts(np.array([7, 7, 7]), np.array([1, 2, 2])).tolist()
    [0, 1]
    """
    opens = np.ones(len(keys[0]), dtype=bool)
    opens[1:] = False
    for key in keys:
        opens[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(opens)


def run_places(starts: Ints, count: int) -> Ints:
    """Return the place of each of `count` values in its run; the runs begin at `starts`.

    >>> run_places(np.array([0, 3]), 5).tolist()
    [0, 1, 2, 0, 1]
    """
    return np.arange(count) - np.repeat(starts, np.diff(np.append(starts, count)))


def stars(count: int, first: Ints, second: Ints) -> Ints:
    """Return the leader of each of `count` nodes, itself where it has no edge or leads.

    Edge i joins `first[i]` and `second[i]`; edges may be repeated and stand in any order.
    Ties go to the lower number.

    >>> chain = stars(5, np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]))
    >>> chain.tolist()
    [1, 1, 1, 3, 3]
    """
    leaders = np.arange(count, dtype=np.int64)
    if not len(first):
        return leaders
    both = np.concatenate([first * count + second, second * count + first])
    both = distinct(both[np.concatenate([first, first]) != np.concatenate([second, second])])
    sources, targets = both // count, both % count
    degrees = np.bincount(sources, minlength=count)
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(degrees)]).tolist()
    linked = np.flatnonzero(degrees)
    order = linked[np.lexsort((linked, -degrees[linked]))].tolist()
    neighbours = targets.tolist()
    leader = [-1] * count
    for node in order:
        if leader[node] >= 0:
            continue
        leader[node] = node
        for other in neighbours[bounds[node] : bounds[node + 1]]:
            if leader[other] < 0:
                leader[other] = node
    leaders[linked] = np.array(leader, dtype=np.int64)[linked]
    return leaders


def components(count: int, first: Ints, second: Ints) -> Ints:
    """Return the connected component of each of `count` nodes: its lowest number.

    >>> components(5, np.array([0, 1, 3]), np.array([1, 2, 4])).tolist()
    [0, 0, 0, 3, 3]
    """
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[first], label[second])
        before = label.copy()
        np.minimum.at(label, label[first], low)
        np.minimum.at(label, label[second], low)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(before, label):
            return label

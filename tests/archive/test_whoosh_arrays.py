"""The small parts that the Whoosh engine reckons with: sets, directories, impacts."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.engines.whoosh import arrays, impact, sets
from archive.engines.whoosh.strings import SortedStrings, TokenDirectory, encode, sorted_arrays
from archive.search.ranking import bm25, floored

COUNT = 300
# Some sets are so much smaller than others that they are looked up one by one.
SETS = st.sets(st.integers(0, COUNT - 1), max_size=8) | st.sets(st.integers(0, COUNT - 1))


def ordinals(chosen: set[int]) -> arrays.Packed:
    return arrays.pack(np.array(sorted(chosen), np.int64))


@given(st.lists(SETS, max_size=4))
def test_sets_are_united_and_intersected_as_sets_are(chosen: list[set[int]]) -> None:
    lists = list(map(ordinals, chosen))
    assert sets.unite(lists, COUNT).tolist() == sorted(set().union(*chosen))
    everything = set(range(COUNT))
    assert sets.intersect(lists, COUNT).tolist() == sorted(everything.intersection(*chosen))


@given(SETS, SETS)
def test_a_set_without_another(some: set[int], others: set[int]) -> None:
    left = sets.without(ordinals(some), ordinals(others), COUNT)
    assert left.tolist() == sorted(some - others)


@given(
    tables=st.lists(st.sets(st.text("均衡发展a", max_size=4), max_size=9), max_size=4),
    needles=st.lists(st.text("均衡发展a", max_size=4), max_size=9),
)
def test_a_directory_finds_what_each_table_finds(
    tmp_path_factory: pytest.TempPathFactory, tables: list[set[str]], needles: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("directory")
    kept = []
    for number, texts in enumerate(tables):
        path = folder / str(number)
        arrays.write_arrays(path, sorted_arrays("t", sorted(map(encode, texts))))
        strings = SortedStrings(arrays.ArrayFile(path), "t")
        # The postings of the first string lie from 0 to 1, of the next from 1 to 3, to 6…
        kept.append((strings, np.cumsum([*range(len(texts) + 1)])))
    directory = TokenDirectory(kept)
    for needle in map(encode, (*needles, *(text for texts in tables for text in texts))):
        at = [strings.find(needle) for strings, _ in kept]
        lying = [
            (0, 0) if own is None else tuple(places[own : own + 2].tolist())
            for own, (_, places) in zip(at, kept, strict=True)
        ]
        assert list(directory.find(needle)) == lying


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 5_000)), min_size=1, max_size=20),
    st.floats(40, 3_000),
)
def test_an_impact_bounds_a_share_whatever_the_average_length_has_become(
    postings: list[tuple[int, int]], whole: float
) -> None:
    times, lengths = map(np.array, zip(*postings, strict=True))
    kept = impact.impacts(times, np.arange(len(times)), lengths).astype(float) * impact.STEP
    low, high = impact.bounds([impact.average(lengths)], whole)
    shares = np.array([bm25(f, floored(length), whole) for f, length in postings])
    assert (shares <= kept * high * 1.00001).all()
    assert (shares >= (kept - impact.STEP) * low * 0.99999 - 1e-5).all()


def test_arrays_are_written_piece_by_piece(tmp_path: Path) -> None:
    # Pieces end inside of arrays, and hold several whole ones.
    sizes = {"a": 12_000_001, "b": 3, "c": 0, "d": 9_999_999, "e": 8_388_608}
    given = {name: np.arange(size, dtype=np.uint8) for name, size in sizes.items()}
    tracemalloc.start()
    arrays.write_arrays(tmp_path / "t", given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < sum(sizes.values()) / 2
    file = arrays.ArrayFile(tmp_path / "t")
    file.check()
    assert all(np.array_equal(file[name], array) for name, array in given.items())

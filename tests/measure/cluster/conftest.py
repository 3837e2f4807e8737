"""What the cluster's tests share: the nodes, and an archive's name that is theirs alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from archive.engines.opensearch.mapping import SCHEMA_VERSION
from tests.measure.cluster.nodes import COUNT, Nodes, running

_numbers = itertools.count()


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    """Three nodes that run, also after a test that killed one."""
    shared = running()
    yield shared
    for number in range(COUNT):
        if not shared.is_alive(number):
            shared.restart(number)


@pytest.fixture
def place(nodes: Nodes) -> Iterator[Callable[[str], str]]:
    """Return addresses of archives that no other test knows, by their options."""
    names: list[str] = []

    def make(options: str = "") -> str:
        names.append(f"test{next(_numbers)}")
        return nodes.address(names[-1], options)

    yield make
    for name in names:
        nodes.call("DELETE", f"/{name}-{SCHEMA_VERSION}-*", number=nodes.any_alive())

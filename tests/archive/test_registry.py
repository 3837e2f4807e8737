"""Which engine an address names."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.engines.opensearch.address import parse_address
from archive.engines.registry import EXAMPLE, engine_schema, open_engine
from archive.engines.whoosh import WhooshEngine
from archive.errors import HomeError


def test_without_an_address_the_embedded_engine_is_opened(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "index")
    assert isinstance(engine, WhooshEngine)
    engine.close()


@pytest.mark.parametrize("address", ["solr+https://host/name", "u:hunter2@host/name", "://", " "])
def test_an_address_of_no_engine_is_refused_with_one_that_is(tmp_path: Path, address: str) -> None:
    for refused in (lambda: open_engine(tmp_path, engine=address), lambda: engine_schema(address)):
        with pytest.raises(HomeError) as said:
            refused()
        assert EXAMPLE in said.value.english
        assert EXAMPLE in said.value.chinese
        assert "hunter2" not in str(said.value)
    assert list(tmp_path.iterdir()) == []


def test_each_engine_has_a_schema_of_its_own_and_the_example_is_an_address() -> None:
    assert engine_schema() != engine_schema(EXAMPLE)
    assert engine_schema(EXAMPLE) == engine_schema("opensearch+http://127.0.0.1/a")
    assert parse_address(EXAMPLE).user == "user"

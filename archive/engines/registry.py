"""Which engine an address names, by its scheme; without an address, the embedded one."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from archive.errors import EngineError, HomeError

if TYPE_CHECKING:
    # The command line loads this module and no engine.
    from archive.engines.engine import Engine

_OF_A_CLUSTER = ("opensearch+https", "opensearch+http")

# How an address looks, for messages and help.
EXAMPLE = "opensearch+https://user@host:9200/name"


def engine_schema(address: str = "") -> str:
    """Return the version of what `open_engine` reads and writes, another for each engine."""
    return str(_package(address).SCHEMA)


def open_engine(folder: Path, batch: int | None = None, engine: str = "") -> Engine:
    """Open the index in `folder`, making an empty one where there is none.

    `engine` is the address of the engine that holds it, "" for the embedded engine, whose
    writer holds text of up to `batch` characters (None: as much as is of use) before it
    writes them. Raises EngineError where the files there are damaged or not an index, or
    the engine does not answer; HomeError over an address that is none.
    """
    opened: Engine = _package(engine).open_engine(folder, engine, batch)
    return opened


def _package(address: str) -> ModuleType:
    """The package of an engine: it has a SCHEMA, and `open_engine(folder, address, batch)`.

    Each is imported when it is asked for: nobody loads an engine that is not used.
    """
    if not address:
        from archive.engines import whoosh

        return whoosh
    scheme, mark, _ = address.partition("://")
    if scheme not in _OF_A_CLUSTER:
        # Without the mark it is no scheme, and may hold a password.
        shown = scheme + mark if mark else ""
        raise HomeError("address.scheme", shown=shown, example=EXAMPLE)
    try:
        from archive.engines import opensearch
    except ModuleNotFoundError as error:
        raise EngineError("cluster.package_missing", name=error.name) from error
    return opensearch

"""Which engine an address names, by its scheme; without an address, the embedded one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from archive.errors import EngineError, HomeError

if TYPE_CHECKING:
    # The front door loads this module and no engine.
    from archive.engines.engine import Engine


class Package(Protocol):
    """What the package of an engine offers."""

    @property
    def SCHEMA(self) -> str:  # noqa: N802
        """The version of what it reads and writes; no two packages have the same."""

    def open_engine(self, folder: Path, address: str, batch: int | None) -> Engine:
        """Open the index in `folder`, or at `address`; the arguments are `open_engine`'s."""


# Each is imported when it is asked for: nobody loads an engine that is not used.
def _whoosh() -> Package:
    import archive.engines.whoosh as package

    return package


def _opensearch() -> Package:
    try:
        import archive.engines.opensearch as package
    except ModuleNotFoundError as error:
        raise EngineError("cluster.package_missing", name=error.name) from error
    return package


_BY_SCHEME: dict[str, Callable[[], Package]] = {
    "opensearch+https": _opensearch,
    "opensearch+http": _opensearch,
}

# How an address looks, for messages and help.
EXAMPLE = "opensearch+https://user@host:9200/name"


def engine_schema(address: str = "") -> str:
    """Return the version of what `open_engine` reads and writes, another for each engine."""
    return _package(address).SCHEMA


def open_engine(folder: Path, batch: int | None = None, engine: str = "") -> Engine:
    """Open the index in `folder`, making an empty one where there is none.

    `engine` is the address of the engine that holds it, "" for the embedded engine, whose
    writer holds text of up to `batch` characters (None: as much as is of use) before it
    writes them. Raises EngineError where the files there are damaged or not an index, or
    the engine does not answer; HomeError over an address that is none.
    """
    return _package(engine).open_engine(folder, engine, batch)


def _package(address: str) -> Package:
    if not address:
        return _whoosh()
    scheme, mark, _ = address.partition("://")
    if scheme not in _BY_SCHEME:
        # Without the mark it is no scheme, and may hold a password.
        shown = scheme + mark if mark else ""
        raise HomeError("address.scheme", shown=shown, example=EXAMPLE)
    return _BY_SCHEME[scheme]()

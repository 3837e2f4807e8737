"""Which index and which generation answer: the alias that says so, and where a home notes it.

An archive is an alias on one index, filtered to the generation that answers; a swap is one
call, so a request by the alias sees one generation or the next, never a mixture. A full
run makes an index of its own, `name-<schema>-<time>`; other runs add a generation to it.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.engines.opensearch.client import Cluster, Dsl
from archive.engines.opensearch.mapping import SCHEMA_VERSION
from archive.errors import EngineError
from archive.files import write_atomically

# The generation that answers, and the one before it.
KEPT_GENERATIONS = 2
_POINTER = "cluster.json"


@dataclass(frozen=True, slots=True)
class State:
    """One generation in one index, and how many paragraphs it holds."""

    index: str
    generation: int
    count: int


def alive(generation: int) -> Dsl:
    """The filter of the versions that `generation` consists of."""
    return {
        "bool": {
            "filter": [{"range": {"born": {"lte": generation}}}],
            "must_not": [{"range": {"died": {"lte": generation}}}],
        }
    }


def new_index(name: str) -> str:
    """The name of an index made now; later ones have greater names."""
    now = datetime.datetime.now(datetime.UTC)
    return f"{name}-{SCHEMA_VERSION}-{now:%Y%m%dt%H%M%S%f}"


def indices(cluster: Cluster) -> dict[str, Dsl]:
    """The indices of the archive, of any schema, each with its `_meta`; by name."""
    name = cluster.address.name
    found = cluster.call("GET", f"/{name}-*/_mapping?ignore_unavailable=true")
    # Another archive's name may begin with ours: what stands between is the schema.
    return {
        index: found[index]["mappings"].get("_meta", {})
        for index in sorted(found)
        if index.removeprefix(f"{name}-").replace("-", "").replace("t", "").isdigit()
    }


def answering(cluster: Cluster) -> tuple[str, int] | None:
    """The index and generation that the alias names; None where there is no alias."""
    name = cluster.address.name
    found = cluster.attempt("GET", f"/_alias/{name}", allowed=404)
    if found is None:
        return None
    try:
        [(index, inside)] = found.items()
        born: Any = inside["aliases"][name]["filter"]["bool"]["filter"][0]
        return index, int(born["range"]["born"]["lte"])
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise EngineError("cluster.foreign_alias", name=name) from error


def swap(cluster: Cluster, index: str, generation: int) -> None:
    """Let the alias name this generation, in one step."""
    name = cluster.address.name
    before = answering(cluster)
    actions: list[Dsl] = [{"add": {"index": index, "alias": name, "filter": alive(generation)}}]
    if before is not None and before[0] != index:
        actions.insert(0, {"remove": {"index": before[0], "alias": name}})
    cluster.call("POST", "/_aliases", {"actions": actions})


def read_pointer(folder: Path) -> tuple[str, int] | None:
    """The index and generation that a home's generation notes; None where it notes none."""
    try:
        noted = json.loads((folder / _POINTER).read_text("utf-8"))
        return str(noted["index"]), int(noted["generation"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError("cluster.pointer", folder=folder / _POINTER) from error


def write_pointer(folder: Path, index: str, generation: int) -> None:
    """Note which index and generation a home's generation is; never in place."""
    folder.mkdir(parents=True, exist_ok=True)
    noted = json.dumps({"index": index, "generation": generation})
    write_atomically(folder / _POINTER, noted.encode())

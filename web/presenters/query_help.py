"""What the help page shows: the grammar with examples, the keys (query_help.toml)."""

from __future__ import annotations

import tomllib
from importlib import resources

_TABLES = tomllib.loads(
    resources.files("web.presenters").joinpath("query_help.toml").read_text("utf-8")
)

# Form, key of its meaning in the strings, example.
PATTERNS = tuple(map(tuple, _TABLES["patterns"]))
EXAMPLES = (*map(tuple, _TABLES["words"]), *PATTERNS, *map(tuple, _TABLES["fields"]))
STARTS: dict[str, str] = _TABLES["starts"]
SHORTCUTS = tuple((tuple(keys), meaning) for keys, meaning in _TABLES["shortcuts"])

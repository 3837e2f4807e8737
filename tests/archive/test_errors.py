"""Errors: each has a sentence in both languages, and every sentence is used."""

from __future__ import annotations

import ast
import pickle
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import errors
from archive.model import ReadingWarning

ROOT = Path(errors.__file__).parent.parent
SENTENCES = {
    f"{area}.{name}": said
    for area, own in tomllib.loads((ROOT / "archive/errors.toml").read_text("utf-8")).items()
    for name, said in own.items()
}
KINDS = {name for name, kind in vars(errors).items() if name.endswith("Error")}
FIELD = re.compile(r"\{(\w+)")


def raised() -> Iterator[tuple[str, set[str] | None]]:
    """Each key that the packages name, with the values given (None: not told one by one)."""
    for package in ("archive", "indexer", "web"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                if node.func.id not in KINDS | {"_difference"}:
                    continue
                keys = [a.value for a in node.args if isinstance(a, ast.Constant) and a.value]
                named = {keyword.arg for keyword in node.keywords if keyword.arg}
                told = None if any(k.arg is None for k in node.keywords) else named
                yield from ((str(key), told) for key in keys)


def test_both_languages_of_a_sentence_exist_and_every_value_is_given() -> None:
    for key, given in raised():
        assert set(SENTENCES[key]) == {"zh", "en"}, key
        for sentence in SENTENCES[key].values():
            wanted = set(FIELD.findall(sentence))
            assert given is None or wanted <= given, key


def test_every_sentence_is_used() -> None:
    sources = [p.read_text("utf-8") for p in ROOT.glob("archive/**/*.py")]
    sources += [p.read_text("utf-8") for n in ("indexer", "web") for p in ROOT.glob(f"{n}/**/*.py")]
    warnings = {f"warning.{code}" for code in ReadingWarning}
    unused = [key for key in SENTENCES if not any(f'"{key}"' in text for text in sources)]
    assert {*unused} == warnings


@pytest.mark.parametrize(
    "error",
    [
        errors.SourceError("reader.not_text", relative="a.txt"),
        errors.QueryError("query.too_deep", position=3, deepest_nesting=16),
    ],
)
def test_an_error_travels_between_processes(error: errors.ArchiveError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy)) == (type(error), str(error))
    assert getattr(copy, "position", None) == getattr(error, "position", None)

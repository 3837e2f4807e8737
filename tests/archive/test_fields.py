"""The table of fields: that everything derives from it, and that nothing else lists fields."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import QueryError
from archive.fields import FIELDS, UNKNOWN, Field, digest, field_of_key, named
from archive.model import Form, ReadingWarning, YearBasis
from archive.ranges import Range

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("zh", "en")

# A name of a field that stands with so many others in one literal is a table of fields.
_MANY = 3
# What the words of a page, its marks or the attributes of a value are called is no table.
_APART = (
    *("archive/fields.py", "archive/model.py", "indexer/readers/html/profiles.py"),
    # What is read of a record, or shown of it, is not what is filtered by.
    *("indexer/record/__init__.py", "indexer/record/box.py", "web/presenters/record.py"),
)

# What a developer writes for three fields: attributes, rows, labels. Nothing else.
ATTRIBUTES = """
    bureau: str | None = None
    cosigner: tuple[str, ...] = ()
    filed: str | None = None
"""
ROWS = """
    Field(name="bureau", keys=("处室",), record=lambda r: r.bureau, shown=True, offered=True),
    Field(name="cosigner", keys=("会签",), record=lambda r: r.cosigner, several=True),
    Field(name="filed", keys=("归档",), record=lambda r: r.filed, type="day", role="lookup"),
"""
LABELS = {
    "zh": 'bureau = "处室"\ncosigner = "会签"\nfiled = "归档"\n',
    "en": 'bureau = "Bureau"\ncosigner = "Cosigner"\nfiled = "Filed"\n',
}


def labels(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "web" / "strings" / f"{language}.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_that_is_a_key_of_the_grammar(language: str) -> None:
    words = labels(language)["field"]
    assert set(words) == {field.name for field in FIELDS}
    for field in FIELDS:
        found = field_of_key(words[field.name].replace(" ", "_"))
        # Two fields may share a label: the key then asks for one of them.
        assert found is not None
        assert words[found.name] == words[field.name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_may_give_a_value_by_the_label_that_the_front_shows(language: str) -> None:
    words = labels(language)
    for field in FIELDS:
        for value in field.vocabulary:
            if value == UNKNOWN and field.ordered:
                shown = words["facet"]["unknown_year"]
                assert field.read(shown) == Range(unknown=True)
            else:
                assert field.read(words[field.name][value]) == value


def test_names_are_not_shared() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert len({field.parameter for field in FIELDS}) == len(FIELDS)
    keys = [key for field in FIELDS for key in field.names]
    assert len(set(keys)) == len(keys)
    assert all(field_of_key(key) is field for field in FIELDS for key in field.names)
    # Other parameters of pages have other names.
    others = {"q", "sort", "limit", "offset", "fold", "lang", "from", "to", "within", "open"}
    others |= {"find", "for", "format", "window", "side", "slots", "with", "at", "all"}
    assert others.isdisjoint(field.parameter for field in FIELDS)


def test_fixed_vocabularies_are_whole() -> None:
    assert [*named("form").vocabulary] == [*Form]
    assert [*named("basis").vocabulary] == [*YearBasis]
    assert sorted(named("warnings").vocabulary) == sorted(ReadingWarning)


def test_a_field_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(QueryError, match="no field “colour”: use one of year"):
        named("colour")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("2021-03..2021-06", ("2021-03-01", "2021-06-30"), ("2021-02-28", "2021-07-01", None)),
        ("2021", ("2021-01-01", "2021-12-31"), ("2020-12-31", "2022-01-01")),
        ("..2021-03-05", ("1999-01-01", "2021-03-05T10:00"), ("2021-03-06",)),
        ("2021-03-05..", ("2021-03-05",), ("2021-03-04", None)),
        ("unknown", (None,), ("2021-03-05",)),
    ],
)
def test_days_are_asked_for_by_ranges(
    text: str, inside: tuple[str | None, ...], outside: tuple[str | None, ...]
) -> None:
    day = Field(name="day", keys=("日",), type="day", role="lookup")
    wanted = day.read(text)
    assert str(wanted) == text
    for value in (*inside, *outside):
        assert day.holds((value,) if value else (), wanted) == (value in inside)


@pytest.mark.parametrize(
    "text", ["2021-13", "2021-02-30", "2021-1", "2021-06..2021-03", "..", "x", "2021-03-05-06"]
)
def test_days_that_there_are_not_are_refused(text: str) -> None:
    day = Field(name="day", keys=("日",), type="day", role="lookup")
    with pytest.raises(QueryError, match="day"):
        day.read(text)


def test_a_range_of_days_has_its_first_and_last_day() -> None:
    wanted = Field(name="day", keys=("日",), type="day", role="lookup").read("2020-02..2021")
    assert isinstance(wanted, Range)
    assert wanted.ends == ("2020-02-01", "2021-12-31")


def test_nothing_but_the_table_lists_fields() -> None:
    names = {field.name for field in FIELDS} | {field.parameter for field in FIELDS}
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for package in ("archive", "web", "indexer")
        for path in (ROOT / package).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in _APART
        for line, listed in literals(ast.parse(path.read_text("utf-8")))
        if len(listed & names) >= _MANY
    }
    assert found == set()


def literals(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """Yield the strings of each list, tuple, set and call, and the keys of each dictionary."""
    for node in ast.walk(tree):
        match node:
            case ast.List(items) | ast.Tuple(items) | ast.Set(items) | ast.Call(args=items):
                members: list[ast.expr | None] = [*items]
            case ast.Dict(keys):
                members = [*keys]
            case _:
                continue
        listed = {m.value for m in members if isinstance(m, ast.Constant)}
        yield getattr(node, "lineno", 0), {text for text in listed if isinstance(text, str)}


def test_a_new_field_is_a_row_an_attribute_and_two_labels(tmp_path: Path) -> None:
    """Copies the packages, adds three fields as a developer would, and runs what they can do."""
    for package in ("archive", "indexer", "web"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_no_caches)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    shutil.copy(ROOT / "tests/archive/fields_trial.py", tmp_path / "tests")
    _insert(tmp_path / "archive/model.py", "    published: str | None = None\n", ATTRIBUTES)
    _insert(tmp_path / "archive/fields.py", "FIELDS: tuple[Field, ...] = (\n", ROWS)
    for language, added in LABELS.items():
        _insert(tmp_path / f"web/strings/{language}.toml", "[field]\n", added)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:schemathesis",
            "tests/fields_trial.py",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "FORMER_DIGEST": digest()},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]


def _insert(path: Path, after: str, added: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(after) == 1, f"{path.name}: {after!r}"
    path.write_text(text.replace(after, after + added.lstrip("\n")), "utf-8")


def _no_caches(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]

"""The law of the house: who imports whom, and how large a thing may grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("archive", "indexer", "web")

# The front door opens all rooms, inside its commands, which it loads by name; nothing but
# `python -m archive` opens the front door.
FRONT_DOOR = "archive/cli.py"
COMMANDS = "archive/commands/"
DOORBELL = "archive/__main__.py"

# Foreign packages that one place alone may know: all the rest speaks our own words.
KEPT_TO = {
    "whoosh": "archive/engines/whoosh/",
    "jieba": "archive/text/tokenize.py",
    "rjieba": "archive/text/tokenize.py",
    "opensearchpy": "archive/engines/opensearch/",
}

LONGEST_FILE = 400
MOST_PARAMETERS = 6
# Code that is read by people; data (TOML) may be as long as its subject.
CODE = (".py", ".html", ".css", ".js")


@dataclass(frozen=True)
class Import:
    """A module imported somewhere, with its dots, and whether only when a function runs."""

    module: str
    late: bool


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Yield all that `source`, a module of `package`, imports, `import_module` included."""

    def walk(node: ast.AST, late: bool) -> Iterator[Import]:
        for module in _imported(node, package):
            yield Import(module, late)
        inner = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    yield from walk(ast.parse(source), False)


def _imported(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module, names, level):
            above = package.split(".")[: len(package.split(".")) - (level or 0) + 1]
            base = ".".join([*(above if level else ()), *([module] if module else ())])
            # What is named may be a module itself: `from archive import cli`.
            yield from (f"{base}.{alias.name}" for alias in names)
        case ast.Call(ast.Name("__import__") | ast.Attribute(_, "import_module"), args) | ast.Call(
            ast.Name("import_module"), args
        ):
            # A name put together at run time would get round the law unseen.
            named = args[0] if args else None
            assert isinstance(named, ast.Constant), "an import must name its module"
            yield str(named.value)


def under(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def modules() -> list[str]:
    """Every Python file of the rooms, relative to the root, with `/`."""
    return sorted(
        path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    )


def read_imports(file: str) -> list[Import]:
    package = ".".join(Path(file).parent.parts)
    return list(imports_of((ROOT / file).read_text("utf-8"), package))


def functions_of(source: str) -> Iterator[tuple[str, int]]:
    """Yield each function's name and the number of its parameters, self and cls aside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = node.args
            named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            count = sum(argument.arg not in ("self", "cls") for argument in named)
            yield getattr(node, "name", "lambda"), count


def uncommented(lines: list[str]) -> Iterator[str]:
    """Yield each dependency in a pyproject file that no comment stands directly above."""
    section = ""
    inside = False
    for above, line in zip(["", *lines], lines, strict=False):
        if line.startswith("["):
            section = line.strip()
        listed = section == "[project.optional-dependencies]" or (
            section == "[project]" and line.startswith("dependencies")
        )
        opens = listed and re.match(r"[\w-]+ = \[", line)
        inside = inside or bool(opens)
        for dependency in re.findall(r'"([^"]+)"', line.partition("#")[0]) if inside else ():
            # An extra of our own that another extra takes in is no dependency.
            if not above.lstrip().startswith("#") and not dependency.startswith("xianli["):
                yield dependency
        if line.rstrip().endswith("]"):
            inside = False


def test_there_are_rooms_to_inspect() -> None:
    for room in ROOMS:
        assert any(file.startswith(room + "/") for file in modules())


def test_what_reads_code_out_of_data_is_kept_to_three_places() -> None:
    # One reads a file of a home, through an Unpickler of its own; the others read what the
    # same run has written into files without a name.
    places = {
        file
        for file in modules()
        for found in read_imports(file)
        if found.module.partition(".")[0] in ("pickle", "marshal", "shelve", "dill", "yaml")
    }
    own = "archive/engines/whoosh/index.py"
    assert places == {own, "indexer/pipeline.py", "indexer/run/first_pass.py"}
    assert not re.search(r"pickle\.loads?\(", (ROOT / own).read_text("utf-8"))


@pytest.mark.parametrize("file", modules())
def test_a_room_imports_only_what_it_may(file: str) -> None:
    room = file.partition("/")[0]
    closed = {"archive": ("indexer", "web"), "indexer": ("web",), "web": ("indexer",)}[room]
    for found in read_imports(file):
        for other in closed:
            if under(found.module, other):
                assert file.startswith(COMMANDS), f"{file} imports {found.module}"
                assert found.late, f"{file} imports {found.module} outside its commands"
        if under(found.module, "archive.cli") and file != FRONT_DOOR:
            assert file == DOORBELL, f"{file} imports the front door"
        if under(found.module, "archive.commands"):
            assert file == FRONT_DOOR or file.startswith(COMMANDS), f"{file} imports a command"
        for package, place in KEPT_TO.items():
            if under(found.module, package):
                assert file.startswith(place), f"{file} imports {found.module}"
        assert not under(found.module, "tests"), f"{file} imports the tests"


@pytest.mark.parametrize("file", modules())
def test_no_function_has_more_parameters_than_a_reader_keeps_in_mind(file: str) -> None:
    functions = functions_of((ROOT / file).read_text("utf-8"))
    assert [name for name, count in functions if count > MOST_PARAMETERS] == []


def test_no_file_has_grown_past_its_one_idea() -> None:
    files = [p for room in ROOMS for p in (ROOT / room).rglob("*") if p.suffix in CODE]
    lengths = {
        p.relative_to(ROOT).as_posix(): len(p.read_text("utf-8").splitlines()) for p in files
    }
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    assert list(uncommented(lines)) == []


def test_the_rooms_stand_where_the_house_was_planned() -> None:
    assert all((ROOT / room / "__init__.py").is_file() for room in ROOMS)
    assert all((ROOT / room / "py.typed").is_file() for room in ROOMS)


# The inspector itself is inspected: a walk that sees nothing would pass everything.


def test_every_way_to_import_is_seen() -> None:
    source = (
        "import web.views as v\n"
        "from indexer import build\n"
        "from .. import cli\n"
        "from .memory import MemoryEngine\n"
        "if TYPE_CHECKING:\n    from web import api\n"
        "def command():\n    import indexer\n    __import__('web')\n"
        "import_module('whoosh.index')\n"
        "importlib.import_module('jieba')\n"
        "class A:\n    import rjieba\n"
    )
    assert list(imports_of(source, "archive.engines")) == [
        Import("web.views", False),
        Import("indexer.build", False),
        Import("archive.cli", False),
        Import("archive.engines.memory.MemoryEngine", False),
        Import("web.api", False),
        Import("indexer", True),
        Import("web", True),
        Import("whoosh.index", False),
        Import("jieba", False),
        Import("rjieba", False),
    ]
    with pytest.raises(AssertionError, match="must name its module"):
        list(imports_of("importlib.import_module(name)", "archive"))


def test_parameters_of_every_sort_are_counted() -> None:
    source = "class A:\n    def f(self, a, /, b, *rest, c=1, **more): lambda x: x\n"
    assert list(functions_of(source)) == [("f", 3), ("lambda", 1)]


def test_a_dependency_without_its_reason_is_seen() -> None:
    lines = [
        *(
            "[project]",
            'name = "x"',
            "dependencies = [",
            "    # Why.",
            '    "a>=1",',
            '    "b",',
            "]",
        ),
        *('keywords = ["k"]', "[project.optional-dependencies]", 'fast = ["c"]', "# Why."),
        *(
            'slow = ["d"]',
            "dev = [",
            '    "xianli[fast]",',
            '    "e",',
            "]",
            "[tool.x]",
            'y = ["f"]',
        ),
    ]
    assert list(uncommented(lines)) == ["b", "c", "e"]

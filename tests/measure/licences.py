"""`python -m tests.measure.licences`: the licence of everything that is installed with xianli."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

# What the project's own Apache License 2.0 can stand beside, by the beginning of the name. The
# Lesser GPL binds who changes or contains such a package: it is asked for, never contained.
KNOWN = (
    "Apache", "BSD", "0BSD", "MIT", "ISC", "PSF", "Python Software Foundation", "ZPL",
    "Zope Public", "MPL", "Mozilla Public", "Unlicense", "The Unlicense", "Public Domain",
    "CC0", "zlib", "GNU Lesser", "GNU Library or Lesser", "(Apache", "(MIT", "2-clause BSD",
)  # fmt: skip
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def licence(package: Distribution) -> str:
    """The licence that a package names: an expression, else a classifier, else its field."""
    about = package.metadata
    classified = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    said = [about.get("License-Expression"), *classified, about.get("License")]
    return next((one.strip().splitlines()[0] for one in said if one and one.strip()), "")


def needed() -> Iterator[Distribution]:
    """Yield what pyproject.toml asks for, its extras too, and what that asks for itself.

    What is not installed is left out, unless xianli cannot run without it: that raises
    PackageNotFoundError.
    """
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    must = {_named(line) for line in project["dependencies"]}
    extras = (line for lines in project["optional-dependencies"].values() for line in lines)
    waiting = [*must, *(name for line in extras if (name := _named(line)) != "xianli")]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            # Of another platform, or of an extra that is not installed.
            if name in must:
                raise
            continue
        yield package
        for line in package.requires or ():
            if "extra ==" not in line and (other := _named(line)) not in seen:
                seen.add(other)
                waiting.append(other)


def _named(requirement: str) -> str:
    found = _NAME.match(requirement)
    assert found, requirement
    return found.group().lower().replace("_", "-")


def main() -> None:
    """Print a line for each; leave with an error where a licence is not a known one."""
    unknown = []
    for package in sorted(needed(), key=lambda package: package.name.lower()):
        named = licence(package)
        print(f"{package.name:24} {package.version:12} {named}")  # noqa: T201
        if not named.startswith(KNOWN):
            unknown.append(package.name)
    if unknown:
        sys.exit("licence not known: " + ", ".join(unknown))


if __name__ == "__main__":
    main()

"""Every dependency is pinned and has a licence that this project can stand beside."""

from __future__ import annotations

import pytest

from tests.measure import licences

CONSTRAINTS = licences.PROJECT.with_name("constraints.txt")


def test_every_dependency_has_a_known_licence(capsys: pytest.CaptureFixture[str]) -> None:
    licences.main()
    listed = capsys.readouterr().out.splitlines()
    assert {"Flask", "Whoosh", "jieba"} <= {line.split()[0] for line in listed}


def test_an_unknown_licence_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "KNOWN", ("MIT",))
    with pytest.raises(SystemExit, match="Flask"):
        licences.main()


def test_every_dependency_is_pinned() -> None:
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in _lines()}
    asked = {package.name.lower().replace("_", "-") for package in licences.needed()}
    assert not asked - pinned


def _lines() -> list[str]:
    return [line for line in CONSTRAINTS.read_text("utf-8").splitlines() if "==" in line]

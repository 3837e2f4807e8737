"""Answers begin one after the other, and a long one holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from web import turns
from web.turns import Turns

SECONDS = 30


def _app(work: Callable[[str], None]) -> Turns:
    def answer(environ: dict[str, Any], start: object) -> list[bytes]:
        work(environ["PATH_INFO"])
        return [environ["PATH_INFO"].encode()]

    return Turns(answer)


def _ask(app: Turns, path: str) -> list[bytes]:
    return list(app({"PATH_INFO": path}, lambda *_: lambda _: None))


def test_no_two_answers_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", SECONDS)
    inside: list[str] = []
    together: list[tuple[str, ...]] = []

    def work(path: str) -> None:
        inside.append(path)
        together.append(tuple(inside))
        threading.Event().wait(0.001)
        inside.remove(path)

    app = _app(work)
    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(lambda n: _ask(app, f"/{n}"), range(100)))
    assert answers == [[f"/{n}".encode()] for n in range(100)]
    assert {len(one) for one in together} == {1}


def test_a_long_answer_holds_nobody_up() -> None:
    begun, others_done = threading.Event(), threading.Event()

    def work(path: str) -> None:
        if path == "/long":
            begun.set()
            assert others_done.wait(SECONDS), "the others wait for the long answer"

    app = _app(work)
    with ThreadPoolExecutor(5) as readers:
        long = readers.submit(_ask, app, "/long")
        assert begun.wait(SECONDS)
        short = [readers.submit(_ask, app, f"/{n}") for n in range(4)]
        assert [one.result(SECONDS) for one in short] == [[f"/{n}".encode()] for n in range(4)]
        others_done.set()
        assert long.result(SECONDS) == [b"/long"]
    # The turn that the long answer had lost was not given back twice.
    assert _ask(app, "/after") == [b"/after"]


def test_who_came_first_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", SECONDS)
    begun, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def work(path: str) -> None:
        order.append(path)
        if path == "/first":
            begun.set()
            assert go_on.wait(SECONDS)

    app = _app(work)
    with ThreadPoolExecutor(6) as readers:
        readers.submit(_ask, app, "/first")
        assert begun.wait(SECONDS)
        for n in range(5):
            readers.submit(_ask, app, f"/{n}")
            while len(app._waiting) <= n:
                threading.Event().wait(0.001)
        go_on.set()
    assert order == ["/first", *(f"/{n}" for n in range(5))]


def test_an_answer_that_fails_ends_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", SECONDS)

    def work(path: str) -> None:
        if path == "/fault":
            raise RuntimeError(path)

    app = _app(work)
    with pytest.raises(RuntimeError, match="/fault"):
        _ask(app, "/fault")
    with ThreadPoolExecutor(1) as reader:
        assert reader.submit(_ask, app, "/next").result(SECONDS / 2) == [b"/next"]

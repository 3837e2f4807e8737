"""The password of an archive: kept as a hash, for its owner alone, and hard to guess."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import cli
from archive.errors import ArchiveError, HomeError
from archive.store.access import (
    MAX_PASSWORD_LENGTH,
    Access,
    read_access,
    remove_password,
    set_password,
    watched_access,
)
from archive.store.home import Home
from web.auth.rate_limit import FORGOTTEN, FREE, MAX_ADDRESSES, MAX_WAIT, Attempts
from web.auth.sessions import LIFETIME, MAX_SESSIONS, Sessions

PASSWORD = "均衡发展 控辍保学 2021"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path)


def access_of(home: Home) -> Access:
    access = read_access(home)
    assert access
    return access


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Clock:
    """A clock that goes only when told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_only_the_password_is_admitted(home: Home) -> None:
    assert read_access(home) is None
    set_password(home, PASSWORD)
    access = access_of(home)
    assert access.admits(PASSWORD)
    for wrong in (
        "",
        PASSWORD + " ",
        PASSWORD[:-1],
        PASSWORD.upper() + "x",
        "字" * 2_000,
        "\ud800",
    ):
        assert not access.admits(wrong)


def test_accents_count_the_same_however_they_were_typed(home: Home) -> None:
    set_password(home, "resume\u0301 resume\u0301")
    assert access_of(home).admits("resum\u00e9 resum\u00e9")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_what_is_kept_is_a_hash_for_the_owner_alone(home: Home) -> None:
    before = os.umask(0)
    try:
        set_password(home, PASSWORD)
        Sessions(home.state / "sessions.json").begin(access_of(home))
    finally:
        os.umask(before)
    assert mode(home.access) == 0o600
    assert mode(home.state / "sessions.json") == 0o600
    kept = home.access.read_text("utf-8")
    assert PASSWORD not in kept
    assert json.loads(kept)["scheme"] == "scrypt"
    assert sorted(p.name for p in home.root.iterdir()) == [".xianli", "access.json"]


def test_the_same_password_twice_is_kept_differently(home: Home) -> None:
    set_password(home, PASSWORD)
    first = access_of(home)
    set_password(home, PASSWORD)
    second = access_of(home)
    assert (first.salt, first.hashed, first.secret) != (second.salt, second.hashed, second.secret)
    assert first.secret != second.secret


@pytest.mark.parametrize("poor", ["", "short", " " * 20, "字" * MAX_PASSWORD_LENGTH])
def test_a_poor_password_is_refused_and_the_old_one_stays(home: Home, poor: str) -> None:
    set_password(home, PASSWORD)
    with pytest.raises(ArchiveError):
        set_password(home, poor)
    assert access_of(home).admits(PASSWORD)


@pytest.mark.parametrize("content", ["", "{", "{}", '{"scheme": "plain"}', "[]"])
def test_a_damaged_file_lets_nobody_in(home: Home, content: str) -> None:
    home.access.write_text(content)
    with pytest.raises(HomeError, match="xianli password"):
        read_access(home)


def test_a_password_set_meanwhile_counts_at_once(home: Home) -> None:
    watched = watched_access(home)
    assert watched.get() is None
    set_password(home, PASSWORD)
    first = watched.get()
    assert first
    assert watched.get() is first
    set_password(home, "another password")
    second = watched.get()
    assert second
    assert second.admits("another password")
    assert remove_password(home)
    assert watched.get() is None
    assert not remove_password(home)


def test_the_command_reads_standard_input_and_says_nothing_of_it(tmp_path: Path) -> None:
    home = ["--home", str(tmp_path), "password"]
    done = CliRunner().invoke(cli, home, input=PASSWORD + "\r\nmore\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert access_of(Home.open(tmp_path)).admits(PASSWORD)
    poor = CliRunner().invoke(cli, home, input="short\n")
    assert isinstance(poor.exception, ArchiveError)
    assert "short" not in str(poor.exception)
    assert "取消" in CliRunner().invoke(cli, [*home, "--remove"]).output
    assert read_access(Home.open(tmp_path)) is None


def test_on_a_terminal_it_is_asked_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.commands import password

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another one entirely"])
    hidden = []

    def ask(_: str, *, hide_input: bool) -> str:
        hidden.append(hide_input)
        return next(answers)

    monkeypatch.setattr(password.click, "prompt", ask)
    assert password._ask() == PASSWORD
    with pytest.raises(ArchiveError, match="not the same"):
        password._ask()
    assert all(hidden)


def test_a_session_lives_until_it_ends(home: Home) -> None:
    set_password(home, PASSWORD)
    access, clock = access_of(home), Clock()
    sessions = Sessions(home.state / "sessions.json", clock)
    token = sessions.begin(access)
    key = sessions.find(access, token)
    assert key
    assert token not in (home.state / "sessions.json").read_text("utf-8")
    assert sessions.find(access, key) is None
    assert sessions.find(access, token + "x") is None
    assert sessions.find(access, "\ud800") is None
    # It outlives the server, not its time.
    assert Sessions(home.state / "sessions.json", clock).find(access, token) == key
    clock.now += LIFETIME
    assert sessions.find(access, token) is None
    other = sessions.begin(access)
    sessions.end(sessions.find(access, other) or "")
    assert sessions.find(access, other) is None
    sessions.end("nothing")


def test_a_new_password_ends_every_session(home: Home) -> None:
    set_password(home, PASSWORD)
    sessions = Sessions(home.state / "sessions.json")
    token = sessions.begin(access_of(home))
    set_password(home, PASSWORD)
    assert sessions.find(access_of(home), token) is None


def test_sessions_are_bounded_and_a_damaged_file_has_none(home: Home) -> None:
    set_password(home, PASSWORD)
    access = access_of(home)
    path = home.state / "sessions.json"
    path.parent.mkdir()
    path.write_text(json.dumps({f"{n}": 9e12 for n in range(MAX_SESSIONS + 50)}))
    sessions = Sessions(path)
    token = sessions.begin(access)
    assert len(json.loads(path.read_text())) == MAX_SESSIONS
    assert sessions.find(access, token)
    for content in ("", "[1]", '{"a": "b"}'):
        path.write_text(content)
        assert sessions.find(access, token) is None


def test_each_failed_try_makes_the_next_wait_longer() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    assert [attempts.begin("192.0.2.1") for _ in range(FREE)] == [0.0] * FREE
    waits = []
    for _ in range(14):
        wait = attempts.begin("192.0.2.1")
        waits.append(wait)
        # Asking meanwhile neither helps nor harms.
        assert attempts.begin("192.0.2.1") == wait
        clock.now += wait
        assert attempts.begin("192.0.2.1") == 0.0
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2.0, MAX_WAIT)
    assert attempts.begin("192.0.2.2") == 0.0


def test_a_right_password_or_an_hour_begins_again() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(FREE):
        attempts.begin("a")
        attempts.begin("b")
    attempts.succeeded("a")
    assert attempts.begin("a") == 0.0
    assert attempts.begin("b") > 0.0
    clock.now += FORGOTTEN
    assert attempts.begin("b") == 0.0


def test_one_network_counts_as_one_and_a_crowd_cannot_wash_waits_away() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for n in range(FREE):
        assert attempts.begin(f"2001:db8::{n}") == 0.0
    assert attempts.begin("2001:db8::ffff") > 0.0
    assert attempts.begin("2001:db8:0:1::1") == 0.0
    for n in range(MAX_ADDRESSES * 2):
        attempts.begin(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(attempts._tries) <= MAX_ADDRESSES
    assert attempts.begin("2001:db8::ffff") > 0.0
    assert attempts.begin("198.51.100.1") > 0.0
    clock.now += FORGOTTEN
    assert attempts.begin("198.51.100.1") == 0.0

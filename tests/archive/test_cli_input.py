"""What commands are given that is no text, no plain file, or not there: a sentence, and the end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fixtures.commands import Done, started, xianli

ROOT = Path(__file__).parents[2]
PAGE = "2021年云溪县教育工作总结\n\n一、推进均衡发展\n全县新建学校12所，控辍保学成效显著。\n"
READING = ("explain", "import", "batch", "precedents")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "总结.txt").write_text(PAGE, "utf-8")
    assert xianli("reindex", home=tmp_path).returncode == 0
    return tmp_path


def odd_files(folder: Path) -> Mapping[str, str]:
    """Files that wait or have no end, and what is no file, by what is said of them."""
    os.mkfifo(folder / "管.txt")
    (folder / "夹.txt").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "口.txt"))
    (folder / "系统.txt").symlink_to("/proc/self/status")
    (folder / "零.txt").symlink_to("/dev/zero")
    names = [str(path) for path in folder.glob("[管夹口系零]*.txt")]
    named = dict.fromkeys([*names, "/dev/zero", "/dev/tty"], "no plain file")
    return {**named, "/nowhere": "no file /nowhere", str(folder / "无.txt"): "there is no file"}


@pytest.mark.parametrize("command", READING)
def test_what_is_no_plain_file_is_refused_and_nothing_waits(home: Path, command: str) -> None:
    """`batch /dev/zero`, `precedents /dev/zero` and `explain` of a pipe never ended."""
    for file, said in odd_files(home).items():
        # In a process of its own, which can be ended.
        done = started(command, file, home=home)
        assert done.returncode == 1, file
        assert said in done.stderr
        assert file in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("command", "said"), [("batch", "4 MB"), ("precedents", "1 MB"), ("password", "")]
)
def test_input_without_end_is_refused(home: Path, command: str, said: str) -> None:
    with open("/dev/zero", "rb") as zeros:
        done = subprocess.run(
            [sys.executable, "-m", "archive", "--home", home, command],
            stdin=zeros, capture_output=True, text=True, timeout=120, cwd=ROOT,
        )  # fmt: skip
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_import_takes_what_is_there_and_names_what_is_not(home: Path, tmp_path: Path) -> None:
    good = tmp_path / "好.txt"
    good.write_text(PAGE.replace("云溪", "河口"), "utf-8")
    done = xianli("import", str(tmp_path / "无.txt"), str(good), home=home)
    assert done.returncode == 1
    assert "there is no file" in done.stderr
    assert "无.txt" in done.stderr
    assert (home / "corpus" / "好.txt").is_file()
    assert json.loads(xianli("search", "标题:河口", "--json", home=home).stdout)["total"] == 2


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig", "big5"])
def test_lists_and_drafts_are_read_in_any_encoding(home: Path, encoding: str) -> None:
    text = "全縣教育工作\n學校成效顯著\n" if encoding == "big5" else "控辍保学\n新建学校12所\n"
    file = home / "一览.txt"
    file.write_bytes(text.encode(encoding))
    done = xianli("batch", str(file), "--json", home=home)
    assert done.returncode == 0
    asked = [json.loads(line)["query"] for line in done.stdout.splitlines()]
    assert asked == text.split()
    assert xianli("precedents", str(file), home=home).returncode == 0


def test_a_list_that_is_no_text_is_refused(home: Path) -> None:
    file = home / "图.txt"
    file.write_bytes(bytes(range(256)) * 20)
    for command in ("batch", "precedents"):
        done = xianli(command, str(file), home=home)
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
        assert str(file) in done.stderr


@pytest.mark.parametrize(
    "forced",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_forced_ascii_changes_nothing(home: Path, forced: dict[str, str]) -> None:
    """The query arrived as halves of characters and found nothing; all files left the archive."""

    def ended(*arguments: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "archive", "--home", home, *arguments],
            capture_output=True, env={"PATH": os.environ["PATH"], **forced}, timeout=120, cwd=ROOT,
        )  # fmt: skip
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    (home / "corpus" / "要点.txt").write_text(PAGE.replace("云溪", "河口"), "utf-8")
    report = json.loads(ended("reindex", "--json").stdout)
    assert (report["new"], report["unchanged"], report["skipped"]) == (1, 1, [])
    assert json.loads(ended("search", "控辍保学", "--json").stdout)["total"] == 2
    assert "控辍保学" in ended("search", "控辍保学").stdout
    assert "均衡发展" in ended("--help").stdout or "检索" in ended("--help").stdout
    refused = ended("explain", "无.txt")
    assert "无.txt" in refused.stderr
    assert refused.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "教\udcff育"),
        ("export", "教育 \udce6\udc95"),
        ("search", "教育", "--topic", "\udcff"),
        ("wording", "\ud83d"),
        ("search", "教育", "--not-title", "\udcff"),
    ],
)
def test_halves_of_characters_are_refused(home: Path, arguments: tuple[str, ...]) -> None:
    done = xianli(*arguments, home=home)
    assert done.returncode == 1
    assert "is half of one" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        (("search", "教育", "--nosuch"), "没有选项 --nosuch", "No such option '--nosuch'"),
        (("search", "教育", "--limit", "abc"), "--limit 的值", "'abc' is not a valid integer"),
        (("search", "教育", "--sort", "up"), "--sort 只能是 relevance、year、-year", "'up' is not"),
        (("import",), "缺少 FILES", "Missing argument"),
        (("reindex", "--jobs", "0"), "--jobs 的值", "0 is not in the range"),
    ],
)
def test_wrong_usage_is_said_in_the_language_of_the_system(
    home: Path, arguments: tuple[str, ...], chinese: str, english: str
) -> None:
    for language, said in (("zh", chinese), ("en", english)):
        done = xianli(*arguments, home=home, language=language)
        assert done.returncode == 2
        assert said in done.stderr
        assert f"xianli {arguments[0]} --help" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_messages_name_what_was_typed(home: Path) -> None:
    assert "'-1'" in xianli("search", "教育", "--offset", "-1", home=home).stderr
    place = home / "nowhere" / "摘录.md"
    said = xianli("clips", "--output", str(place), home=home).stderr
    assert f"{place} " in said
    assert ".tmp" not in said

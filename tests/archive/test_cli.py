"""The command line as its users type it: answers, refusals, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import zipfile
from pathlib import Path

import click
import pytest

from archive.cli import COMMANDS, cli
from archive.model import NO_RECORD
from archive.store.home import ENGINE_VARIABLE
from archive.stored import attributes
from tests.fixtures.commands import started, xianli

PAGE = "2021年云溪县教育工作总结\n\n一、推进均衡发展\n全县新建学校12所，控辍保学成效显著。\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "corpus").mkdir()
    (root / "corpus" / "a.txt").write_text(PAGE, "utf-8")
    assert xianli("reindex", "--json", home=root).returncode == 0
    return root


@pytest.mark.parametrize("name", COMMANDS)
def test_home_and_engine_are_taken_before_and_behind_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    context = click.Context(cli, info_name="xianli")
    command = cli.get_command(context, name)
    assert command
    help_text = command.get_help(click.Context(command, info_name=name, parent=context))
    assert "--home" in help_text
    assert "--engine" in help_text
    taken: list[tuple[Path, str | None]] = []

    def note(home: Path, /, **_: object) -> None:
        taken.append((home, os.environ.get(ENGINE_VARIABLE)))

    monkeypatch.setattr(command, "callback", click.pass_obj(note))
    arguments = {
        "import": ["x"],
        "allow": ["x"],
        "explain": ["x"],
        "backup": ["x"],
        "restore": ["x"],
        "wording": ["x", "y"],
    }.get(name, [])
    one = ["--home", str(tmp_path / "一"), "--engine", "opensearch+http://one/a"]
    two = ["--home", str(tmp_path / "二"), "--engine", "opensearch+http://two/b"]
    for before, behind in ((one, []), ([], one), (two, one)):
        monkeypatch.setenv(ENGINE_VARIABLE, "from the environment")
        monkeypatch.setenv("XIANLI_HOME", str(tmp_path))
        cli.main([*before, name, *arguments, *behind], standalone_mode=False)
        assert taken.pop() == (tmp_path / "一", "opensearch+http://one/a")
    cli.main([name, *arguments], standalone_mode=False)
    assert taken.pop()[0] == tmp_path


def test_a_home_behind_the_command_is_the_one_that_is_opened(home: Path, tmp_path: Path) -> None:
    found = xianli("search", "控辍保学", "--json", "--home", str(home), home=tmp_path)
    assert json.loads(found.stdout)["total"] == 1
    lost = xianli("stats", "--home", str(tmp_path / "nowhere"), home=home)
    assert (lost.returncode, lost.stdout) == (1, "")
    assert "nowhere" in lost.stderr


def test_search_prints_what_the_contract_says(home: Path) -> None:
    answer = json.loads(xianli("search", '"控辍保学"', "--json", home=home).stdout)
    assert set(answer) >= {"query", "total", "clusters", "took_ms", "hits", "facets"}
    (hit,) = answer["hits"]
    start, end = hit["spans"][0]
    assert hit["text"][start:end] == "控辍保学"
    assert set(hit) == {
        "paragraph_id", "document_id", "title", "article", "heading_path", "form", "year",
        "year_basis", "topic", "part", "kind", "site", "warnings", "text", "spans", "score",
        "cluster", "variants", "number", "issuer", "issued", "level", "region", "status",
        "topics", "domains",
    }  # fmt: skip
    assert hit["year"] == 2021


def test_a_value_of_a_facet_can_be_left_out(home: Path) -> None:
    def total(*options: str) -> int:
        answer = xianli("search", "", "--json", *options, home=home)
        found: int = json.loads(answer.stdout)["total"]
        return found

    headings, others = total("--form", "heading"), total("--not-form", "heading")
    assert headings
    assert total("--form", "小标题") == headings
    assert others == total() - headings
    assert total("--not-year", "2021") == 0
    assert xianli("search", "", "--not-basis", "x", home=home).returncode == 1


def test_search_for_people_shows_the_passage(home: Path) -> None:
    shown = xianli("search", "控辍保学", home=home).stdout
    assert "2021" in shown
    assert "控辍保学成效显著" in shown


def test_nothing_found_is_no_failure(home: Path) -> None:
    done = xianli("search", "完全不存在的词组", home=home)
    assert done.returncode == 0
    assert done.stdout.startswith("0 段")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["search", '"没有结束'], 1, "never closed"),
        (["search", "?…#"], 1, "no character of its own"),
        (["search", "x", "--year", "2021..2019"], 1, "backwards"),
        (["search", "x", "--limit", "1000"], 1, "100"),
        (["search", "x", "--sort", "up"], 2, "--help"),
        (["search", "x", "--form", "poem"], 2, "form"),
        (["nonsense"], 2, "nonsense"),
        (["reindex", "--jobs", "0"], 2, "jobs"),
        (["reindex", "/etc/passwd"], 1, "xianli import"),
        (["import", "no-such-file.html"], 1, "no-such-file.html"),
        (["explain", "no-such-file.html"], 1, "no-such-file.html"),
    ],
)
def test_refusals_say_why_with_the_right_exit_code(
    home: Path, arguments: list[str], code: int, said: str
) -> None:
    done = xianli(*arguments, home=home)
    assert done.returncode == code
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1


def test_messages_follow_the_system(home: Path) -> None:
    assert "没有对应的后引号" in xianli("search", '"没有结束', home=home, language="zh").stderr


def test_a_missing_home_and_one_never_indexed_are_told_apart(tmp_path: Path) -> None:
    missing = xianli("search", "x", home=tmp_path / "nowhere")
    empty = xianli("search", "x", home=tmp_path)
    assert (missing.returncode, empty.returncode) == (1, 1)
    assert "--home" in missing.stderr
    assert "xianli reindex" in empty.stderr


def test_an_empty_folder_is_told_to_make_a_corpus(tmp_path: Path) -> None:
    done = xianli("reindex", home=tmp_path)
    assert done.returncode == 1
    assert "corpus" in done.stderr


def test_a_failed_source_is_listed_and_the_exit_code_says_so(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "bad.jsonl").write_text("{")
    (tmp_path / "corpus" / "good.txt").write_text(PAGE, "utf-8")
    done = xianli("reindex", home=tmp_path)
    assert done.returncode == 1
    assert "bad.jsonl" in done.stdout
    assert json.loads(xianli("search", "控辍保学", "--json", home=tmp_path).stdout)["total"] == 1


def test_import_copies_and_indexes_and_overwrites_nothing(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    file = tmp_path / "new.txt"
    file.write_text(PAGE, "utf-8")
    assert xianli("import", str(file), home=root).returncode == 0
    assert (root / "corpus" / "new.txt").read_text("utf-8") == PAGE
    assert xianli("import", str(file), home=root).returncode == 0
    file.write_text("别的文字", "utf-8")
    refused = xianli("import", str(file), home=root)
    assert refused.returncode == 1
    assert "请改名后再添加" in refused.stderr
    assert (root / "corpus" / "new.txt").read_text("utf-8") == PAGE


def test_import_takes_what_it_can_and_names_what_it_refuses(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    with zipfile.ZipFile(tmp_path / "材料.zip", "w") as packed:
        packed.writestr("通知.txt", PAGE)
    with zipfile.ZipFile(tmp_path / "胀.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("零.txt", bytes(8 << 20))
    (tmp_path / "照片.jpg").write_bytes(b"x")
    (tmp_path / "坏.txt").write_bytes(b"%PDF-1.7")
    (tmp_path / "same.txt").write_text(PAGE, "utf-8")
    names = ("材料.zip", "胀.zip", "照片.jpg", "坏.txt", "same.txt")
    done = xianli("import", *(str(tmp_path / name) for name in names), home=root)
    assert done.returncode == 1
    assert "照片.jpg" in done.stderr
    assert "坏.txt" in done.stderr
    assert "胀.zip: 压缩包解开后" in done.stderr
    # The same content is kept once, under the name that it came with first.
    kept = [p.relative_to(root / "corpus") for p in (root / "corpus").rglob("*") if p.is_file()]
    assert kept == [Path("材料/通知.txt")]
    assert json.loads(xianli("search", "控辍保学", "--json", home=root).stdout)["total"] == 1


def test_explain_accounts_for_every_block(home: Path) -> None:
    file = str(home / "corpus" / "a.txt")
    (line,) = xianli("explain", file, "--json", home=home).stdout.splitlines()
    explained = json.loads(line)
    assert set(explained) == {
        "file", "title", "url", "encoding", "record", "relations", "blocks", "paragraphs",
        *attributes(NO_RECORD),
    }  # fmt: skip
    assert set(explained["blocks"][0]) == {"text", "keep", "rule"}
    assert set(explained["paragraphs"][0]) == {
        "article", "heading_path", "form", "part", "topic", "topics", "domains", "text",
        "year_stated", "year",
        "year_basis", "year_from", "year_to", "year_evidence", "masked", "cut",
    }  # fmt: skip
    text = xianli("explain", file, "--text", home=home).stdout.splitlines()
    assert text == [paragraph["text"] for paragraph in explained["paragraphs"]]
    assert xianli("explain", file, home=home).returncode == 0


def test_export_is_complete_and_safe_for_spreadsheets(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    lines = [{"doc_id": "a", "title": "=1+1", "text": f"第{i}条 安全", "n": i} for i in range(150)]
    (tmp_path / "corpus" / "a.jsonl").write_text(
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8"
    )
    assert xianli("reindex", home=tmp_path).returncode == 0
    rows = list(
        csv.DictReader(io.StringIO(xianli("export", "安全", home=tmp_path).stdout.lstrip("\ufeff")))
    )
    assert [row["text"] for row in rows] == [line["text"] for line in lines]
    assert {row["title"] for row in rows} == {"'=1+1"}
    objects = xianli("export", "安全", "--format", "ndjson", home=tmp_path).stdout.splitlines()
    assert len([json.loads(line) for line in objects]) == 150


def test_stats_and_verify_speak_json(home: Path) -> None:
    state = json.loads(xianli("stats", "--json", home=home).stdout)
    assert (state["documents"], state["failed"]) == (1, [])
    assert json.loads(xianli("verify", "--json", home=home).stdout) == {"differences": []}
    assert "documents" in xianli("stats", home=home).stdout


def test_verify_fails_where_the_corpus_has_moved_on(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(PAGE, "utf-8")
    xianli("reindex", home=tmp_path)
    (tmp_path / "corpus" / "a.txt").unlink()
    done = xianli("verify", home=tmp_path)
    assert done.returncode == 1
    assert "a.txt" in done.stdout


def test_every_command_and_option_is_documented() -> None:
    reference = (Path(__file__).parent.parent.parent / "docs" / "cli.md").read_text("utf-8")
    for name, command in cli.commands.items():
        assert f"## {name}" in reference
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert any(f"`{option}" in reference for option in parameter.opts), parameter.opts


def test_a_port_that_is_taken_is_said_with_what_to_do(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = started("serve", "--port", str(taken.getsockname()[1]), home=home)
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["search", "控辍保学"], 0), (["search", '"没有结束'], 1), (["nonsense"], 2)],
)
def test_a_process_ends_as_the_command_does(home: Path, arguments: list[str], code: int) -> None:
    here, apart = xianli(*arguments, home=home), started(*arguments, home=home)
    assert (here.returncode, apart.returncode) == (code, code)
    # The first line says how long it took.
    assert here.stdout.splitlines()[1:] == apart.stdout.splitlines()[1:]
    assert here.stderr.splitlines()[-1:] == apart.stderr.splitlines()[-1:]

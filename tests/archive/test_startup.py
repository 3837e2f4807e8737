"""What a command does not load, because it would make every start slower."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from archive.store.home import Home
from indexer.run.reindex import Options, reindex

# What takes long to load and what a search has no use for.
HEAVY = {
    "docx",
    "filelock",
    "jieba",
    "rjieba",
    "opencc",
    "rapidfuzz",
    "flask",
    "bs4",
    "lxml",
    "indexer",
    "web",
}


def _loaded(code: str) -> set[str]:
    """The packages and modules that are loaded when `code` has run, in a fresh process."""
    listing = "import json, sys; print(json.dumps(list(sys.modules)), file=sys.stderr)"
    command = [sys.executable, "-W", "ignore", "-c", f"{code}\n{listing}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_the_command_line_loads_no_engine_no_reader_and_no_server() -> None:
    loaded = _loaded("import archive.cli")
    assert "click" in loaded
    assert not loaded & {*HEAVY, "numpy", "whoosh"}


def test_a_search_loads_no_cutter_no_reader_and_no_server(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = "关于做好新学年工作的通知\n\n各学校要认真做好义务教育均衡发展的准备。\n"
    (tmp_path / "corpus" / "通知.txt").write_text(text, "utf-8")
    reindex(Home.open(tmp_path), Options(jobs=1))
    arguments = ["--home", str(tmp_path), "search", "義務教育 準備", "--json"]
    loaded = _loaded(f"from archive.cli import cli\ncli.main({arguments!r}, standalone_mode=False)")
    assert "archive.engines.whoosh" in loaded
    assert not loaded & HEAVY

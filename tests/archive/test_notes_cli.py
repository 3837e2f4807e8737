"""`xianli clips` and `xianli notes`: what they print, write and refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archive.notes import Clips, Store
from archive.notes.anchors import Anchor, Source
from archive.query.query import parse
from archive.store.home import Home
from archive.store.library import Archive
from indexer.readers.docx.reader import read_docx
from indexer.run.reindex import Options, reindex
from tests.fixtures.commands import xianli

TEXT = "全力推进义务教育均衡发展，新建学校12所。"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "corpus").mkdir()
    page = f"云溪县2021年教育工作总结\n\n一、主要做法\n{TEXT}\n"
    (root / "corpus" / "a.txt").write_text(page, "utf-8")
    home = Home.open(root)
    reindex(home, Options(jobs=1))
    with Archive(home) as archive:
        (paragraph,) = archive.scan(parse("均衡发展"))
        source = Source.of(paragraph, archive.document("a.txt"))
        anchor = Anchor(paragraph.paragraph_id, paragraph.text)
        store = Store(home.notes)
        Clips(store).toggle(anchor, source, archive.generation)
        store.close()
    return root


def test_clips_are_printed_and_written(made: Path, tmp_path: Path) -> None:
    shown = xianli("clips", home=made, language="zh")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"> {TEXT}" in shown.stdout
    assert "2021 年（原文写明" in shown.stdout
    export = tmp_path / "摘录.docx"
    assert xianli("clips", "--format", "docx", "--output", str(export), home=made).returncode == 0
    texts = [block.text for block in read_docx(export.read_bytes(), "摘录.docx").blocks]
    assert TEXT in texts
    assert [path.name for path in tmp_path.iterdir()] == ["摘录.docx"]


def test_a_collection_that_is_not_there_is_refused(made: Path) -> None:
    answer = xianli("clips", "--collection", "没有", home=made)
    assert answer.returncode == 1
    assert "没有" in answer.stderr


def test_what_is_gone_is_listed_and_never_dropped(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(made, root)
    answer = xianli("notes", "--json", home=root)
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["lost_clips"] == []
    (root / "corpus" / "a.txt").unlink()
    reindex(Home.open(root), Options(jobs=1))
    answer = xianli("notes", "--json", home=root)
    assert answer.returncode == 1
    assert [lost["passage"] for lost in json.loads(answer.stdout)["lost_clips"]] == [TEXT]
    assert TEXT in xianli("clips", home=root).stdout

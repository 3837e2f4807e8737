"""Sources: what is new, changed, gone, and what is not for us."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import HomeError
from archive.store.catalog import SourceRecord, SourceState
from indexer.sources import Plan, Source, digest, plan, scan

SUFFIXES = (".html", ".txt")


def found(corpus: Path) -> dict[str, Source | SourceRecord]:
    return {item.path: item for item in scan(corpus, SUFFIXES)}


def known(
    corpus: Path, *paths: str, state: SourceState = SourceState.READ
) -> dict[str, SourceRecord]:
    records = {}
    for path in paths:
        status = (corpus / path).stat()
        records[path] = SourceRecord(
            path, status.st_size, status.st_mtime_ns, time.time_ns(), digest(corpus / path), state
        )
    return records


def compare(corpus: Path, before: dict[str, SourceRecord], *within: str) -> Plan:
    return plan(scan(corpus, SUFFIXES), before, corpus, within)


def paths(sources: tuple[Source, ...]) -> list[str]:
    return [source.path for source in sources]


def test_files_below_folders_are_found_by_path(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.html").touch()
    (tmp_path / "一.TXT").touch()
    assert list(found(tmp_path)) == ["b/two.html", "一.TXT"]
    assert all(isinstance(item, Source) for item in found(tmp_path).values())


@pytest.mark.parametrize(
    "path", ["photo.jpg", "noending", ".hidden.txt", "~$draft.txt", "page_files/frame.html"]
)
def test_what_is_not_for_us_is_listed_with_a_reason(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).touch()
    (tmp_path / "page.html").touch()
    item = found(tmp_path)[path]
    assert isinstance(item, SourceRecord)
    assert item.chinese
    assert item.english


def test_a_link_that_leads_out_of_the_corpus_is_not_followed(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (tmp_path / "secret.txt").write_text("x")
    os.symlink(tmp_path / "secret.txt", corpus / "link.txt")
    os.symlink(tmp_path, corpus / "folder")
    assert all(isinstance(item, SourceRecord) for item in found(corpus).values())


def test_a_link_to_a_folder_above_does_not_go_round(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").touch()
    os.symlink(tmp_path, tmp_path / "a" / "again")
    link, file = found(tmp_path).values()
    assert isinstance(link, SourceRecord)
    assert (link.path, file.path) == ("a/again", "a/x.txt")


@pytest.mark.parametrize(
    ("page", "folder"),
    [("通知.html", "通知_files"), ("通知.htm", "通知.files"), ("公告.MHT", "公告_file")],
)
def test_a_folder_named_like_a_page_s_is_read_where_the_page_is_not(
    tmp_path: Path, page: str, folder: str
) -> None:
    inside = tmp_path / folder / "年度"
    inside.mkdir(parents=True)
    (inside / "总结.txt").touch()
    path = f"{folder}/年度/总结.txt"
    assert isinstance(found(tmp_path)[path], Source)
    # Another page's folder, or one that is only named alike.
    (tmp_path / f"其他{page}").touch()
    assert isinstance(found(tmp_path)[path], Source)
    (tmp_path / page).touch()
    assert isinstance(found(tmp_path)[path], SourceRecord)


def test_a_missing_corpus_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="xianli import"):
        list(scan(tmp_path / "corpus", SUFFIXES))


def test_a_name_that_is_no_text_is_skipped(tmp_path: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))).touch()
    except OSError:
        pytest.skip("this file system takes only names that are text")
    (item,) = found(tmp_path).values()
    assert isinstance(item, SourceRecord)


def test_new_changed_gone_and_unchanged_are_told_apart(tmp_path: Path) -> None:
    for name in ("same.txt", "edited.txt", "gone.txt"):
        (tmp_path / name).write_text(name)
    before = known(tmp_path, "same.txt", "edited.txt", "gone.txt")
    (tmp_path / "edited.txt").write_text("other words")
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "new.txt").touch()
    work = compare(tmp_path, before)
    assert paths(work.new) == ["new.txt"]
    assert paths(work.changed) == ["edited.txt"]
    assert paths(work.unchanged) == ["same.txt"]
    assert work.removed == ("gone.txt",)


def test_a_file_that_was_only_touched_is_unchanged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    before = known(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", (1, 1))
    assert paths(compare(tmp_path, before).unchanged) == ["a.txt"]


def test_an_edit_in_the_same_moment_and_of_the_same_size_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    before = known(tmp_path, "a.txt")
    stamp = before["a.txt"].mtime_ns
    file.write_text("two")
    os.utime(file, ns=(stamp, stamp))
    assert paths(compare(tmp_path, before).changed) == ["a.txt"]


def aged(corpus: Path, *names: str) -> dict[str, SourceRecord]:
    """What is known of files that were written, and read, long ago."""
    for name in names:
        os.utime(corpus / name, (1_600_000_000, 1_600_000_000))
    later = time.time_ns() + 60_000_000_000
    return {n: replace(record, read_ns=later) for n, record in known(corpus, *names).items()}


def touched(corpus: Path, before: dict[str, SourceRecord]) -> dict[str, SourceRecord]:
    """The same, read before what was done to the files just now."""
    return {n: replace(record, read_ns=time.time_ns()) for n, record in before.items()}


def test_old_files_that_nothing_touched_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("one")
    before = aged(tmp_path, "a.txt")
    monkeypatch.setattr("indexer.sources.digest", None)
    assert paths(compare(tmp_path, before).unchanged) == ["a.txt"]


def test_files_of_one_size_and_stamp_that_change_names_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    before = touched(tmp_path, aged(tmp_path, "a.txt", "b.txt"))
    (tmp_path / "a.txt").rename(tmp_path / "c")
    (tmp_path / "b.txt").rename(tmp_path / "a.txt")
    (tmp_path / "c").rename(tmp_path / "b.txt")
    assert paths(compare(tmp_path, before).changed) == ["a.txt", "b.txt"]


def test_a_copy_that_keeps_the_stamp_of_what_it_replaces_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    before = touched(tmp_path, aged(tmp_path, "a.txt"))
    (tmp_path / "other").write_text("two")
    shutil.copystat(tmp_path / "a.txt", tmp_path / "other")
    (tmp_path / "other").replace(tmp_path / "a.txt")
    assert paths(compare(tmp_path, before).changed) == ["a.txt"]


def test_what_failed_before_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    before = known(tmp_path, "a.txt", state=SourceState.FAILED)
    assert paths(compare(tmp_path, before).changed) == ["a.txt"]


def test_a_run_within_a_folder_leaves_the_rest_alone(tmp_path: Path) -> None:
    for folder in ("a", "ab"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").touch()
    (tmp_path / "gone.txt").touch()
    before = known(tmp_path, "gone.txt")
    (tmp_path / "gone.txt").unlink()
    work = compare(tmp_path, before, "a")
    assert paths(work.new) == ["a/x.txt"]
    assert work.removed == ()

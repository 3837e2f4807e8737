"""Atomic writes: the old file or the new one, for whom it is meant, and nothing beside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.files import write_atomically


@pytest.mark.parametrize("name", ["a.json", "摘录[1].docx", "*"])
def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    other = tmp_path / "other.01234567.tmp"
    other.touch()
    # What a process left that was killed while it wrote.
    (tmp_path / f"{name}.0123abcd.tmp").write_bytes(b"half")
    write_atomically(path, b"first\n")
    write_atomically(path, [b"second", memoryview(b"\n")])
    assert path.read_bytes() == b"second\n"
    assert set(tmp_path.iterdir()) == {path, other}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    path = tmp_path / "a"
    write_atomically(path, b"old")
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_file_and_folder_are_on_the_disk_with_their_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def spy(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", spy)
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "private", b"", mode=0o600)
        write_atomically(tmp_path / "shared", b"")
    finally:
        os.umask(before)
    assert synced == ["file", "folder"] * 2
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("private", "shared")]
    assert modes == [0o600, 0o644]

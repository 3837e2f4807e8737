"""The checksums of a published generation: what changed is named, what did not costs nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from archive.engines.whoosh.arrays import ArrayFile, write_arrays
from archive.errors import ArchiveError, EngineError, HomeError
from archive.store import checksums
from archive.store.catalog import Catalog
from archive.store.home import Home
from archive.store.library import Archive, current_stamp
from tests.fixtures.home import publish


@pytest.fixture
def home(tmp_path: Path) -> Home:
    publish(tmp_path)
    return Home.open(tmp_path)


def folder(home: Home) -> Path:
    generation = home.current()
    assert generation is not None
    return generation.folder


def names(home: Home) -> list[str]:
    return sorted(path.name for path in folder(home).rglob("*") if path.is_file())


def flip(path: Path, at: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("pattern", ["stamp.json", "sums.json", "index/*.toc"])
def test_a_changed_byte_of_a_small_file_is_named_when_the_archive_is_opened(
    home: Home, pattern: str
) -> None:
    path = next(folder(home).glob(pattern))
    flip(path, path.stat().st_size // 2)
    with Archive(home) as archive, pytest.raises(EngineError, match="reindex --full") as caught:
        archive.search("均衡")
    assert path.name in caught.value.chinese


def test_a_changed_byte_of_the_catalog_is_named_when_it_is_read(home: Home) -> None:
    path = folder(home) / "catalog.sqlite"
    path.write_bytes(path.read_bytes().replace("总结".encode(), "总洁".encode()))
    with Archive(home) as archive:
        assert archive.search("均衡").total
        with pytest.raises(EngineError, match=r"catalog\.sqlite"):
            archive.stats()


def test_checksums_that_are_gone_are_missed(home: Home) -> None:
    (folder(home) / checksums.SUMS).unlink()
    with Archive(home) as archive, pytest.raises(EngineError, match=checksums.SUMS):
        archive.search("均衡")


@pytest.mark.parametrize("content", [b"", b"0000", b"000001 xyz\n", b"\xff", b"000001 00000000\n"])
def test_a_changed_pointer_is_named_and_mended_by_the_next_generation(
    home: Home, content: bytes
) -> None:
    (home.state / "current").write_bytes(content)
    with Archive(home) as archive:
        with pytest.raises((HomeError, EngineError), match="reindex --full"):
            archive.search("均衡")
        publish(home.root)
        assert archive.search("均衡").total


def test_a_generation_with_the_name_of_one_that_was_removed_is_another(home: Home) -> None:
    with Archive(home) as archive:
        before = archive.generation
        found = archive.search("任何").total
        shutil.rmtree(home.state)
        with home.lock():
            generation = home.begin(empty=True)
            generation.write_stamp(current_stamp(""))
            with Catalog(generation.catalog, writable=True):
                pass
            home.publish(generation)
        assert generation.name == before.partition("-")[0]
        assert archive.generation != before
        assert archive.search("任何").total != found or not found
        assert archive.stats().paragraphs == 0


def test_a_file_is_read_once_as_long_as_it_looks_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    true_sum = checksums._sum
    monkeypatch.setattr(checksums, "_sum", lambda path: (read.append(path), true_sum(path))[1])
    path = folder(home) / "catalog.sqlite"
    checksums._known_sum.cache_clear()
    for _ in range(3):
        checksums.check(path)
    assert read == [path]
    os.utime(path, ns=(0, 0))
    checksums.check(path)
    assert read == [path, path]


def test_a_new_generation_does_not_begin_with_the_checksums_of_the_old_one(home: Home) -> None:
    with home.lock():
        begun = home.begin(empty=False)
        assert checksums.mark(begun.folder) == ""
        # What is being written is not compared with anything.
        checksums.check(begun.catalog)
        home.discard(begun)


def test_a_block_is_compared_before_it_is_used_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    values = np.arange(100_000, dtype=np.uint32)
    write_arrays(path, {"few": values[:3], "many": values, "text": values.view(np.uint8)})
    place = ArrayFile(path).place("many") + 4 * 50_000
    flip(path, place)
    file = ArrayFile(path)
    assert file["few"].tolist() == [0, 1, 2]
    assert file.part("many", 0, 10).tolist() == list(range(10))
    assert file.part("many", 90_000, 90_002).tolist() == [90_000, 90_001]
    for touch in (
        lambda: file.part("many", 49_999, 50_002),
        lambda: file["many"],
        lambda: file.read(place - 1, place + 1),
        lambda: file.find(b"x", np.array([0, place - 9]), np.array([5, place + 9])),
        lambda: file.find(b"x", np.array([place - 90_000]), np.array([place + 90_000])),
        file.check,
    ):
        with pytest.raises(EngineError, match="damaged from byte"):
            touch()


def test_what_is_whole_is_whole_wherever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    # An end within a block, at its end, and an empty array.
    for size in (0, 1, 65_535, 65_536, 65_537, 200_000):
        values = np.resize(np.arange(251, dtype=np.uint8), size)
        write_arrays(path, {"a": values, "none": values[:0], "b": values})
        file = ArrayFile(path)
        assert file.part("b", 0, size).tolist() == values.tolist()
        assert file["a"].tolist() == values.tolist()
        assert file["none"].tolist() == []
        file.check()


def test_every_byte_of_a_file_of_arrays_is_watched(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_arrays(path, {"a": np.arange(7), "b": np.arange(3)})
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        with pytest.raises(ArchiveError):
            ArrayFile(path).check()
        path.write_bytes(content[:at])
        with pytest.raises(ArchiveError):
            ArrayFile(path)


@pytest.mark.parametrize("more", [0, 1, -1, 12_345])
def test_a_large_file_is_compared_piece_by_piece(tmp_path: Path, more: int) -> None:
    # Five pieces of four megabytes; the arrays end at, before and after the end of a piece.
    path = tmp_path / "file"
    size = 5 * (4 << 20) + more
    values = np.random.default_rng(7).integers(0, 256, size, dtype=np.uint8)
    write_arrays(path, {"a": values})
    ArrayFile(path).check()
    for at in (0, 4095, (4 << 20) - 1, 4 << 20, size // 2, size - 1):
        flip(path, ArrayFile(path).place("a") + at)
        begins = ArrayFile(path).place("a") + at // 4096 * 4096
        with pytest.raises(EngineError, match=f"damaged from byte {begins} on"):
            ArrayFile(path).check()
        flip(path, ArrayFile(path).place("a") + at)
    ArrayFile(path).check()

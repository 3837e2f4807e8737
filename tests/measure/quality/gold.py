"""The gold: our own golden pages, and third-party sets where $XIANLI_TESTDATA says they lie."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from tests.fixtures.digests import data_digest
from tests.measure.quality.families import FAMILIES, pages
from tests.measure.quality.families.texts import HALVES
from tests.measure.quality.scores import squeeze

GOLDEN = Path(__file__).parent.parent.parent / "golden"


@dataclass(frozen=True)
class GoldParagraph:
    """A paragraph as it should be read. `start`: its text, or its first characters.

    `paths` are heading paths that are as good as one another. `run` names the stretch of
    paragraphs that share a year; None where the gold says nothing of the year.
    """

    start: str
    article: str
    paths: tuple[tuple[str, ...], ...]
    year: int | None = None
    run: str | None = None


@dataclass(frozen=True)
class GoldPage:
    """A page with its gold: the whole text (None: unknown), paragraphs, and boilerplate.

    `lines` must not stand as paragraphs, `fragments` nowhere in the text. `headline` says
    that the gold text opens with the page's title. Lines of a reading that are `optional`
    count neither way.
    """

    path: Path
    text: str | None
    paragraphs: tuple[GoldParagraph, ...] = ()
    lines: tuple[str, ...] = ()
    fragments: tuple[str, ...] = ()
    headline: bool = False
    optional: tuple[str, ...] = ()

    def counted(self, text: str) -> str:
        """`text` without the optional lines."""
        left_out = set(map(squeeze, self.optional))
        return "\n".join(line for line in text.splitlines() if squeeze(line) not in left_out)


@dataclass(frozen=True)
class GoldSet:
    """A named set of pages, with the digest of all of its files."""

    name: str
    pages: tuple[GoldPage, ...]
    digest: str


def digest(paths: Iterable[Path]) -> str:
    """The first 16 hex digits of the SHA-256 over the files' names and digests.

    In the order of the names: where the files lie must not change it.
    """
    return data_digest(sorted(paths, key=lambda path: path.name))


def own() -> GoldSet:
    """Our golden pages."""
    pages = tuple(
        _own_page(path, json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        for path in sorted(GOLDEN.iterdir())
        if path.suffix != ".json"
    )
    return GoldSet("golden", pages, digest(GOLDEN.iterdir()))


def third_party(folder: Path) -> list[GoldSet]:
    """The sets under `folder`. A missing file is an error."""
    return [
        _docsite(folder / "gold" / "docsite"),
        _texts(folder / "gold" / "pages", headline=False),
        _texts(folder / "gold" / "news", headline=True),
        _seeds(folder),
    ]


def generated(folder: Path) -> Iterator[GoldSet]:
    """The generated families, each half a set of its own; their files are written to `folder`."""
    for family, half in product(FAMILIES, HALVES):
        found = []
        for page in pages(family):
            if page.half == half:
                path = folder / (page.name + page.suffix)
                path.write_bytes(page.data)
                text = "\n".join(page.paragraphs)
                found.append(GoldPage(path, text, optional=page.optional))
        name = f"{family} ({half})"
        yield GoldSet(name, tuple(found), digest(page.path for page in found))


def _own_page(path: Path, answer: Mapping[str, Any]) -> GoldPage:
    paragraphs = []
    run, before = 0, None
    for row in answer["paragraphs"]:
        dated = (row["article"], row["year"], row["year_stated"], row["year_basis"])
        run += dated != before
        before = dated
        paragraphs.append(_paragraph(row, row["text"], row["year"], str(run)))
    text = "\n".join(row["text"] for row in answer["paragraphs"])
    return GoldPage(path, text, tuple(paragraphs), fragments=tuple(answer["dropped"]))


def _paragraph(
    row: Mapping[str, Any], start: str, year: int | None, run: str | None
) -> GoldParagraph:
    paths = [row["heading_path"], row.get("heading_path_alt", row["heading_path"])]
    return GoldParagraph(start, row["article"] or "", tuple(map(tuple, paths)), year, run)


def _docsite(folder: Path) -> GoldSet:
    pages = []
    for answer in sorted(folder.glob("*.gold.json")):
        gold = json.loads(answer.read_text(encoding="utf-8"))
        path = answer.with_name(answer.name.replace(".gold.json", ".html"))
        paragraphs = tuple(
            _paragraph(row, row["text"], row["year_true"], f"{row['article']} {row['year_true']}")
            for row in gold["paragraphs"]
        )
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        pages.append(GoldPage(path, text, paragraphs, fragments=tuple(gold["boilerplate"])))
    return GoldSet("docsite", tuple(pages), digest(folder.iterdir()))


def _texts(folder: Path, *, headline: bool) -> GoldSet:
    pages = tuple(
        GoldPage(gold.with_suffix(".html"), gold.read_text(encoding="utf-8"), headline=headline)
        for gold in sorted(folder.glob("*.txt"))
    )
    return GoldSet(folder.name, pages, digest(folder.iterdir()))


def _seeds(folder: Path) -> GoldSet:
    pages = []
    for gold in sorted((folder / "gold" / "seeds").glob("*.paragraphs.jsonl")):
        seed = gold.name[:3]
        (path,) = (folder / "seeds").glob(f"{seed}_*")
        rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        boilerplate = json.loads(
            gold.with_name(f"{seed}.boilerplate.json").read_text(encoding="utf-8")
        )
        pages.append(
            GoldPage(
                path,
                None,
                tuple(_seed_rows(rows)),
                tuple(boilerplate["remove_lines"]),
                tuple(entry["fragment"] for entry in boilerplate["remove_fragments"]),
            )
        )
    files = [*(folder / "seeds").iterdir(), *(folder / "gold" / "seeds").iterdir()]
    return GoldSet("seeds", tuple(pages), digest(files))


def _seed_rows(rows: Sequence[Mapping[str, Any]]) -> Iterable[GoldParagraph]:
    for row in rows:
        if row["kind"] != "article_title":
            year = row["year_true"]
            run = f"{row['article']} {year} {row['year_evidence']}" if year else None
            yield _paragraph(row, row["text_start"], int(year) if year else None, run)
